/* The definitions that come with tracer: probes/NAME.d describes provider NAME, and what it says fits the
 * notes of the programs that it speaks of. */
#include "describe.h"

#include <dirent.h>
#include <stdbool.h>

#include "provider/arg_width.h"
#include <stdio.h>

#define CATALOGUE TEST_SOURCE_DIR "/../probes"
#define FIXTURES  TEST_SOURCE_DIR "/fixtures/providers"

/* Loads probes/NAME.d as a run of tracer would. There is nothing to say about it, such as a wrong annotation.
 */
static const struct provider *load(struct provider_set *set, const char *name)
{
    struct diag diag = {0};
    int result = provider_set_load_installed(set, CATALOGUE, name, &diag);
    assert_string_equal(diag.text, "");
    assert_int_equal(result, 1);
    for (size_t i = 0; i < set->remarks.count; i++)
        fail_msg("%s", set->remarks.items[i].text);
    return provider_set_find(set, name);
}

static bool is_lower_snake_case(const char *name)
{
    size_t len = strlen(name);
    return name[0] >= 'a' && name[0] <= 'z' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len &&
           name[len - 1] != '_';
}

static const char *name_of(const struct provider_probe *probe, size_t i)
{
    return i < probe->n_args ? probe->args[i].name : probe->fields[i - probe->n_args].arg.name;
}

/* Names become the fields of JSON objects. */
static void check_names(const struct provider *provider, const struct provider_probe *probe)
{
    for (size_t i = 0; i < probe->n_args + probe->n_fields; i++) {
        const char *name = name_of(probe, i);
        if (!name || !is_lower_snake_case(name))
            fail_msg("%s:%s: argument %zu has no good name", provider->name, probe->name, i);
        for (size_t j = 0; j < i; j++)
            if (!strcmp(name, name_of(probe, j)))
                fail_msg("%s:%s: two arguments are called %s", provider->name, probe->name, name);
    }
}

static void every_file_describes_its_provider(void **state)
{
    (void)state;
    static const char *const required[] = {
        "demo",    "h2o",        "hotspot", "hotspot_jni", "hs_private", "libstdcxx", "libvirt", "php",
        "picotls", "postgresql", "python",  "quicly",      "ruby",       "stap",      "stapio",  "staprun"};
    size_t n_required = 0;
    DIR *directory = opendir(CATALOGUE);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        _cleanup_provider_set_ struct provider_set set = {0};
        char *suffix = strrchr(entry->d_name, '.');
        if (entry->d_name[0] == '.' || !suffix || strcmp(suffix, ".d"))
            continue;
        *suffix = '\0';
        const struct provider *provider = load(&set, entry->d_name);
        assert_int_not_equal(provider->n_probes, 0);
        for (size_t i = 0; i < provider->n_probes; i++)
            check_names(provider, &provider->probes[i]);
        for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++)
            n_required += !strcmp(required[i], entry->d_name);
    }
    closedir(directory);
    assert_int_equal(n_required, sizeof(required) / sizeof(*required));
}

/* The type says how wide the operand is, if it is one that says that. */
static void check_width(const char *probe, const struct provider_arg *arg, long size)
{
    long expected = arg->width == ARG_WIDTH_POINTER ? 8 : arg->width;
    if (expected != ARG_WIDTH_UNKNOWN && labs(size) != expected)
        fail_msg("%s: %s %s does not go with an operand of %ld bytes", probe, arg->type, arg->name, size);
}

/* One line of a fixture: NAME COUNT WIDTH…. */
static const struct provider_probe *check_line(const struct provider *provider, char *line)
{
    char *rest, *name = strtok_r(line, " \n", &rest);
    char *number = strtok_r(NULL, " \n", &rest);
    assert_non_null(number);
    size_t count = strtoul(number, NULL, 10);
    const struct provider_probe *probe = provider_find_probe_for(provider, name, count);
    if (!probe || probe->n_args != count)
        fail_msg("%s: no definition with %zu arguments", name, count);
    for (size_t i = 0; i < count; i++) {
        char *size = strtok_r(NULL, " \n", &rest);
        assert_non_null(size);
        if (!strchr(size, '$'))
            check_width(name, &probe->args[i], strtol(size, NULL, 10));
    }
    return probe;
}

/* A file in FIXTURES, and how many probes stand in it. */
struct fixture {
    const char *name;
    size_t n_probes;
};

