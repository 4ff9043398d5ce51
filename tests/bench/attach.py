"""How long attaching and detaching take, and how soon tracer and the others are ready.

Times go from just before the program is started, so that its own start is part of them.
"""

import contextlib
import os
import re
import shlex
from pathlib import Path

from programs import (
    Held, Perf, Places, Unavailable, call, installed, now, start_bpftrace, start_tracer,
)  # fmt: skip

JVM = Path("/usr/lib/jvm/default-java/lib/server/libjvm.so")


def postgres() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise Unavailable("PostgreSQL is not installed")
    return found[-1]


def targets(places: Places):
    """Name, command that waits and holds the file, options that choose the probes."""
    yield "1 site of demo-app", [places.demo, "--hits", "1", "--wait"], ["-t", "demo:tick"]
    yield "demo-app", [places.demo, "--hits", "1", "--wait"], []
    yield "postgres", [places.hold, postgres()], []
    yield "libjvm.so", [places.hold, JVM.resolve()], []
    yield "2,000 probes", [places.hold, places.many_sites], []


def count_links(pid: int) -> int:
    links = 0
    for fd in os.scandir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            what = os.readlink(fd.path)
            links += "bpf_link" in what or "bpf-link" in what
    return links


def processor_ms(pid: int) -> float:
    """Milliseconds that the process has been on a processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def number_in(pattern: str, text: str) -> float:
    return float(re.search(pattern, text, re.MULTILINE)[1])


def attach_one(places: Places, name: str, command: list, options: list) -> dict:
    with Held(command) as target:
        start = now()
        with start_tracer(places, "-p", target.pid, *options) as tracer:
            ready = now()
            cpu_ms = processor_ms(tracer.pid)
            links = count_links(tracer.pid)
            said = tracer.messages
            interrupted = now()
            tracer.interrupt()
            exited = now()
        return {
            "target": name,
            "sites": int(number_in(r"^tracer: attached: (\d+) site", said)),
            "links": links,
            "load_ms": number_in(r"^tracer: BPF programs? loaded in ([0-9.]+) ms", said),
            "attach_ms": number_in(r"^tracer: attached: .* in ([0-9.]+) ms$", said),
            "ready_ms": (ready - start) * 1e3,
            "cpu_ms": cpu_ms,
            "detach_ms": (exited - interrupted) * 1e3,
        }


def start_ready(places: Places, perf: Perf, tool: str, pid: int) -> float:
    """Milliseconds until one probe of the process is attached."""
    start = now()
    if tool == "tracer":
        watcher = start_tracer(places, "-p", pid, "-t", "demo:tick")
    elif tool == "bpftrace":
        watcher = start_bpftrace(places, pid, "tick", 'printf("%d %d\\n", arg0, arg1);', places.work / "out")
    else:
        watcher = perf.record(pid, "tick", places.work / "perf.data")
    ready = now()
    with watcher:
        return (ready - start) * 1e3


def start_list(places: Places, perf: Perf, tool: str) -> float:
    """Milliseconds that listing the probes of a file takes."""
    command = {
        "tracer": lambda: [places.tracer, "-l", places.demo],
        "bpftrace": lambda: [installed("bpftrace"), "-l", f"usdt:{places.demo}:*"],
        "perf": lambda: [perf.path, "list", "sdt"],
    }[tool]()
    start = now()
    listed = call(*command)
    took = (now() - start) * 1e3
    if "demo" not in listed:
        raise Unavailable(f"`{shlex.join(str(word) for word in command[:2])}` lists nothing")
    return took


def start_one(places: Places, perf: Perf, tool: str) -> dict:
    result = {"tool": tool}
    try:
        if tool == "perf" and perf.problem:
            raise Unavailable(perf.problem)
        result["list_ms"] = start_list(places, perf, tool)
        with Held([places.demo, "--hits", "1", "--wait"]) as target:
            result["ready_ms"] = start_ready(places, perf, tool, target.pid)
    except Unavailable as problem:
        result["unavailable"] = str(problem)
    return result


def measure(places: Places, rounds: int, progress) -> tuple:
    """Attachments and starts, a dict for each run."""
    attachments, starts = [], []
    with Perf(places, ["tick"]) as perf:
        for number in range(rounds):
            progress(f"attaching: round {number + 1} of {rounds}")
            for name, command, options in targets(places):
                attachments.append({"round": number, **attach_one(places, name, command, options)})
            for tool in ("tracer", "bpftrace", "perf"):
                starts.append({"round": number, **start_one(places, perf, tool)})
    return attachments, starts
