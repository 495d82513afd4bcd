"""
Prices of sizes and images.

They come from :func:`set_pricing` or from a file: ``~/.libcloud/pricing.json`` if it exists, else
the one in this package. The file is read when a driver's prices are first asked for, and only the
prices of that driver stay in memory. All functions may be called from any thread.

A price that is not known is None.
"""

from __future__ import annotations

import json
import os
import threading
from typing import Any

__all__ = [
    "clear_pricing_data",
    "download_pricing_file",
    "get_image_price",
    "get_pricing",
    "get_pricing_file_path",
    "get_size_price",
    "invalidate_module_pricing_cache",
    "invalidate_pricing_cache",
    "set_pricing",
]

JSONDecodeError = ValueError

DEFAULT_FILE_URL_GIT = (
    "https://git.apache.org/repos/asf?p=libcloud.git;a=blob_plain;f=libcloud/data/pricing.json"
)
DEFAULT_FILE_URL_S3_BUCKET = "https://libcloud-pricing-data.s3.amazonaws.com/pricing.json"

CURRENT_DIRECTORY = os.path.dirname(os.path.abspath(__file__))
DEFAULT_PRICING_FILE_PATH = os.path.join(CURRENT_DIRECTORY, "data", "pricing.json")
CUSTOM_PRICING_FILE_PATH = os.path.expanduser("~/.libcloud/pricing.json")

#: True keeps the prices of all drivers in memory, once those of any one are asked for.
CACHE_ALL_PRICING_DATA = False

VALID_PRICING_DRIVER_TYPES = ["compute", "storage"]

#: The prices in memory: driver type -> driver name -> prices.
PRICING_DATA: dict[str, dict[str, dict[str, Any]]] = {"compute": {}, "storage": {}}

_LOCK = threading.RLock()


def get_pricing_file_path(file_path: str | None = None) -> str:
    """
    The file that prices are read from.

    :param file_path: Is not looked at; programs pass it.
    """
    if os.path.isfile(CUSTOM_PRICING_FILE_PATH):
        return CUSTOM_PRICING_FILE_PATH
    return DEFAULT_PRICING_FILE_PATH


def get_pricing(
    driver_type: str,
    driver_name: str,
    pricing_file_path: str | None = None,
    cache_all: bool = False,
) -> dict[str, Any]:
    """
    The prices of one driver, as the file has them; do not change them, they are shared.

    :param driver_type: ``compute`` or ``storage``.
    :param driver_name: Name in the file, for instance ``ec2_linux``.
    :param pricing_file_path: Read this file, whatever is in memory.
    :param cache_all: As :data:`CACHE_ALL_PRICING_DATA`, for this call.
    :raises AttributeError: there is no such driver type.
    :raises KeyError: the file has no prices of that driver.
    """
    if driver_type not in VALID_PRICING_DRIVER_TYPES:
        raise AttributeError(f"Invalid driver type: {driver_type}")

    cache_all = cache_all or CACHE_ALL_PRICING_DATA
    with _LOCK:
        cached = PRICING_DATA[driver_type]
        if driver_name in cached and pricing_file_path is None:
            return cached[driver_name]
        path = pricing_file_path or get_pricing_file_path()
        if cache_all:
            everything = _read_file(path)
            for type_ in VALID_PRICING_DRIVER_TYPES:
                # What the program has set stays.
                PRICING_DATA[type_] = {**everything.get(type_, {}), **PRICING_DATA[type_]}
            cached = PRICING_DATA[driver_type]
            cached[driver_name] = everything[driver_type][driver_name]
        elif path == DEFAULT_PRICING_FILE_PATH:
            cached[driver_name] = _read_packaged_file(path, driver_type, driver_name)
        else:
            cached[driver_name] = _read_file(path)[driver_type][driver_name]
        return cached[driver_name]


def set_pricing(driver_type: str, driver_name: str, pricing: dict[str, Any]) -> None:
    """
    Use these prices for a driver, until they are cleared.

    :param pricing: Size id -> price, or size id -> region -> price; USD an hour.
    :raises KeyError: there is no such driver type.
    """
    with _LOCK:
        PRICING_DATA[driver_type][driver_name] = pricing


def get_size_price(
    driver_type: str, driver_name: str, size_id: str, region: str | None = None
) -> float | None:
    """
    The price of a size in USD an hour, None if it is not known.

    :param region: Needed where prices differ by region; no matter where they do not.
    :raises AttributeError: there is no such driver type.
    """
    try:
        price = get_pricing(driver_type, driver_name)[size_id]
        if isinstance(price, dict):
            price = price[region]
    except KeyError:
        return None
    return float(price)


