"""Many calls, some at a time."""

from __future__ import annotations

import itertools
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import tracemalloc
from contextlib import closing

import pytest

from libcloud.common.bulk import BulkError, in_order, map_in_threads, workers
from libcloud.common.errors import LibcloudError, ServiceUnavailableError

MIB = 1024 * 1024


class Gauge:
    """How many calls are under way, and the most that ever were."""

    def __init__(self):
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __enter__(self):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_):
        with self._lock:
            self.now -= 1


def no_worker_is_left():
    return not [t for t in threading.enumerate() if t.name.startswith("libcloud-worker")]


# -- map_in_threads -------------------------------------------------------------------------------


def test_map_calls_with_every_item_and_tells_which_failed():
    outcomes = list(map_in_threads(lambda n: 12 // n, iter(range(4)), threads=2))
    assert sorted((o.item, o.value) for o in outcomes if not o.error) == [(1, 12), (2, 6), (3, 4)]
    [failed] = [o for o in outcomes if o.error]
    assert failed.item == 0
    assert isinstance(failed.error, ZeroDivisionError)
    assert no_worker_is_left()


def test_map_gives_outcomes_in_the_order_of_their_ends():
    first_may_end = threading.Event()

    def work(number):
        if number == 0:
            assert first_may_end.wait(30)
        return number

    with closing(map_in_threads(work, [0, 1, 2], threads=2)) as outcomes:
        assert [next(outcomes).value, next(outcomes).value] == [1, 2]
        first_may_end.set()
        assert [o.value for o in outcomes] == [0]


@pytest.mark.parametrize("threads", [1, 5])
def test_map_has_as_many_calls_under_way_as_it_may(threads):
    gauge = Gauge()
    together = threading.Barrier(threads)

    def work(number):
        with gauge:
            together.wait(30)  # passes when all threads are here at one time

    assert len(list(map_in_threads(work, range(threads * 6), threads))) == threads * 6
    assert gauge.most == threads


def test_map_reads_no_more_items_than_it_needs():
    read = []
    items = (read.append(n) or n for n in itertools.count())
    with closing(map_in_threads(str, items, threads=3)) as outcomes:
        assert not read
        for taken in range(1, 50):
            next(outcomes)
            assert len(read) <= taken - 1 + 2 * 3
    assert no_worker_is_left()


def test_map_of_many_items_takes_no_more_memory_than_of_few():
    def peak(count):
        tracemalloc.start()
        try:
            for outcome in map_in_threads(lambda n: bytes(1000), range(count), threads=8):
                assert outcome.value
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    assert peak(100_000) < peak(1000) + MIB // 4


def test_map_raises_the_error_of_the_items_after_all_outcomes():
    def items():
        yield from range(10)
        raise OSError("the listing broke off")

    seen = []
    outcomes = map_in_threads(str, items(), threads=3)
    with pytest.raises(OSError, match="broke off"):
        seen.extend(outcome.item for outcome in outcomes)
    assert sorted(seen) == list(range(10))
    assert no_worker_is_left()


def test_map_stops_when_its_caller_does():
    begun, stopping = [], threading.Event()

    def work(number):
        begun.append(number)
        assert number < 2 or stopping.wait(30)

    outcomes = map_in_threads(work, itertools.count(), 4, stopping=stopping)
    with pytest.raises(KeyError), closing(outcomes):
        for _ in outcomes:
            raise KeyError("enough")
    assert stopping.is_set()
    assert len(begun) <= 8
    assert no_worker_is_left()


def test_map_does_not_say_stop_when_all_is_done():
    stopping = threading.Event()
    list(map_in_threads(str, range(5), stopping=stopping))
    assert not stopping.is_set()


def test_map_ticks_in_the_thread_of_the_caller_while_it_waits():
    ticks = []
    enough = threading.Event()

    def tick():
        ticks.append(threading.get_ident())
        if len(ticks) == 3:
            enough.set()

    list(map_in_threads(lambda _: enough.wait(30), [1], tick=tick))
    assert set(ticks) == {threading.get_ident()}


def test_map_refuses_to_work_without_threads():
    with pytest.raises(ValueError):
        list(map_in_threads(str, [1], threads=0))


def test_map_lets_ctrl_c_through_and_leaves_no_thread():
    program = """
        import itertools, signal, threading
        from libcloud.common.bulk import map_in_threads

        signal.signal(signal.SIGINT, signal.default_int_handler)
        stopping = threading.Event()
        at_work = threading.Barrier(3)
        seen = []

        def work(number):
            at_work.wait(60)
            seen.append(number)
            stopping.wait(60)

        # Said by the caller's thread while it waits: all threads are started by then.
        def tick():
            if len(seen) == 3:
                seen.append("said")
                print("ready", flush=True)

        try:
            list(map_in_threads(work, itertools.count(), 3, tick=tick, stopping=stopping))
        except KeyboardInterrupt:
            print("stopped", stopping.is_set(), threading.active_count())
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "stopped True 1\n"


# -- BulkError ------------------------------------------------------------------------------------


def test_error_has_all_errors_and_shows_some():
    errors = [ValueError(str(n)) for n in range(5)]
    error = BulkError("5 of 9 failed", errors, report={"failed": 5})
    assert error.exceptions == tuple(errors)
    assert str(error) == ("5 of 9 failed; ValueError: 0; ValueError: 1; ValueError: 2; and 2 more")
    assert error.report == {"failed": 5}
    assert isinstance(error, LibcloudError)
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), len(copy.exceptions)) == (str(error), 5)


@pytest.mark.parametrize(
    ("errors", "retryable"),
    [
        ([], False),
        ([ServiceUnavailableError()], True),
        ([ServiceUnavailableError(), ValueError()], False),
    ],
)
def test_error_is_retryable_if_all_are(errors, retryable):
    assert BulkError("failed", errors).retryable is retryable


# -- in_order -------------------------------------------------------------------------------------


def test_in_order_bounds_what_is_under_way():
    gauge = Gauge()

    def work(number):
        with gauge:
            threading.Event().wait(0.002)
        return number

    with workers(3) as pool:
        assert list(in_order(pool, work, iter(range(50)), 3)) == list(range(50))
    assert 1 <= gauge.most <= 3


def test_workers_wait_for_a_thread_whose_start_was_interrupted(monkeypatch):
    begun, done = threading.Event(), []
    start = threading.Thread.start

    def interrupted(thread):
        start(thread)
        assert begun.wait(30)
        raise KeyboardInterrupt

    def work():
        begun.set()
        threading.Event().wait(0.2)
        done.append("work")

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), workers(2) as pool:
        pool.submit(work)
    assert done == ["work"]
    assert no_worker_is_left()


def test_workers_are_gone_after_a_failure():
    done = []
    with pytest.raises(ZeroDivisionError), workers(2) as pool:
        list(in_order(pool, lambda n: done.append(1 / n), [3, 2, 0, *range(1, 1000)], 2))
    assert len(done) < 10
    assert no_worker_is_left()
