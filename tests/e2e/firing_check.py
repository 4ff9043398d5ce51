#!/usr/bin/python3
"""Checks streams of the fixture `firing`: firing_check.py STREAM…

Every event is whole. Within a thread seq grows; where it leaves numbers out, `lost` lines stand between the two events,
which up to there tell of no less than all threads' gaps. For each probe and
for all together, the end counts as many events and losses as the stream has, and its sums close. If STREAM.fired is
there, it holds the target's own counts, and the hits are no more and no less; and an event is older than one that
stands before it by no more than the target's slowest hit took.

Prints as JSON, a line for each stream, what there was: hits, emitted, filtered, lost, threads, gaps, and inversion: by
how many nanoseconds an event is older than one that stands before it, at most."""
import collections
import json
import os
import sys

MASK = (1 << 64) - 1


def check_whole(probe, args):
    seq = args["seq"]
    if probe == "plain":
        assert args["check"] == ~seq & MASK, args
    else:
        assert args["text"] == chr(ord("a") + seq % 26) * (2 + seq % 40), args


class Threads:
    def __init__(self):
        self.last = {}  # by thread: the number of its last event, and what was told lost then
        self.told = self.missing = self.gaps = 0

    def add(self, tid, seq):
        before, told_before = self.last.get(tid, (0, 0))
        self.last[tid] = seq, self.told
        assert seq > before, (tid, before, seq)
        if seq == before + 1:
            return
        self.gaps += 1
        self.missing += seq - before - 1
        assert self.told > told_before, ("nothing is told between", tid, before, seq)
        assert self.told >= self.missing, ("less is told than missing", self.told, self.missing, tid, seq)


def check_end(end, events, lost):
    for probe in end["probes"]:
        assert probe["emitted"] == events[probe["id"]], (probe, events)
        assert probe["lost"] == lost[probe["id"]], (probe, lost)
    for counts in end["probes"] + [end]:
        assert counts["hits"] == counts["emitted"] + counts["filtered"] + counts["lost"], counts
    for name in ("hits", "emitted", "filtered", "lost"):
        assert end[name] == sum(probe[name] for probe in end["probes"]), (name, end)


def check_fired(end, inversion, path):
    with open(path, encoding="utf-8") as file:
        fired = json.load(file)
    assert inversion <= fired.pop("slowest_ns"), inversion
    fired = {probe: count for probe, count in fired.items() if count}
    assert {probe["probe"]: probe["hits"] for probe in end["probes"]} == fired, (end, fired)
    assert end["missed"] == 0, end


def check_stream(path):
    threads = Threads()
    events, lost = collections.Counter(), collections.Counter()
    newest = inversion = 0
    end = None
    for line in open(path, encoding="utf-8"):
        assert end is None, "something stands behind the end"
        record = json.loads(line)
        if record["type"] == "end":
            end = record
        elif record["type"] == "lost":
            threads.told += record["count"]
            lost[record["id"]] += record["count"]
        elif record["type"] == "usdt":
            events[record["id"]] += 1
            assert record["seq"] == sum(events.values()), record
            check_whole(record["probe"], record["args"])
            threads.add(record["tid"], record["args"]["seq"])
            inversion = max(inversion, newest - record["ts"])
            newest = max(newest, record["ts"])
    check_end(end, events, lost)
    if os.path.exists(path + ".fired"):
        check_fired(end, inversion, path + ".fired")
    result = {name: end[name] for name in ("hits", "emitted", "filtered", "lost")}
    print(json.dumps(result | {"threads": len(threads.last), "gaps": threads.gaps, "inversion": inversion}))


for stream in sys.argv[1:]:
    print(stream, file=sys.stderr)
    check_stream(stream)
