"""What a process holds: memory, open files and sockets, threads."""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from typing import NamedTuple

__all__ = ["Held", "growth", "held"]

PAGE = os.sysconf("SC_PAGE_SIZE")


class Held(NamedTuple):
    """
    :param calls: How many calls were done by then.
    :param memory: Resident set, in KiB.
    :param sockets: Open sockets.
    :param files: Open files of other kinds.
    :param threads: Running threads of Python.
    """

    calls: int
    memory: int
    sockets: int
    files: int
    threads: int


def held(calls: int = 0, collect: bool = False) -> Held:
    """
    :param collect: Give back first what only the garbage collector frees.
    """
    if collect:
        gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        memory = int(file.read().split()[1]) * PAGE // 1024
        links = []
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                links.append(os.readlink(f"/proc/self/fd/{name}"))
    sockets = sum(link.startswith("socket:") for link in links)
    # Less the list of them, and the file that tells the memory.
    return Held(calls, memory, sockets, len(links) - sockets - 2, threading.active_count())


def growth(windows: list[Held]) -> int:
    """
    KiB by which the memory grew after the warm-up, which is the first quarter.

    Between the least of the first third of the rest and the least of its last third: a leak lifts
    the least as well, a peak does not.
    """
    settled = windows[len(windows) // 4 :]
    third = max(1, len(settled) // 3)
    return min(w.memory for w in settled[-third:]) - min(w.memory for w in settled[:third])
