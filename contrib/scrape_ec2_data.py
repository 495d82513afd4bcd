#!/usr/bin/env python3
"""
Rebuild ``libcloud/data/ec2/*.json`` without an AWS account.

    pip install botocore moto
    python contrib/scrape_ec2_data.py

Sources:

* regions, their names, endpoints and signature: botocore's ``endpoints.json``;
* sizes: moto's copy of the answers to ``DescribeInstanceTypes``;
* which region offers which size: moto's copy of ``DescribeInstanceTypeOfferings``.

The files in place are read first, since they hold what none of these sources says: the pricing
name of a region (``api_name``), the country, and the marketing facts of the AWS price list
(``physicalProcessor``, ``ecu`` …). A size that AWS no longer describes stays, marked as not of
the current generation, because machines of that size may still run.
``libcloud/data/README.rst`` describes the result.
"""

from __future__ import annotations

import collections
import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

import botocore
import moto

DATA = Path(__file__).resolve().parent.parent / "libcloud" / "data" / "ec2"
MOTO = Path(moto.__file__).parent / "ec2" / "resources"

# For regions whose description names a city or nothing; all others stand in regions.json.
COUNTRIES = {
    "ap-east-2": "Taiwan",
    "ap-south-2": "India",
    "ap-southeast-3": "Indonesia",
    "ap-southeast-4": "Australia",
    "ap-southeast-5": "Malaysia",
    "ap-southeast-6": "New Zealand",
    "ap-southeast-7": "Thailand",
    "ca-west-1": "Canada",
    "eu-central-2": "Switzerland",
    "eu-isoe-west-1": "United Kingdom",
    "eu-south-2": "Spain",
    "eusc-de-east-1": "Germany",
    "il-central-1": "Israel",
    "me-central-1": "United Arab Emirates",
    "me-south-1": "Bahrain",
    "mx-central-1": "Mexico",
}

# DescribeInstanceTypes does not state the family; the first letters of the type's name do:
# https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
FAMILIES = {
    "General purpose": ("a", "m", "mac", "t"),
    "Compute optimized": ("c", "hpc"),
    "Memory optimized": ("r", "u", "x", "z"),
    "Storage optimized": ("d", "h", "i", "im", "is"),
    "GPU instance": ("g", "gr", "p"),
    "FPGA Instances": ("f",),
    "Machine Learning ASIC Instances": ("dl", "inf", "trn"),
    "Media Accelerator Instances": ("vt",),
}
FAMILY_BY_PREFIX = {prefix: family for family, all_ in FAMILIES.items() for prefix in all_}

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/apply_ri.html#ri-normalization-factor
SMALL_SIZES = {"nano": 0.25, "micro": 0.5, "small": 1, "medium": 2, "large": 4, "xlarge": 8}


def main() -> None:
    old_regions = read_json(DATA / "regions.json")
    old_offerings = read_json(DATA / "offerings.json")
    old_sizes = read_json(DATA / "sizes.json")
    described = read_json(MOTO / "instance_types.json.gz")

    regions = build_regions(old_regions)
    offerings = build_offerings(old_offerings)
    sizes = {
        name: described_size(described[name], old_size(old_sizes, name), offerings)
        if name in described
        else retired_size(old_size(old_sizes, name))
        for name in sorted({*described, *old_sizes["sizes"]})
    }

    write_rows(DATA / "regions.json", regions)
    write_rows(DATA / "offerings.json", offerings)
    write_sizes(DATA / "sizes.json", sizes)
    new = sorted(set(sizes) - set(old_sizes["sizes"]))
    print(f"{len(regions)} regions, {len(sizes)} sizes, {len(new)} new: {' '.join(new) or '-'}")


def build_regions(old: dict[str, Any]) -> dict[str, Any]:
    """Every region of every partition of AWS that has EC2."""
    endpoints = read_json(Path(botocore.__file__).parent / "data" / "endpoints.json")
    regions = {}
    for partition in endpoints["partitions"]:
        service = partition["services"].get("ec2", {})
        for region, about in partition["regions"].items():
            facts = {**partition["defaults"], **service.get("endpoints", {}).get(region, {})}
            known = old.get(region, {})
            country = known.get("country") or COUNTRIES.get(region)
            if country is None and region.startswith("us-"):
                country = "USA"
            if country is None:
                sys.exit(f"Add the country of {region} ({about['description']}) to COUNTRIES.")
            regions[region] = {
                "api_name": known.get("api_name") or f"ec2_{region.replace('-', '_')}",
                "country": country,
                "name": about["description"],
                "endpoint": facts["hostname"].format(
                    service="ec2", region=region, dnsSuffix=partition["dnsSuffix"]
                ),
                "signature_version": facts["signatureVersions"][-1].removeprefix("v"),
            }
    return dict(sorted(regions.items()))


def build_offerings(old: dict[str, list[str]]) -> dict[str, list[str]]:
    """Types by region. A type once offered stays: those who run it still may."""
    offerings = {region: set(types) for region, types in old.items()}
    for file in (MOTO / "instance_type_offerings" / "region").glob("*.json.gz"):
        region = file.name.removesuffix(".json.gz")
        offerings.setdefault(region, set()).update(o["InstanceType"] for o in read_json(file))
    return {region: sorted(types) for region, types in sorted(offerings.items())}


