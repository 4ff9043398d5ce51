provider p {
    probe x(T *a, // +0:u32 and b +4:u32 and a hex[n] and c .c
            int n, // ms and d enum{1=ONE}
            T *e /* ptr and f hex[m] */, int g /* us and h +4:u32 */);
};
