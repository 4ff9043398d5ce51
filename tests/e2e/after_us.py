"""after_us.py WHEN TRACER ROUNDS SEED STEADY [DEMO | PROBES]: kills tracer at random moments and looks at what it leaves.

start, stream, end  STEADY runs all the time; in each round tracer attaches to it, in every tenth to DEMO too, in every
                    fifth it follows. It is killed while it starts, while it streams, or while it ends after SIGINT.
many                likewise with those PROBES of many_sites, which lies beside STEADY and waits meanwhile: attaching to
                    2,000 sites and detaching takes long. It is killed while it starts or while it ends.
command             tracer starts STEADY in each round, and is killed while it starts or while it streams.

After each round every semaphore must have its former value. In the end nothing of BPF and no process may be left, and
the programs must have come to right results."""

import atexit, collections, ctypes, glob, json, os, platform, random, re, signal, subprocess, sys, time

WHEN, TRACER, ROUNDS, SEED, STEADY = sys.argv[1:3] + [int(sys.argv[3]), int(sys.argv[4])] + sys.argv[5:6]
DEMO = sys.argv[6:7]
FACTOR = int(os.environ.get("TRACER_TIME_FACTOR", "1"))
LIBC = ctypes.CDLL(None, use_errno=True)


def wait_until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds * FACTOR
    while not condition():
        assert time.monotonic() < deadline, f"not within the time limit: {what()}"
        time.sleep(0.001)


# --- BPF ---------------------------------------------------------------------------------------------------------

SYS_BPF = {"x86_64": 321, "aarch64": 280}[platform.machine()]
NEXT_ID = {"prog": 11, "map": 12, "link": 31}  # BPF_*_GET_NEXT_ID


def bpf_objects():
    found = set()
    for kind, command in NEXT_ID.items():
        attr = (ctypes.c_uint32 * 4)()
        while LIBC.syscall(SYS_BPF, command, attr, ctypes.sizeof(attr)) == 0:
            found.add((kind, attr[1]))
            attr[0] = attr[1]
    return found


def orphans(before):
    """Programs, maps and links that weren't there before and that no process holds."""
    left = bpf_objects() - before
    for name in glob.glob("/proc/[0-9]*/fdinfo/*") if left else ():
        try:
            text = open(name).read()
        except OSError:
            continue
        left -= {(kind, int(number)) for kind, number in re.findall(r"^(prog|map|link)_id:\s*(\d+)$", text, re.M)}
    return left


def check_nothing_is_left(before):
    """The kernel takes its time. Others may be tracing too, so there can always be objects that are just going."""
    wait_until(lambda: not tracers(), tracers)
    left = orphans(before)
    wait_until(lambda: not left & orphans(before), lambda: f"left behind: {left & orphans(before)}", 60)


# --- Targets -----------------------------------------------------------------------------------------------------


class Semaphores:
    """Those of a process: where they are, and their values when nobody traces. So with the code at the sites."""

    def __init__(self, pid, probes="*"):
        command = [TRACER, "-l", "--format", "json", "-p", str(pid), "-t", probes]
        listing = subprocess.run(command, check=True, capture_output=True)
        self.sites = collections.Counter()  # by address; each raises the semaphore by one
        self.code = []  # addresses
        for probe in map(json.loads, listing.stdout.splitlines()):
            load_bias = self.find_load_bias(pid, probe["path"])
            for site in probe["sites"]:
                self.code.append(load_bias + int(site["address"], 16))
                if site["semaphore"]:
                    self.sites[load_bias + int(site["semaphore"], 16)] += 1
        assert self.sites, "no semaphores"
        self.memory = open(f"/proc/{pid}/mem", "rb", buffering=0)
        self.former = self.read()
        self.former_code = self.read_code()

    @staticmethod
    def find_load_bias(pid, path):
        """The first segment of a position-independent file is linked at 0."""
        with open(path, "rb") as file:
            assert file.read(18)[16] == 3, "not position-independent"
        return min(int(line.split("-")[0], 16) for line in open(f"/proc/{pid}/maps") if line.rstrip().endswith(path))

    def read(self):
        return {address: int.from_bytes(os.pread(self.memory.fileno(), 2, address), "little") for address in self.sites}

    def read_code(self):
        return [os.pread(self.memory.fileno(), 1, address) for address in self.code]

    def wait_until_former(self):
        wait_until(lambda: self.read() == self.former, lambda: f"{self.former} became {self.read()}")
        wait_until(lambda: self.read_code() == self.former_code, lambda: "breakpoints are left in the code")

    def are_raised(self):
        return self.read() == {address: value + self.sites[address] for address, value in self.former.items()}


