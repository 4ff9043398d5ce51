/* Runs a fuzz target on every file of the directories given, for machines and builds without libFuzzer. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The input ends where its allocation ends, so that sanitizers see any byte read behind it. */
static int replay(const char *directory, const char *name)
{
    char path[4096];
    struct stat status;
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0) {
        perror(path);
        return -1;
    }
    _cleanup_free_ uint8_t *data = malloc((size_t)status.st_size);
    ssize_t len = read(fd, data, (size_t)status.st_size);
    if (len != status.st_size) {
        perror(path);
        return -1;
    }
    LLVMFuzzerTestOneInput(data, (size_t)len);
    return 0;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        struct dirent **entries;
        int count = scandir(argv[i], &entries, is_file, alphasort);
        if (count <= 0) {
            fprintf(stderr, "%s: no inputs\n", argv[i]);
            return EXIT_FAILURE;
        }
        for (int k = 0; k < count; k++) {
            if (replay(argv[i], entries[k]->d_name) < 0)
                return EXIT_FAILURE;
            free(entries[k]);
        }
        free(entries);
        total += count;
    }
    printf("%d inputs\n", total);
    return total ? EXIT_SUCCESS : EXIT_FAILURE;
}
