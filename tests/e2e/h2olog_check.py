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


def find_place(table, record, field, provider):
    """The line of the table that says where a field is; None: none does."""
    for place in (record["type"], field), ("any of " + provider, field), ("any", field):
        if place in table:
            return place
    return None


def check_field(field, value, here, event, master):
    """A field of h2olog's against where it is in the event."""
    if here.startswith("args."):
        is_master = field == "quic-master-id" or (field == "conn" and event["provider"] == "quicly")
        found = in_form(here, event["args"][re.match(r"args\.(\w+)", here)[1]])
        expected = value + master if is_master else value
        assert found == expected and type(found) is type(expected), (field, value, event)
    elif field == "type":
        assert event["probe"] == value.replace("-", "_"), (value, event)
    elif field == "seq":
        assert event["seq"] == value, event
    elif field == "tid":
        assert event["tid"] == event["pid"], event
    else:
        assert field == "time", field
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", event["time"]), event


def main():
    page, records, stream, master = sys.argv[1:]
    with open(records, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    with open(stream, encoding="utf-8") as lines:
        events = [event for event in map(json.loads, lines) if event["type"] == "usdt"]
    table, needed, fields = read_table(page), set(), 0
    assert len(records) == len(events), (len(records), len(events))
    for record, event in zip(records, events):
        for field, value in record.items():
            place = find_place(table, record, field, event["provider"])
            here = table[place] if place else "args." + field.replace("-", "_")
            check_field(field, value, here, event, int(master))
            needed.add(place)
            fields += 1
        check_made_up(event)
    assert set(table) <= needed, "not needed: %s" % (set(table) - needed)
    print("%d records of %d types, %d fields" % (
        len(records), len({record["type"] for record in records}), fields))


main()
