#include "probe/where_near.h"

#include <string.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many letters to change, insert or remove make one name of the other (Levenshtein), a row of the table
 * at a time. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[WHERE_NEAR_LEN + 1], b_len = strlen(b);
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t above = row[j];
            row[j] = smaller(diagonal + (a[i - 1] != b[j - 1]), smaller(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[b_len];
}

void where_near_add(struct where_near *near, const char *wanted, const char *name)
{
    if (strlen(name) > WHERE_NEAR_LEN || strlen(wanted) > WHERE_NEAR_LEN)
        return;
    for (size_t i = 0; i < near->count; i++)
        if (!strcmp(near->names[i].name, name))
            return;
    size_t distance = edit_distance(wanted, name), place = near->count;
    while (place && near->names[place - 1].distance > distance)
        place--;
    if (place == WHERE_NEAR_COUNT)
        return;
    if (near->count < WHERE_NEAR_COUNT)
        near->count++;
    memmove(&near->names[place + 1], &near->names[place], (near->count - place - 1) * sizeof(*near->names));
    strcpy(near->names[place].name, name);
    near->names[place].distance = distance;
}

/* When some take no more than changing half of their letters, only those. */
static size_t count_shown(const struct where_near *near)
{
    size_t count = 0;
    while (count < near->count && near->names[count].distance * 2 <= strlen(near->names[count].name))
        count++;
    return count ? count : near->count;
}

void where_near_print(const struct where_near *near, struct buf *out)
{
    size_t count = count_shown(near);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s'%s'", i ? i + 1 == count ? " and " : ", " : "", near->names[i].name);
}
