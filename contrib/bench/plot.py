"""Draws how time and memory of our listings grow with their length, as SVG."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from harness import Bench
from rows import MIB, ROWS

# What is listed; title, color and dashes of its line; how many of it there are.
UP_TO_A_MILLION = (1_000, 10_000, 100_000, 1_000_000)
LISTINGS = (
    ("ec2-nodes", "EC2 nodes", "#b35806", "none", UP_TO_A_MILLION[:3]),
    ("s3-keys", "S3 objects", "#2166ac", "none", UP_TO_A_MILLION),
    ("route53-records", "Route 53 records", "#1b7837", "none", UP_TO_A_MILLION),
    ("route53-export", "Route 53 records, exported", "#762a83", "5 5", UP_TO_A_MILLION),
)

WIDTH, HEIGHT = 360, 260
LEFT, TOP, GAP = 70, 40, 90


class Series(NamedTuple):
    """One line of the picture: pairs of items and what they took."""

    title: str
    color: str
    dashes: str
    cpu: list[tuple[float, float]]
    peak: list[tuple[float, float]]


def draw(bench: Bench, path: str) -> None:
    """Measure, and write the picture."""
    rows = {row.name: row for row in ROWS}
    series = []
    for name, title, color, dashes, sizes in LISTINGS:
        line = Series(title, color, dashes, [], [])
        for size in sizes[:1] if bench.short else sizes:
            taken = bench.once("libcloud", rows[name], size)
            line.cpu.append((size, taken["cpu"]))
            line.peak.append((size, taken["peak"] / MIB))
            print(f"{name}: {size:,} in {taken['cpu']:.2f} s, {taken['peak'] / MIB:+.1f} MiB")
        series.append(line)
    with open(path, "w", encoding="utf-8") as file:
        file.write(picture(series))


def picture(series: list[Series]) -> str:
    times = [seconds for line in series for _, seconds in line.cpu]
    most = 20 * math.ceil(max([20, *(mib for line in series for _, mib in line.peak)]) / 20)
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    parts = _panel(
        "CPU seconds",
        LEFT,
        [(10.0**power, f"{10.0**power:g}") for power in range(low, high + 1)],
        lambda seconds: (math.log10(seconds) - low) / max(1, high - low),
        [(line, line.cpu) for line in series],
    )
    parts += _panel(
        "Peak memory, MiB more than before",
        LEFT + WIDTH + GAP,
        [(most * step / 4, f"{most * step / 4:.0f}") for step in range(5)],
        lambda mib: mib / most,
        [(line, line.peak) for line in series],
    )
    bottom = TOP + HEIGHT + 60
    for number, line in enumerate(series):
        x = LEFT + number * 205
        parts.append(f'<path d="M{x} {bottom}h18" {pen(line)}/>')
        parts.append(f'<text x="{x + 24}" y="{bottom + 4}">{line.title}</text>')
    width, height = LEFT + 2 * WIDTH + GAP + 50, bottom + 20
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{width}" height="{height}" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _panel(
    title: str,
    left: int,
    marks: list[tuple[float, str]],
    upward: Callable[[float], float],
    lines: list[tuple[Series, list[tuple[float, float]]]],
) -> list[str]:
    """
    One diagram; its x axis has the number of items, 1,000 to 1,000,000, each power as wide.

    :param marks: Values of the y axis, and what is written beside them.
    :param upward: From a value to how far up it is: 0 to 1.
    """

    def x(items: float) -> float:
        return left + WIDTH * (math.log10(items) - 3) / 3

    def y(value: float) -> float:
        return TOP + HEIGHT * (1 - upward(value))

    parts = [f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{title}</text>']
    for value, text in marks:
        parts.append(f'<path d="M{left} {y(value):.1f}h{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{text}</text>')
    for power in (3, 4, 5, 6):
        place = x(10**power)
        parts.append(f'<path d="M{place:.1f} {TOP}v{HEIGHT}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{place:.1f}" y="{TOP + HEIGHT + 18}" text-anchor="middle">'
            f"{10**power:,}</text>"
        )
    for line, points in lines:
        places = [f"{x(items):.1f},{y(value):.1f}" for items, value in points]
        parts.append(f'<polyline points="{" ".join(places)}" fill="none" {pen(line)}/>')
        for place in places:
            cx, cy = place.split(",")
            parts.append(f'<circle cx="{cx}" cy="{cy}" r="3.5" fill="{line.color}"/>')
    return parts


def pen(line: Series) -> str:
    return f'stroke="{line.color}" stroke-width="2" stroke-dasharray="{line.dashes}"'