class Target:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # should we fail
        if command == [STEADY]:
            self.process.stdout.readline()
        else:
            wait_until(lambda: self.process.pid in listeners(), lambda: "demo-app listens")
        self.semaphores = Semaphores(self.process.pid)

    def end(self, *signals):
        """Returns what it printed last."""
        for number in signals:
            self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=20 * FACTOR)
        assert self.process.returncode == 0, (self.process.returncode, output)
        return output.splitlines()[-1]


def listeners():
    """Processes that run DEMO and have left the loader behind."""
    return [int(exe.split("/")[2]) for exe in glob.glob("/proc/[0-9]*/exe") if runs(exe, DEMO[0]) and has_threads(exe)]


def has_threads(exe):
    return len(glob.glob(os.path.dirname(exe) + "/task/*")) > 1


def runs(exe, program):
    try:
        return os.path.samefile(exe, program)
    except OSError:
        return False


def tracers():
    return [exe for exe in glob.glob("/proc/[0-9]*/exe") if runs(exe, TRACER)]


# --- Rounds ------------------------------------------------------------------------------------------------------


class Tracer:
    def __init__(self, arguments, **streams):
        self.started = time.monotonic()
        self.process = subprocess.Popen([TRACER, "-o", "/dev/null", *arguments], stderr=subprocess.PIPE, **streams)

    def wait_until_ready(self):
        line = None
        while not line or not line.startswith(b"tracer: ready: "):
            assert line != b"", "tracer ended before it was ready"
            line = self.process.stderr.readline()
        return time.monotonic() - self.started

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


def kill_sometime(tracer, when, number, durations, semaphores=()):
    """At a random moment of that part of all moments that belongs to the round."""

    def sleep_up_to(seconds):
        time.sleep(seconds * (number + random.random()) / ROUNDS)

    if when == "start":
        sleep_up_to(durations["start"])
    else:
        tracer.wait_until_ready()
        for each in semaphores:
            assert each.are_raised(), "tracer is ready and the semaphores are not raised"
        sleep_up_to(0.01 * FACTOR)
    if when == "end":
        tracer.interrupt()
        sleep_up_to(durations["end"])
    tracer.kill()


def trace_to_the_end(arguments, semaphores):
    """An ordinary run: how long its phases take, and that its end leaves the semaphores as they were."""
    tracer = Tracer(arguments)
    durations = {"start": tracer.wait_until_ready()}
    assert all(each.are_raised() for each in semaphores)
    interrupted = time.monotonic()
    tracer.interrupt()
    assert tracer.process.wait() == 0
    durations["end"] = time.monotonic() - interrupted
    for each in semaphores:
        each.wait_until_former()
    return durations


