"""The base of DNS drivers. What its docstrings say is the contract that every driver keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from libcloud.common.base import BaseDriver, ConnectionUserAndKey
from libcloud.common.errors import LibcloudError
from libcloud.common.operations import operation, overrides, supported_operations, unsupported
from libcloud.dns.models import Record, Zone
from libcloud.dns.types import RecordDoesNotExistError, RecordType, ZoneDoesNotExistError

if TYPE_CHECKING:
    from libcloud.dns.record_sets import RecordSet
    from libcloud.dns.sync import SetChange

__all__ = ["DNSDriver"]


class DNSDriver(BaseDriver):
    """
    A provider that serves zones.

    A driver implements ``iterate_zones``, ``iterate_records``, and whichever of the others the
    provider has. ``get_zone`` and ``get_record`` work by looking through the listings; a driver
    overrides them where the provider answers with one request.

    Names follow the rule in :mod:`libcloud.dns.names`, data the table in :mod:`libcloud.dns.rdata`.
    All times are in seconds. One instance may be shared by any number of threads.
    """

    connectionCls: Any = ConnectionUserAndKey
    name: str | None = None
    website: str | None = None

    RECORD_TYPE_MAP: dict[Any, Any] = {}
    """Record type -> the provider's name for it, for all types that the provider has."""

    default_ttl: int | None = None
    """Seconds, of new records when nobody gives another TTL; None where the provider has one."""

    value_options: frozenset[str] = frozenset()
    """Keys of ``extra`` that go with a single record when a zone is copied."""

    zone_ttl_only: bool = False
    """True where a zone has a TTL and its records have none of their own."""

    def __init__(
        self,
        key: str | None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key=key, secret=secret, secure=secure, host=host, port=port, **kwargs)

    def list_record_types(self) -> list[str]:
        """The types of records that :meth:`create_record` takes. Makes no request."""
        return list(self.RECORD_TYPE_MAP)

    # Zones

    @operation("zones", needs=("list_zones",))
    def iterate_zones(self) -> Iterator[Zone]:
        """
        All zones of the account, page by page: one request before the first zone.

        The order is the provider's.
        """
        if not overrides(self, "list_zones"):
            raise unsupported(self, "iterate_zones")
        return iter(self.list_zones())

    @operation("zones", needs=("iterate_zones",))
    def list_zones(self) -> list[Zone]:
        """All zones of the account: :meth:`iterate_zones` as a list."""
        if not overrides(self, "iterate_zones"):
            raise unsupported(self, "list_zones")
        return list(self.iterate_zones())

    @operation("zones", needs=("iterate_zones",))
    def get_zone(self, zone_id: str) -> Zone:
        """
        The zone with an ID.

        Unless the driver overrides it, this looks through :meth:`iterate_zones`.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        for zone in self.iterate_zones():
            if zone.id == str(zone_id):
                return zone
        raise ZoneDoesNotExistError(value="No such zone", driver=self, zone_id=zone_id)

    @operation("zones")
    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a zone and return it.

        The provider may put records of its own in it, SOA and NS as a rule.

        :param domain: Name of the zone, with or without a final dot.
        :param type: ``master`` or ``slave``.
        :param ttl: Seconds that answers may be cached where a record does not say.
        :param extra: What only this provider takes; the driver's page names the keys.
        :raises ZoneAlreadyExistsError: the account has that zone already.
        """
        raise unsupported(self, "create_zone")

    @operation("zones")
    def update_zone(
        self,
        zone: Zone,
        domain: str | None,
        type: str | None = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Change a zone and return it as it is now.

        :param domain: New name; None keeps the old one. Most providers cannot rename a zone.
        :param type: New type; None keeps the old one.
        :param ttl: New TTL in seconds; None keeps the old one.
        :param extra: Keys to change; what is absent stays.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        raise unsupported(self, "update_zone")

    @operation("zones")
    def delete_zone(self, zone: Zone) -> bool:
        """
        Delete a zone with all its records, and return True.

        A provider that refuses while there are records beside its own SOA and NS (Route 53) has an
        argument for it; without that argument nothing is deleted.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        raise unsupported(self, "delete_zone")

    # Records

    @operation("records", needs=("list_records",))
    def iterate_records(self, zone: Zone) -> Iterator[Record]:
        """
        All records of a zone, page by page: one request before the first record.

        The order is the provider's. What the provider keeps as one set of values is one record a
        value.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        if not overrides(self, "list_records"):
            raise unsupported(self, "iterate_records")
        return iter(self.list_records(zone))

    @operation("records", needs=("iterate_records",))
    def list_records(self, zone: Zone) -> list[Record]:
        """
        All records of a zone: :meth:`iterate_records` as a list.

        :raises ZoneDoesNotExistError: there is no such zone.
        """
        if not overrides(self, "iterate_records"):
            raise unsupported(self, "list_records")
        return list(self.iterate_records(zone))

    @operation("records", needs=("get_zone", "iterate_records"))
    def get_record(self, zone_id: str, record_id: str) -> Record:
        """
        The record with an ID, which is the ``id`` that the listings give.

        Unless the driver overrides it, this looks through :meth:`iterate_records`.

        :raises ZoneDoesNotExistError: there is no such zone.
        :raises RecordDoesNotExistError: the zone has no such record.
        """
        if "iterate_records" not in supported_operations(type(self)):
            raise unsupported(self, "get_record")
        for record in self.iterate_records(self.get_zone(zone_id)):
            if record.id == str(record_id):
                return record
        raise RecordDoesNotExistError(value="No such record", driver=self, record_id=record_id)

    @operation("records")
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

        It is added to what the name has: a second A record leaves the first as it is.

        :param name: Relative or absolute; None, ``""`` or ``"@"`` for the apex.
        :param type: One of :meth:`list_record_types`.
        :param data: The value: see :mod:`libcloud.dns.rdata`.
        :param extra: ``ttl`` in seconds; ``priority``, ``weight``, ``port`` where the type has
            them; what only this provider takes.
        :raises LibcloudError: the provider has no records of that type.
        :raises ValueError: the data is incomplete, an SRV record without a port for one.
        :raises ZoneDoesNotExistError: there is no such zone.
        :raises RecordAlreadyExistsError: the name has a record of that type and data already. Some
            providers accept it instead, and keep one.
        """
        raise unsupported(self, "create_record")

    @operation("records")
    def update_record(
        self,
        record: Record,
        name: str | None,
        type: str | None,
        data: str | None,
        extra: dict[str, Any] | None = None,
    ) -> Record:
        """
        Change a record and return it as it is now; its ID may be another one.

        Other records of the name and type stay as they are.

        :param name: New name; None keeps the old one (``""`` or ``"@"`` moves it to the apex).
        :param type: New type; None keeps the old one.
        :param data: New value; None keeps the old one.
        :param extra: Keys to change, as for :meth:`create_record`; what is absent stays.
        :raises RecordDoesNotExistError: there is no such record.
        """
        raise unsupported(self, "update_record")

    @operation("records")
    def delete_record(self, record: Record) -> bool:
        """
        Delete a record, and return True.

        Other records of the name and type stay as they are.

        :raises RecordDoesNotExistError: there is no such record.
        """
        raise unsupported(self, "delete_record")

    # Zone files

    def export_zone_to_bind_format(self, zone: Zone) -> str:
        """
        The zone as a zone file, which BIND and others read.

        :raises ValueError: the zone is not of type ``master``, or a record's data is incomplete.
        """
        return "\n".join(self._zone_file_lines(zone))

    def export_zone_to_bind_zone_file(self, zone: Zone, file_path: str) -> None:
        """
        Write the zone as a zone file, record by record while they are listed.

        The file appears, or is replaced, when everything is written; a failure leaves it as it was.

        :raises ValueError: the zone is not of type ``master``, or a record's data is incomplete.
        """
        from libcloud.dns.bind import write_lines

        write_lines(self._zone_file_lines(zone), file_path)

    def _zone_file_lines(self, zone: Zone) -> Iterator[str]:
        from libcloud.dns.bind import zone_file_lines

        if zone.type != "master":
            raise ValueError("You can only generate BIND out for master zones")
        return zone_file_lines(zone, self._iterate_exported(zone))

    def _iterate_exported(self, zone: Zone) -> Iterator[Record]:
        """Overridden where the listing says less of a record than a zone file must."""
        return self.iterate_records(zone)

    # What libcloud.dns.sync works with

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        """
        All that a zone has, as record sets that can be pickled; several of one name and type count
        as one. Overridden with :meth:`_apply_changes` where the provider's unit is the set.
        """
        from libcloud.dns.sync import sets_of_records

        return sets_of_records(self, zone)

    def _apply_changes(self, zone: Zone, changes: Sequence[SetChange]) -> None:
        """
        Make changes of record sets, in their order, with as few requests as the API lets one.

        Unless the driver overrides it, a call for each record that changes. A driver whose API
        takes several changes in one request overrides it; for those whose unit is the set,
        :class:`~libcloud.dns.record_sets.RecordSetDNSDriver` has done so.

        :param changes: At most ten thousand. ``change.old`` is what :meth:`_iterate_sets` gave.
        """
        from libcloud.dns.sync import apply_one_by_one

        apply_one_by_one(self, zone, changes)

    # What drivers are made of

    def _checked(self, type: str) -> str:
        """
        The type, if the provider has records of it.

        :raises LibcloudError: it has none.
        """
        if type not in self.RECORD_TYPE_MAP:
            raise LibcloudError(f"There are no records of type {type!r}", driver=self)
        return type

    def _string_to_record_type(self, string: str) -> str:
        """
        The constant of :class:`~libcloud.dns.types.RecordType` that a provider's name stands for.

        :raises AttributeError: no type has that name.
        """
        return str(getattr(RecordType, string.upper()))
