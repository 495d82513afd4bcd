"""
Benchmarks: this checkout beside libcloud 3.9.1, the vendor's SDK, and the limit, on loopback.

    python3 contrib/bench                       everything: takes some twenty minutes
    python3 contrib/bench --short               small sizes, once: to see that it works
    python3 contrib/bench --only s3-head s3-get
    python3 contrib/bench --plot docs/images/listings.svg

What the figures mean is in docs/benchmarks.rst. A goal that is missed is no failure of the command.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from harness import Bench, Failed, Result, make_environment, scratch_folder, value_of
from plot import draw
from report import as_data, as_rst, goal_title, judge, shown, table
from rows import ROWS, Row


def main() -> int:
    arguments = parse()
    if arguments.list:
        print("\n".join(f"{row.name:20}{row.title}" for row in ROWS))
        return 0
    python = arguments.old or make_environment()
    with scratch_folder() as folder, Bench(python, folder, arguments.short) as bench:
        print(about(bench))
        if arguments.plot:
            draw(bench, arguments.plot)
            return 0
        chosen = [row for row in ROWS if row.name in (arguments.only or [row.name])]
        if arguments.profile:
            for row in chosen:
                bench.profile(row)
            return 0
        measured, failures = run(bench, chosen, arguments.without)
    print(summary(measured))
    if arguments.json:
        data = {
            "versions": bench.versions,
            "short": bench.short,
            "load": os.getloadavg(),
            "rows": [as_data(row, results) for row, results in measured],
        }
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=2)
    if arguments.rst:
        with open(arguments.rst, "w", encoding="utf-8") as file:
            file.write(as_rst(measured, about(bench)))
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def parse() -> argparse.Namespace:
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="small sizes, one repetition")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", choices=names, help="only these; --list has them"
    )
    parser.add_argument("--without", nargs="+", default=[], metavar="CONTENDER")
    parser.add_argument(
        "--old",
        metavar="PYTHON",
        help="an interpreter with apache-libcloud 3.9.1, boto3, fsspec and fasteners, or some of "
        "them; made in .tox otherwise",
    )
    parser.add_argument("--json", metavar="FILE", help="write what was measured to a file too")
    parser.add_argument("--rst", metavar="FILE", help="write the goals to a file as a table")
    parser.add_argument("--profile", action="store_true", help="where our time goes, instead")
    parser.add_argument("--plot", metavar="FILE", help="draw how listings grow, instead")
    parser.add_argument("--list", action="store_true", help="the names, and what they measure")
    return parser.parse_args()


def about(bench: Bench) -> str:
    versions = ", ".join(f"{name} {version or '-'}" for name, version in bench.versions.items())
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{versions}; {os.cpu_count()} CPUs, load {load}"


def run(
    bench: Bench, rows: list[Row], without: list[str]
) -> tuple[list[tuple[Row, dict[str, Result]]], list[str]]:
    measured, failures = [], []
    for row in rows:
        names = [name for name in row.contenders if bench.has(name) and name not in without]
        try:
            results = bench.measure(row, names)
        except Failed as failure:
            failures.append(str(failure))
            continue
        print(table(row, bench, results), flush=True)
        measured.append((row, results))
    return measured, failures


def summary(measured: list[tuple[Row, dict[str, Result]]]) -> str:
    """The goals in one table."""
    lines = ["", "Goals"]
    for row, results in measured:
        for goal in row.goals:
            value = value_of(goal, results)
            if value is not None:
                lines.append(
                    f"  {row.name:20}{goal_title(goal):32}{shown(goal, value):>12}"
                    f"{shown(goal, goal.at_most):>12}  {judge(goal, value)}"
                )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
