"""What DNS drivers return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcloud.dns.driver import DNSDriver

__all__ = ["Record", "Zone"]


class Zone:
    """
    A domain whose records a provider serves.

    :param id: ID of the zone at the provider.
    :param domain: Name of the zone: see :mod:`libcloud.dns.names`.
    :param type: ``master``, ``slave`` or what the provider has beside them.
    :param ttl: Seconds that an answer may be cached where the record does not say; None when the
        provider has no such setting.
    :param driver: The driver that it comes from.
    :param extra: What only this provider has.
    """

    def __init__(
        self,
        id: str,
        domain: str,
        type: str,
        ttl: int | None,
        driver: DNSDriver,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]
        self.domain = domain
        self.type = type
        self.ttl = ttl or None
        self.driver = driver
        self.extra = extra or {}

    def list_records(self) -> list[Record]:
        """See :meth:`DNSDriver.list_records`."""
        return self.driver.list_records(zone=self)

    def create_record(
        self, name: str | None, type: str, data: str, extra: dict[str, Any] | None = None
    ) -> Record:
        """See :meth:`DNSDriver.create_record`."""
        return self.driver.create_record(name=name, zone=self, type=type, data=data, extra=extra)

    def update(
        self,
        domain: str | None = None,
        type: str | None = None,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """See :meth:`DNSDriver.update_zone`; what is None stays as it is."""
        return self.driver.update_zone(zone=self, domain=domain, type=type, ttl=ttl, extra=extra)

    def delete(self) -> bool:
        """See :meth:`DNSDriver.delete_zone`."""
        return self.driver.delete_zone(zone=self)

    def export_to_bind_format(self) -> str:
        """See :meth:`DNSDriver.export_zone_to_bind_format`."""
        return self.driver.export_zone_to_bind_format(zone=self)

    def export_to_bind_zone_file(self, file_path: str) -> None:
        """See :meth:`DNSDriver.export_zone_to_bind_zone_file`."""
        self.driver.export_zone_to_bind_zone_file(zone=self, file_path=file_path)

    def __repr__(self) -> str:
        provider = getattr(self.driver, "name", None)
        return f"<Zone: domain={self.domain}, ttl={self.ttl}, provider={provider} ...>"


class Record:
    """
    One record of a zone: one name, one type, one value.

    A name with three addresses is three records, also where the provider keeps them together.

    :param id: ID of the record; where the provider has none, the driver makes one that
        :meth:`DNSDriver.get_record` finds again for as long as the record stays as it is.
    :param name: Name relative to the zone, ``""`` at the apex: see :mod:`libcloud.dns.names`.
    :param type: One of :class:`~libcloud.dns.types.RecordType`.
    :param data: The value: see :mod:`libcloud.dns.rdata`.
    :param zone: The zone that it belongs to.
    :param driver: The driver that it comes from.
    :param ttl: Seconds that an answer may be cached; None for the zone's own.
    :param extra: ``priority``, ``weight``, ``port`` (int) where the type has them, and what only
        this provider has.
    """

    def __init__(
        self,
        id: str | None,
        name: str | None,
        type: str,
        data: str,
        zone: Zone,
        driver: DNSDriver,
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]
        self.name = name
        self.type = type
        self.data = data
        self.zone = zone
        self.driver = driver
        self.ttl = ttl
        self.extra = extra or {}

    def update(
        self,
        name: str | None = None,
        type: str | None = None,
        data: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """See :meth:`DNSDriver.update_record`; what is None stays as it is."""
        return self.driver.update_record(record=self, name=name, type=type, data=data, extra=extra)

    def delete(self) -> bool:
        """See :meth:`DNSDriver.delete_record`."""
        return self.driver.delete_record(record=self)

    def __repr__(self) -> str:
        zone = self.zone.domain if self.zone else None
        provider = getattr(self.driver, "name", None)
        return (
            f"<Record: zone={zone}, name={self.name}, type={self.type}, data={self.data}, "
            f"provider={provider}, ttl={self.ttl} ...>"
        )
