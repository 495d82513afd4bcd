#!/usr/bin/env python3
"""
Writes docs/feature_matrix.rst: what each driver offers, as read from its code, and the proof that
it has, as read from the lines ``:Proof:`` (and of DNS drivers ``:Pages:``) of its page.

    contrib/feature_matrix.py            write the page
    contrib/feature_matrix.py --check    say whether it is up to date
"""

import importlib
import pathlib
import re
import sys
from collections.abc import Collection, Iterable
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGE = DOCS / "feature_matrix.rst"
DOMAINS = {
    "compute": "Compute",
    "storage": "Storage",
    "dns": "DNS",
    "loadbalancer": "Load balancers",
    "backup": "Backup",
    "container": "Containers",
}
PROOFS = {
    "real service": "the conformance suite runs against the provider's own server or system",
    "emulator": "it runs against an emulator, or another implementation, that others wrote",
    "recording": "exchanges with the provider that others recorded are replayed",
    "description": "requests and answers are checked against the provider's own description",
    "documentation": "answers are taken from the provider's documentation",
    "reference": "the driver is its own provider, and what others are compared with",
}
HEAD = """\
Feature matrix
==============

Written by ``contrib/feature_matrix.py``. What a driver offers is read from its code: a dot marks an
operation that it has. Every ``list_...`` has its ``iterate_...``.
"""


class Driver(NamedTuple):
    """The module of a driver. Several constants may lead to it: old names, single regions."""

    domain: str
    module: str
    operations: frozenset[str]

    @property
    def page(self) -> str:
        return f"{self.domain}/drivers/{self.module}"

    @property
    def link(self) -> str:
        return f":doc:`{self.module} <{self.page}>`"


def main() -> int:
    sys.path.insert(0, str(ROOT))
    sections = [dns_section() if domain == "dns" else domain_section(domain) for domain in DOMAINS]
    text = HEAD + proof_section() + "".join(sections)
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/feature_matrix.rst is out of date: run contrib/feature_matrix.py", file=sys.stderr)
    return 1


def drivers_of(domain: str) -> list[Driver]:
    providers = importlib.import_module(f"libcloud.{domain}.providers")
    offered: dict[str, set[str]] = {}
    for constant, (path, _) in providers.DRIVERS.items():
        module = path.removeprefix(f"libcloud.{domain}.drivers.")
        operations = providers.get_driver(constant).supported_operations()
        offered.setdefault(module, set()).update(operations)
    return [Driver(domain, module, frozenset(offered[module])) for module in sorted(offered)]


def proof_section() -> str:
    rows = []
    for domain, title in DOMAINS.items():
        rows.append([f"**{title}**"])
        for driver in drivers_of(domain):
            proofs = field_of(driver, "Proof", PROOFS)
            rows.append([driver.link, *dots(proof in proofs for proof in PROOFS)])
    meanings = [f"- *{name}*: {meaning}" for name, meaning in PROOFS.items()]
    explained = [
        "How a driver is known to be right; its page says the details, and what is not proven.",
        "",
    ]
    return section("Proof", [*explained, *meanings, "", *table(["", *PROOFS], rows)])


def field_of(driver: Driver, name: str, known: Collection[str]) -> list[str]:
    """What the driver's page says in a line such as ``:Proof: description, recording``."""
    text = (DOCS / f"{driver.page}.rst").read_text(encoding="utf-8")
    line = re.search(rf"^:{name}: (.+)$", text, re.MULTILINE)
    values = line[1].split(", ") if line else []
    if not values or not {"none", *known}.issuperset(values):
        sys.exit(
            f"docs/{driver.page}.rst needs a line :{name}: with none, or of {', '.join(known)}"
        )
    return values


def dns_section() -> str:
    """There are too many drivers for a column each, and as many record types."""
    from libcloud.common.operations import operations_of

    providers = importlib.import_module("libcloud.dns.providers")
    base = operations_of(providers.get_driver("dummy")).values()
    rows = []
    for driver in drivers_of("dns"):
        types: dict[str, None] = {}
        for constant, (path, _) in providers.DRIVERS.items():
            if path.endswith(f".drivers.{driver.module}"):
                types.update(dict.fromkeys(providers.get_driver(constant).RECORD_TYPE_MAP))
        operations = [
            ", ".join(
                each.name.partition("_")[0]
                for each in base
                if each.group == group
                and each.name in driver.operations
                and not each.name.startswith("iterate_")
            )
            for group in ("zones", "records")
        ]
        pages = field_of(driver, "Pages", ("zones", "records"))
        proofs = field_of(driver, "Proof", PROOFS)
        row = [", ".join(sorted(types)), *operations, ", ".join(pages), ", ".join(proofs)]
        rows.append([driver.link, *row])
    head = ["", "record types", "of zones", "of records", "lists in pages", "proof"]
    return section(DOMAINS["dns"], table(head, rows))


def domain_section(domain: str) -> str:
    from libcloud.common.operations import operations_of

    providers = importlib.import_module(f"libcloud.{domain}.providers")
    operations = operations_of(providers.get_driver("dummy"))
    drivers = drivers_of(domain)
    rows = []
    for group in dict.fromkeys(operation.group for operation in operations.values()):
        rows.append([f"**{group}**"])
        for operation in operations.values():
            if operation.group == group and not operation.name.startswith("iterate_"):
                offered = dots(operation.name in driver.operations for driver in drivers)
                rows.append([f"``{operation.name}``", *offered])
    return section(DOMAINS[domain], table(["", *(driver.link for driver in drivers)], rows))


def section(title: str, lines: list[str]) -> str:
    return "\n".join(["", title, "-" * len(title), "", *lines, ""])


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    lines = [".. list-table::", "   :header-rows: 1", "   :stub-columns: 1", ""]
    for first, *others in [head, *rows]:
        others += [""] * (len(head) - 1 - len(others))
        lines += [f"   * - {first}".rstrip(), *(f"     - {cell}".rstrip() for cell in others)]
    return lines


def dots(values: Iterable[bool]) -> list[str]:
    return ["•" if value else "" for value in values]


if __name__ == "__main__":
    sys.exit(main())
