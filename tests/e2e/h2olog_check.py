#!/usr/bin/env python3
"""Is everything that h2olog printed in tracer's stream? h2olog_check.py PAGE RECORDS STREAM MASTER

RECORDS are h2olog's, STREAM is tracer's of h2o_replay with these RECORDS and MASTER, under -s 64. PAGE is
tracer-probes.5, whose table says where a field is that has another name or another form here. Every field of every
record must be there with its value, every line of the table must be needed, and what h2olog didn't print is checked
against what h2o_replay makes up for it.
"""

import json
import re
import sys

LIMIT = 64
LETTERS = "abcdefghijklmnopqrstuvwxyz" * 3  # what h2o_replay makes up


def read_table(path):
    """{(record or "any of PROVIDER" or "any", field): where it is here}"""
    table = {}
    with open(path, encoding="utf-8") as page:
        text = page.read()
    section = text.split(".Sh COMING FROM H2OLOG", 1)[1].split("\n.El", 1)[0]
    for row in re.findall(r"^\.It (?!Sy)(.*)$", section, re.MULTILINE):
        record, field, here = (cell.strip() for cell in row.split(" Ta "))
        table[record, field] = here
    return table


def in_form(here, value):
    """A field of tracer's in the form that h2olog gave it."""
    if here.endswith(", in hexadecimal"):
        assert value.startswith("0x"), value
        return int(value, 16)
    return value


def check_made_up(event):
    """What h2olog left out, and what was cut."""
    args, cut = event["args"], []
    for name, length in (("name", "name_len"), ("value", "value_len")):
        if length in args:
            assert args[name] == LETTERS[:args[length]], event
    for name in ("bytes", "decrypted", "token"):
        length = args.get(name + "_len")
        if length is not None:
            assert len(args[name]) == 2 * min(length, LIMIT), event
            cut += [name] if length > LIMIT else []
    if event["probe"] in ("packet_received", "h3_frame_receive"):
        shown = bytes.fromhex(args.get("decrypted", args.get("bytes"))).decode()
        assert shown == LETTERS[:len(shown)], event
    cut += ["secret"] if "secret" in args else []
    assert event.get("truncated", []) == cut, event
    assert "faults" not in event, event


def main():
    page, records, stream, master = sys.argv[1:]
    with open(records, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    with open(stream, encoding="utf-8") as lines:
        events = [event for event in map(json.loads, lines) if event["type"] == "usdt"]
    table, needed, fields = read_table(page), set(), 0
    assert len(records) == len(events) > 0, (len(records), len(events))
    for record, event in zip(records, events):
        assert record["type"].replace("-", "_") == event["probe"], (record, event)
        for field, value in record.items():
            places = (record["type"], field), ("any of " + event["provider"], field), ("any", field)
            place = next((place for place in places if place in table), None)
            here = table[place] if place else "args." + field.replace("-", "_")
            needed.add(place)
            fields += 1
            if here.startswith("args."):
                found = in_form(here, event["args"][re.match(r"args\.(\w+)", here)[1]])
                expected = value + int(master) if field in ("quic-master-id",) or (
                    field == "conn" and event["provider"] == "quicly") else value
                assert found == expected and type(found) is type(expected), (record, field, event)
            elif field == "tid":
                assert event[here] == event["pid"] == events[0]["pid"], event
            elif field == "seq":
                assert event[here] == value, (record, event)
            elif field == "time":
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", event["time"]), event
            else:
                assert field == "type", (record, field)
        check_made_up(event)
    assert set(table) <= needed, "not needed: %s" % (set(table) - needed)
    print("%d records of %d types, %d fields" % (
        len(records), len({record["type"] for record in records}), fields))


main()
