#include "target/modules.h"

#include <errno.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/sysmacros.h>

#include "fixture.h"

enum { PAGE = 4096, MANY_LINES = 50000, MANY_FILES = 509 };

/* A directory for the files of a test, removed with them at the end. */
static char directory[] = "/tmp/tracer-test-XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) && !chmod(directory, 0755) ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    char command[sizeof(directory) + 16];
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    return system(command);
}

static const char *in_directory(const char *name)
{
    static char paths[2][PATH_MAX];
    static int turn;
    turn = !turn;
    snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", directory, name);
    return paths[turn];
}

static char *read_whole(int fd, size_t *ret_size)
{
    struct stat shown;
    assert_int_equal(fstat(fd, &shown), 0);
    char *bytes = malloc((size_t)shown.st_size);
    assert_int_equal(pread(fd, bytes, (size_t)shown.st_size, 0), shown.st_size);
    *ret_size = (size_t)shown.st_size;
    return bytes;
}

static void copy_file(const char *from, const char *to)
{
    size_t size;
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    assert_true(in >= 0 && out >= 0);
    char *bytes = read_whole(in, &size);
    assert_int_equal(write(out, bytes, size), size);
    free(bytes);
    close(in);
    close(out);
}

static void assert_same_contents(int fd, const char *path)
{
    int other = open(path, O_RDONLY | O_CLOEXEC);
    size_t size, other_size;
    assert_true(other >= 0);
    char *bytes = read_whole(fd, &size), *other_bytes = read_whole(other, &other_size);
    assert_int_equal(size, other_size);
    assert_memory_equal(bytes, other_bytes, size);
    free(bytes);
    free(other_bytes);
    close(other);
}

static struct module_list read_list(pid_t pid)
{
    struct module_list list = {0};
    struct diag diag = {0};
    assert_int_equal(module_list_read(pid, &list, &diag), 0);
    assert_string_equal(diag.text, "");
    return list;
}

static size_t count_path(const struct module_list *list, const char *path)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += !strcmp(list->modules[i].path, path);
    return count;
}

static const struct module *only_module(const struct module_list *list, const char *path)
{
    assert_int_equal(count_path(list, path), 1);
    for (size_t i = 0;; i++)
        if (!strcmp(list->modules[i].path, path))
            return &list->modules[i];
}

static void assert_opens_as(const struct module *module, const char *path)
{
    int fd = -1;
    struct diag diag = {0};
    assert_int_equal(module_open(module, &fd, &diag), 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_same_contents(fd, path);
    close(fd);
}

static void lists_its_own_files_once(void **state)
{
    (void)state;
    char own[PATH_MAX] = "";
    size_t libcs = 0;
    struct stat shown;
    assert_true(readlink("/proc/self/exe", own, sizeof(own) - 1) > 0);
    assert_int_equal(stat(own, &shown), 0);

    _cleanup_module_list_ struct module_list list = read_list(getpid());
    const struct module *module = only_module(&list, own);
    assert_int_equal(module->inode, shown.st_ino);
    assert_int_equal(module->device, (uint64_t)major(shown.st_dev) << 32 | minor(shown.st_dev));
    assert_opens_as(module, own);
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(list.modules[i].path[0], '/');
        libcs += !!strstr(list.modules[i].path, "/libc.so.6");
    }
    assert_int_equal(libcs, 1);
}

/* ET_EXEC files lie at low addresses, which maps pads with zeros and map_files doesn't. */
static void opens_what_lies_at_a_low_address(void **state)
{
    (void)state;
    struct spawned spawned = spawn(fixture_path("target_static"));
    _cleanup_module_list_ struct module_list list = read_list(spawned.pid);
    const struct module *module = only_module(&list, fixture_path("target_static"));
    unsigned long start;
    assert_int_equal(sscanf(strrchr(module->open_path, '/'), "/%lx-", &start), 1);
    assert_true(start < 0x10000000);
    assert_opens_as(module, fixture_path("target_static"));
    assert_int_equal(list.count, 1);
    spawned_end(&spawned);
}

