"""
Figures as data: prices, and the regions and sizes of Amazon EC2 and Outscale.

Nothing is read before it is asked for, and each file is read once. What the functions return is
shared by all callers: copy before changing. ``README.rst`` beside this file says where the figures
come from.
"""

from __future__ import annotations

import functools
import os
from typing import Any

__all__ = ["ec2_offerings", "ec2_regions", "ec2_sizes", "outscale_regions", "outscale_sizes"]

DIRECTORY = os.path.dirname(os.path.abspath(__file__))


@functools.cache
def ec2_regions() -> dict[str, dict[str, str]]:
    """
    Every region of every AWS partition, sorted by id.

    :return: region id -> ``{"api_name", "country", "name", "endpoint", "signature_version"}``,
        where ``api_name`` is the region's old name in the pricing file, ``name`` what AWS calls
        the region, and ``endpoint`` a host name.
    """
    regions: dict[str, dict[str, str]] = _load("ec2/regions.json")
    return regions


@functools.cache
def ec2_offerings() -> dict[str, list[str]]:
    """
    Which region offers which sizes.

    :return: region id -> sorted size ids. A region that is missing here is one nobody has asked:
        it offers something, but what is not known.
    """
    offerings: dict[str, list[str]] = _load("ec2/offerings.json")
    return offerings


@functools.cache
def ec2_sizes() -> dict[str, dict[str, Any]]:
    """
    Every size that Amazon EC2 has or had, sorted by id.

    :return: size id -> ``{"id", "name", "ram", "disk", "bandwidth", "extra"}``: ``ram`` in MiB,
        ``disk`` in GB (all local disks together; 0 when there is none), ``bandwidth`` in Gbit/s
        (``None`` when AWS gives no number), ``extra`` the further facts of AWS as strings
        (``vcpu``, ``instanceFamily``, ``currentGeneration`` …), and as a list ``architectures``,
        which a size that AWS no longer describes does not have.
    """
    table = _load("ec2/sizes.json")
    shared = table["extra"]
    return {
        name: {
            "id": name,
            "name": name,
            **size,
            "extra": {**shared, **size["extra"], "instanceType": name},
        }
        for name, size in table["sizes"].items()
    }


@functools.cache
def outscale_regions() -> dict[str, dict[str, dict[str, Any]]]:
    """
    The regions of Outscale's companies.

    :return: ``"inc"`` or ``"sas"`` -> region id -> ``{"api_name", "country", "endpoint",
        "instance_types"}``, where ``api_name`` is the region's name in the pricing file.
    """
    regions: dict[str, dict[str, dict[str, Any]]] = _load("outscale/regions.json")
    return regions


@functools.cache
def outscale_sizes() -> dict[str, dict[str, Any]]:
    """
    The sizes of Outscale, sorted by id.

    :return: size id -> ``{"id", "name", "ram", "disk", "bandwidth"}``: ``ram`` in MiB, ``disk`` in
        GB; ``bandwidth`` is None, for it is not known.
    """
    return {
        size_id: {"id": size_id, **size, "bandwidth": None}
        for size_id, size in _load("outscale/sizes.json").items()
    }


def _load(path: str) -> Any:
    import json

    with open(os.path.join(DIRECTORY, path), encoding="utf-8") as file:
        return json.load(file)
