#include "output/address.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "event_wire.h"
#include "output/number.h"

/* How the kernel lays them out, include/uapi/linux/in.h and in6.h. */
struct inet {
    uint16_t family;
    uint16_t port; /* this and the address in network order */
    uint8_t address[4];
};

struct inet6 {
    uint16_t family;
    uint16_t port;
    uint32_t flow;
    uint8_t address[16];
    uint32_t scope;
};

enum { FAMILY_SIZE = sizeof(uint16_t) };

static uint16_t family_of(const char *bytes)
{
    uint16_t family;
    memcpy(&family, bytes, sizeof(family));
    return family;
}

bool address_is_whole(const char *bytes, size_t len)
{
    if (len < FAMILY_SIZE)
        return false;
    switch (family_of(bytes)) {
    case AF_INET:
        return len == sizeof(struct inet);
    case AF_INET6:
        return len == sizeof(struct inet6);
    case AF_UNIX:
        return len <= FAMILY_SIZE + WIRE_UNIX_PATH_MAX;
    default:
        return len == FAMILY_SIZE;
    }
}

static char *write_text(char *at, const char *text, size_t len)
{
    memcpy(at, text, len);
    return at + len;
}

static char *write_port(char *at, uint16_t port)
{
    *at = ':';
    return number_uint(at + 1, ntohs(port));
}

static char *write_inet(char *at, const char *bytes)
{
    struct inet inet;
    memcpy(&inet, bytes, sizeof(inet));
    for (size_t i = 0; i < sizeof(inet.address); i++) {
        if (i)
            *at++ = '.';
        at = number_uint(at, inet.address[i]);
    }
    return write_port(at, inet.port);
}

static char *write_inet6(char *at, const char *bytes)
{
    struct inet6 inet6;
    memcpy(&inet6, bytes, sizeof(inet6));
    *at++ = '[';
    inet_ntop(AF_INET6, inet6.address, at, INET6_ADDRSTRLEN);
    at += strlen(at);
    if (inet6.scope) {
        *at = '%';
        at = number_uint(at + 1, inet6.scope);
    }
    *at++ = ']';
    return write_port(at, inet6.port);
}

static char *write_unix(char *at, const char *path, size_t len)
{
    at = write_text(at, "unix:", strlen("unix:"));
    if (len && !*path)
        return write_text(write_text(at, "@", 1), path + 1, len - 1);
    return write_text(at, path, len);
}

char *address_write(char *at, const char *bytes, size_t len)
{
    switch (family_of(bytes)) {
    case AF_INET:
        return write_inet(at, bytes);
    case AF_INET6:
        return write_inet6(at, bytes);
    case AF_UNIX:
        return write_unix(at, bytes + FAMILY_SIZE, len - FAMILY_SIZE);
    default:
        return number_uint(write_text(at, "family ", strlen("family ")), family_of(bytes));
    }
}
