/* Golden files: lines that must come out exactly as they stand in tests/golden/NAME.jsonl and NAME.txt. */
#ifndef TRACER_TESTS_GOLDEN_H
#define TRACER_TESTS_GOLDEN_H

#include "base/buf.h"

/* One pair of golden files, while it is made. */
struct golden {
    struct buf json;
    struct buf text;
};

void golden_hits(struct golden *golden);
void golden_records(struct golden *golden);
void golden_listing(struct golden *golden);
void golden_kernel(struct golden *golden);
void golden_summary(struct golden *golden);

#endif