static void shows_any_name(void **state)
{
    (void)state;
    static const struct {
        const char *name, *shown;
        bool deleted;
    } cases[] = {
        {"with blanks  and\ttab", "with blanks  and\ttab", false},
        {"'quotes\" and $(things) `too`", "'quotes\" and $(things) `too`", false},
        {"new\nline", "new\nline", false},
        {"gone new\nline", "gone new\nline", true},
        {"back\\012slash", "back\\012slash", false},
        {"both\n and \\012", "both\n and \\012", false},
        {"\xff\x01\x7f", "\xff\x01\x7f", false},
        {" leading", " leading", false},
        {"there (deleted)", "there (deleted)", false},
        {"gone", "gone", true},
        {"gone (deleted)", "gone (deleted)", true},
        {"\n (deleted)", "\n (deleted)", false},
        {"r-xp 00000000 00:00 0", "r-xp 00000000 00:00 0", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *path = in_directory(cases[i].name);
        copy_file(fixture_path("target_static"), path);
        struct spawned spawned = spawn(path);
        if (cases[i].deleted)
            assert_int_equal(unlink(path), 0);
        _cleanup_module_list_ struct module_list list = read_list(spawned.pid);
        assert_int_equal(list.count, 1);
        assert_string_equal(list.modules[0].path, in_directory(cases[i].shown));
        assert_opens_as(&list.modules[0], fixture_path("target_static"));
        spawned_end(&spawned);
    }
}

/* A file whose name is another one's with " (deleted)" behind it doesn't make that other one exist. */
static void is_not_fooled_by_a_name(void **state)
{
    (void)state;
    const char *path = in_directory("fooled");
    copy_file(fixture_path("target_static"), path);
    struct spawned spawned = spawn(path);
    assert_int_equal(rename(path, in_directory("fooled (deleted)")), 0);
    _cleanup_module_list_ struct module_list renamed = read_list(spawned.pid);
    assert_string_equal(renamed.modules[0].path, in_directory("fooled (deleted)"));

    assert_int_equal(unlink(in_directory("fooled (deleted)")), 0);
    copy_file(fixture_path("target_plain"), in_directory("fooled (deleted) (deleted)"));
    _cleanup_module_list_ struct module_list deleted = read_list(spawned.pid);
    assert_string_equal(deleted.modules[0].path, in_directory("fooled (deleted)"));
    spawned_end(&spawned);
}

static void opens_the_inode_that_is_mapped(void **state)
{
    (void)state;
    const char *path = in_directory("replaced");
    copy_file(fixture_path("target_static"), path);
    struct spawned spawned = spawn(path);
    assert_int_equal(unlink(path), 0);
    copy_file(fixture_path("target_plain"), path);
    _cleanup_module_list_ struct module_list list = read_list(spawned.pid);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.modules[0].path, path);
    assert_opens_as(&list.modules[0], fixture_path("target_static"));
    spawned_end(&spawned);
}

static char *map_code(void *at, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    char *code = mmap(at, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | (at ? MAP_FIXED : 0), fd, 0);
    assert_ptr_not_equal(code, MAP_FAILED);
    close(fd);
    return code;
}

static void lists_a_file_of_two_names_once(void **state)
{
    (void)state;
    _cleanup_module_list_ struct module_list before = read_list(getpid());
    copy_file(fixture_path("target_static"), in_directory("one name"));
    assert_int_equal(link(in_directory("one name"), in_directory("another name")), 0);
    char *one = map_code(NULL, in_directory("one name"));
    char *other = map_code(NULL, in_directory("another name"));
    _cleanup_module_list_ struct module_list after = read_list(getpid());
    assert_int_equal(after.count, before.count + 1);
    assert_int_equal(munmap(one, PAGE), 0);
    assert_int_equal(munmap(other, PAGE), 0);
}

static void notices_what_is_unmapped_or_replaced(void **state)
{
    (void)state;
    struct diag diag = {0};
    int fd = -1;
    char path[PATH_MAX], text[PATH_MAX + 64];
    strcpy(path, fixture_path("target_plain"));
    snprintf(text, sizeof(text), "%s: unmapped before it could be opened", path);
    char *code = map_code(NULL, path);
    _cleanup_module_list_ struct module_list list = read_list(getpid());
    const struct module *module = only_module(&list, path);
    assert_opens_as(module, path);

    map_code(code, fixture_path("target_static"));
    assert_int_equal(module_open(module, &fd, &diag), -ENOENT);
    assert_string_equal(diag.text, text);

    assert_int_equal(munmap(code, PAGE), 0);
    diag.text[0] = '\0';
    assert_int_equal(module_open(module, &fd, &diag), -ENOENT);
    assert_string_equal(diag.text, text);
    assert_int_equal(fd, -1);
}

static void map_executable(int fd, int flags)
{
    assert_ptr_not_equal(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, flags, fd, 0), MAP_FAILED);
}

