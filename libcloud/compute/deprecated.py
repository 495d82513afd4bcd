"""The compute providers that are gone, and where to read about it."""

from __future__ import annotations

from libcloud.compute.types import Provider

__all__ = ["DEPRECATED_DRIVERS"]

_PROJECT_NEWS = "http://libcloud.apache.org/blog/2016/02/16/new-drivers-deprecated-drivers.html"

#: Constant -> why ``get_driver`` refuses it (what replaced the provider, where there is something).
DEPRECATED_DRIVERS: dict[Provider, dict[str, str]] = {
    Provider.CLOUDFRAMES: {
        "reason": "CloudFrames no longer exists.",
        "url": _PROJECT_NEWS,
    },
    Provider.HPCLOUD: {
        "reason": "HP Helion Public Cloud was shut down in January 2016.",
        "url": _PROJECT_NEWS,
    },
    Provider.IBM: {
        "reason": "IBM SmartCloud Enterprise gave way to the IBM SoftLayer public cloud.",
        "url": "http://www.ibm.com/midmarket/us/en/article_cloud6_1310.html",
    },
    Provider.NINEFOLD: {
        "reason": "Ninefold closed its public cloud on January 30, 2016.",
        "url": "https://ninefold.com/news/",
    },
    Provider.OPSOURCE: {
        "reason": "OpSource became a part of Dimension Data: use DIMENSIONDATA.",
        "url": "http://www.ntt.co.jp/news2011/1107e/110701a.html",
    },
    Provider.RUNABOVE: {
        "reason": "RunAbove no longer offers compute: use OVH.",
        "url": "https://www.runabove.com/cloud-instance.xml",
    },
}
