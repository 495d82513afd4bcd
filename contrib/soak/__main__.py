"""
A soak: many calls in many threads over one driver, against a server that breaks a share of them.

    python3 contrib/soak                                200,000 calls to S3: takes some minutes
    python3 contrib/soak --driver ec2 --threads 64
    python3 contrib/soak --calls 4000                   to see that it works

What it checks is in docs/soak.rst. The status is 1 when anything was wrong.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import hashlib
import itertools
import json
import shutil
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from plan import Plan  # noqa: E402
from watch import Held, growth, held  # noqa: E402
from work import SECRET, TOKEN, WORK, Call, Work  # noqa: E402

WINDOWS = 40
SHOWN = 30


class Soak:
    """
    :param work: The driver and its calls.
    :param plan: What goes wrong.
    :param limit: Seconds that no call may take.
    """

    def __init__(self, work: Work, driver: Any, plan: Plan, limit: float) -> None:
        self.work = work
        self.driver = driver
        self.plan = plan
        self.limit = limit
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()
        self.ends: collections.Counter[str] = collections.Counter()
        self.kinds: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []
        self.left_behind = 0
        self.slowest = 0.0
        self.windows: list[Held] = []
        self.deck = [name for name, call in work.calls.items() for _ in range(call.share)]

    def run(self, calls: int, threads: int) -> None:
        """Do the calls, and look now and then at what the process holds."""
        self.window = max(1, calls // WINDOWS)
        workers = [
            threading.Thread(target=self._work, args=(calls,), name=f"soak-{number}")
            for number in range(threads)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    def _work(self, calls: int) -> None:
        while (number := next(self.numbers)) <= calls:
            self._call(f"call-{number}")
            if number % self.window == 0:
                self.windows.append(held(number))

    def _call(self, name: str) -> None:
        digest = hashlib.blake2b(f"{self.plan.seed} {name}".encode(), digest_size=4).digest()
        kind = self.deck[int.from_bytes(digest, "big") % len(self.deck)]
        started = time.monotonic()
        error = self._error_of(self.work.calls[kind], name)
        seconds = time.monotonic() - started
        complaint = self._complaint(self.work.calls[kind], name, error)
        if complaint is None and seconds > self.limit:
            complaint = f"took {seconds:.1f} seconds"
        with self.lock:
            self.kinds[kind] += 1
            self.slowest = max(self.slowest, seconds)
            self.ends["right answer" if error is None else type(error).__name__] += 1
            if error is not None and "left behind" in str(error):
                self.left_behind += 1
            if complaint is not None:
                self.wrong.append(f"{name} ({kind}): {complaint}")

    def _error_of(self, call: Call, name: str) -> Exception | None:
        try:
            call.do(self.driver, name)
        except Exception as error:  # whatever it is: it is judged next
            # Its frames would keep alive whatever they hold.
            return error.with_traceback(None)
        return None

    def _complaint(self, call: Call, name: str, error: Exception | None) -> str | None:
        expected = call.expected(self.plan, name)
        if isinstance(error, AssertionError):
            return f"a wrong answer: {error}"
        if error is None:
            if expected.error is None or expected.either:
                return None
            return f"an answer, where {expected.error.__name__} was due"
        said = f"{error} {error!r}"
        if SECRET in said or TOKEN in said:
            return f"{type(error).__name__} tells a secret"
        if expected.error is None:
            return f"{error!r}, where nothing went wrong that is not to be overcome"
        if not isinstance(error, expected.error):
            return f"{error!r} is no {expected.error.__name__}"
        return None


def main() -> int:
    arguments = parse()
    # A socket or file that nobody closed says so when it is collected.
    unclosed: list[str] = []
    warnings.simplefilter("always", ResourceWarning)
    warnings.showwarning = lambda message, *rest, **more: unclosed.append(str(message))
    stall = 1.5 * arguments.timeout
    plan = Plan(arguments.seed, arguments.broken)
    command = [sys.executable, str(HERE / "server.py")]
    command += [str(plan.seed), str(plan.share), str(stall)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        work = WORK[arguments.driver]
        before = held(collect=True)
        driver = work.make(port, arguments.timeout)
        soak = Soak(work, driver, plan, limit=10 * arguments.timeout)
        started, cpu = time.monotonic(), time.process_time()
        soak.run(arguments.calls, arguments.threads)
        took, cpu = time.monotonic() - started, time.process_time() - cpu
        busy = held(arguments.calls, collect=True)
        if arguments.driver == "local":
            shutil.rmtree(driver.base_path)
        # Nobody closes it: with the last reference all that it holds must be gone.
        soak.driver = driver = None
        after = held(arguments.calls, collect=True)
        seen = json.loads(server.communicate(timeout=60)[0])

    provider = seen.pop(arguments.driver, {})
    for name in WORK:
        seen.pop(name, None)
    problems = [f"done twice: {what}" for what in provider.get("twice", ())]
    problems += provider.get("wrong", [])
    problems += soak.wrong
    # Some uploads nobody can end: of whose beginning nobody heard, and those the driver told of.
    unended = provider.get("open uploads", 0)
    if unended > seen["lost beginnings"] + soak.left_behind:
        problems.append(f"{unended} uploads were begun and neither ended nor mentioned")
    problems += leaks(before, busy, after, soak.windows, arguments)
    problems += [f"not closed: {text}" for text in unclosed]
    report(arguments, soak, seen, provider, took, cpu, (before, busy, after), problems)
    return 1 if problems else 0


def leaks(
    before: Held, busy: Held, after: Held, windows: list[Held], arguments: argparse.Namespace
) -> list[str]:
    found = []
    # Multipart uploads have threads of their own, each with a connection.
    most = arguments.threads * 5
    if busy.sockets - before.sockets > most:
        found.append(f"{busy.sockets - before.sockets} sockets are open, for {most} threads")
    for name in ("sockets", "files", "threads"):
        left = getattr(after, name) - getattr(before, name)
        if left > 0:
            found.append(f"{left} {name} left when the driver is gone")
    if len(windows) > 8 and growth(windows) > arguments.memory:
        found.append(f"the memory grew by {growth(windows)} KiB after the warm-up")
    return found


def report(
    arguments: argparse.Namespace,
    soak: Soak,
    seen: dict[str, Any],
    provider: dict[str, Any],
    took: float,
    cpu: float,
    states: tuple[Held, Held, Held],
    problems: list[str],
) -> None:
    before, busy, after = states
    print(
        f"{arguments.calls} calls to {arguments.driver} in {arguments.threads} threads, "
        f"{arguments.broken:.1%} of the requests broken: {took:.1f} s, "
        f"{arguments.calls / took:.0f} calls/s, {cpu / arguments.calls * 1000:.2f} ms CPU a call, "
        f"the slowest {soak.slowest:.2f} s"
    )
    print("calls        ", counted(soak.kinds))
    print("ended in     ", counted(soak.ends))
    print(f"server       {seen['requests']} requests, {seen['connections']} connections")
    print("faults       ", counted(seen["faults"]), f"= {sum(seen['faults'].values())}")
    print(f"writes       {provider.get('writes', 0)}, twice: {len(provider.get('twice', ()))}")
    memory = [window.memory // 1024 for window in soak.windows]
    print("memory, MiB  ", *memory, f"(grew by {growth(soak.windows)} KiB after the warm-up)")
    for name in ("sockets", "files", "threads"):
        values = [getattr(state, name) for state in (before, busy, after)]
        print(f"{name:13}before {values[0]}, at the end {values[1]}, driver gone {values[2]}")
    print(f"wrong        {len(problems)}")
    for problem in problems[:SHOWN]:
        print("  ", problem)


def counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], prog="contrib/soak")
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument(
        "--break", type=float, default=0.02, dest="broken", help="share of the requests"
    )
    parser.add_argument("--driver", choices=sorted(WORK), default="s3")
    parser.add_argument("--timeout", type=float, default=4, help="of the driver, in seconds")
    parser.add_argument("--seed", type=int, default=1, help="another one breaks other requests")
    parser.add_argument(
        "--memory", type=int, default=6 * 1024, help="KiB that it may grow after the warm-up"
    )
    return parser.parse_args()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
