#!/usr/bin/env python3
"""
Bring a file of prices into the layout of ``libcloud/data/pricing.json``.

    python contrib/format_pricing.py new.json > libcloud/data/pricing.json

Every driver stands on one line, so that ``libcloud.pricing`` can read one without the others.
No size of Amazon EC2 is free: a price of 0 there is one that was not found, and is left out.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        prices = json.load(file)
    sections = []
    for type_ in ("compute", "storage"):
        drivers = [
            f"{json.dumps(name)}:{compact(without_unknown(name, sizes))}"
            for name, sizes in sorted(prices[type_].items())
        ]
        sections.append(f'"{type_}":{{\n' + ",\n".join(drivers) + "\n}")
    print("{\n" + ",\n".join([*sections, f'"updated":{compact(prices["updated"])}']) + "\n}")


def without_unknown(driver: str, sizes: dict[str, Any]) -> dict[str, Any]:
    if not driver.startswith("ec2_"):
        return sizes
    known = {}
    for size, price in sizes.items():
        if isinstance(price, dict):
            price = {region: amount for region, amount in price.items() if amount}
        if price:
            known[size] = price
    return known


def compact(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


if __name__ == "__main__":
    main(sys.argv[1])
