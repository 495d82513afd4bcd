"""
The driver for Route 53, put together from its rooms.

API: https://docs.aws.amazon.com/Route53/latest/APIReference/
"""

from __future__ import annotations

from typing import Any

from libcloud.dns.drivers.route53.connection import Route53Connection, endpoint_of
from libcloud.dns.drivers.route53.health_checks import HealthChecks
from libcloud.dns.drivers.route53.tags import Tags
from libcloud.dns.drivers.route53.zones import Zones

__all__ = ["Route53DNSDriver"]

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
RECORD_TYPES = (
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
)


class Route53DNSDriver(Zones, HealthChecks, Tags):
    """
    Amazon Route 53.

    A zone's ``extra`` has ``Comment``, ``ResourceRecordSetCount``, ``CallerReference``,
    ``PrivateZone``, and unless it comes from a listing ``NameServers``, what its domain is to be
    delegated to (none for a private zone).

    A record's ``extra`` has ``ttl``; ``_multi_value``, whether its set has other values, and
    ``_other_records``, a list of them, each a dict of ``name``, ``type``, ``data`` and ``extra``.
    In a set with a routing policy (weighted, latency, failover, geolocation ...) it has
    ``set_identifier``, and ``routing`` with the elements of the API that make up the policy; both
    can be given to ``create_record`` and ``update_record``.

    An alias record has the type ``ALIAS``, the host that it leads to as data, no TTL, and in
    ``extra["alias"]`` its ``Type`` and what the API has in ``AliasTarget``. They are created by
    :meth:`ex_create_alias_record`.

    Changes are atomic: a set that another process changed meanwhile is read again before the change
    is made anew.

    :param key: Access key ID.
    :param secret: Secret access key.
    :param host: Instead of the region's own.
    :param region: Only the partition matters: ``cn-...`` and ``us-gov-...`` have Route 53 for
        themselves.
    :param token: Session token of temporary credentials.
    :param credentials: In place of key, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    """

    type = "route53"
    name = "Route53 DNS"
    website = "http://aws.amazon.com/route53/"
    connectionCls = Route53Connection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in RECORD_TYPES}

    def __init__(
        self,
        key: str | None = None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        region: str | None = None,
        token: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.token = token
        super().__init__(
            key,
            secret,
            secure=secure,
            host=host or endpoint_of(region).host,
            port=port,
            region=region,
            **kwargs,
        )

    def _ex_connection_class_kwargs(self) -> dict[str, Any]:
        return {**super()._ex_connection_class_kwargs(), "token": self.token}
