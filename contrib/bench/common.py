"""What the works of all contenders share: where the server is, and what they send."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

from server import BLOCK, SECRET_KEY

HOST = "127.0.0.1"
PORT = int(os.environ["BENCH_PORT"])
URL = f"http://{HOST}:{PORT}"
KEY, SECRET = "AKIDBENCH", SECRET_KEY
REGION = "us-east-1"
SMALL = b"x" * 4096
THREADS = 8
LONGEST_WAIT = 20


def file_of(size: int) -> str:
    """The path of a file of that size, which all contenders share."""
    path = f"source-{size}"
    if not os.path.exists(path):
        with open(f"{path}.{os.getpid()}", "wb") as file:
            for piece in pieces_of(size, len(BLOCK)):
                file.write(piece)
        os.rename(file.name, path)
    return os.path.abspath(path)


def pieces_of(size: int, piece: int) -> Iterator[bytes]:
    """So many bytes in pieces; each is another object, as when they are read from somewhere."""
    for start in range(0, size, piece):
        yield b"%s" % BLOCK[: min(piece, size - start)]


def remove(path: str) -> str:
    """The path, at which there is nothing now."""
    if os.path.exists(path):
        os.remove(path)
    return path


def interpreters(count: int, program: str) -> int:
    """Run a program in fresh interpreters, one after the other."""
    for _ in range(count):
        subprocess.run([sys.executable, "-c", program], check=True)
    return count


def in_threads(count: int, call: Callable[[str], str]) -> dict[str, int]:
    """
    Ask for objects of different names in several threads. What is not answered in time is an error.

    :param call: Gets the name of an object, returns what the answer says that it is called.
    """
    sys.setswitchinterval(1e-5)  # from thread to thread at any point, not only while they wait
    outcomes = {"done": 0, "wrong": 0, "errors": 0}
    names = iter([f"object {number}" for number in range(count)])
    lock = threading.Lock()

    def ask() -> None:
        while True:
            with lock:
                name = next(names, None)
            if name is None:
                return
            try:
                outcome = "done" if call(name) == name else "wrong"
            except Exception:
                outcome = "errors"  # whatever it is, the row counts it
            with lock:
                outcomes[outcome] += 1

    # Of a kind that is left behind when it hangs.
    threads = [threading.Thread(target=ask, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + LONGEST_WAIT
    for thread in threads:
        thread.join(max(0, deadline - time.monotonic()))
    with lock:
        never_answered = count - sum(outcomes.values())
        return {**outcomes, "done": count, "errors": outcomes["errors"] + never_answered}
