"""The benchmarks still work. No figure of a time is looked at."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[2] / "contrib" / "bench"
# What is installed beside the tests takes part, and 3.9.1 is not.
INSTALLED = ["--old", sys.executable, "--without", "fsspec"]


@pytest.fixture
def bench(monkeypatch):
    """Imports a module of the benchmarks, which are no package, and forgets them afterwards."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(BENCH))
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(BENCH) in (getattr(sys.modules[name], "__file__", None) or ""):
            del sys.modules[name]


def run(*arguments: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, str(BENCH), *arguments],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def result(data: dict[str, Any], row: str, contender: str = "libcloud") -> Any:
    return next(r for r in data["rows"] if r["name"] == row)["contenders"][contender]


def test_short_form_does_every_row(tmp_path, bench):
    pytest.importorskip("boto3")
    file, table = tmp_path / "bench.json", tmp_path / "table.inc"
    output = run("--short", *INSTALLED, "--json", str(file), "--rst", str(table))
    data = json.loads(file.read_text())
    rows = bench("rows").ROWS
    assert [row["name"] for row in data["rows"]] == [row.name for row in rows]
    for row, measured in zip(rows, data["rows"], strict=True):
        assert set(measured["contenders"]) == set(row.contenders) - {"3.9.1", "fsspec"}
        assert row.title in output
    assert data["versions"]["python"] in output
    assert "   * - s3-head\n     - CPU / boto3\n" in table.read_text()

    assert result(data, "s3-head")["requests"] == 1
    assert result(data, "s3-head")["connections"] == 1
    assert result(data, "s3-put")["requests"] == 1
    assert result(data, "s3-threads")["faults"] == 0
    assert 1 <= result(data, "s3-threads")["connections"] <= 8
    assert result(data, "ec2-nodes", "boto3")["requests"] == 2 / 1200
    assert result(data, "sigv4")["requests"] == 0


def test_plot_draws_a_line_for_each_listing(tmp_path):
    file = tmp_path / "listings.svg"
    run("--short", "--old", sys.executable, "--plot", str(file))
    text = file.read_text()
    assert text.count("<polyline") == 8  # time and memory of four
    assert "Route 53 records" in text


def test_profile_names_functions_of_ours():
    output = run("--short", "--old", sys.executable, "--profile", "--only", "sigv4")
    assert "(sign_v4)" in output


def test_row_that_nobody_knows_is_an_error():
    assert "invalid choice: 'nothing'" in run("--only", "nothing", status=2)


def test_every_contender_of_a_row_has_a_work(bench):
    modules = bench("worker").MODULES
    works: dict[str, set[str]] = {}
    for module in set(modules.values()):
        statements = ast.parse((BENCH / f"{module}.py").read_text()).body
        functions = {node.name for node in statements if isinstance(node, ast.FunctionDef)}
        aliases = {
            target.id
            for node in statements
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        works[module] = functions | aliases
    for row in bench("rows").ROWS:
        for contender in row.contenders:
            assert row.name.replace("-", "_") in works[modules[contender]], (row.name, contender)


def test_worker_that_fails_is_reported_and_the_rest_is_measured(bench, tmp_path, capfd):
    harness, rows = bench("harness"), bench("rows")
    good = next(row for row in rows.ROWS if row.name == "sigv4")
    with harness.Bench(sys.executable, str(tmp_path), short=True) as measuring:
        with pytest.raises(harness.Failed, match="no-such-row: libcloud failed"):
            measuring.measure(good._replace(name="no-such-row"), ["libcloud"])
        assert measuring.measure(good, ["libcloud"])["libcloud"].requests == 0
    assert "no_such_row" in capfd.readouterr().err


def test_worker_that_finds_the_wrong_libcloud_stops(tmp_path):
    root = str(BENCH.parent.parent)
    settings = {"BENCH_PORT": "1", "BENCH_FOLDER": str(tmp_path), "BENCH_ROOT": root}
    done = subprocess.run(
        [sys.executable, str(BENCH / "worker.py"), "3.9.1", "sigv4"],
        input="1\n\n",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root, **settings},
        check=False,
    )
    assert "is the wrong libcloud" in done.stderr
    assert done.returncode == 1
    assert done.stdout == ""


def test_goals_are_judged_by_their_contender(bench):
    harness, rows, report = bench("harness"), bench("rows"), bench("report")
    ours = harness.Result(0.2, 0.3, 1, 1, 1, 1, 5 * rows.MIB, None, 0)
    results = {"libcloud": ours, "boto3": ours._replace(cpu=2.0)}
    value = harness.value_of(rows.Goal("cpu", 0.1, "boto3"), results)
    assert value == pytest.approx(0.1)
    assert harness.value_of(rows.Goal("cpu", 0.1, "3.9.1"), results) is None
    peak = rows.Goal("peak", 4 * rows.MIB)
    assert report.judge(peak, harness.value_of(peak, results)) == "MISSED"
    assert report.shown(peak, 5 * rows.MIB) == "+5.0 MiB"


def test_server_refuses_a_signature_that_is_not_right(bench):
    auth = pytest.importorskip("botocore.auth")
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    server = bench("server")
    target = "/bucket/a%20b?list-type=2&prefix=x%2Fy"
    request = AWSRequest("GET", f"http://127.0.0.1:5000{target}")
    signer = auth.S3SigV4Auth(Credentials("key", server.SECRET_KEY), "s3", "us-east-1")
    signer.add_auth(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers["host"] = "127.0.0.1:5000"
    assert server.is_signed("GET", target, headers)
    assert not server.is_signed("PUT", target, headers)
    assert not server.is_signed("GET", target.replace("a%20b", "c"), headers)
    assert not server.is_signed("GET", target, {"host": "127.0.0.1:5000"})
