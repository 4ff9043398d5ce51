/* Provider definitions are the part of the D language that declares probes:
 *
 *     #define Oid unsigned int
 *     typedef struct conn conn_t;
 *     provider example {
 *         probe request__start(conn_t *conn, const char *path, Oid : int);
 *         probe request-done(int) : (conninfo_t *conn);
 *         probe idle();
 *     };
 *
 * `dtrace -h` makes a C header of such a file, and SystemTap's accepts more than the language allows. What it
 * takes, we take: a missing ';' behind a probe or a provider, a probe's name that begins with a digit,
 * providers without probes, `#` lines anywhere (only `#define NAME type` means something, see
 * provider_alias). A dash in a probe's name is the "__" that stands in the object file. Stability attributes
 * are `#pragma`s, translated types (behind a ':') are for D's consumers: passed over, both.
 *
 * Around providers stand declarations of types; these are skipped up to their ';' without looking inside,
 * since only the program's own debug information knows what they are in this build. But a
 * typedef gives an alias where it can, as `#define` does. Anything else there is an error: it is
 * more likely a misspelt `provider` than something we should not have to know.
 *
 * A provider that is opened twice has the probes of both. Programs change the arguments of a probe between
 * versions, so one name may be declared several times, with different numbers of arguments; of two with the
 * same number the later one counts.
 *
 * Comments are passed over, but those behind an argument may be annotations (provider_annotate).
 *
 * All loops run over tokens, each of which is looked at a bounded number of times. The one thing that calls
 * itself is the expansion of aliases, which has its limits. */
#include "provider/provider_parser.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "provider/provider_annotate.h"
#include "provider/provider_arg.h"
#include "provider/provider_array.h"
#include "provider/provider_cursor.h"
#include "provider/provider_entry.h"
#include "provider/provider_typedef.h"

struct parser {
    struct provider_cursor cursor;
    struct provider_entries entries;
};

static void free_parser(struct parser *parser)
{
    provider_entries_free(&parser->entries);
    provider_alias_free(&parser->cursor.aliases);
    provider_remarks_free(&parser->cursor.remarks);
}

static bool may_be_in_probe_name(const struct provider_token *token)
{
    return token->kind == PROVIDER_TOKEN_WORD || token->kind == PROVIDER_TOKEN_NUMBER ||
           provider_token_is_mark(token, '-');
}

/* `query__start`, or `query-start`, which is the same: words and dashes without blanks between them. */
static int parse_probe_name(struct provider_cursor *cursor, char **ret_name)
{
    const struct provider_token *token = &cursor->token;
    if (!may_be_in_probe_name(token) || provider_token_is_mark(token, '-'))
        return provider_cursor_error(cursor, "expected the name of a probe");
    _cleanup_buf_ struct buf name = {0};
    const char *end;
    do {
        if (provider_token_is_mark(token, '-'))
            buf_puts(&name, "__");
        else
            buf_append(&name, token->text, token->len);
        end = token->text + token->len;
        int error = provider_cursor_advance(cursor);
        if (error)
            return error;
    } while (token->text == end && may_be_in_probe_name(token));
    *ret_name = buf_steal(&name);
    return *ret_name ? 0 : -ENOMEM;
}

static bool is_void(const struct provider_arg *arg)
{
    return !strcmp(arg->type, "void");
}

/* From behind the '(' to behind the ')'. */
static int parse_args(struct provider_cursor *cursor, struct provider_probe *probe)
{
    if (provider_token_is_mark(&cursor->token, ')'))
        return provider_cursor_advance(cursor);
    for (;;) {
        struct provider_token first = cursor->token;
        struct provider_arg *args = provider_array_room(probe->args, probe->n_args, sizeof(*args));
        if (!args)
            return -ENOMEM;
        probe->args = args;
        int error = provider_arg_parse(cursor, &args[probe->n_args]);
        if (error)
            return error;
        struct provider_arg *arg = &args[probe->n_args++];
        bool is_last = provider_token_is_mark(&cursor->token, ')');
        if (is_void(arg)) {
            if (probe->n_args > 1 || arg->name || !is_last)
                return provider_cursor_error_at(cursor, &first, "an argument can't be void");
            provider_arg_free(arg);
            probe->n_args = 0;
        }
        error = provider_cursor_advance(cursor);
        if (error || is_last)
            return error;
    }
}

/* `: (conninfo_t *conn, …)` behind the arguments. */
static int skip_translated_args(struct provider_cursor *cursor)
{
    if (!provider_token_is_mark(&cursor->token, ':'))
        return 0;
    struct provider_probe unused = {0};
    int error = provider_cursor_advance(cursor);
    if (!error)
        error = provider_cursor_expect(cursor, '(', "expected '(' and the translated types");
    if (!error)
        error = parse_args(cursor, &unused);
    provider_entry_free_probe(&unused);
    return error;
}

