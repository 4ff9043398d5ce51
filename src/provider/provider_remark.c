#include "provider/provider_remark.h"

#include <errno.h>
#include <stdlib.h>

#include "base/buf.h"
#include "provider/provider_array.h"

/* Nobody reads more, and finding the place of each takes a look at the whole file. */
enum { MAX_OF_A_SORT = 16 };

static size_t count_of(const struct provider_remarks *remarks, bool is_warning)
{
    size_t count = 0;
    for (size_t i = 0; i < remarks->count; i++)
        count += remarks->items[i].is_warning == is_warning;
    return count;
}

bool provider_remarks_are_full(const struct provider_remarks *remarks, bool is_warning)
{
    return count_of(remarks, is_warning) >= MAX_OF_A_SORT;
}

int provider_remarks_add(struct provider_remarks *remarks, bool is_warning, const char *text)
{
    struct provider_remark *items = provider_array_room(remarks->items, remarks->count, sizeof(*items));
    if (!items)
        return -ENOMEM;
    remarks->items = items;
    _cleanup_buf_ struct buf line = {0};
    buf_puts(&line, text);
    if (count_of(remarks, is_warning) == MAX_OF_A_SORT - 1)
        buf_puts(&line, "; no further ones are named");
    items[remarks->count] = (struct provider_remark){is_warning, buf_steal(&line)};
    return items[remarks->count++].text ? 0 : -ENOMEM;
}

int provider_remarks_move(struct provider_remarks *remarks, struct provider_remarks *more)
{
    for (size_t i = 0; i < more->count; i++) {
        struct provider_remark *items = provider_array_room(remarks->items, remarks->count, sizeof(*items));
        if (!items)
            return -ENOMEM;
        remarks->items = items;
        items[remarks->count++] = more->items[i];
        more->items[i].text = NULL;
    }
    provider_remarks_free(more);
    return 0;
}

void provider_remarks_free(struct provider_remarks *remarks)
{
    for (size_t i = 0; i < remarks->count; i++)
        free(remarks->items[i].text);
    free(remarks->items);
    *remarks = (struct provider_remarks){0};
}
