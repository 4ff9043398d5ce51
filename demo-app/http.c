#include "http.h"

#include <string.h>
#include <strings.h>

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {505, "HTTP Version Not Supported"},
};

const char *http_reason(int status)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What methods and field names are made of (RFC 9110, 5.6.2). */
static bool is_token(const char *text)
{
    const char *at = text;
    while (*at && (is_alpha(*at) || is_digit(*at) || strchr("!#$%&'*+-.^_`|~", *at)))
        at++;
    return at > text && !*at;
}

/* A line ends with LF, with or without a CR before it, as RFC 9112 (2.2) lets us read it. */
size_t http_head_length(const char *data, size_t len)
{
    const char *at = data, *end = data + len;

    while ((at = memchr(at, '\n', (size_t)(end - at)))) {
        at++;
        if (at < end && at[0] == '\n')
            return (size_t)(at + 1 - data);
        if (end - at >= 2 && at[0] == '\r' && at[1] == '\n')
            return (size_t)(at + 2 - data);
    }
    return 0;
}

/* Cuts the next line off, as a string. NULL when it holds a control byte other than a tab. */
static char *next_line(char **at, char *end)
{
    char *line = *at, *newline = memchr(line, '\n', (size_t)(end - line));

    if (!newline)
        return NULL;
    *at = newline + 1;
    if (newline > line && newline[-1] == '\r')
        newline--;
    *newline = '\0';
    for (const char *c = line; c < newline; c++)
        if ((unsigned char)*c < ' ' ? *c != '\t' : *c == 0x7f)
            return NULL;
    return line;
}

/* Cuts the text up to the next blank off; NULL when there is none. */
static char *next_word(char **at)
{
    char *word = *at, *blank = strchr(word, ' ');

    if (!blank)
        return NULL;
    *blank = '\0';
    *at = blank + 1;
    return word;
}

static enum http_method method_of(const char *name)
{
    if (!strcmp(name, "GET"))
        return HTTP_GET;
    if (!strcmp(name, "HEAD"))
        return HTTP_HEAD;
    if (!strcmp(name, "POST"))
        return HTTP_POST;
    return HTTP_OTHER;
}

/* A path, or a whole URL, which proxies send; "*" belongs to OPTIONS. NULL for anything else. */
static const char *path_of(const char *target)
{
    for (const char *c = target; *c; c++)
        if (*c <= ' ' || *c >= 0x7f)
            return NULL;
    if (!strncasecmp(target, "http://", 7)) {
        const char *path = strchr(target + 7, '/');
        return path ? path : "/";
    }
    return *target == '/' || !strcmp(target, "*") ? target : NULL;
}

static int parse_request_line(struct http_request *ret, char *line)
{
    char *method = next_word(&line), *target = method ? next_word(&line) : NULL;

    if (!target || !is_token(method) || strlen(line) != 8 || strncmp(line, "HTTP/", 5) ||
        !is_digit(line[5]) || line[6] != '.' || !is_digit(line[7]))
        return 400;
    const char *path = path_of(target);
    if (!path)
        return 400;
    ret->method_name = method;
    ret->method = method_of(method);
    ret->target = target;
    ret->path = path;
    if (line[5] != '1')
        return 505;
    ret->minor = line[7] - '0';
    ret->keep_alive = ret->minor > 0;
    return 0;
}

static int field_host(struct http_request *request, const char *value)
{
    (void)value;
    if (request->has_host)
        return 400;
    request->has_host = true;
    return 0;
}

static int field_length(struct http_request *request, const char *value)
{
    size_t length = 0;

    if (request->has_length || !*value)
        return 400;
    request->has_length = true;
    for (; *value; value++) {
        if (!is_digit(*value))
            return 400;
        if (length <= HTTP_BODY_MAX) /* any digits after that only make it larger */
            length = length * 10 + (size_t)(*value - '0');
    }
    request->content_length = length;
    return length > HTTP_BODY_MAX ? 413 : 0;
}

/* Nothing but plain bodies. Closing the connection, as for every refusal, keeps the coded body from being
 * taken for a request. */
static int field_coding(struct http_request *request, const char *value)
{
    (void)request;
    (void)value;
    return 501;
}

static int field_connection(struct http_request *request, const char *value)
{
    while (*value) {
        value += strspn(value, ", \t");
        size_t len = strcspn(value, ", \t");
        if (len == 5 && !strncasecmp(value, "close", 5))
            request->keep_alive = false;
        value += len;
    }
    return 0;
}

static int field_expect(struct http_request *request, const char *value)
{
    request->expects_continue = request->minor > 0 && !strcasecmp(value, "100-continue");
    return 0;
}

/* The fields that mean something to this server. */
static const struct {
    const char *name;
    int (*handle)(struct http_request *request, const char *value);
} fields[] = {
    {"Host", field_host},
    {"Content-Length", field_length},
    {"Transfer-Encoding", field_coding},
    {"Connection", field_connection},
    {"Expect", field_expect},
};

static int parse_field(struct http_request *ret, char *line)
{
    char *colon = strchr(line, ':');

    if (!colon)
        return 400;
    *colon = '\0';
    if (!is_token(line)) /* also a blank before the colon, and a line that continues the one before */
        return 400;
    if (ret->n_headers == HTTP_HEADERS_MAX)
        return 431;
    char *value = colon + 1 + strspn(colon + 1, " \t"), *end = value + strlen(value);
    while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    ret->headers[ret->n_headers++] = (struct http_header){.name = line, .value = value};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        if (!strcasecmp(fields[i].name, line))
            return fields[i].handle(ret, value);
    return 0;
}

int http_parse(struct http_request *ret, char *head, size_t len)
{
    char *at = head, *end = head + len;

    memset(ret, 0, sizeof(*ret));
    char *line = next_line(&at, end);
    int refused = line ? parse_request_line(ret, line) : 400;
    while (!refused) {
        line = next_line(&at, end);
        if (line && !*line)
            break;
        refused = line ? parse_field(ret, line) : 400;
    }
    if (!refused && ret->minor > 0 && !ret->has_host)
        refused = 400;
    return refused;
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Whether a component of the path is "..". */
static bool climbs(const char *path)
{
    for (const char *at = path; (at = strstr(at, "..")); at++)
        if ((at == path || at[-1] == '/') && (at[2] == '/' || !at[2]))
            return true;
    return false;
}

bool http_decode_path(const char *path, char *ret, size_t size)
{
    size_t len = 0;

    while (*path && *path != '?' && *path != '#') {
        int byte = (unsigned char)*path++;
        if (byte == '%') {
            int high = hex_value(path[0]), low = high < 0 ? -1 : hex_value(path[1]);
            if (low < 0)
                return false;
            byte = high * 16 + low;
            path += 2;
        }
        if (byte < ' ' || byte == 0x7f || len + 1 >= size)
            return false;
        ret[len++] = (char)byte;
    }
    ret[len] = '\0';
    return ret[0] == '/' && !climbs(ret);
}
