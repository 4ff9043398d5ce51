#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>

#include "output/output.h"

static void formats_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(output_format_find("json"), &output_json);
    assert_ptr_equal(output_format_find("text"), &output_text);
    assert_null(output_format_find(""));
    assert_null(output_format_find("JSON"));
    assert_null(output_format_find("jsonl"));
}

/* Without memory nothing is appended, nothing crashes, and the buffer says so. */
static void formats_without_memory(void **state)
{
    (void)state;
    static struct arg_spec spec = {.text = "8@%rdi", .text_len = 6};
    static struct probe_site site = {.spec = (char *)"8@%rdi", .args = {.args = &spec, .count = 1}};
    static struct probe_arg arg = {.name = (char *)"text", .type = (char *)"char *"};
    static const struct probe_file file = {.path = (char *)"/bin/app"};
    const struct probe probe = {.id = 1,
                                .file = &file,
                                .provider = (char *)"app",
                                .name = (char *)"hit",
                                .args = &arg,
                                .n_args = 1,
                                .sites = &site,
                                .n_sites = 1};
    const struct probe *const probes[] = {&probe};
    const struct event_layout layout = {&probe, 1, {{.kind = ARG_KIND_STRING, .size = 8}}};
    const struct wire_record record = {.n_values = 1, .truncated = 1};
    const struct event event = {.record = &record, .values = &(uint64_t){0}, .data = ""};
    const struct output_start start = {.version = "0.1.0", .host = "host", .kernel = "6.1"};
    const struct output_end end = {.probes = probes, .counts = &(struct output_counts){0}, .n_probes = 1};
    const struct output_format *const formats[] = {&output_json, &output_text};
    for (size_t i = 0; i < 2; i++) {
        struct buf out = {.failed = true};
        formats[i]->start(&out, &start);
        formats[i]->probe(&out, &probe);
        formats[i]->event(&out, &event, &layout, 1, 0);
        formats[i]->lost(&out, &probe, 1, 0);
        formats[i]->end(&out, &end);
        formats[i]->list(&out, &probe, true);
        assert_int_equal(out.len, 0);
        assert_int_equal(buf_error(&out), -ENOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_by_name),
        cmocka_unit_test(formats_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
