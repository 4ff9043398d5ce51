#include "x.h"
#if A
#define B(x) x
#define T double
provider p {
    probe x(const void *bytes /* hex[len] */, size_t len, // of them
            struct sockaddr *peer, // sockaddr
            int flags // enum{1=SYN 2=ACK}
    ) : (int /* ms */);
    probe y(S *s /* .a.b:u32 */ : T *t, S *, // +0x18 string
            long, char *t /* text[arg2] */, double d /* hex[4] */, T t // ms
            , void *z, /* ptr */ int /* hex[0] */ i, int (*f)(int, int /* us */) /* ptr */);
    probe z(/* ms */ int a /* .b */ /* .c */, void /* hex[q] */ *p, char n[A, B] /* hex[20] */);
    probe none(void /* ms */);
};
