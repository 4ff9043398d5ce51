/* bench_hold FILE: maps a file as a loader would, code executable and data writable, but runs nothing of it,
 * so that what attaching to a file costs can be measured without the program that belongs to it. Says "ready"
 * and stays until standard input ends. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct stat file;
    int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &file)) {
        fprintf(stderr, "usage: bench_hold FILE: %s\n", strerror(errno));
        return 2;
    }
    size_t size = (size_t)file.st_size;
    if (mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ||
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) == MAP_FAILED) {
        fprintf(stderr, "bench_hold: can't map %s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    fputs("bench_hold: ready\n", stderr);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return 0;
}
