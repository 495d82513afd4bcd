"""The soak in its short form: all is right, and what is not right is noticed."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[2] / "contrib" / "soak"


def soak(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SOAK), *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize(
    ("driver", "calls"),
    [("s3", 1000), ("ec2", 400), ("route53", 400), ("powerdns", 700), ("local", 300)],
)
def test_every_call_ends_as_it_has_to(driver, calls):
    done = soak("--driver", driver, "--calls", str(calls), "--break", "0.06", "--timeout", "4")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrong        0\n" in done.stdout
    if driver != "local":
        assert "lost answer" in done.stdout


@pytest.fixture
def modules(monkeypatch):
    """Imports the modules of the command, which are no package, and forgets them afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(SOAK))
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(SOAK) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def test_a_driver_that_sends_twice_what_it_must_not_is_noticed(tmp_path):
    program = tmp_path / "sabotage.py"
    program.write_text(
        "import runpy, sys\n"
        f"sys.path[:0] = [{str(SOAK)!r}, {str(SOAK.parents[1])!r}]\n"
        "from libcloud.compute.drivers.ec2.connection import EC2Connection\n"
        "EC2Connection.idempotent_actions |= {'CreateKeyPair'}\n"
        f"runpy.run_path({str(SOAK)!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, str(program), "--driver=ec2", "--calls=300", "--break=.3", "--timeout=1"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "done twice: call-" in done.stdout
    assert "an answer, where NetworkError was due" in done.stdout


def test_a_plan_is_the_same_each_time_and_has_its_share(modules):
    plan = modules("plan")
    made = plan.Plan(7, 0.25)
    found = [made.fault(f"call-{n} get", "document", 0) for n in range(4000)]
    assert found == [plan.Plan(7, 0.25).fault(f"call-{n} get", "document", 0) for n in range(4000)]
    broken = [fault for fault in found if fault]
    assert 900 < len(broken) < 1100
    assert set(broken) == set(plan.FAULTS["document"])
    assert found != [plan.Plan(8, 0.25).fault(f"call-{n} get", "document", 0) for n in range(4000)]


def test_outcome_follows_the_retries(modules):
    plan = modules("plan")
    always, never = plan.Plan(1, 1.0), plan.Plan(1, 0.0)
    steps = [plan.Step("call-1 get", "nothing")]
    assert never.outcome(steps, attempts=3) is None
    assert always.outcome(steps, attempts=3) is not None
    once = [plan.Step("call-1 get", "nothing", repeatable=False)]
    assert always.outcome(once, 3) == always.fault("call-1 get", "nothing", 0)


def test_growth_sees_a_leak_and_no_peak(modules):
    watch = modules("watch")

    def windows(memory):
        return [watch.Held(n, m, 0, 0, 0) for n, m in enumerate(memory)]

    assert watch.growth(windows([10, 50, 90, *[100] * 20, 500, *[100] * 16])) == 0
    assert watch.growth(windows(range(0, 4000, 100))) > 1500


def test_held_counts_what_is_open(modules, tmp_path):
    watch = modules("watch")
    before = watch.held()
    with open(tmp_path / "file", "w"):
        during = watch.held()
    assert (during.files, during.sockets) == (before.files + 1, before.sockets)
    assert watch.held().files == before.files
