"""Measures everything and prints the table; tests/bench/run.sh calls it. CONTRIBUTING.md explains the columns."""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import attach
import hits
import kernel
import report
from programs import Places


def first_line(*command) -> str:
    try:
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        return run.stdout.strip().splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "none"


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def describe_machine(places: Places, rounds: int) -> dict:
    return {
        "machine": f"{processor()}, {os.cpu_count()} processors, Linux {platform.release()}",
        "programs": ", ".join(
            (first_line(places.tracer, "--version"), first_line("bpftrace", "--version"), first_line("perf", "--version"))
        ),
        "rounds": rounds,
        "load before": os.getloadavg()[0],
    }


def progress(what: str):
    print(f"tests/bench/run.sh: {what}", file=sys.stderr, flush=True)


def main():
    parser = argparse.ArgumentParser(prog="tests/bench/run.sh")
    parser.add_argument("build", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="one short round: to see that it works")
    parser.add_argument("--rounds", type=int, default=7, metavar="N", help="paired runs of each (default 7)")
    options = parser.parse_args()
    places = Places(options.build.resolve())
    rounds, most_hits = (1, 1009) if options.quick else (options.rounds, 1_000_000)

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # cleaning up
    temporary = (places.work, places.home)
    for folder in temporary:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        results = {"machine": describe_machine(places, rounds)}
        results["hits"] = hits.measure(places, rounds, most_hits, progress)
        results["attachments"], results["starts"] = attach.measure(places, rounds, progress)
        results["kernel"] = kernel.measure(places, rounds, most_hits, progress)
        results["machine"]["load after"] = os.getloadavg()[0]
    finally:
        for folder in temporary:
            shutil.rmtree(folder)
    (places.results / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    print(report.text(results))


main()
