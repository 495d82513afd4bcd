"""
AuroraDNS, of PCextreme.

The documentation is gone from where it was, https://www.pcextreme.nl/en/aurora/dns ; what
is said here is what recordings show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from libcloud.common.base import ConnectionUserAndKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    LibcloudError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnsupportedOperation,
    provider_error,
)
from libcloud.dns import names
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.contents import Content, changed_content, new_content
from libcloud.dns.errors import about_new_record, about_record, about_zone, reading
from libcloud.dns.rdata import from_rdata
from libcloud.dns.types import RecordType

__all__ = [
    "API_HOST",
    "DEFAULT_ZONE_TTL",
    "DEFAULT_ZONE_TYPE",
    "VALID_RECORD_PARAMS_EXTRA",
    "AuroraDNSConnection",
    "AuroraDNSDriver",
    "AuroraDNSHealthCheck",
    "AuroraDNSHealthCheckType",
    "AuroraDNSResponse",
    "HealthCheckDoesNotExistError",
    "HealthCheckError",
]

API_HOST = "api.auroradns.eu"
DEFAULT_ZONE_TTL = 3600
DEFAULT_ZONE_TYPE = "master"
VALID_RECORD_PARAMS_EXTRA = ["ttl", "prio", "health_check_id", "disabled"]

_HOSTS = {RecordType.CNAME, RecordType.MX, RecordType.NS, RecordType.PTR, RecordType.SRV}


class AuroraDNSHealthCheckType:
    """How a host is checked."""

    HTTP = "HTTP"
    HTTPS = "HTTPS"
    TCP = "TCP"


class HealthCheckError(LibcloudError):
    """
    Something is wrong about a health check.

    :param health_check_id: Its ID.
    """

    error_type = "HealthCheckError"

    def __init__(self, value: Any, driver: Any, health_check_id: Any) -> None:
        self.health_check_id = health_check_id
        LibcloudError.__init__(self, value=value, driver=driver)

    def __str__(self) -> str:
        return (
            f"<{self.error_type} in {self.driver!r}, "
            f"health_check_id={self.health_check_id}, value={self.value}>"
        )


class HealthCheckDoesNotExistError(HealthCheckError, ResourceNotFoundError):
    """The zone has no such health check."""

    error_type = "HealthCheckDoesNotExistError"


class AuroraDNSHealthCheck:
    """
    A check whether a host is up: the records that name it are served only as long as it is.

    :param type: One of :class:`AuroraDNSHealthCheckType`.
    :param hostname: What is asked for.
    :param ipaddress: Where; None to look the host name up.
    :param interval: Seconds between two checks.
    :param path: Of HTTP checks.
    :param threshold: After how many failures the host is down.
    :param health: Whether it is up now.
    """

    def __init__(
        self,
        id: Any,
        type: str,
        hostname: str,
        ipaddress: str | None,
        port: int,
        interval: int,
        path: str,
        threshold: int,
        health: bool,
        enabled: bool,
        zone: Zone,
        driver: Any,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id = str(id) if id else None
        self.type = type
        self.hostname = hostname
        self.ipaddress = ipaddress
        self.port = int(port) if port else None
        self.interval = int(interval)
        self.path = path
        self.threshold = int(threshold)
        self.health = bool(health)
        self.enabled = bool(enabled)
        self.zone = zone
        self.driver = driver
        self.extra = extra or {}

    def update(
        self,
        type: str | None = None,
        hostname: str | None = None,
        ipaddress: str | None = None,
        port: int | None = None,
        interval: int | None = None,
        path: str | None = None,
        threshold: int | None = None,
        enabled: bool | None = None,
        extra: dict[str, Any] | None = None,
    ) -> AuroraDNSHealthCheck:
        """Change what is given, and return the check as it is now."""
        changed: AuroraDNSHealthCheck = self.driver.ex_update_healthcheck(
            healthcheck=self,
            type=type,
            hostname=hostname,
            ipaddress=ipaddress,
            port=port,
            path=path,
            interval=interval,
            threshold=threshold,
            enabled=enabled,
            extra=extra,
        )
        return changed

    def delete(self) -> bool:
        """Delete the check, and return True."""
        return bool(self.driver.ex_delete_healthcheck(healthcheck=self))

    def __repr__(self) -> str:
        return (
            f"<AuroraDNSHealthCheck: zone={self.zone.id}, id={self.id}, type={self.type}, "
            f"hostname={self.hostname}, ipaddress={self.ipaddress}, port={self.port}, "
            f"interval={self.interval}, health={self.health}, provider={self.driver.name}...>"
        )


class AuroraDNSResponse(JsonResponse):
    """An answer; errors are ``{"error": "RecordExistsError", "errormsg": text}``."""

    def success(self) -> bool:
        return self.status in (200, 201, 202, 204)

    def parse_error(self) -> Any:
        said = self._stated()
        code = str(said.get("error") or "")
        return provider_error(
            self.status,
            said.get("errormsg") or str(self.body)[:500],
            code,
            {code: ResourceExistsError} if code.endswith("ExistsError") else None,
            headers=self.headers,
            driver=getattr(self.connection, "driver", None),
        )


class AuroraDNSConnection(ConnectionUserAndKey):
    """
    Signs each request.

    :param user_id: API key.
    :param key: Its secret.
    """

    host = API_HOST
    responseCls = AuroraDNSResponse

    def request(
        self,
        action: str,
        params: Any = None,
        data: Any = "",
        headers: dict[str, Any] | None = None,
        method: str = "GET",
        *more: Any,
        **options: Any,
    ) -> Any:
        """Send a request: see :meth:`Connection.request`."""
        return super().request(action, params, data, headers, method, *more, **options)

    def calculate_auth_signature(
        self, secret_key: str, method: str, url: str, timestamp: str
    ) -> str:
        """
        HMAC-SHA256 of method, path and time, in base64.

        :param timestamp: As in ``20180322T204149Z``.
        """
        import base64
        import hashlib
        import hmac

        to_sign = f"{method}{url}{timestamp}".encode()
        digest = hmac.new(secret_key.encode(), to_sign, hashlib.sha256).digest()
        return base64.b64encode(digest).decode()

    def gen_auth_header(
        self, api_key: str, secret_key: str, method: str, url: str, timestamp: str
    ) -> str:
        """What stands in the header ``Authorization``."""
        import base64

        signature = self.calculate_auth_signature(secret_key, method, url, timestamp)
        return f"AuroraDNSv1 {base64.b64encode(f'{api_key}:{signature}'.encode()).decode()}"

    def pre_connect_hook(self, params: Any, headers: dict[str, Any]) -> Any:
        import time

        timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers["X-AuroraDNS-Date"] = timestamp
        headers["Authorization"] = self.gen_auth_header(
            self.user_id, self.key, self.method, self.action, timestamp
        )
        return params, headers


class AuroraDNSDriver(DNSDriver):
    """
    AuroraDNS.

    A zone's ``extra`` has ``created``, ``servers``, ``account_id`` and ``cluster_id``. A record's
    has ``created``, ``modified``, ``disabled``, ``health_check_id``, ``ttl`` and ``priority``.

    :param key: API key.
    :param secret: Its secret.
    """

    type = "auroradns"
    name = "AuroraDNS"
    website = "https://www.pcextreme.nl/en/aurora/dns"
    connectionCls = AuroraDNSConnection
    default_ttl = 3600

    RECORD_TYPE_MAP = {
        RecordType.A: "A",
        RecordType.AAAA: "AAAA",
        RecordType.CNAME: "CNAME",
        RecordType.MX: "MX",
        RecordType.NS: "NS",
        RecordType.SOA: "SOA",
        RecordType.SRV: "SRV",
        RecordType.TXT: "TXT",
        RecordType.DS: "DS",
        RecordType.PTR: "PTR",
        RecordType.SSHFP: "SSHFP",
        RecordType.TLSA: "TLSA",
    }

    HEALTHCHECK_TYPE_MAP = {
        AuroraDNSHealthCheckType.HTTP: "HTTP",
        AuroraDNSHealthCheckType.HTTPS: "HTTPS",
        AuroraDNSHealthCheckType.TCP: "TCP",
    }

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        body = self.connection.request("/zones").object
        for item in self._items(body):
            yield self._to_zone(item)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            body = self.connection.request(_zone_path(zone_id)).object
        return self._to_zone(body)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        :param type: ``master``: the provider has no others.
        :param ttl: Not looked at.
        :param extra: Not looked at.
        """
        if type != "master":
            raise UnsupportedOperation("AuroraDNS has only master zones", driver=self)
        request = {"name": names.zone_name(domain)}
        with about_zone(self, domain):
            body = self.connection.request("/zones", method="POST", json=request).object
        return self._to_zone(body)

    def delete_zone(self, zone: Zone) -> bool:
        with about_zone(self, zone.id):
            self.connection.request(_zone_path(zone.id), method="DELETE")
        return True

    # Records

    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        with about_zone(self, zone.id):
            body = self.connection.request(f"{_zone_path(zone.id)}/records").object
        for item in self._items(body):
            yield self._to_record(item, zone)

    def get_record(self, zone_id: str, record_id: str) -> Record:
        """The record with an ID: two requests, of which the first is for the zone."""
        zone = self.get_zone(zone_id)
        with about_record(self, record_id):
            body = self.connection.request(_record_path(zone, record_id)).object
        return self._to_record(body, zone)

    def create_record(
        self,
        name: str | None,
        zone: Zone,
        type: str,
        data: str,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Create a record and return it.

        :param extra: Besides the usual, ``health_check_id`` and ``disabled``; ``prio`` is taken for
            ``priority``.
        """
        request = _to_request(new_content(self, zone, name, type, data, _with_priority(extra)))
        path = f"{_zone_path(zone.id)}/records"
        with about_new_record(self, zone.id, name):
            body = self.connection.request(path, method="POST", json=request).object
        return self._to_record(body, zone)

    def update_record(
        self,
        record: Record,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it as it was asked for: the provider answers nothing.

        ``extra["modified"]`` of it is still the old time.
        """
        wanted = changed_content(self, record, name, type, data, _with_priority(extra))
        request = _to_request(wanted)
        path = _record_path(record.zone, record.id)
        with about_record(self, record.id):
            self.connection.request(path, method="PUT", json=request)
        kept = {key: record.extra.get(key) for key in ("created", "modified")}
        return self._to_record({**kept, **request, "id": record.id}, record.zone)

    def delete_record(self, record: Record) -> bool:
        with about_record(self, record.id):
            self.connection.request(_record_path(record.zone, record.id), method="DELETE")
        return True

    # Health checks

    def ex_list_healthchecks(self, zone: Zone) -> list[AuroraDNSHealthCheck]:
        """
        All health checks of a zone.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        with about_zone(self, zone.id):
            body = self.connection.request(f"{_zone_path(zone.id)}/health_checks").object
        return [self._to_healthcheck(item, zone) for item in self._items(body)]

    def ex_get_healthcheck(self, zone: Zone, health_check_id: str) -> AuroraDNSHealthCheck:
        """
        The health check with an ID.

        :raises HealthCheckDoesNotExistError: the zone has no such health check.
        """
        with _about_healthcheck(self, health_check_id):
            body = self.connection.request(_healthcheck_path(zone, health_check_id)).object
        return self._to_healthcheck(body, zone)

    def ex_create_healthcheck(
        self,
        zone: Zone,
        type: str,
        hostname: str,
        port: int,
        path: str,
        interval: int,
        threshold: int,
        ipaddress: str | None = None,
        enabled: bool = True,
        extra: dict[str, Any] | None = None,
    ) -> AuroraDNSHealthCheck:
        """
        Create a health check and return it: see :class:`AuroraDNSHealthCheck`.

        :param extra: Not looked at.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        request = {
            "type": self.HEALTHCHECK_TYPE_MAP[type],
            "hostname": hostname,
            "ipaddress": ipaddress,
            "port": int(port),
            "interval": int(interval),
            "path": path,
            "threshold": int(threshold),
            "enabled": enabled,
        }
        collection = f"{_zone_path(zone.id)}/health_checks"
        with about_zone(self, zone.id):
            body = self.connection.request(collection, method="POST", json=request).object
        return self._to_healthcheck(body, zone)

    def ex_update_healthcheck(
        self,
        healthcheck: AuroraDNSHealthCheck,
        type: str | None = None,
        hostname: str | None = None,
        ipaddress: str | None = None,
        port: int | None = None,
        path: str | None = None,
        interval: int | None = None,
        threshold: int | None = None,
        enabled: bool | None = None,
        extra: dict[str, Any] | None = None,
    ) -> AuroraDNSHealthCheck:
        """
        Change what is given of a health check, and read it anew.

        :param extra: Not looked at.
        :raises HealthCheckDoesNotExistError: the zone has no such health check.
        """
        given = {
            "type": None if type is None else self.HEALTHCHECK_TYPE_MAP[type],
            "hostname": hostname,
            "ipaddress": ipaddress,
            "port": port,
            "path": path,
            "interval": interval,
            "threshold": threshold,
            "enabled": enabled,
        }
        request = {key: value for key, value in given.items() if value is not None}
        path_of_it = _healthcheck_path(healthcheck.zone, str(healthcheck.id))
        with _about_healthcheck(self, healthcheck.id):
            self.connection.request(path_of_it, method="PUT", json=request)
        return self.ex_get_healthcheck(healthcheck.zone, str(healthcheck.id))

    def ex_delete_healthcheck(self, healthcheck: AuroraDNSHealthCheck) -> bool:
        """
        Delete a health check, and return True.

        :raises HealthCheckDoesNotExistError: the zone has no such health check.
        """
        path = _healthcheck_path(healthcheck.zone, str(healthcheck.id))
        with _about_healthcheck(self, healthcheck.id):
            self.connection.request(path, method="DELETE")
        return True

    # Models

    def _items(self, body: Any) -> list[Any]:
        if not isinstance(body, list):
            raise MalformedResponseError("The answer is no list", body=body, driver=self)
        return body

    def _to_zone(self, data: dict[str, Any]) -> Zone:
        with reading(self, data):
            keys = ("created", "servers", "account_id", "cluster_id")
            extra = {key: data.get(key) for key in keys}
            return Zone(data["id"], data["name"], DEFAULT_ZONE_TYPE, DEFAULT_ZONE_TTL, self, extra)

    def _to_record(self, data: dict[str, Any], zone: Zone) -> Record:
        with reading(self, data):
            value = str(data["content"])
            numbers: dict[str, Any] = {"priority": data.get("prio")}
            if data["type"] == RecordType.SRV:
                value, numbers = from_rdata(RecordType.SRV, f"{data['prio']} {value}")
            keys = ("created", "modified", "disabled", "health_check_id", "ttl")
            extra = {key: data.get(key) for key in keys}
            return Record(
                id=data["id"],
                name=names.to_relative(data["name"], zone.domain),
                type=data["type"],
                data=value,
                zone=zone,
                driver=self,
                ttl=data["ttl"],
                extra={**extra, **numbers},
            )

    def _to_healthcheck(self, data: dict[str, Any], zone: Zone) -> AuroraDNSHealthCheck:
        with reading(self, data):
            return AuroraDNSHealthCheck(
                id=data["id"],
                type=data["type"],
                hostname=data["hostname"],
                ipaddress=data["ipaddress"],
                port=data["port"],
                interval=data["interval"],
                path=data["path"],
                threshold=data["threshold"],
                health=data["health"],
                enabled=data["enabled"],
                zone=zone,
                driver=self,
            )


def _to_request(wanted: Content) -> dict[str, Any]:
    """What the API wants to hear of a record; hosts have no final dot there."""
    content = wanted.data.removesuffix(".") if wanted.type in _HOSTS else wanted.data
    request: dict[str, Any] = {"name": wanted.name, "type": wanted.type, "ttl": wanted.ttl}
    if wanted.type in (RecordType.MX, RecordType.SRV):
        request["prio"] = wanted.numbers["priority"]
    if wanted.type == RecordType.SRV:
        content = f"{wanted.numbers['weight']} {wanted.numbers['port']} {content}"
    request["content"] = content
    for key in ("health_check_id", "disabled"):
        if wanted.extra.get(key):
            request[key] = wanted.extra[key]
    return request


def _with_priority(extra: dict[str, Any] | None) -> dict[str, Any]:
    given = dict(extra or {})
    if given.get("prio") is not None and given.get("priority") is None:
        given["priority"] = given["prio"]
    return given


@contextmanager
def _about_healthcheck(driver: AuroraDNSDriver, health_check_id: Any) -> Iterator[None]:
    """:raises HealthCheckDoesNotExistError: the provider said "not found"."""
    try:
        yield
    except ResourceNotFoundError as error:
        gone = HealthCheckDoesNotExistError(error.value, driver, health_check_id)
        gone.http_code, gone.provider_code = error.http_code, error.provider_code
        raise gone from error


def _zone_path(zone_id: str) -> str:
    return f"/zones/{quote_path_segment(zone_id)}"


def _record_path(zone: Zone, record_id: str) -> str:
    return f"{_zone_path(zone.id)}/records/{quote_path_segment(record_id)}"


def _healthcheck_path(zone: Zone, health_check_id: str) -> str:
    return f"{_zone_path(zone.id)}/health_checks/{quote_path_segment(health_check_id)}"