static void check_fixture(const struct provider *provider, const struct fixture *fixture, bool *ret_described)
{
    _cleanup_buf_ struct buf path = {0};
    _cleanup_free_ char *line = NULL;
    size_t capacity = 0, count = 0;
    buf_printf(&path, "%s/%s.txt", FIXTURES, fixture->name);
    _cleanup_fclose_ FILE *file = fopen(buf_string(&path), "re");
    assert_non_null(file);
    while (getline(&line, &capacity, file) > 0) {
        if (*line == '#')
            continue;
        ret_described[check_line(provider, line) - provider->probes] = true;
        count++;
    }
    assert_int_equal(count, fixture->n_probes);
}

/* Every probe of the program's versions (the last fixture has no name) is described, and no other. */
static void check_program(const char *name, size_t n_definitions, const struct fixture *fixtures)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    const struct provider *provider = load(&set, name);
    assert_int_equal(provider->n_probes, n_definitions);
    _cleanup_free_ bool *described = calloc(provider->n_probes, sizeof(*described));
    assert_non_null(described);
    for (; fixtures->name; fixtures++)
        check_fixture(provider, fixtures, described);
    for (size_t i = 0; i < provider->n_probes; i++)
        if (!described[i])
            fail_msg("%s with %zu arguments is in no program", provider->probes[i].name,
                     provider->probes[i].n_args);
}

static void h2o_is_described(void **state)
{
    (void)state;
    check_program("h2o", 40, (struct fixture[]){{"h2o", 36}, {"h2o-earlier", 4}, {0}});
}

static void quicly_is_described(void **state)
{
    (void)state;
    check_program("quicly", 97, (struct fixture[]){{"quicly", 93}, {"quicly-earlier", 4}, {0}});
}

static void picotls_is_described(void **state)
{
    (void)state;
    check_program("picotls", 6, (struct fixture[]){{"picotls", 6}, {0}});
}

static void postgresql_is_described(void **state)
{
    (void)state;
    check_program("postgresql", 61, (struct fixture[]){{"postgresql-15", 57}, {"postgresql-17", 57}, {0}});
}

static void python_is_described(void **state)
{
    (void)state;
    check_program("python", 12,
                  (struct fixture[]){{"python-3.11", 8}, {"python-3.13", 5}, {"python-declared", 4}, {0}});
}

static void php_is_described(void **state)
{
    (void)state;
    check_program("php", 11, (struct fixture[]){{"php-8.2", 11}, {0}});
}

static void ruby_is_described(void **state)
{
    (void)state;
    check_program("ruby", 24, (struct fixture[]){{"ruby-3.1", 22}, {"ruby-instructions", 2}, {0}});
}

static void hotspot_is_described(void **state)
{
    (void)state;
    check_program("hotspot", 42, (struct fixture[]){{"hotspot-17", 42}, {"hotspot-21", 42}, {0}});
}

static void hotspot_jni_is_described(void **state)
{
    (void)state;
    check_program(
        "hotspot_jni", 475,
        (struct fixture[]){{"hotspot_jni-17", 473}, {"hotspot_jni-21", 473}, {"hotspot_jni-module", 2}, {0}});
}

static void hs_private_is_described(void **state)
{
    (void)state;
    check_program("hs_private", 6,
                  (struct fixture[]){{"hs_private-17", 2}, {"hs_private-21", 2}, {"hs_private-8", 4}, {0}});
}

static void libvirt_is_described(void **state)
{
    (void)state;
    check_program("libvirt", 56,
                  (struct fixture[]){{"libvirt-9", 51}, {"libvirt-11", 51}, {"libvirt-declared", 5}, {0}});
}

static void systemtap_is_described(void **state)
{
    (void)state;
    check_program("stap", 31, (struct fixture[]){{"stap-4.8", 31}, {"stap-5.1", 31}, {0}});
    check_program("staprun", 3, (struct fixture[]){{"staprun-4.8", 3}, {"staprun-5.1", 3}, {0}});
    check_program("stapio", 1, (struct fixture[]){{"stapio-4.8", 1}, {"stapio-5.1", 1}, {0}});
}

static void libstdcxx_is_described(void **state)
{
    (void)state;
    check_program("libstdcxx", 3, (struct fixture[]){{"libstdcxx-12", 3}, {"libstdcxx-14", 3}, {0}});
}

