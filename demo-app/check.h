/* The probes check__*: values that a tracer can get wrong, fired from places that are hard to read. */
#ifndef DEMO_CHECK_H
#define DEMO_CHECK_H

/* A function that the compiler knows nothing about: what it is called with stays a parameter. */
#if __has_attribute(noipa)
#define APART __attribute__((noipa))
#else
#define APART __attribute__((noinline))
#endif

/* Fires them all, each as often as it has sites, check__table once for each element. To be called once. 0, or
 * -errno: the page for check__cold can't be had. */
int check_fire(void);

/* The part of it whose arguments have annotations. */
void check_fire_annotated(void);

/* Whether that page is in memory, which nobody but a tracer brings about: 1 or 0, or -1 when the kernel won't
 * say. */
int check_cold_is_resident(void);

#endif
