"""What was measured, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness import Bench, Result, value_of
from rows import MIB, Goal, Row

TITLES = {
    "cpu": "CPU",
    "wall": "wall",
    "requests": "requests a unit",
    "peak": "peak memory",
    "growth": "memory beyond that of a fifth",
    "faults": "wrong answers and errors",
}


def table(row: Row, bench: Bench, results: Mapping[str, Result]) -> str:
    size = row.short if bench.short else row.size
    count = 1 if bench.short else row.repetitions
    lines = [
        "",
        f"{row.name}: {row.title}",
        f"  {size // row.per:,} x {row.unit}, the least of {count}, memory in the first",
        f"  {'':10}{'CPU':>12}{'wall':>12}{'requests':>10}{'connections':>13}{'peak':>13}",
    ]
    for name, result in results.items():
        units = size / row.per
        lines.append(
            f"  {name:10}{time(result.cpu / units):>12}{time(result.wall / units):>12}"
            f"{result.requests:>10.3g}{result.connections:>13}{memory(result.peak):>13}"
        )
    if any(goal.of == "faults" for goal in row.goals):
        faults = ", ".join(f"{name} {result.faults}" for name, result in results.items())
        lines.append(f"  {TITLES['faults']}, in all repetitions: {faults}")
    lines += [f"  {line}" for line in judgements(row, results)]
    return "\n".join(lines)


def judgements(row: Row, results: Mapping[str, Result]) -> list[str]:
    return [
        f"{goal_title(goal):34}{shown(goal, value):>10}  "
        f"goal {shown(goal, goal.at_most)}{stretch(goal)}: {judge(goal, value)}"
        for goal in row.goals
        if (value := value_of(goal, results)) is not None
    ]


def judge(goal: Goal, value: float) -> str:
    return "reached" if value <= goal.at_most else "MISSED"


def goal_title(goal: Goal) -> str:
    return TITLES[goal.of] + (f" / {goal.against}" if goal.against else "")


def stretch(goal: Goal) -> str:
    return "" if goal.stretch is None else f" (stretch {goal.stretch:g})"


def shown(goal: Goal, value: float) -> str:
    if goal.of in ("peak", "growth"):
        return memory(int(value))
    return f"{value:.3g}"


def time(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1e3:.2f} ms"


def memory(size: int) -> str:
    return f"{size / MIB:+.1f} MiB"


def as_rst(measured: list[tuple[Row, dict[str, Result]]], about: str) -> str:
    """The goals as a table for the documentation."""
    lines = [
        f".. Written by contrib/bench --rst. {about}",
        "",
        ".. list-table::",
        "   :header-rows: 1",
        "",
        "   * - Work",
        "     - Measured",
        "     - Reached",
        "     - Goal",
    ]
    for row, results in measured:
        for goal in row.goals:
            value = value_of(goal, results)
            if value is not None:
                cells = (row.name, goal_title(goal), shown(goal, value), shown(goal, goal.at_most))
                lines.append("   * - " + "\n     - ".join(cells))
    return "\n".join(lines) + "\n"


def as_data(row: Row, results: Mapping[str, Result]) -> dict[str, Any]:
    """What goes into the JSON; times in seconds for the whole repetition, memory in bytes."""
    goals = []
    for goal in row.goals:
        value = value_of(goal, results)
        reached = None if value is None else value <= goal.at_most
        goals.append({**goal._asdict(), "value": value, "reached": reached})
    contenders = {name: result._asdict() for name, result in results.items()}
    return {"name": row.name, "contenders": contenders, "goals": goals}
