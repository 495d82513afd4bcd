"""The programs in examples/ run, each in an interpreter of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"

# What is run somewhere else.
ELSEWHERE = {
    "deploy_node.py": "tests/live/test_deployment.py",  # where there is an SSH server
    "quickstart.py": "below",
}


def run(example: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / example)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "example", sorted({path.name for path in EXAMPLES.glob("*.py")} - ELSEWHERE.keys())
)
def test_example_runs_and_leaves_nothing(example: str, tmp_path: Path) -> None:
    assert run(example, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_quickstart_runs_and_its_debug_log_has_no_secret(tmp_path: Path) -> None:
    pytest.importorskip("moto.server", reason="needs moto: pip install apache-libcloud[test]")
    log = tmp_path / "debug.log"
    output = run("quickstart.py", tmp_path, LIBCLOUD_DEBUG=str(log))
    assert "Done: three domains, six drivers" in output
    text = log.read_text(encoding="utf-8")
    assert text.count("# -------- begin") > 100
    assert "access-key" not in text
    assert "secret-key" not in text
    assert list(tmp_path.iterdir()) == [log]
