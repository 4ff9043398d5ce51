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

/* A bracket expression that is never closed would match itself, literally, and so nothing. */
static bool has_unclosed_bracket(const char *glob)
{
    for (const char *c = glob; *c; c++) {
        if (*c == '\\' && c[1]) {
            c++;
        } else if (*c == '[') {
            const char *first = c + 1 + (c[1] == '!' || c[1] == '^');
            const char *close = *first ? strchr(first + 1, ']') : NULL;
            if (!close)
                return true;
            c = close;
        }
    }
    return false;
}

/* D writes a-b for what the note calls a__b. A dash inside brackets is a range and stays. */
static char *spell_dashes(const char *glob, size_t len)
{
    _cleanup_buf_ struct buf out = {0};
    bool in_brackets = false;
    for (size_t i = 0; i < len; i++) {
        if (glob[i] == '[')
            in_brackets = true;
        else if (glob[i] == ']')
            in_brackets = false;
        if (glob[i] == '-' && !in_brackets)
            buf_puts(&out, "__");
        else
            buf_putc(&out, glob[i]);
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
    const char *colon = strchr(text, ':');
    if (!*text)
        return diag_set(diag, -EINVAL, "empty pattern: give PROVIDER:PROBE, where each may be a glob");
    if (colon && strchr(colon + 1, ':'))
        return diag_set(diag, -EINVAL,
                        "more than one colon in '%s': give PROVIDER:PROBE, and -t again for another",
                        pattern);
    if (has_unclosed_bracket(text))
        return diag_set(diag, -EINVAL, "an unclosed '[' in '%s'", pattern);

    const char *provider = colon ? text : "", *probe = colon ? colon + 1 : text;
    size_t provider_len = colon ? (size_t)(colon - text) : 0;
    glob.provider = provider_len ? spell_dashes(provider, provider_len) : strdup("*");
    glob.probe = *probe ? spell_dashes(probe, strlen(probe)) : strdup("*");
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
    _cleanup_free_ char *spelled = spell_dashes(name, strlen(name));
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