def rounds_by_pid():
    targets = [Target([STEADY])] + [Target(demo + ["--forever"]) for demo in [DEMO] if demo]
    semaphores = [target.semaphores for target in targets]
    pids = [str(target.process.pid) for target in targets]
    durations = trace_to_the_end(["-p", ",".join(pids)], semaphores)
    trace_to_the_end(["-p", pids[0]], semaphores[:1])
    before = bpf_objects()
    for number in range(ROUNDS):
        every = len(targets) if number % 10 == 0 else 1
        follow = ["-f"] if number % 5 == 2 else []  # attaches to the file, for all processes
        tracer = Tracer(follow + ["-p", ",".join(pids[:every])])
        kill_sometime(tracer, WHEN, number, durations, semaphores[:every])
        for each in semaphores:
            each.wait_until_former()
    check_nothing_is_left(before)
    print(f"steady: {targets[0].end()}; killed {ROUNDS} times")
    if DEMO:
        result = json.loads(targets[1].end(signal.SIGINT))
        assert result["requests"] == result["asked"]["requests"] > 0, result
        assert result["bytes"] == result["asked"]["bytes"] > 0, result
        print(f"demo-app: {result['requests']} requests asked and answered")


def rounds_of_many():
    (probes,) = sys.argv[6:]
    process = subprocess.Popen([os.path.join(os.path.dirname(STEADY), "many_sites"), "7"], stdin=subprocess.PIPE)
    atexit.register(process.kill)
    wait_until(lambda: "/libmany_sites_library.so" in open(f"/proc/{process.pid}/maps").read(), lambda: "its library")
    semaphores = Semaphores(process.pid, probes)
    arguments = ["-p", str(process.pid), "-t", probes]
    durations = trace_to_the_end(arguments, [semaphores])
    before = bpf_objects()
    for number in range(ROUNDS):
        kill_sometime(Tracer(arguments), ["start", "end"][number % 2], number, durations, [semaphores])
        semaphores.wait_until_former()
    check_nothing_is_left(before)
    process.communicate(timeout=20 * FACTOR)
    assert process.returncode == 0, process.returncode
    print(f"killed {ROUNDS} times; {len(semaphores.code)} places are as they were")


def rounds_of_command():
    # Who loses its parent becomes our child.
    PR_SET_CHILD_SUBREAPER = 36
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    target = Target([STEADY])
    former = sorted(target.semaphores.former.values())
    target.end()
    durations = {"start": min(start_command_calmly() for _ in range(3))}
    before = bpf_objects()
    outcomes = collections.Counter()
    for number in range(ROUNDS):
        when = ["start", "stream"][number % 2]
        tracer = start_command()
        kill_sometime(tracer, when, number, durations)
        outcome = judge_command(tracer.process, former)
        assert outcome == "ran on" or when == "start", (when, outcome)
        outcomes[outcome] += 1
    check_nothing_is_left(before)
    assert outcomes["ran on"] >= ROUNDS // 2 and outcomes["ended, held"] > 0, outcomes
    print(f"killed {ROUNDS} times; the command {dict(outcomes)}")


def start_command():
    return Tracer(["--", STEADY], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def start_command_calmly():
    """Returns how long it takes until the command runs."""
    tracer = start_command()
    duration = tracer.wait_until_ready()
    output, _ = tracer.process.communicate()
    assert tracer.process.returncode == 0 and b"right after " in output, output
    return duration


def judge_command(process, former):
    """A command that has begun goes on and comes to a right result; one that was still held ends, without a word."""
    pid = process.stdout.readline()
    if pid:
        semaphores = Semaphores(int(pid))
        wait_until(lambda: sorted(semaphores.read().values()) == former, semaphores.read)
    process.stdin.close()
    rest = process.stdout.read()
    statuses = []
    try:
        while True:
            statuses.append(os.waitpid(-1, 0)[1])
    except ChildProcessError:
        pass
    process.stdout.close()
    if pid:
        assert not any(statuses) and rest.startswith(b"right after "), (statuses, rest)
        return "ran on"
    # What ends with 0 and says nothing is tracer's own, which finishes what it was about.
    bad = [status for status in statuses if status]
    assert not rest and len(bad) < 2, (statuses, rest)
    if not bad:
        return "was not there yet"
    assert bad[0] == signal.SIGKILL or os.waitstatus_to_exitcode(bad[0]) == 127, statuses
    return "ended, held"


print(f"seed {SEED}")
random.seed(SEED)
{"command": rounds_of_command, "many": rounds_of_many}.get(WHEN, rounds_by_pid)()
