#define A B *
#define B A
provider p { probe x(A, B b); };