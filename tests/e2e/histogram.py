"""Computes from a stream of events what --hist FIELD[:BUCKETS] [--by FIELD] must have counted in the kernel, and
compares: histogram.py EVENTS SUMMARY FIELD BUCKETS [BY]. Python's integers have no width."""
import json
import sys


def bucket_of(value, buckets):
    if buckets != "log2":
        step = int(buckets.split("/")[1])
        low = value // step * step
        low, high = low, low + step - 1
    elif value == 0:
        low, high = 0, 0
    else:
        length = abs(value).bit_length()
        low, high = 1 << (length - 1), (1 << length) - 1
        if value < 0:
            low, high = -high, -low
    return max(low, -(1 << 63)), min(high, (1 << 64) - 1)


def records(path, kind):
    with open(path, encoding="utf-8") as lines:
        return [record for record in map(json.loads, lines) if record["type"] == kind]


def compute(events, field, buckets, by):
    groups = {}
    for event in events:
        if field in event["args"]:
            key = (event["probe"], json.dumps(event["args"].get(by)) if by else "null")
            groups.setdefault(key, []).append(event["args"][field])
    expected = {}
    for key, values in groups.items():
        counts = {}
        for value in values:
            place = bucket_of(value, buckets)
            counts[place] = counts.get(place, 0) + 1
        expected[key] = (len(values), sum(values), min(values), max(values), sorted(counts.items()))
    return expected


def read(summaries, by):
    found = {}
    for record in summaries:
        key = (record["probe"], json.dumps(record["by"][by]) if by else "null")
        counts = [((bucket["from"], bucket["to"]), bucket["count"]) for bucket in record["buckets"]]
        assert key not in found and record["nulls"] == 0
        found[key] = (record["count"], record["sum"], record["min"], record["max"], counts)
    return found


def main(events, summary, field, buckets, by=None):
    expected = compute(records(events, "usdt"), field, buckets, by)
    found = read(records(summary, "summary"), by)
    assert expected, "no events"
    for key in sorted(expected.keys() | found.keys()):
        assert expected.get(key) == found.get(key), f"{key}: {expected.get(key)} by the events, {found.get(key)}"
    print(len(found), "histograms,", sum(len(group[4]) for group in found.values()), "buckets")


main(*sys.argv[1:])