static void assert_probe(const char *provider_name, const char *probe, size_t n_args, const char *expected)
{
    _cleanup_provider_set_ struct provider_set set = {0};
    _cleanup_buf_ struct buf text = {0};
    const struct provider *provider = load(&set, provider_name);
    const struct provider_probe *found = provider_find_probe_for(provider, probe, n_args);
    assert_non_null(found);
    describe_probe(&text, provider, found);
    assert_string_equal(buf_string(&text), expected);
}

static void well_known_arguments_have_their_names(void **state)
{
    (void)state;
    assert_probe("postgresql", "query__start", 1, "postgresql: query__start(const char *|query|string)\n");
    assert_probe("postgresql", "transaction__start", 1,
                 "postgresql: transaction__start(LocalTransactionId|local_transaction_id|integer)\n");
    assert_probe("postgresql", "lwlock__acquire", 2,
                 "postgresql: lwlock__acquire(const char *|tranche|string, LWLockMode|mode|integer)\n");
    assert_probe("postgresql", "sort__done", 2,
                 "postgresql: sort__done(bool|external|bool, long|space_used|integer)\n");
    assert_probe("python", "function__entry", 3,
                 "python: function__entry(const char *|filename|string, const char *|funcname|string, "
                 "int|lineno|integer)\n");
    assert_probe(
        "h2o", "h3s_accept", 4,
        "h2o: h3s_accept(uint64_t|conn_id|integer, struct st_h2o_conn_t *|conn|pointer, "
        "struct st_quicly_conn_t *|quic_master_id|integer +0x10:u32, const char *|conn_uuid|string)\n");
    assert_probe("hotspot", "class__loaded", 4,
                 "hotspot: class__loaded(const char *|name|text[name_len], int|name_len|integer, "
                 "void *|class_loader|pointer, bool|shared|bool)\n");
    assert_probe("php", "exception__caught", 1,
                 "php: exception__caught(const char *|classname|string +0x18:array)\n");
    assert_probe(
        "quicly", "new_token_send", 5,
        "quicly: new_token_send(struct st_quicly_conn_t *|conn|integer +0x10:u32, int64_t|at|integer, "
        "uint8_t *|token|hex[token_len], size_t|token_len|integer, uint64_t|generation|integer)\n");
    assert_probe(
        "quicly", "quictrace_cc_ack", 5,
        "quicly: quictrace_cc_ack(struct st_quicly_conn_t *|conn|integer +0x10:u32, int64_t|at|integer, "
        "struct quicly_rtt_t *|min_rtt|integer +0:u32, uint32_t|cwnd|integer, size_t|inflight|integer; "
        "2 again: struct quicly_rtt_t *|smoothed_rtt|integer +4:u32; "
        "2 again: struct quicly_rtt_t *|variance_rtt|integer +8:u32; "
        "2 again: struct quicly_rtt_t *|latest_rtt|integer +12:u32)\n");
    assert_probe("libstdcxx", "throw", 2,
                 "libstdcxx: throw(void *|object|pointer, struct type_info *|type_info|pointer)\n");
}

/* The seventh argument is not the same in both. */
static void versions_differ_by_their_number_of_arguments(void **state)
{
    (void)state;
    _cleanup_provider_set_ struct provider_set set = {0};
    const struct provider *postgresql = load(&set, "postgresql");
    const struct provider_probe *in_15 = provider_find_probe_for(postgresql, "buffer__read__done", 8);
    const struct provider_probe *in_17 = provider_find_probe_for(postgresql, "buffer__read__done", 7);
    assert_string_equal(in_15->args[6].name, "extend");
    assert_string_equal(in_15->args[7].name, "hit");
    assert_string_equal(in_17->args[6].name, "hit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_describes_its_provider),
        cmocka_unit_test(h2o_is_described),
        cmocka_unit_test(quicly_is_described),
        cmocka_unit_test(picotls_is_described),
        cmocka_unit_test(postgresql_is_described),
        cmocka_unit_test(python_is_described),
        cmocka_unit_test(php_is_described),
        cmocka_unit_test(ruby_is_described),
        cmocka_unit_test(hotspot_is_described),
        cmocka_unit_test(hotspot_jni_is_described),
        cmocka_unit_test(hs_private_is_described),
        cmocka_unit_test(libvirt_is_described),
        cmocka_unit_test(systemtap_is_described),
        cmocka_unit_test(libstdcxx_is_described),
        cmocka_unit_test(well_known_arguments_have_their_names),
        cmocka_unit_test(versions_differ_by_their_number_of_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