def get_image_price(
    driver_name: str, image_name: str, size_name: str | None = None, cores: int = 1
) -> float:
    """
    What the licence of an image adds to the price of a Google Compute Engine size, in USD an hour.

    :param driver_name: Name in the pricing file: ``gce_images``.
    :param image_name: Name of the image: ``rhel-9-v20240312``, ``windows-server-2022-dc`` …
    :param size_name: Name of the machine type; the licences of shared-core types have other prices.
    :param cores: Number of virtual CPUs.
    :return: 0 for an image that costs nothing or is not known.
    """
    try:
        prices = get_pricing("compute", driver_name)
    except KeyError:
        return 0
    name = image_name.lower()
    if "sql" in name:
        return _price_of(prices, "SQL Server", _sql_edition(name))
    if "windows" in name:
        return _price_of(prices, "Windows Server", "any") * cores
    if "rhel" in name:
        kind = "RHEL with Update Services" if "sap" in name else "RHEL"
        return _price_of(prices, kind, "4vcpu or less" if cores <= 4 else "6vcpu or more")
    if "sles" in name and "sap" in name:
        return _price_of(prices, "SLES for SAP", _sap_cores(cores))
    if "sles" in name:
        shared_core = (size_name or "")[:2]
        tier = shared_core if shared_core in ("f1", "g1") else "any"
        return _price_of(prices, "SLES", tier)
    return 0


def _sql_edition(image_name: str) -> str | None:
    # Google shortens the names: sql-ent-2019-win-2022, sql-std-2019-win-2022.
    for mark, edition in (("ent", "enterprise"), ("std", "standard"), ("standard", "standard")):
        if mark in image_name:
            return edition
    return "web" if "web" in image_name else None


def _sap_cores(cores: int) -> str:
    if cores <= 2:
        return "1-2vcpu"
    return "3-4vcpu" if cores <= 4 else "6vcpu or more"


def _price_of(prices: dict[str, Any], image: str, tier: str | None) -> float:
    return float(prices.get(image, {}).get(tier, {}).get("price", 0))


def invalidate_pricing_cache() -> None:
    """Forget all prices in memory, those of :func:`set_pricing` too."""
    with _LOCK:
        for type_ in VALID_PRICING_DRIVER_TYPES:
            PRICING_DATA[type_] = {}


def clear_pricing_data() -> None:
    """As :func:`invalidate_pricing_cache`."""
    invalidate_pricing_cache()


def invalidate_module_pricing_cache(driver_type: str, driver_name: str) -> None:
    """
    Forget the prices of one driver.

    :raises KeyError: there is no such driver type.
    """
    with _LOCK:
        PRICING_DATA[driver_type].pop(driver_name, None)


def download_pricing_file(
    file_url: str = DEFAULT_FILE_URL_S3_BUCKET, file_path: str = CUSTOM_PRICING_FILE_PATH
) -> None:
    """
    Fetch a file of prices and put it in place; prices in memory stay until they are cleared.

    The file in place is replaced at once, and only by a good one.

    :raises ValueError: the directory of ``file_path`` does not exist.
    :raises MalformedResponseError: what the address has are not prices.
    """
    import tempfile

    from libcloud.common.errors import MalformedResponseError
    from libcloud.utils.connection import get_response_object

    directory = os.path.dirname(os.path.abspath(file_path))
    if not os.path.isdir(directory):
        raise ValueError(f"Can't write to {file_path}, directory {directory}, doesn't exist")

    content = get_response_object(file_url).body
    if not _are_prices(content):
        raise MalformedResponseError(
            "Provided URL doesn't contain valid pricing data", body=content[:1000]
        )
    handle, temporary = tempfile.mkstemp(dir=directory, prefix=".pricing-", suffix=".json")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, file_path)
    except BaseException:
        os.unlink(temporary)
        raise


def _are_prices(content: str) -> bool:
    try:
        prices = json.loads(content)
    except ValueError:
        return False
    return isinstance(prices, dict) and all(
        isinstance(prices.get(type_), dict) for type_ in VALID_PRICING_DRIVER_TYPES
    )


def _read_file(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def _read_packaged_file(path: str, driver_type: str, driver_name: str) -> Any:
    """The prices of one driver, without parsing the others: ``data/README.rst`` has the layout."""
    section = f'"{driver_type}":{{'
    entry = f"{json.dumps(driver_name)}:"
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith(section):
                break
        for line in file:
            if line.startswith("}"):
                break
            if line.startswith(entry):
                return json.loads(line[len(entry) :].rstrip(",\n"))
    raise KeyError(driver_name)
