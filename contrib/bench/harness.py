"""
Runs the server and the workers, each in a process of its own, and takes turns between contenders.

All contenders run in one interpreter's environment, with the same ``lxml``, ``requests`` and so on;
ours is the checkout that this file is in, put before what is installed.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple

from rows import Goal, Row

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENT = ROOT / ".tox" / "bench-contenders"

OLD_VERSION = "3.9.1"
REQUIREMENTS = [
    f"apache-libcloud=={OLD_VERSION}",
    "boto3",
    "fasteners",  # the LOCAL of 3.9.1 does nothing without
    "fsspec",
    # What ours needs; 3.9.1 takes lxml too where it is there.
    "cryptography",
    "lxml",
    "paramiko",
    "urllib3>=2",
]
PACKAGES = ["apache-libcloud", "boto3", "botocore", "fsspec", "lxml", "requests", "urllib3"]

# Seconds after which a worker is taken to hang.
LONGEST_REPETITION = 600

# How much smaller than the short form the work is that brings imports and connections about. It is
# as small as can be, for the memory that it takes is not counted.
WARM_UP = 5
# How much smaller the work is that memory is compared with.
FRACTION = 5


class Failed(Exception):
    """A worker ended before its time."""


class Result(NamedTuple):
    """
    What one contender took for one row.

    :param cpu: Seconds, the least of all repetitions, as is ``wall``.
    :param cpu_median: The middle one.
    :param requests: How many a unit.
    :param connections: How many the requests of one repetition came over.
    :param peak: Bytes of memory more than before, in the first repetition of a new process.
    :param growth: How much of that a fifth of the work does not take; None if nobody asked.
    :param faults: Wrong answers and errors, in all repetitions together.
    """

    cpu: float
    cpu_median: float
    wall: float
    wall_median: float
    requests: float
    connections: int
    peak: int
    growth: int | None
    faults: int


class Bench:
    """
    Measures rows.

    :param python: The interpreter that all contenders run in.
    :param short: Small sizes and one repetition: to see that everything works.
    """

    def __init__(self, python: str, folder: str, short: bool = False) -> None:
        self.python = python
        self.short = short
        self.versions = versions_in(python)
        self._folder = folder
        self._environment = _environment(folder)
        self._stack = ExitStack()

    def __enter__(self) -> Bench:
        process = self._start([str(HERE / "server.py")], self._environment)
        self._server = self._stack.enter_context(process)
        self._environment["BENCH_PORT"] = self._server.stdout.readline().strip()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._stack.close()

    def has(self, contender: str) -> bool:
        """True for a contender that is installed."""
        if contender == OLD_VERSION:
            return self.versions["apache-libcloud"] == OLD_VERSION
        return contender in ("libcloud", "limit") or bool(self.versions[contender])

    def measure(self, row: Row, contenders: Sequence[str]) -> dict[str, Result]:
        """
        One row, by the contenders in turn, each of which is first once.

        :raises Failed: a worker could not do its work, or did less of it than was asked.
        """
        size = row.short if self.short else row.size
        repetitions = 1 if self.short else row.repetitions
        taken: dict[str, list[dict[str, Any]]] = {name: [] for name in contenders}
        with ExitStack() as stack:
            workers = {name: stack.enter_context(self._worker(name, row)) for name in contenders}
            for name, worker in workers.items():
                self._repeat(worker, name, row, max(1, row.short // WARM_UP))
            for repetition in range(repetitions):
                first = repetition % len(contenders)
                for name in [*contenders[first:], *contenders[:first]]:
                    taken[name].append(self._repeat(workers[name], name, row, size))
        growths = {}
        if any(goal.of == "growth" for goal in row.goals):
            growths["libcloud"] = (
                taken["libcloud"][0]["peak"] - self.once("libcloud", row, size // FRACTION)["peak"]
            )
        return {
            name: _result(repetitions, row, growths.get(name))
            for name, repetitions in taken.items()
        }

    def once(self, contender: str, row: Row, size: int) -> dict[str, Any]:
        """One repetition in a new process, after a smaller one."""
        with self._worker(contender, row) as worker:
            self._repeat(worker, contender, row, max(1, row.short // WARM_UP))
            return self._repeat(worker, contender, row, size)

    def profile(self, row: Row) -> None:
        """Do our work once under cProfile, which writes what it saw to standard error."""
        self._environment["BENCH_PROFILE"] = "1"
        self.once("libcloud", row, row.short if self.short else row.size)

    @contextmanager
    def _worker(self, contender: str, row: Row) -> Iterator[subprocess.Popen[str]]:
        environment = dict(self._environment)
        if contender == "libcloud":
            environment["PYTHONPATH"] = str(ROOT)
        with self._start([str(HERE / "worker.py"), contender, row.name], environment) as process:
            yield process

    @contextmanager
    def _start(
        self, arguments: list[str], environment: Mapping[str, str]
    ) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            [self.python, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self._folder,
            env=environment,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()
                with suppress(BrokenPipeError):
                    process.stdin.close()

    def _repeat(
        self, worker: subprocess.Popen[str], contender: str, row: Row, size: int
    ) -> dict[str, Any]:
        order = {"check_signatures": row.check_signatures, "items": size if row.listed else 0}
        _ask(self._server, json.dumps(order), "the server", row)
        if _ask(worker, str(size), contender, row) != "ready":
            raise Failed(f"{row.name}: {contender} writes to its standard output")
        _ask(self._server, "{}", "the server", row)  # what was prepared does not count
        taken = json.loads(_ask(worker, "", contender, row))
        counts = json.loads(_ask(self._server, "{}", "the server", row))
        if taken["done"] != size:
            raise Failed(f"{row.name}: {contender} did {taken['done']} of {size}")
        if "upload" in row.name and counts["received"] < size:
            raise Failed(f"{row.name}: {contender} sent {counts['received']} bytes of {size}")
        return {**counts, **taken}


def _ask(process: subprocess.Popen[str], line: str, name: str, row: Row) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    too_late = threading.Timer(LONGEST_REPETITION, process.kill)
    too_late.start()
    try:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        answer = process.stdout.readline()
    except BrokenPipeError:
        answer = ""
    finally:
        too_late.cancel()
    if not answer:
        raise Failed(f"{row.name}: {name} failed or took too long; what it said is above")
    return answer.strip()


def _result(repetitions: list[dict[str, Any]], row: Row, growth: int | None) -> Result:
    def all_of(name: str) -> list[float]:
        return [repetition[name] for repetition in repetitions]

    last = repetitions[-1]
    return Result(
        cpu=min(all_of("cpu")),
        cpu_median=statistics.median(all_of("cpu")),
        wall=min(all_of("wall")),
        wall_median=statistics.median(all_of("wall")),
        requests=last["requests"] * row.per / last["done"],
        connections=last["connections"],
        peak=repetitions[0]["peak"],
        growth=growth,
        faults=sum(taken.get("wrong", 0) + taken.get("errors", 0) for taken in repetitions),
    )


def value_of(goal: Goal, results: Mapping[str, Result]) -> float | None:
    """What was reached of a goal; None when its contender did not take part."""
    if goal.against not in results and goal.against:
        return None
    value = getattr(results["libcloud"], goal.of)
    return value / getattr(results[goal.against], goal.of) if goal.against else value


@contextmanager
def scratch_folder() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="bench-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_environment() -> str:
    """The interpreter of a virtual environment with all contenders, made on first use."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists() or versions_in(str(python))["apache-libcloud"] != OLD_VERSION:
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *REQUIREMENTS], check=True)
    return str(python)


def versions_in(python: str) -> dict[str, str]:
    """Of Python and of what matters here; empty for what is not installed."""
    program = """
import importlib.metadata, json, platform, sys
versions = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        versions[name] = ""
print(json.dumps(versions))
"""
    command = [python, "-c", program, *PACKAGES]
    # From a folder in which nothing lies around: the metadata of a checkout would be found too.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    output = subprocess.check_output(command, text=True, cwd=sys.prefix, env=environment)
    return json.loads(output)


def _environment(folder: str) -> dict[str, str]:
    """Nothing of the user's own settings: they are not the same for all contenders."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "PYTHON", "LIBCLOUD_"))
        and not name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "AWS_CONFIG_FILE": os.path.join(folder, "none"),
        "AWS_SHARED_CREDENTIALS_FILE": os.path.join(folder, "none"),
        "BENCH_FOLDER": folder,
        "BENCH_ROOT": str(ROOT),
        # Compiled once for this run, for all contenders, and nothing is left in the checkout.
        "PYTHONPYCACHEPREFIX": os.path.join(folder, "pycache"),
    }
