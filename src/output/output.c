#include "output/output.h"

#include <string.h>

const struct output_format *output_format_find(const char *name)
{
    static const struct output_format *const formats[] = {&output_json, &output_text};
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
        if (!strcmp(formats[i]->name, name))
            return formats[i];
    return NULL;
}
