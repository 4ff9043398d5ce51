/* From a probe's sites to what the BPF programs interpret. */
#ifndef TRACER_PROBE_ATTACH_SPEC_H
#define TRACER_PROBE_ATTACH_SPEC_H

#include <stdbool.h>

#include "event_wire.h"
#include "probe/probe.h"

/* How user space shows one value of a record: the site decides width and sign (or what is behind the pointer
 * does), the probe the kind. */
struct value_layout {
    enum arg_kind kind;
    uint8_t size;
    bool is_signed;
    uint8_t length_arg;          /* HEX and TEXT: as many bytes as this argument says; WIRE_NO_ARG: */
    uint32_t length;             /* this many. STRING: no more than that, in an array; 0: not in one */
    const struct arg_note *note; /* the probe's: names of ENUM values; NULL: nothing */
};

/* What a record with this spec's number means. */
struct event_layout {
    const struct probe *probe;
    size_t n_values; /* at most WIRE_MAX_ARGS; further arguments of the probe are always faults */
    struct value_layout values[WIRE_MAX_ARGS];
};

/* Fills the spec and the layout for one site. Never fails: an argument that can't be read is
 * WIRE_NOWHERE. */
void attach_spec_compile(const struct probe *probe, const struct probe_site *site, struct wire_spec *ret_spec,
                         struct event_layout *ret_layout);

/* Whether a complete spec, with its filter and its summary, can be read the quick way (wire_spec.quick). */
bool attach_spec_is_quick(const struct wire_spec *spec);

/* Whether reading needs user memory, and so the sleepable program. */
bool attach_spec_reads_memory(const struct wire_spec *spec);

#endif
