#include "probe/pair.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARTS = 5 };

/* Parts between colons. */
struct parts {
    const char *starts[MOST_PARTS];
    size_t lens[MOST_PARTS];
    size_t count;
};

static int split(const char *text, struct parts *parts, struct diag *diag)
{
    for (const char *part = text, *end; part; part = *end ? end + 1 : NULL) {
        end = select_part_end(part);
        if (parts->count == MOST_PARTS)
            return diag_set(diag, -EINVAL, "column %d: more colons than PROVIDER:START:PROVIDER:END:KEY has",
                            diag_column(text, part - 1));
        if (end == part)
            return diag_set(diag, -EINVAL,
                            "column %d: a name is missing; expected START:END or START:END:KEY",
                            diag_column(text, part));
        parts->starts[parts->count] = part;
        parts->lens[parts->count++] = (size_t)(end - part);
    }
    if (parts->count == 1)
        return diag_set(diag, -EINVAL, "column %d: expected ':' and the probe where it ends",
                        diag_column(text, text + strlen(text)));
    return 0;
}

/* One pattern of as many parts as it has, colons among them. */
static int add_pattern(const struct parts *parts, size_t first, size_t count, const char *text,
                       struct select *select, char **ret_text, struct diag *diag)
{
    const char *start = parts->starts[first];
    const char *end = parts->starts[first + count - 1] + parts->lens[first + count - 1];
    int column = diag_column(text, start);
    if (*start == '!')
        return diag_set(diag, -EINVAL, "column %d: '!' has no meaning here", column);
    *ret_text = strndup(start, (size_t)(end - start));
    if (!*ret_text)
        return diag_set(diag, -ENOMEM, "out of memory");
    int error = select_add(select, *ret_text, diag);
    if (error)
        diag_prefix(diag, "column %d", column);
    return error;
}

int pair_parse(struct pair *pair, const char *text, struct diag *diag)
{
    struct parts parts = {0};
    int error = split(text, &parts, diag);
    if (error)
        return error;
    size_t each = parts.count >= 4 ? 2 : 1;
    error = add_pattern(&parts, 0, each, text, &pair->start, &pair->start_text, diag);
    if (!error)
        error = add_pattern(&parts, each, each, text, &pair->end, &pair->end_text, diag);
    if (error || parts.count == 2 * each)
        return error;
    pair->key = strndup(parts.starts[2 * each], parts.lens[2 * each]);
    return pair->key ? 0 : diag_set(diag, -ENOMEM, "out of memory");
}

bool pair_starts(const struct pair *pair, const struct probe *probe)
{
    return select_matches(&pair->start, probe->provider, probe->name);
}

bool pair_ends(const struct pair *pair, const struct probe *probe)
{
    return select_matches(&pair->end, probe->provider, probe->name);
}

void pair_free(struct pair *pair)
{
    select_free(&pair->start);
    select_free(&pair->end);
    free(pair->start_text);
    free(pair->end_text);
    free(pair->key);
    *pair = (struct pair){0};
}