def described_size(
    type_: dict[str, Any], old: dict[str, Any], offerings: dict[str, list[str]]
) -> dict[str, Any]:
    name = type_["InstanceType"]
    network = type_["NetworkInfo"]["NetworkPerformance"]
    memory = type_["MemoryInfo"]["SizeInMiB"]
    storage = type_.get("InstanceStorageInfo", {})
    processor = type_["ProcessorInfo"]
    extra = {
        # What only the price list knows, or what stands in for it.
        "availabilityzone": "NA",
        "classicnetworkingsupport": "false",
        "ecu": "NA",
        "enhancedNetworkingSupported": yes_no(type_["NetworkInfo"]["EnaSupport"] != "unsupported"),
        "instanceFamily": FAMILY_BY_PREFIX.get(re.match("[a-z]+", name)[0], "NA"),
        "intelAvx2Available": "NA",
        "intelAvxAvailable": "NA",
        "intelTurboAvailable": "NA",
        "marketoption": "OnDemand",
        "normalizationSizeFactor": normalization_factor(name.partition(".")[2]),
        "physicalProcessor": processor.get("Manufacturer", "NA"),
        "processorArchitecture": "64-bit",
        "regionCode": min(region for region, types in offerings.items() if name in types),
        "servicecode": "AmazonEC2",
        "servicename": "Amazon Elastic Compute Cloud",
        "vpcnetworkingsupport": "true",
        "gpuMemory": "NA",
        **gpu_facts(type_),
        **clock_facts(processor),
        **old.get("extra", {}),
        # What DescribeInstanceTypes knows better.
        "architectures": processor["SupportedArchitectures"],
        "currentGeneration": yes_no(type_["CurrentGeneration"]),
        "memory": f"{memory / 1024:g} GiB",
        "networkPerformance": network,
        "storage": storage_text(storage),
        "vcpu": str(type_["VCpuInfo"]["DefaultVCpus"]),
        **ebs_facts(type_),
    }
    return {
        "ram": memory,
        "disk": storage.get("TotalSizeInGB", 0),
        "bandwidth": gigabits(network),
        "extra": extra,
    }


def retired_size(old: dict[str, Any]) -> dict[str, Any]:
    extra = {**old["extra"], "currentGeneration": "No"}
    return {**old, "bandwidth": gigabits(extra["networkPerformance"]), "extra": extra}


def old_size(old: dict[str, Any], name: str) -> dict[str, Any]:
    size = old["sizes"].get(name)
    return {**size, "extra": {**old["extra"], **size["extra"]}} if size else {}


def gigabits(performance: str) -> float | int | None:
    """
    "Up to 12500 Megabit" -> 12.5, "4x 100 Gigabit" -> 400, "Moderate" -> None.
    """
    match = re.search(r"(?:(\d+)x )?([\d.]+) (Gigabit|Megabit)", performance)
    if not match:
        return None
    speed = int(match[1] or 1) * float(match[2]) / (1000 if match[3] == "Megabit" else 1)
    return int(speed) if speed.is_integer() else speed


def normalization_factor(size: str) -> str:
    many = re.fullmatch(r"(\d+)xlarge", size)
    factor = int(many[1]) * 8 if many else SMALL_SIZES.get(size)
    return "NA" if factor is None else str(factor)


def storage_text(storage: dict[str, Any]) -> str:
    nvme = "NVMe " if storage.get("NvmeSupport") == "required" else ""
    texts = [
        f"{disk['Count']} x {disk['SizeInGB']} {nvme}{disk['Type'].upper()}"
        for disk in storage.get("Disks", ())
    ]
    return ", ".join(texts) or "EBS only"


def ebs_facts(type_: dict[str, Any]) -> dict[str, str]:
    info = type_["EbsInfo"].get("EbsOptimizedInfo")
    if info is None:
        return {}
    least, most = info["BaselineBandwidthInMbps"], info["MaximumBandwidthInMbps"]
    return {"dedicatedEbsThroughput": f"{'Up to ' if least < most else ''}{most} Mbps"}


def gpu_facts(type_: dict[str, Any]) -> dict[str, str]:
    info = type_.get("GpuInfo")
    if info is None:
        return {}
    gpus = sum(gpu["Count"] for gpu in info["Gpus"])
    return {"gpu": str(gpus), "gpuMemory": f"{round(info['TotalGpuMemoryInMiB'] / 1024)} GiB"}


def clock_facts(processor: dict[str, Any]) -> dict[str, str]:
    clock = processor.get("SustainedClockSpeedInGhz")
    return {} if clock is None else {"clockSpeed": f"{clock:g} GHz"}


def yes_no(answer: bool) -> str:
    return "Yes" if answer else "No"


def read_json(file: Path) -> Any:
    with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
        return json.load(stream)


def rows(table: dict[str, Any]) -> str:
    """One entry a line: small, and a change reads well in a diff."""
    lines = (
        f"{json.dumps(key)}:{json.dumps(value, sort_keys=True, separators=(',', ':'))}"
        for key, value in table.items()
    )
    return ",\n".join(lines)


def write_rows(file: Path, table: dict[str, Any]) -> None:
    file.write_text(f"{{\n{rows(table)}\n}}\n")


def write_sizes(file: Path, sizes: dict[str, Any]) -> None:
    """What most sizes share is written once, if all sizes have that key."""
    in_all = set.intersection(*(set(size["extra"]) for size in sizes.values()))
    shared = {
        key: collections.Counter(size["extra"][key] for size in sizes.values()).most_common(1)[0][0]
        for key in sorted(in_all - {"instanceType"})
    }
    own = {
        name: {
            **size,
            "extra": {
                key: value
                for key, value in size["extra"].items()
                if key != "instanceType" and shared.get(key) != value
            },
        }
        for name, size in sizes.items()
    }
    file.write_text(f'{{"extra":{json.dumps(shared)},\n"sizes":{{\n{rows(own)}\n}}}}\n')


if __name__ == "__main__":
    main()
