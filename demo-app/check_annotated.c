/* The probes whose arguments have annotations in probes/demo.d. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "check.h"
#include "probes.h"

static APART void bytes(size_t length, const void *there)
{
    counts_hit(COUNTS_CHECK_BYTES, DEMO_CHECK_BYTES_ENABLED());
    DEMO_CHECK_BYTES(length, there, there);
}

static void all_bytes(void)
{
    char longer[300];

    for (size_t i = 0; i < sizeof(longer); i++)
        longer[i] = (char)('a' + i % 26);
    bytes(0, longer);
    bytes(8, "\xc0\xff\0\"\n\x7f\xc3\xa9");
    bytes(sizeof(longer), longer);
    bytes(5, NULL);
}

static APART void address(const void *there)
{
    counts_hit(COUNTS_CHECK_ADDRESS, DEMO_CHECK_ADDRESS_ENABLED());
    DEMO_CHECK_ADDRESS(there);
}

static void all_addresses(void)
{
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_port = htons(8443)};
    struct sockaddr_in6 inet6 = {.sin6_family = AF_INET6, .sin6_port = htons(443)};
    struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "/run/x"};
    struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0name"};
    struct sockaddr other = {.sa_family = AF_NETLINK};

    inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    inet6.sin6_addr = in6addr_loopback;
    address(&inet);
    address(&inet6);
    address(&path);
    address(&abstract);
    address(&other);
    address(NULL);
}

/* probes/demo.d has the offset of `value` beside its name. */
struct check_node {
    const struct check_node *next;
    const char *name;
    int32_t value;
    struct {
        uint8_t length;
        uint8_t id[20];
    } inner;
};

_Static_assert(offsetof(struct check_node, value) == 16, "probes/demo.d");

static APART void member(const struct check_node *node)
{
    counts_hit(COUNTS_CHECK_MEMBER, DEMO_CHECK_MEMBER_ENABLED());
    DEMO_CHECK_MEMBER(node, node, node, node, node, node);
}

static void all_members(void)
{
    static const char *const names[] = {"first", "second", "third", "fourth"};
    struct check_node nodes[4] = {{.inner = {4, {0xde, 0xad, 0, 0x0a}}}};

    for (int i = 0; i < 4; i++) {
        nodes[i].next = i < 3 ? &nodes[i + 1] : NULL;
        nodes[i].name = names[i];
        nodes[i].value = -i * 1000003;
    }
    member(nodes);
    nodes[0].next = NULL;
    member(nodes);
}

static APART void named(int8_t verdict, unsigned waited)
{
    counts_hit(COUNTS_CHECK_NAMED, DEMO_CHECK_NAMED_ENABLED());
    DEMO_CHECK_NAMED(verdict, waited);
}

void check_fire_annotated(void)
{
    all_bytes();
    all_addresses();
    all_members();
    named(-1, 0);
    named(1, 1500);
    named(7, 4294967295);
}
