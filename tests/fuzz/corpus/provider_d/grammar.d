/* c */ // c
#pragma D x
#define T const \
 char * /* c */
#define U T
typedef struct s { char c[2]; } t; typedef U V; enum e { A = 'a', B = "\"" };
provider p_1 {
    probe a-b__c();
    probe d(void) : (int, t *t);
    probe e(T, const unsigned long x : T, struct s *const s, V v, int (*f[2])(int, ...), bool);
};
provider q { probe e(int) probe e(int, int) }
