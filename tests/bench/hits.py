"""What a hit costs the traced program, in processor time, and how many events arrive.

The demo app fires one probe in a loop and says how much processor time its thread took for each turn. A round is
one run of each variant, one after the other; the next round takes them in the opposite order. So whatever drifts
reaches all variants alike, and the ratio of two variants is that of runs close to each other.
"""

import json
import signal
from dataclasses import dataclass
from typing import Callable

from programs import (
    Held, Perf, Places, Unavailable, call, count_lines, site_offset, start_bpftrace, start_tracer,
)  # fmt: skip

# What each probe of the demo app carries, and how bpftrace is told to print that.
PROBES = {
    "tick": ("two integers", 'printf("%d %d\\n", arg0, arg1);'),
    "tick__six": ("six integers", 'printf("%d %d %d %d %d %d\\n", arg0, arg1, arg2, arg3, arg4, arg5);'),
    "tick__text": ("16-byte string", 'printf("%s\\n", str(arg0));'),
}


@dataclass
class Run:
    """What a variant is given, and where it leaves what it found."""

    places: Places
    perf: Perf
    probe: str
    hits: int
    result: dict

    def fire(self, target: Held):
        said = json.loads(target.release())
        self.result["ns_per_hit"] = said["cpu_ns_per_hit"]
        self.result["hits"] = said["probes"][self.probe]


def run_untraced(run: Run, target: Held):
    run.fire(target)


def run_empty(run: Run, target: Held):
    with Held([run.places.empty, target.pid, run.places.demo, site_offset(run.places, run.probe)]):
        run.fire(target)


def run_tracer(run: Run, target: Held, stopped=False):
    output = run.places.work / "tracer.jsonl"
    with start_tracer(run.places, "-p", target.pid, "-t", f"demo:{run.probe}", "-o", output) as tracer:
        if stopped:
            tracer.signal(signal.SIGSTOP)
        run.fire(target)
        if stopped:
            tracer.signal(signal.SIGCONT)
        tracer.finish()
    end = json.loads(call("tail", "-n", "1", output))
    run.result["delivered"] = count_lines(output, b'{"type":"usdt"')
    run.result["lost_as_told"] = end["lost"]
    if run.result["delivered"] + end["lost"] != run.result["hits"]:
        raise RuntimeError(f"tracer's account does not close: {run.result}, {end}")


def run_tracer_stopped(run: Run, target: Held):
    run_tracer(run, target, stopped=True)


def run_bpftrace(run: Run, target: Held):
    output = run.places.work / "bpftrace.jsonl"
    with start_bpftrace(run.places, target.pid, run.probe, PROBES[run.probe][1], output) as bpftrace:
        run.fire(target)
        bpftrace.finish()
    run.result["delivered"] = count_lines(output, b'{"type": "printf"')


def run_perf(run: Run, target: Held):
    output = run.places.work / "perf.data"
    with run.perf.record(target.pid, run.probe, output) as perf:
        run.fire(target)
        perf.finish()
    run.result["delivered"] = len(call(run.perf.path, "script", "-i", output).splitlines())


@dataclass(frozen=True)
class Variant:
    name: str
    run: Callable[[Run, Held], None]
    hits: int  # of a run: slow ones get fewer
    remark: str = ""


VARIANTS = (
    Variant("untraced", run_untraced, 1_000_000),
    Variant("empty program", run_empty, 1_000_000),
    Variant("tracer", run_tracer, 1_000_000),
    Variant("tracer, stopped", run_tracer_stopped, 1_000_000),
    Variant("bpftrace", run_bpftrace, 100_000),
    Variant("perf record", run_perf, 100_000),
)


def measure_one(places: Places, perf: Perf, probe: str, variant: Variant, hits: int) -> dict:
    result = {"probe": probe, "variant": variant.name}
    for old in places.work.iterdir():
        old.unlink()
    try:
        with Held([places.demo, "--hits", hits, "--probe", probe, "--wait"]) as target:
            variant.run(Run(places, perf, probe, hits, result), target)
    except Unavailable as problem:
        result["unavailable"] = str(problem)
    return result


def measure(places: Places, rounds: int, most_hits: int, progress) -> list:
    """A dict for each run, in the order in which they were made."""
    pairs = [(probe, variant) for probe in PROBES for variant in VARIANTS]
    results = []
    with Perf(places, PROBES) as perf:
        for number in range(rounds):
            progress(f"hits: round {number + 1} of {rounds}")
            for probe, variant in pairs if number % 2 == 0 else reversed(pairs):
                result = measure_one(places, perf, probe, variant, min(variant.hits, most_hits))
                results.append({"round": number, **result})
    return results
