/* The records around the hits: start, probe, lost, end. */
#include "golden.h"
#include "output/output.h"

static const int64_t TIME = 1795180502123456789;

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct probe_file h2o = {
    .path = (char *)"/usr/sbin/h2o",
    .build_id = (char *)"5f1b3c0a9e8d7c6b5a493827161504f3e2d1c0b9",
};
static const struct probe_file odd_file = {.path = (char *)"/tmp/\xff\"\\\n\x1b[2J"};

static struct arg_spec request_specs[] = {{.text = "8@%rdi", .text_len = 6},
                                          {.text = "-4@%eax 1@$5", .text_len = 7}};
static struct probe_site request_sites[] = {
    {.address = 0x1f40, .offset = 0x0f40, .spec = (char *)""},
    {.address = 0x2f40, .offset = 0x1f40, .spec = (char *)"8@%rdi -4@%eax", .args = {request_specs, 2, 0}},
};
static struct probe_arg request_args[] = {
    {.name = (char *)"conn_id", .type = (char *)"uint64_t"},
    {.name = (char *)"http_version", .type = (char *)"int"},
};
static const struct probe request = {
    .id = 3,
    .file = &h2o,
    .provider = (char *)"h2o",
    .name = (char *)"receive_request",
    .args = request_args,
    .n_args = COUNT(request_args),
    .sites = request_sites,
    .n_sites = COUNT(request_sites),
};

static struct arg_spec odd_specs[] = {{.text = "8f@%xmm0\"\x7f", .text_len = 10},
                                      {.text = "?", .text_len = 0}};
static struct probe_site odd_sites[] = {{.spec = (char *)"8f@%xmm0\"\x7f ?", .args = {odd_specs, 2, 0}}};
static struct probe_arg odd_args[] = {
    {.name = (char *)"arg0", .type = (char *)"const char *\"\x02", .unreadable = (char *)"vector register"},
    {.name = (char *)"arg\xff", .type = (char *)"", .unreadable = (char *)"no symbol a\"\nb in the file"},
};
static const struct probe odd = {
    .id = UINT32_MAX,
    .file = &odd_file,
    .provider = (char *)"a\"b",
    .name = (char *)"\x1b[31m\xc2\x9b",
    .args = odd_args,
    .n_args = COUNT(odd_args),
    .sites = odd_sites,
    .n_sites = COUNT(odd_sites),
};

static const struct output_start starts[] = {
    {.time = TIME, .version = "0.1.0", .host = "build-7", .kernel = "6.12.9-amd64"},
    {.time = 0, .version = "1.0.0-rc1", .host = "h\xff\"\n", .kernel = ""},
};

static const struct probe *const probes[] = {&request, &odd};
static const struct output_counts counts[] = {
    {.hits = 1000, .emitted = 983, .lost = 17},
    {.hits = UINT64_MAX, .emitted = UINT64_MAX - 2, .filtered = 1, .lost = 1},
};
static const struct output_end ends[] = {
    {.time = TIME, .total = {.hits = 1}, .probes = NULL, .counts = NULL, .n_probes = 0},
    {.time = TIME,
     .total = {.hits = 1000, .emitted = 980, .filtered = 3, .lost = 17},
     .missed = 23,
     .probes = probes,
     .counts = counts,
     .n_probes = COUNT(probes)},
};

void golden_records(struct golden *golden)
{
    static const struct output_format *const formats[] = {&output_json, &output_text};
    for (size_t f = 0; f < COUNT(formats); f++) {
        const struct output_format *format = formats[f];
        struct buf *out = f ? &golden->text : &golden->json;
        for (size_t i = 0; i < COUNT(starts); i++)
            format->start(out, &starts[i]);
        for (size_t i = 0; i < COUNT(probes); i++)
            format->probe(out, probes[i]);
        format->lost(out, &request, 1, TIME);
        format->lost(out, &odd, UINT64_MAX, TIME + 1000);
        for (size_t i = 0; i < COUNT(ends); i++)
            format->end(out, &ends[i]);
    }
}
