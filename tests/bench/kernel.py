"""What a kernel probe costs: a process that is a target, one that is not, and one without any tracer.

A program reads 16 bytes from /dev/zero again and again, and then makes as many system calls that read nothing. It
says how much processor time each took. Rounds go to and fro, as for hits (hits.py).
"""

import json
import os

from programs import Held, Places, call, start_tracer

VARIANTS = ("untraced", "not a target", "target", "of all processes")


def methods(places: Places) -> list:
    (kernel,) = (json.loads(line) for line in call(places.tracer, "-l", "-k", "vfs_read", "--format", "json").splitlines())
    return [way["method"] for way in kernel["ways"] if way["supported"]]


def measure_one(places: Places, method: str, variant: str, reads: int) -> dict:
    result = {"method": method, "variant": variant}
    output = places.work / "kernel.jsonl"
    with Held([places.read, reads]) as target:
        if variant == "untraced":
            return {**result, **json.loads(target.release())}
        processes = {"not a target": ["-p", os.getpid()], "target": ["-p", target.pid]}.get(variant, [])
        options = [*processes, "-k", "vfs_read", "--kernel-method", method, "-o", output]
        with start_tracer(places, *options) as tracer:
            result |= json.loads(target.release())
            tracer.interrupt()
    own = [json.loads(line) for line in open(output) if f'"pid":{target.pid},' in line]
    end = json.loads(call("tail", "-n", "1", output))
    result["delivered"] = sum(event["args"]["requested"] == 16 for event in own)
    expected = 0 if variant == "not a target" else reads
    if result["delivered"] != expected and not end["lost"]:
        raise RuntimeError(f"{result['delivered']} of {expected} reads were told of: {end}")
    return result


def measure(places: Places, rounds: int, most_reads: int, progress) -> list:
    """A dict for each run."""
    pairs = [(method, variant) for method in methods(places) for variant in VARIANTS]
    results = []
    for number in range(rounds):
        progress(f"kernel probes: round {number + 1} of {rounds}")
        for method, variant in pairs if number % 2 == 0 else reversed(pairs):
            result = measure_one(places, method, variant, min(100_000, most_reads))
            results.append({"round": number, **result})
    return results
