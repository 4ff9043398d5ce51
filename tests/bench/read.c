/* Reads and makes other system calls, and says in JSON what they cost it in processor time: bench_read COUNT.
 * It waits for the end of its standard input before. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t used_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(int argc, char **argv)
{
    char buffer[16];
    long count = argc == 2 ? atol(argv[1]) : 0;
    int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    if (count < 1 || zeros < 0)
        return 2;
    fprintf(stderr, "bench_read: ready\n");
    while (read(STDIN_FILENO, buffer, sizeof(buffer)) > 0)
        ;
    int64_t start = used_ns();
    for (long i = 0; i < count; i++)
        if (read(zeros, buffer, sizeof(buffer)) != sizeof(buffer))
            return 1;
    int64_t middle = used_ns();
    for (long i = 0; i < count; i++)
        syscall(SYS_getppid);
    printf("{\"reads\":%ld,\"ns_per_read\":%.1f,\"ns_per_call\":%.1f}\n", count,
           (double)(middle - start) / (double)count, (double)(used_ns() - middle) / (double)count);
    return 0;
}