static void lists_code_of_files_only(void **state)
{
    (void)state;
    _cleanup_module_list_ struct module_list before = read_list(getpid());
    const char *device = in_directory("zero");
    assert_int_equal(mknod(device, S_IFCHR | 0600, makedev(1, 5)), 0);
    int zero = open(device, O_RDWR | O_CLOEXEC), memory = memfd_create("a test", MFD_CLOEXEC);
    int segment = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700);
    assert_true(zero >= 0 && memory >= 0 && segment >= 0);
    assert_int_equal(ftruncate(memory, PAGE), 0);

    int data = open(fixture_path("target_misses_library"), O_RDONLY | O_CLOEXEC);
    assert_ptr_not_equal(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, data, 0), MAP_FAILED);
    map_executable(zero, MAP_PRIVATE);
    map_executable(-1, MAP_PRIVATE | MAP_ANONYMOUS);
    map_executable(-1, MAP_SHARED | MAP_ANONYMOUS);
    map_executable(memory, MAP_SHARED);
    void *shared = shmat(segment, NULL, SHM_EXEC);
    assert_ptr_not_equal(shared, (void *)-1);
    assert_int_equal(shmctl(segment, IPC_RMID, NULL), 0);

    _cleanup_module_list_ struct module_list after = read_list(getpid());
    assert_int_equal(after.count, before.count + 1);
    assert_int_equal(count_path(&after, "/memfd:a test"), 1);
    shmdt(shared);
    close(data);
    close(zero);
    close(memory);
}

/* Each page another mapping, of the one file and the other in turn. */
static void *map_in_turn(int one, int other, size_t pages)
{
    char *area = mmap(NULL, pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(area, MAP_FAILED);
    for (size_t i = 0; i < pages; i++)
        assert_ptr_not_equal(mmap(area + i * PAGE, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED,
                                  i % 2 ? other : one, 0),
                             MAP_FAILED);
    return area;
}

static void assert_in_order(const struct module_list *list)
{
    unsigned long last = 0, start;
    for (size_t i = 0; i < list->count; i++) {
        assert_int_equal(sscanf(strrchr(list->modules[i].open_path, '/'), "/%lx-", &start), 1);
        assert_true(start > last);
        last = start;
    }
}

static void reads_long_maps_whole(void **state)
{
    (void)state;
    char one_path[PATH_MAX], other_path[PATH_MAX], name[32];
    _cleanup_module_list_ struct module_list before = read_list(getpid());
    strcpy(one_path, fixture_path("target_plain"));
    strcpy(other_path, fixture_path("target_static"));
    int one = open(one_path, O_RDONLY | O_CLOEXEC), other = open(other_path, O_RDONLY | O_CLOEXEC);
    void *area = map_in_turn(one, other, MANY_LINES);
    for (int i = 0; i < MANY_FILES; i++) {
        snprintf(name, sizeof(name), "file %d", i);
        close(creat(in_directory(name), 0755));
        map_code(NULL, in_directory(name));
    }
    _cleanup_module_list_ struct module_list after = read_list(getpid());
    assert_int_equal(after.count, before.count + 2 + MANY_FILES);
    assert_in_order(&after);
    assert_int_equal(count_path(&after, one_path), 1);
    assert_int_equal(count_path(&after, other_path), 1);
    for (int i = 0; i < MANY_FILES; i++) {
        snprintf(name, sizeof(name), "file %d", i);
        assert_int_equal(count_path(&after, in_directory(name)), 1);
    }
    munmap(area, (size_t)MANY_LINES * PAGE);
    close(one);
    close(other);
}

struct place {
    bool namespace, root;
    const char *path; /* of the command, there */
};

static void move_to_place(void *context)
{
    const struct place *place = context;
    require(!place->namespace || !unshare(CLONE_NEWNS));
    require(!place->root || !chroot(in_directory("jail")));
}

/* Our own namespace: the name below our root. Another one: the name below its root, or the process's. */
static void names_files_below_another_root(void **state)
{
    (void)state;
    char command[PATH_MAX], expected[PATH_MAX + 32];
    assert_int_equal(mkdir(in_directory("jail"), 0755), 0);
    strcpy(command, in_directory("jail/command"));
    copy_file(fixture_path("target_static"), command);
    struct place places[] = {{false, true, "/command"}, {true, false, command}, {true, true, "/command"}};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct spawned spawned = spawn_changed(move_to_place, &places[i], places[i].path, "main\n");
        snprintf(expected, sizeof(expected), "/proc/%d/root%s", spawned.pid, places[i].path);
        _cleanup_module_list_ struct module_list list = read_list(spawned.pid);
        assert_int_equal(list.count, 1);
        assert_string_equal(list.modules[0].path, places[i].namespace ? expected : command);
        assert_opens_as(&list.modules[0], command);
        spawned_end(&spawned);
    }
}

