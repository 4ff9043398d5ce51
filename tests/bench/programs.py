"""Starting and stopping what is measured: the traced programs, tracer, and those it is compared with."""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

TIME_LIMIT = 120  # seconds for any one step; only what hangs takes so long


class Unavailable(Exception):
    """A measurement that can't be made on this machine; the text says why, for the table."""


class Places:
    """Where things are in a build folder."""

    def __init__(self, build: Path):
        self.tracer = build / "src/tracer"
        self.demo = build / "demo-app/demo-app"
        self.empty = build / "tests/bench/bench_empty"
        self.hold = build / "tests/bench/bench_hold"
        self.read = build / "tests/bench/bench_read"
        self.many_sites = build / "tests/fixtures/scale/libmany_sites_library.so"
        self.results = build / "bench"
        self.work = self.results / "work"  # emptied before each run, and gone at the end
        self.home = self.results / "home"  # perf's, likewise gone at the end


def installed(tool: str) -> str:
    path = shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not path:
        raise Unavailable(f"{tool} is not installed")
    return path


def wait_for_line(process, stream, pattern: str) -> str:
    """Reads the stream up to the line that tells that a program is ready."""
    seen = []
    while select.select([stream], [], [], TIME_LIMIT)[0]:
        line = stream.readline().decode(errors="replace")
        if re.search(pattern, line):
            return "".join(seen) + line
        if not line:
            break
        seen.append(line)
    process.kill()
    process.wait()
    raise Unavailable("it did not start: " + (seen[-1].strip() if seen else "it said nothing"))


class Held:
    """A program that waits for the end of its standard input, started and ready."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            [str(word) for word in command],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.pid = self.process.pid
        self.messages = wait_for_line(self.process, self.process.stderr, r": ready\b")

    def release(self) -> bytes:
        """Lets it go on and returns what it wrote."""
        output, _ = self.process.communicate(timeout=TIME_LIMIT)
        if self.process.returncode:
            raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode}")
        return output

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Watcher:
    """A tracing program. What still runs at the end of the `with` block is killed."""

    def __init__(self, command, **streams):
        streams.setdefault("stdout", subprocess.DEVNULL)
        streams.setdefault("stderr", subprocess.PIPE)
        self.process = subprocess.Popen(
            [str(word) for word in command], bufsize=0, stdin=subprocess.DEVNULL, **streams
        )
        self.pid = self.process.pid
        self.streams = [stream for stream in (self.process.stdout, self.process.stderr) if stream]

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self):
        """Waits until it has ended by itself."""
        self.process.communicate(timeout=TIME_LIMIT)

    def interrupt(self):
        """Ends it by SIGINT; returns as soon as it has exited."""
        ended = os.pidfd_open(self.pid)
        self.signal(signal.SIGINT)
        if not select.select([ended], [], [], TIME_LIMIT)[0]:
            raise RuntimeError(f"{self.process.args[0]} does not end")
        os.close(ended)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        for stream in self.streams:
            stream.close()
        self.process.wait()


def start_tracer(places: Places, *arguments, **streams) -> Watcher:
    watcher = Watcher([places.tracer, "-v", *arguments], **streams)
    watcher.messages = wait_for_line(watcher.process, watcher.process.stderr, r"^tracer: ready: ")
    return watcher


def start_bpftrace(places: Places, pid: int, probe: str, action: str, output: Path) -> Watcher:
    """bpftrace says that it has attached its probes before it does; it has once it waits for events."""
    program = f"usdt:{places.demo}:demo:{probe} {{ {action} }}"
    command = [installed("bpftrace"), "-f", "json", "-p", pid, "-o", output, "-e", program]
    with open(places.work / "bpftrace.messages", "w+b") as messages:
        watcher = Watcher(command, stderr=messages)
        deadline = now() + TIME_LIMIT
        while "ep" not in (waits_in := Path(f"/proc/{watcher.pid}/wchan").read_text()) or "poll" not in waits_in:
            if watcher.process.poll() is not None or now() > deadline:
                messages.seek(0)
                said = messages.read().decode(errors="replace").strip().splitlines() or ["nothing"]
                raise Unavailable(f"it did not start and said: {said[-1]}")
            time.sleep(0.001)
    return watcher


def count_lines(path: Path, start: bytes) -> int:
    with open(path, "rb") as lines:
        return sum(line.startswith(start) for line in lines)


def now() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def call(*command) -> str:
    """Runs a command to its end and returns what it wrote."""
    words = [str(word) for word in command]
    done = subprocess.run(words, timeout=TIME_LIMIT, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["nothing"]
        raise Unavailable(f"`{Path(words[0]).name} {words[1]}` failed and said: {said[0]}")
    return done.stdout


def site_offset(places: Places, probe: str) -> str:
    listing = call(places.tracer, "-l", "--format", "json", "-t", f"demo:{probe}", places.demo)
    (site,) = json.loads(listing)["sites"]
    return site["offset"]


class Perf:
    """perf with a folder of its own, so that nothing stays in the user's, and with its probes while it lasts."""

    def __init__(self, places: Places, probes):
        self.places = places
        self.probes = probes
        self.problem = None

    def __enter__(self):
        try:
            self.path = installed("perf")
            os.environ["HOME"] = str(self.places.home)
            call(self.path, "buildid-cache", "--add", self.places.demo)
            self.delete()
            for probe in self.probes:
                call(self.path, "probe", f"sdt_demo:{probe}")
        except Unavailable as problem:
            self.problem = str(problem)
        return self

    def __exit__(self, *_):
        if not self.problem:
            self.delete()

    def delete(self):
        for probe in self.probes:
            with contextlib.suppress(Unavailable):
                call(self.path, "probe", "-d", f"sdt_demo:{probe}")

    def record(self, pid: int, probe: str, output: Path) -> Watcher:
        """Recording; its own control channel tells when it does."""
        if self.problem:
            raise Unavailable(self.problem)
        control_read, control_write = os.pipe()
        answer_read, answer_write = os.pipe()
        watcher = Watcher(
            [self.path, "record", "-q", "-D", "-1", "--control", f"fd:{control_read},{answer_write}",
             "-e", f"sdt_demo:{probe}", "-p", pid, "-o", output],
            pass_fds=(control_read, answer_write),
        )  # fmt: skip
        os.close(control_read)
        os.close(answer_write)
        control, answer = open(control_write, "wb", buffering=0), open(answer_read, "rb", buffering=0)
        watcher.streams += [control, answer]  # perf fails when they are closed before its end
        control.write(b"enable\n")
        wait_for_line(watcher.process, answer, "^ack")
        return watcher
