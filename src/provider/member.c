#include "provider/member.h"

#include <stdlib.h>

void member_chain_free(struct member_chain *chain)
{
    if (!chain)
        return;
    free(chain->type);
    free(chain);
}