static int skip_semicolon(struct provider_cursor *cursor)
{
    return provider_token_is_mark(&cursor->token, ';') ? provider_cursor_advance(cursor) : 0;
}

/* From the word `probe` on. */
static int parse_probe(struct provider_cursor *cursor, struct provider_probe *probe)
{
    int error = provider_cursor_advance(cursor);
    if (!error)
        error = parse_probe_name(cursor, &probe->name);
    const char *list = cursor->token.text;
    if (!error)
        error = provider_cursor_expect(cursor, '(', "expected '(' and the arguments of the probe");
    if (!error)
        error = parse_args(cursor, probe);
    if (!error)
        error = provider_annotate(cursor, list, cursor->token.text, probe);
    if (!error)
        error = skip_translated_args(cursor);
    return error ? error : skip_semicolon(cursor);
}

/* From the word `provider` on. */
static int parse_provider(struct parser *parser)
{
    struct provider_cursor *cursor = &parser->cursor;
    int error = provider_cursor_advance(cursor);
    if (error)
        return error;
    struct provider_token name = cursor->token;
    if (name.kind != PROVIDER_TOKEN_WORD)
        return provider_cursor_error(cursor, "expected the name of a provider");
    error = provider_cursor_advance(cursor);
    if (!error)
        error = provider_cursor_expect(cursor, '{', "expected '{' and the probes of the provider");
    if (!error)
        error = provider_entries_add(&parser->entries, &name, (struct provider_probe){0});
    while (!error && provider_token_is_word(&cursor->token, "probe")) {
        struct provider_probe probe = {0};
        error = parse_probe(cursor, &probe);
        if (error)
            provider_entry_free_probe(&probe);
        else
            error = provider_entries_add(&parser->entries, &name, probe);
    }
    if (!error)
        error = provider_cursor_expect(cursor, '}', "expected 'probe' or '}'");
    return error ? error : skip_semicolon(cursor);
}

/* Only a typedef has something between '}' and ';': elsewhere the ';' was forgotten, and what follows must
 * not be swallowed. */
static int skip_declaration(struct provider_cursor *cursor)
{
    const struct provider_token *token = &cursor->token;
    struct provider_token first = *token, last = *token;
    bool is_typedef = provider_token_is_word(&first, "typedef");
    size_t depth = 0;
    while (depth || !provider_token_is_mark(token, ';')) {
        bool opens = provider_token_is_mark(token, '{'), closes = provider_token_is_mark(token, '}');
        if (!depth && !is_typedef && provider_token_is_mark(&last, '}'))
            return provider_cursor_error(cursor, "expected ';' behind the declaration");
        if (token->kind == PROVIDER_TOKEN_END || (closes && !depth))
            return provider_cursor_error_at(cursor, &first, "a declaration without its ';'");
        depth += opens;
        depth -= closes;
        last = *token;
        int error = provider_cursor_advance(cursor);
        if (error)
            return error;
    }
    int error = is_typedef ? provider_typedef_add(&cursor->aliases, first.text + first.len, token->text) : 0;
    return error ? error : provider_cursor_advance(cursor);
}

static bool begins_declaration(const struct provider_token *token)
{
    static const char *const words[] = {"typedef", "struct", "union", "enum", "translator", "inline"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (provider_token_is_word(token, words[i]))
            return true;
    return false;
}

static int parse_file(struct parser *parser)
{
    struct provider_cursor *cursor = &parser->cursor;
    int error = provider_cursor_advance(cursor);
    while (!error && cursor->token.kind != PROVIDER_TOKEN_END) {
        if (provider_token_is_word(&cursor->token, "provider"))
            error = parse_provider(parser);
        else if (begins_declaration(&cursor->token))
            error = skip_declaration(cursor);
        else
            error = provider_cursor_error(cursor, "expected 'provider'");
    }
    return error;
}

int provider_parser_run(const char *file, const char *text, size_t len, struct provider_set *ret_set,
                        struct diag *diag)
{
    _cleanup_(free_parser) struct parser parser = {
        .cursor = {.file = file, .text = text, .len = len, .diag = diag, .lex = {text, text + len}},
    };
    _cleanup_provider_set_ struct provider_set set = {0};
    int error = parse_file(&parser);
    if (!error)
        error = provider_entries_collect(&parser.entries, &set);
    if (error == -ENOMEM)
        return diag_set(diag, error, "%s: out of memory", file);
    if (error)
        return error;
    set.remarks = parser.cursor.remarks;
    parser.cursor.remarks = (struct provider_remarks){0};
    *ret_set = set;
    set = (struct provider_set){0};
    return 0;
}