static void mount_overlay(void *context)
{
    char options[3 * PATH_MAX];
    (void)context;
    require(!unshare(CLONE_NEWNS));
    require(!mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
    require(!mount("tmpfs", in_directory("upper"), "tmpfs", 0, NULL));
    require(!mkdir(in_directory("upper/files"), 0755) && !mkdir(in_directory("upper/work"), 0755));
    int len = snprintf(options, sizeof(options), "lowerdir=%s/lower,upperdir=%s/upper/files,", directory,
                       directory);
    snprintf(options + len, sizeof(options) - (size_t)len, "workdir=%s/upper/work,xino=off", directory);
    require(!mount("overlay", in_directory("merged"), "overlay", 0, options));
}

/* There, maps and stat don't agree on device and inode. */
static void opens_files_of_an_overlay(void **state)
{
    (void)state;
    static const char *const directories[] = {"lower", "upper", "merged"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(mkdir(in_directory(directories[i]), 0755), 0);
    copy_file(fixture_path("target_static"), in_directory("lower/command"));
    char path[PATH_MAX];
    strcpy(path, in_directory("merged/command"));
    struct spawned spawned = spawn_changed(mount_overlay, NULL, path, "main\n");
    _cleanup_module_list_ struct module_list list = read_list(spawned.pid);
    assert_int_equal(list.count, 1);
    assert_opens_as(&list.modules[0], fixture_path("target_static"));
    spawned_end(&spawned);
}

static void assert_list_fails(pid_t pid, int error, const char *text)
{
    struct module_list list = {0};
    struct diag diag = {0};
    char expected[256];
    snprintf(expected, sizeof(expected), text, pid);
    assert_int_equal(module_list_read(pid, &list, &diag), error);
    assert_string_equal(diag.text, expected);
    assert_null(list.modules);
}

static void says_when_there_is_nothing_to_list(void **state)
{
    (void)state;
    siginfo_t info;
    pid_t pid = fork();
    if (!pid)
        _exit(EXITED_WELL);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    assert_list_fails(pid, -ESRCH, "process %d has exited");
    wait_status(pid);
    assert_list_fails(pid, -ESRCH, "process %d has exited");
    if (sees_kernel_threads())
        assert_list_fails(KTHREADD, -ESRCH, "process %d has exited");
}

static void look_without_privilege(void *context)
{
    struct module_list list = {0};
    struct diag diag = {0};
    int fd = -1;
    (void)context;
    become_nobody();
    require(module_list_read(getppid(), &list, &diag) == -EACCES);
    require(strstr(diag.text, "CAP_SYS_PTRACE"));
    require(!prctl(PR_SET_DUMPABLE, 1)); /* or we couldn't even look at ourselves */
    diag.text[0] = '\0';
    require(!module_list_read(getpid(), &list, &diag));
    require(list.count > 1 && !diag.text[0]);
    require(module_open(&list.modules[0], &fd, &diag) == -EPERM && fd == -1);
    require(strstr(diag.text, "CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN"));
    module_list_free(&list);
}

static void says_which_privilege_is_missing(void **state)
{
    (void)state;
    run_forked(look_without_privilege, NULL);
}

static void sees_through_a_thread_when_the_first_has_ended(void **state)
{
    (void)state;
    setenv("TRACER_TEST_CTOR", "leaderwait", 1);
    struct spawned spawned = spawn_changed(NULL, NULL, fixture_path("target_command"), "ctor\n");
    unsetenv("TRACER_TEST_CTOR");
    wait_for_state(spawned.pid, 'Z');
    _cleanup_module_list_ struct module_list list = read_list(spawned.pid);
    assert_opens_as(only_module(&list, fixture_path("target_command")), fixture_path("target_command"));
    assert_int_equal(count_path(&list, fixture_path("libtarget_ctor.so")), 1);
    spawned_end(&spawned);
}

int main(void)
{
    alarm(4 * PATIENCE_MS / 1000);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_its_own_files_once),
        cmocka_unit_test(opens_what_lies_at_a_low_address),
        cmocka_unit_test(shows_any_name),
        cmocka_unit_test(is_not_fooled_by_a_name),
        cmocka_unit_test(opens_the_inode_that_is_mapped),
        cmocka_unit_test(lists_a_file_of_two_names_once),
        cmocka_unit_test(notices_what_is_unmapped_or_replaced),
        cmocka_unit_test(lists_code_of_files_only),
        cmocka_unit_test(reads_long_maps_whole),
        cmocka_unit_test(names_files_below_another_root),
        cmocka_unit_test(opens_files_of_an_overlay),
        cmocka_unit_test(says_when_there_is_nothing_to_list),
        cmocka_unit_test(says_which_privilege_is_missing),
        cmocka_unit_test(sees_through_a_thread_when_the_first_has_ended),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
