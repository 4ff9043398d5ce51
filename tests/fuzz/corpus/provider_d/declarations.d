translator i_t < c_t *c > { n = "provider {"; };
inline int X = 1;
provider p { };typedef struct timer { int64_t at; struct { char c; } in; } *timer_ref, *other;
typedef void (* /* a */ const handler) (int (*)(void));
typedef unsigned char uuid[16];
typedef int (*);
typedef (;
provider typedefs { probe x(timer_ref, other, handler, uuid); };
