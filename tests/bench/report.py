"""The table: medians, ratios of paired runs, and which targets are met."""

from statistics import median

import kernel
from hits import PROBES, VARIANTS


def spread(values) -> str:
    return f"{median(values):,.1f} ({min(values):,.1f} to {max(values):,.1f})"


def of(results, **wanted) -> list:
    return [r for r in results if all(r.get(key) == value for key, value in wanted.items())]


def paired_ratio(hits, probe, variant, to) -> float | None:
    """The median of the ratios that the rounds gave."""
    costs = {
        name: {r["round"]: r["ns_per_hit"] for r in of(hits, probe=probe, variant=name) if "ns_per_hit" in r}
        for name in (variant, to)
    }
    ratios = [costs[variant][n] / costs[to][n] for n in costs[variant] if n in costs[to]]
    return median(ratios) if ratios else None


def share(results) -> str:
    if "delivered" not in results[0]:
        return "-"
    delivered, hits = (sum(r[key] for r in results) for key in ("delivered", "hits"))
    return f"{delivered:,} of {hits:,}"


def table_hits(hits):
    yield f"{'probe':16} {'variant':16} {'ns per hit (least to most)':34} {'x empty':>8}  events delivered"
    for probe, (carries, _) in PROBES.items():
        for variant in VARIANTS:
            results = of(hits, probe=probe, variant=variant.name)
            row = f"{carries:16} {variant.name:16} "
            if why := next((r["unavailable"] for r in results if "unavailable" in r), None):
                yield f"{row}not measured: {why}"
                continue
            ratio = paired_ratio(hits, probe, variant.name, "empty program")
            times = f"{ratio:8.2f}" if ratio else f"{'-':>8}"
            remark = " (the pointer, not the text)" if (variant.name, probe) == ("perf record", "tick__text") else ""
            yield row + f"{spread([r['ns_per_hit'] for r in results]):34} {times}  {share(results)}{remark}"


def table_attachments(attachments):
    yield f"{'attached to':20} {'sites':>6} {'links':>6} {'load, ms':>9} {'attach, ms':>11} {'start to ready, ms':>26} {'of it CPU':>9} {'detach, ms':>26}"
    for name in dict.fromkeys(r["target"] for r in attachments):
        results = of(attachments, target=name)
        yield (
            f"{name:20} {results[0]['sites']:6,} {max(r['links'] for r in results):6}"
            f" {median(r['load_ms'] for r in results):9.1f} {median(r['attach_ms'] for r in results):11.1f}"
            f" {spread([r['ready_ms'] for r in results]):>26} {median(r['cpu_ms'] for r in results):9.1f}"
            f" {spread([r['detach_ms'] for r in results]):>26}"
        )


def table_starts(starts):
    yield f"{'program':20} {'list a file, ms':>26} {'start to ready, ms':>26}"
    for tool in dict.fromkeys(r["tool"] for r in starts):
        results = of(starts, tool=tool)
        if "unavailable" in results[0]:
            yield f"{tool:20} not measured: {results[0]['unavailable']}"
            continue
        columns = (spread([r[key] for r in results]) for key in ("list_ms", "ready_ms"))
        yield f"{tool:20} " + " ".join(f"{column:>26}" for column in columns)


def table_kernel(runs):
    yield f"{'vfs_read through':16} {'process':16} {'ns per read of 16 bytes':34} {'ns per other system call':34}"
    for method in dict.fromkeys(r["method"] for r in runs):
        for variant in kernel.VARIANTS:
            results = of(runs, method=method, variant=variant)
            columns = (spread([r[key] for r in results]) for key in ("ns_per_read", "ns_per_call"))
            yield f"{method:16} {variant:16} " + " ".join(f"{column:34}" for column in columns)


def targets(hits, attachments):
    """What it is, the figure, the limit (None: not measured)."""

    def ratio(probe, variant, to):
        return paired_ratio(hits, probe, variant, to)

    def middle(key, **wanted):
        values = [r[key] for r in of(attachments, **wanted)]
        return median(values) if values else None

    def most(key, results):
        values = [r[key] for r in results if key in r]
        return max(values) if values else None

    many = "2,000 probes"
    yield "two integers, tracer / empty program", ratio("tick", "tracer", "empty program"), 1.3
    yield "two integers, tracer / bpftrace", ratio("tick", "tracer", "bpftrace"), 1 / 12
    yield "16-byte string, tracer / empty program", ratio("tick__text", "tracer", "empty program"), 1.45
    for probe, (carries, _) in PROBES.items():
        yield f"{carries}, stopped reader / running one", ratio(probe, "tracer, stopped", "tracer"), 1.0
    yield "lost of a run's events, two integers", most("lost_as_told", of(hits, probe="tick", variant="tracer")), 0
    yield "2,000 sites: attach calls, ms", middle("attach_ms", target=many), 40
    yield "2,000 sites: start to ready, ms", middle("ready_ms", target=many), 40
    yield "2,000 sites: detach, ms", middle("detach_ms", target=many), 100
    yield "2,000 sites: links, for file and loader", most("links", of(attachments, target=many)), 2
    yield "both programs loaded, ms", middle("load_ms", target="demo-app"), 15


def table_targets(hits, attachments):
    yield f"{'target':44} {'at most':>9} {'measured':>9}"
    for what, figure, limit in targets(hits, attachments):
        if figure is None:
            yield f"{what:44} {limit:9.3g} {'-':>9}  not measured"
        else:
            verdict = "met" if figure <= limit else "NOT MET"
            of_limit = f", {figure / limit:.2f} of it" if limit else ""
            yield f"{what:44} {limit:9.3g} {figure:9.3g}  {verdict}{of_limit}"


def text(results: dict) -> str:
    machine = results["machine"]
    parts = [
        [f"{key}: {value}" for key, value in machine.items()],
        table_hits(results["hits"]),
        table_attachments(results["attachments"]),
        table_starts(results["starts"]),
        table_kernel(results["kernel"]),
        table_targets(results["hits"], results["attachments"]),
    ]
    return "\n\n".join("\n".join(part) for part in parts)
