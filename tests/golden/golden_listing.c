/* Listings: short and verbose text, JSON. */
#include "golden.h"
#include "output/output.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define TEXT(string) (char *)(string)
#define SPEC(string)                                     \
    {                                                    \
        .text = (string), .text_len = sizeof(string) - 1 \
    }

static const struct probe_file postgres = {
    .path = TEXT("/usr/lib/postgresql/15/bin/postgres"),
    .build_id = TEXT("5f1b3c0a9e8d7c6b5a493827161504f3e2d1c0b9"),
};
static const struct probe_file in_container = {.path =
                                                   TEXT("/proc/4242/root/opt/caf\xc3\xa9/lib.so (deleted)")};
static const struct probe_file hostile_file = {.path = TEXT("/tmp/a\n/bin/sh evil:probe\x1b[2J\xff")};

static struct arg_spec long_specs[] = {SPEC("4@%eax"), SPEC("8@-16(%rbp)"), SPEC("8f@%xmm0")};
static struct arg_spec short_specs[] = {SPEC("4@$7")};
static struct probe_site buffer_sites[] = {
    {
        .address = 0x4321ab,
        .offset = 0x321ab,
        .semaphore = 0x9f0040,
        .semaphore_offset = 0x8f0040,
        .spec = TEXT("4@$7"),
        .args = {short_specs, 1, 0},
    },
    {
        .address = 0x4321ff,
        .offset = 0x321ff,
        .semaphore = 0x9f0040,
        .semaphore_offset = 0x8f0040,
        .spec = TEXT("4@%eax 8@-16(%rbp) 8f@%xmm0"),
        .args = {long_specs, 3, 0},
    },
};
static struct probe_arg buffer_args[] = {
    {.name = TEXT("fork"), .type = TEXT("unsigned int")},
    {.name = TEXT("path"), .type = TEXT("const char *")},
    {.name = TEXT("arg2"), .type = TEXT("double"), .unreadable = TEXT("vector register")},
};

static struct arg_spec annotated_specs[] = {SPEC("8@%rax"), SPEC("4@%edx"), SPEC("4@%ecx"), SPEC("8@%rbx")};
static struct probe_site annotated_sites[] = {{.address = 16,
                                               .offset = 16,
                                               .spec = TEXT("8@%rax 4@%edx 4@%ecx 8@%rbx"),
                                               .args = {annotated_specs, 4, 0}}};
static struct probe_arg annotated_args[] = {
    {.name = TEXT("bytes"), .type = TEXT("const void *"), .annotation = TEXT("hex[len]")},
    {.name = TEXT("took"), .type = TEXT("unsigned int"), .annotation = TEXT("ms"), .note = {.unit = "ms"}},
    {.name = TEXT("narrow"),
     .type = TEXT("const void *"),
     .annotation = TEXT("sockaddr"),
     .passed_over = TEXT("what is there is no pointer")},
    {.name = TEXT("conn"),
     .type = TEXT("struct conn *"),
     .annotation = TEXT(".id:u32 enum{1=ONE,2=TWO}"),
     .unreadable = TEXT("vector register")},
};

static struct probe_site plain_sites[] = {{.address = UINT64_MAX, .offset = 0, .spec = TEXT("")}};

static struct arg_spec hostile_specs[] = {SPEC("8@\"\\\x1b")};
static struct probe_site hostile_sites[] = {
    {.address = 1, .offset = 1, .spec = TEXT("8@\"\\\x1b"), .args = {hostile_specs, 1, 0}}};
static struct probe_arg hostile_args[] = {
    {.name = TEXT("a\tb"), .type = TEXT("\x7fint"), .unreadable = TEXT("no symbol \xff\n in the file")}};

static const struct probe probes[] = {
    {
        .file = &postgres,
        .provider = TEXT("postgresql"),
        .name = TEXT("buffer__read__start"),
        .args = buffer_args,
        .n_args = COUNT(buffer_args),
        .sites = buffer_sites,
        .n_sites = COUNT(buffer_sites),
    },
    {
        .file = &in_container,
        .provider = TEXT("app"),
        .name = TEXT("plain"),
        .sites = plain_sites,
        .n_sites = COUNT(plain_sites),
    },
    {
        .file = &in_container,
        .provider = TEXT("app"),
        .name = TEXT("annotated"),
        .args = annotated_args,
        .n_args = COUNT(annotated_args),
        .sites = annotated_sites,
        .n_sites = COUNT(annotated_sites),
    },
    {
        .file = &hostile_file,
        .provider = TEXT("p\x1bq"),
        .name = TEXT("n\xc2\x85\xfe"),
        .args = hostile_args,
        .n_args = COUNT(hostile_args),
        .sites = hostile_sites,
        .n_sites = COUNT(hostile_sites),
    },
};

void golden_listing(struct golden *golden)
{
    for (size_t i = 0; i < COUNT(probes); i++)
        output_text.list(&golden->text, &probes[i], false);
    for (size_t i = 0; i < COUNT(probes); i++) {
        output_text.list(&golden->text, &probes[i], true);
        output_json.list(&golden->json, &probes[i], false);
    }
}
