#include "probe/bucket.h"

/* Of magnitudes. */
static struct bucket_range find_magnitudes(enum wire_buckets buckets, uint64_t step, uint64_t bucket,
                                           bool is_negative)
{
    wide low = bucket, width = 1;
    switch (buckets) {
    case WIRE_BUCKETS_LOG2:
        if (bucket)
            low = width = (wide)1 << (bucket - 1);
        break;
    case WIRE_BUCKETS_LINEAR:
        width = step;
        low = is_negative ? (wide)(bucket - 1) * step + 1 : (wide)bucket * step;
        break;
    case WIRE_BUCKETS_SIXTEENTHS:
        if (bucket >= 16) {
            width = (wide)1 << (bucket / 16 - 1);
            low = (wide)(16 + bucket % 16) * width;
        }
        break;
    }
    return (struct bucket_range){low, low + width - 1};
}

struct bucket_range bucket_range(enum wire_buckets buckets, uint64_t step, uint64_t bucket, bool is_negative)
{
    const wide least = INT64_MIN, most = UINT64_MAX;
    struct bucket_range range = find_magnitudes(buckets, step, bucket, is_negative);
    if (is_negative)
        range = (struct bucket_range){-range.high, -range.low};
    if (range.low < least)
        range.low = least;
    if (range.high > most)
        range.high = most;
    return range;
}
