#include "probe/span.h"

#include <errno.h>
#include <string.h>

#include "event_wire.h"

int span_parse(struct span *span, const char *text, struct diag *diag)
{
    return pair_parse(&span->pair, text, diag);
}

/* What fits into the table of open spans: numbers, and the beginning of a text. */
static bool can_name(enum arg_kind kind)
{
    return kind == ARG_KIND_STRING || !arg_kind_is_fetched(kind);
}

int span_find_key(const struct span *span, const struct probe *probe)
{
    for (size_t i = 0; i < probe->n_args && i < WIRE_MAX_ARGS && span->pair.key; i++)
        if (!strcmp(probe->args[i].name, span->pair.key) && can_name(probe->args[i].kind))
            return (int)i;
    return -1;
}

void span_meet(struct span *span, const struct probe *probe)
{
    if (!span->pair.start_text)
        return;
    span->ends |= pair_ends(&span->pair, probe);
    if (!pair_starts(&span->pair, probe))
        return;
    span->starts = true;
    if (span_find_key(span, probe) >= 0)
        span->has_key = true;
    else if (span->pair.key && !*span->misfit.text)
        diag_set(&span->misfit, -EINVAL, "%s:%s has no argument '%s' that is a number or a string",
                 probe->provider, probe->name, span->pair.key);
}

int span_check(const struct span *span, struct diag *diag)
{
    if (!span->pair.start_text)
        return 0;
    if (!span->starts || !span->ends)
        return diag_set(diag, -EINVAL, "--span: no probe that -t and -w leave matches '%s'",
                        span->starts ? span->pair.end_text : span->pair.start_text);
    if (span->pair.key && !span->has_key)
        return diag_set(diag, -EINVAL, "--span: %s", span->misfit.text);
    return 0;
}

void span_free(struct span *span)
{
    pair_free(&span->pair);
    *span = (struct span){0};
}
