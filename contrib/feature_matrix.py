#!/usr/bin/env python3
"""
Writes the tables of docs/feature_matrix.rst: which driver offers what, as read from the code.

    contrib/feature_matrix.py            write the page
    contrib/feature_matrix.py --check    say whether it is up to date
"""

import importlib
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "feature_matrix.rst"
DOMAINS = {
    "compute": "Compute",
    "storage": "Storage",
    "dns": "DNS",
    "loadbalancer": "Load balancers",
    "backup": "Backup",
    "container": "Containers",
}
HEAD = """\
Feature matrix
==============

Written by ``contrib/feature_matrix.py`` from the drivers' code. A dot marks an operation that the
driver offers.
"""


def main() -> int:
    sys.path.insert(0, str(ROOT))
    text = HEAD + "".join(domain_section(*row) for row in DOMAINS.items())
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/feature_matrix.rst is out of date: run contrib/feature_matrix.py", file=sys.stderr)
    return 1


def domain_section(domain: str, title: str) -> str:
    from libcloud.common.operations import operations_of

    providers = importlib.import_module(f"libcloud.{domain}.providers")
    drivers = {name: providers.get_driver(name) for name in sorted(providers.DRIVERS)}
    groups: dict[str, list[str]] = {}
    for driver in drivers.values():
        for operation in operations_of(driver).values():
            names = groups.setdefault(operation.group, [])
            if operation.name not in names:
                names.append(operation.name)
    lines = ["", title, "-" * len(title), ""]
    for group, operations in groups.items():
        lines += table(group, operations, drivers)
    return "\n".join(lines)


def table(group: str, operations: list[str], drivers: dict[str, type]) -> list[str]:
    lines = [f".. list-table:: {group}", "   :header-rows: 1", "   :stub-columns: 1", ""]
    lines += row(["", *drivers])
    for operation in operations:
        offered = (operation in driver.supported_operations() for driver in drivers.values())
        lines += row([f"``{operation}``", *("•" if offers else "" for offers in offered)])
    return [*lines, ""]


def row(cells: list[str]) -> list[str]:
    first, *others = cells
    return [f"   * - {first}".rstrip(), *(f"     - {cell}".rstrip() for cell in others)]


if __name__ == "__main__":
    sys.exit(main())
