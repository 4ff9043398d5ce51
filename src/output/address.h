/* Socket addresses as text, from the bytes that WIRE_FETCH_SOCKADDR brings. */
#ifndef TRACER_OUTPUT_ADDRESS_H
#define TRACER_OUTPUT_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

enum { ADDRESS_ROOM = 128 };

/* Whether there are as many bytes as the family wants, and no more. */
bool address_is_whole(const char *bytes, size_t len);

/* "127.0.0.1:8443", "[::1]:443", "[fe80::1%2]:443" with a scope; "unix:/run/x", "unix:@name" for an abstract
 * one, "unix:" for one without a name; "family 16" for others. Writes at `at`, where there is room for
 * ADDRESS_ROOM bytes, and returns the end. A path is any bytes. */
char *address_write(char *at, const char *bytes, size_t len);

#endif
