"""
Regions of Amazon S3, and the host that each of them is reached at.

https://docs.aws.amazon.com/general/latest/gr/s3.html
"""

from __future__ import annotations

from libcloud.common.lazy import lazy_pattern

__all__ = ["DEFAULT_REGION", "REGION_TO_HOST_MAP", "host_of_region", "is_region", "region_in_host"]

DEFAULT_REGION = "us-east-1"

# The hosts that drivers of 3.x used, and firewalls of programs may name. Any other region's host
# follows from its name: see host_of_region().
REGION_TO_HOST_MAP: dict[str, str] = {
    "us-east-1": "s3.amazonaws.com",
    "us-east-2": "s3-us-east-2.amazonaws.com",
    "us-west-1": "s3-us-west-1.amazonaws.com",
    "us-west-2": "s3-us-west-2.amazonaws.com",
    "us-gov-east-1": "s3-us-gov-east-1.amazonaws.com",
    "us-gov-west-1": "s3-us-gov-west-1.amazonaws.com",
    "cn-north-1": "s3.cn-north-1.amazonaws.com.cn",
    "cn-northwest-1": "s3.cn-northwest-1.amazonaws.com.cn",
    "eu-west-1": "s3-eu-west-1.amazonaws.com",
    "eu-west-2": "s3-eu-west-2.amazonaws.com",
    "eu-west-3": "s3-eu-west-3.amazonaws.com",
    "eu-north-1": "s3.eu-north-1.amazonaws.com",
    "eu-south-1": "s3.eu-south-1.amazonaws.com",
    "eu-central-1": "s3-eu-central-1.amazonaws.com",
    "ap-south-1": "s3-ap-south-1.amazonaws.com",
    "ap-southeast-1": "s3-ap-southeast-1.amazonaws.com",
    "ap-southeast-2": "s3-ap-southeast-2.amazonaws.com",
    "ap-northeast-1": "s3-ap-northeast-1.amazonaws.com",
    "ap-northeast-2": "s3-ap-northeast-2.amazonaws.com",
    "ap-northeast-3": "s3.ap-northeast-3.amazonaws.com",
    "sa-east-1": "s3-sa-east-1.amazonaws.com",
    "sa-east-2": "s3-sa-east-2.amazonaws.com",
    "ca-central-1": "s3-ca-central-1.amazonaws.com",
    "me-south-1": "s3.me-south-1.amazonaws.com",
    "af-south-1": "s3.af-south-1.amazonaws.com",
    "me-central-1": "s3.me-central-1.amazonaws.com",
}

# AWS is several clouds ("partitions"), told apart by how the names of their regions begin.
# https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
_DOMAIN_BY_PREFIX = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "eu-isoe-": "cloud.adc-e.uk",
    "us-isof-": "csp.hci.ic.gov",
}

_REGION = lazy_pattern(r"[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}")
_REGION_IN_HOST = lazy_pattern(
    r"(?:^|\.)s3[.-](?:dualstack\.)?(?P<region>[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2})\."
)


def is_region(name: str) -> bool:
    """True for a name of the form that all regions of AWS have, new ones included."""
    return _REGION.fullmatch(name) is not None


def host_of_region(region: str) -> str:
    """
    The host of a region.

    :raises ValueError: no region of AWS has a name of this form.
    """
    known = REGION_TO_HOST_MAP.get(region)
    if known:
        return known
    if not is_region(region):
        raise ValueError(f"Invalid or unsupported region: {region}")
    domains = (domain for prefix, domain in _DOMAIN_BY_PREFIX.items() if region.startswith(prefix))
    return f"s3.{region}.{next(domains, 'amazonaws.com')}"


def region_in_host(host: str) -> str | None:
    """The region that a host of S3 names, None when it names none."""
    found = _REGION_IN_HOST.search(host)
    return found.group("region") if found else None
