#include "probe/select.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

struct select_glob {
    char *pattern; /* as given */
    char *provider;
    char *probe;
    bool exclude;
    bool matched; /* some probe */
};

/* Behind the ']' of a bracket expression, past those of classes in it ("[[:alpha:]_]"). NULL: it is never
 * closed. */
static const char *bracket_end(const char *open)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    const char *c = open + 1 + (open[1] == '!' || open[1] == '^');
    for (const char *first = c; *c; c++) {
        size_t class_len = strncmp(c, "[:", 2) ? 0 : 2 + strspn(c + 2, letters);
        if (class_len && !strncmp(c + class_len, ":]", 2))
            c += class_len + 1;
        else if (*c == ']' && c > first)
            return c + 1;
    }
    return NULL;
}

/* A character, also behind a backslash, or a whole bracket expression. */
static const char *element_end(const char *element)
{
    const char *end = *element == '[' ? bracket_end(element) : NULL;
    return end ? end : element + 1 + (element[0] == '\\' && element[1]);
}

const char *select_part_end(const char *part)
{
    while (*part && *part != ':')
        part = element_end(part);
    return part;
}

/* It would match itself, literally, and so nothing. */
static bool has_unclosed_bracket(const char *glob)
{
    for (; *glob; glob = element_end(glob))
        if (*glob == '[' && !bracket_end(glob))
            return true;
    return false;
}

/* D writes a-b for what the note calls a__b. A dash inside brackets is a range and stays. Brackets in a name
 * mean nothing. */
static char *spell_dashes(const char *text, size_t len, bool is_glob)
{
    _cleanup_buf_ struct buf out = {0};
    for (const char *c = text, *end; c < text + len; c = end) {
        end = is_glob ? element_end(c) : c + 1;
        if (*c == '-')
            buf_puts(&out, "__");
        else
            buf_append(&out, c, (size_t)(end - c));
    }
    return buf_steal(&out);
}

static void free_glob(struct select_glob *glob)
{
    free(glob->pattern);
    free(glob->provider);
    free(glob->probe);
}

int select_add(struct select *select, const char *pattern, struct diag *diag)
{
    struct select_glob glob = {.exclude = *pattern == '!'};
    const char *text = pattern + glob.exclude;
    const char *end = select_part_end(text), *colon = *end ? end : NULL;
    if (!*text)
        return diag_set(diag, -EINVAL, "empty pattern: give PROVIDER:PROBE, where each may be a glob");
    if (colon && *select_part_end(colon + 1))
        return diag_set(diag, -EINVAL,
                        "more than one colon in '%s': give PROVIDER:PROBE, and -t again for another",
                        pattern);
    if (has_unclosed_bracket(text))
        return diag_set(diag, -EINVAL, "an unclosed '[' in '%s'", pattern);

    const char *provider = colon ? text : "", *probe = colon ? colon + 1 : text;
    size_t provider_len = colon ? (size_t)(colon - text) : 0;
    glob.provider = provider_len ? spell_dashes(provider, provider_len, true) : strdup("*");
    glob.probe = *probe ? spell_dashes(probe, strlen(probe), true) : strdup("*");
    glob.pattern = strdup(pattern);
    struct select_glob *globs = realloc(select->globs, (select->count + 1) * sizeof(*globs));
    if (globs)
        select->globs = globs;
    if (!glob.pattern || !glob.provider || !glob.probe || !globs) {
        free_glob(&glob);
        return diag_set(diag, -ENOMEM, "out of memory");
    }
    globs[select->count++] = glob;
    return 0;
}

/* Names in notes may hold dashes of their own, so a name matches as it is and with its dashes spelled. */
static bool part_matches(const char *glob, const char *name)
{
    if (!fnmatch(glob, name, 0))
        return true;
    if (!strchr(name, '-'))
        return false;
    _cleanup_free_ char *spelled = spell_dashes(name, strlen(name), false);
    return spelled && !fnmatch(glob, spelled, 0);
}

bool select_matches(const struct select *select, const char *provider, const char *probe)
{
    bool any_include = false, included = false, excluded = false;
    for (size_t i = 0; i < select->count; i++) {
        struct select_glob *glob = &select->globs[i];
        bool matches = part_matches(glob->provider, provider) && part_matches(glob->probe, probe);
        glob->matched |= matches;
        any_include |= !glob->exclude;
        excluded |= matches && glob->exclude;
        included |= matches && !glob->exclude;
    }
    return !excluded && (included || !any_include);
}

const char *select_next_unmatched(const struct select *select, size_t *at)
{
    while (*at < select->count) {
        const struct select_glob *glob = &select->globs[(*at)++];
        if (!glob->matched)
            return glob->pattern;
    }
    return NULL;
}

void select_free(struct select *select)
{
    for (size_t i = 0; i < select->count; i++)
        free_glob(&select->globs[i]);
    free(select->globs);
    *select = (struct select){0};
}
