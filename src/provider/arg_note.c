#include "provider/arg_note.h"

#include <stdlib.h>

void arg_note_free(struct arg_note *note)
{
    free(note->member);
    free(note->member_type);
    free(note->length_arg);
    for (size_t i = 0; i < note->n_enums; i++)
        free(note->enums[i].name);
    free(note->enums);
    *note = (struct arg_note){0};
}
