"""
Does one row's work for one contender, again and again, and measures it.

Started by the harness as ``worker.py CONTENDER ROW`` with the port of the server, a scratch folder
and the place of our checkout in its environment. On its standard input comes the size of each
repetition; it says "ready" when all is prepared, waits for an empty line, works, and writes what
it measured as JSON.

CPU is user and system time of this process, all threads, and of processes that it waited for.
Memory is the highest resident set while working, less the resident set before.
"""

from __future__ import annotations

import cProfile
import gc
import importlib
import json
import os
import pstats
import resource
import sys
import time
from contextlib import nullcontext
from typing import Any

MODULES = {
    "libcloud": "work_libcloud",
    "3.9.1": "work_libcloud",
    "boto3": "work_sdk",
    "botocore": "work_sdk",
    "fsspec": "work_sdk",
    "limit": "work_limit",
}


def main(contender: str, row: str) -> None:
    work = getattr(importlib.import_module(MODULES[contender]), row.replace("-", "_"))
    for number, line in enumerate(sys.stdin):
        # The first is the warm-up. CPU, for on a busy machine the clock blames whoever has to wait.
        wanted = number and "BENCH_PROFILE" in os.environ
        profile = cProfile.Profile(time.process_time) if wanted else None
        measured = measure(work, int(line), profile or nullcontext())
        if profile:
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(30)
        print(json.dumps(measured), flush=True)


def measure(work: Any, size: int, profile: Any) -> dict[str, Any]:
    """
    :param work: A generator function that takes a size: prepares until its only ``yield``, works
        after it, and returns how much it did, or a dict that has that as ``done``.
    :param profile: What the work is done within.
    """
    steps = work(size)
    next(steps)
    gc.collect()
    print("ready", flush=True)
    sys.stdin.readline()
    resident = start_peak()
    cpu, wall = cpu_seconds(), time.perf_counter()
    try:
        with profile:
            next(steps)
    except StopIteration as stop:
        result = stop.value
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    if not isinstance(result, dict):
        result = {"done": result}
    return {**result, "cpu": cpu, "wall": wall, "peak": max(0, peak() - resident)}


def cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def start_peak() -> int:
    """Forget the highest resident set so far, where that can be done; returns the one of now."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # man 5 proc
    except OSError:
        return peak()
    return status("VmRSS")


def peak() -> int:
    """In bytes."""
    if sys.platform == "linux":
        return status("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def status(name: str) -> int:
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    os.chdir(os.environ["BENCH_FOLDER"])
    main(*sys.argv[1:])
