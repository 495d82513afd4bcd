"""
Hosted zones: public ones, private ones with their VPCs, delegation sets.

API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from libcloud.common.aws.xml import Element, find, findall, findtext, require, required_text
from libcloud.common.errors import ConflictError
from libcloud.dns import names
from libcloud.dns.base import Zone
from libcloud.dns.drivers.route53.escapes import from_wire_name, to_wire_name
from libcloud.dns.drivers.route53.records import Records
from libcloud.dns.drivers.route53.room import PAGE_SIZE, zone_path
from libcloud.dns.drivers.route53.sets import elements
from libcloud.dns.errors import about_zone, reading
from libcloud.dns.types import ZoneAlreadyExistsError, ZoneDoesNotExistError

__all__ = ["Zones"]


class Zones(Records):
    """Operations on zones, some of which are deleted with their records."""

    def iterate_zones(self) -> Iterator[Zone]:
        return self._pages("ListHostedZones", "hostedzone", self._to_zones)

    def get_zone(self, zone_id: str) -> Zone:
        with about_zone(self, zone_id):
            root = self._request("GetHostedZone", zone_path(zone_id))
        return self._to_zone_with_servers(root)

    def create_zone(
        self,
        domain: str,
        type: str = "master",
        ttl: int | None = None,
        extra: dict[str, Any] | None = None,
    ) -> Zone:
        """
        Create a hosted zone and return it.

        Route 53 takes several zones of one domain, and gives each other name servers, so this does
        not raise ZoneAlreadyExistsError for a domain alone: give a ``CallerReference`` (the domain,
        say) to have at most one zone.

        https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html

        :param type: Not looked at: all zones of Route 53 are masters.
        :param ttl: Not looked at: a zone has no TTL.
        :param extra: ``Comment``; ``CallerReference``, by which Route 53 knows a repeated request;
            ``VPC``, a dict of ``VPCRegion`` and ``VPCId``, which makes the zone a private one;
            ``DelegationSetId``.
        :raises ZoneAlreadyExistsError: a zone was created with that ``CallerReference`` already.
        """
        import uuid

        extra = extra or {}
        reference = str(extra.get("CallerReference") or uuid.uuid4())
        vpc = extra.get("VPC") or {}
        body = elements(
            Name=to_wire_name(names.zone_name(domain)),
            VPC=elements(VPCRegion=vpc.get("VPCRegion"), VPCId=vpc.get("VPCId")),
            CallerReference=reference,
            HostedZoneConfig=elements(
                Comment=extra.get("Comment"), PrivateZone="true" if vpc else None
            ),
            DelegationSetId=extra.get("DelegationSetId"),
        )
        try:
            with about_zone(self, domain):
                root = self._post("CreateHostedZone", "hostedzone", body)
        except ZoneAlreadyExistsError:
            # The reference is ours alone, so the zone is: the answer to the first request was lost.
            if "CallerReference" not in extra:
                for zone in self.ex_iterate_zones_by_name(domain):
                    if zone.extra["CallerReference"] == reference:
                        return zone
            raise
        return self._to_zone_with_servers(root)

    def delete_zone(self, zone: Zone, ex_delete_records: bool = False) -> bool:
        """
        Delete a hosted zone, and return True.

        :param ex_delete_records: Delete its records first, see :meth:`ex_delete_all_records`.
        :raises ConflictError: it has records beside its own SOA and NS.
        :raises ZoneDoesNotExistError: there is no such zone.
        """
        if ex_delete_records:
            self.ex_delete_all_records(zone)
        with about_zone(self, zone.id):
            self._request("DeleteHostedZone", zone_path(zone.id), method="DELETE")
        return True

    def ex_iterate_zones_by_name(self, domain: str) -> Iterator[Zone]:
        """
        All zones of one domain, of which there may be several: public ones and private ones. One
        request, however many zones the account has.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
        """
        wanted = names.zone_name(domain)
        place = {"dnsname": to_wire_name(wanted), "maxitems": str(PAGE_SIZE)}
        while True:
            root = self._request("ListHostedZonesByName", "hostedzonesbyname", place)
            for zone in self._to_zones(root):
                # Sorted, so what comes after the domain is of others.
                if zone.domain != wanted:
                    return
                yield zone
            zone_id = self._following(root, "NextHostedZoneId")
            if zone_id is None:
                return
            place["hostedzoneid"] = zone_id
            place["dnsname"] = required_text(root, "NextDNSName", self)

    def ex_get_zone_by_name(self, domain: str, private: bool | None = None) -> Zone:
        """
        The zone of a domain.

        :param private: True or False for the private or the public one, None for either.
        :raises ZoneDoesNotExistError: there is none.
        :raises ConflictError: there are several.
        """
        zones = [
            zone
            for zone in self.ex_iterate_zones_by_name(domain)
            if private in (None, zone.extra["PrivateZone"])
        ]
        if not zones:
            raise ZoneDoesNotExistError("No such zone", self, names.zone_name(domain))
        if len(zones) > 1:
            ids = ", ".join(zone.id for zone in zones)
            raise ConflictError(f"{domain} has several zones: {ids}", driver=self)
        return zones[0]

    def ex_update_zone_comment(self, zone: Zone, comment: str) -> Zone:
        """
        Give a zone another comment, and return it as it is now.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHostedZoneComment.html
        """
        with about_zone(self, zone.id):
            root = self._post("UpdateHostedZoneComment", zone_path(zone.id), [("Comment", comment)])
        return self._to_zone(require(root, "HostedZone", self))

    # Private zones

    def ex_associate_vpc(
        self, zone: Zone, vpc_id: str, vpc_region: str, comment: str | None = None
    ) -> bool:
        """
        Let a VPC see a private zone.

        :param vpc_region: The region that the VPC is in.
        :raises ZoneDoesNotExistError: there is no such zone.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html
        """
        return self._vpc("AssociateVPCWithHostedZone", zone, vpc_id, vpc_region, comment)

    def ex_disassociate_vpc(
        self, zone: Zone, vpc_id: str, vpc_region: str, comment: str | None = None
    ) -> bool:
        """
        Hide a private zone from a VPC.

        :raises ConflictError: it is the last one, which a private zone cannot do without.
        :raises ZoneDoesNotExistError: there is no such zone.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DisassociateVPCFromHostedZone.html
        """
        return self._vpc("DisassociateVPCFromHostedZone", zone, vpc_id, vpc_region, comment)

    def _vpc(
        self, operation: str, zone: Zone, vpc_id: str, vpc_region: str, comment: str | None
    ) -> bool:
        verb = "associatevpc" if operation.startswith("Associate") else "disassociatevpc"
        vpc = elements(VPCRegion=vpc_region, VPCId=vpc_id)
        with about_zone(self, zone.id):
            self._post(
                operation,
                f"{zone_path(zone.id)}/{verb}",
                elements(VPC=vpc, Comment=comment),
                idempotent=False,
            )
        return True

    # Delegation sets

    def ex_iterate_delegation_sets(self) -> Iterator[dict[str, Any]]:
        """
        The reusable delegation sets: name servers that several zones have in common. Each is a dict
        of ``Id``, ``CallerReference`` and ``NameServers``, a list.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListReusableDelegationSets.html
        """
        return self._pages("ListReusableDelegationSets", "delegationset", self._to_delegation_sets)

    def ex_create_delegation_set(
        self, zone: Zone | None = None, caller_reference: str | None = None
    ) -> dict[str, Any]:
        """
        Create a reusable delegation set, whose ``Id`` is for the ``DelegationSetId`` of
        :meth:`create_zone`.

        :param zone: Zone whose name servers it shall have; None for new ones.
        :param caller_reference: What makes the request known when it is repeated.
        :return: See :meth:`ex_iterate_delegation_sets`.
        :raises ResourceExistsError: a set was created with that reference already.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateReusableDelegationSet.html
        """
        import uuid

        body = elements(
            CallerReference=caller_reference or str(uuid.uuid4()),
            HostedZoneId=zone.id if zone else None,
        )
        root = self._post("CreateReusableDelegationSet", "delegationset", body, idempotent=False)
        return self._to_delegation_set(require(root, "DelegationSet", self))

    def ex_delete_delegation_set(self, delegation_set_id: str) -> bool:
        """
        Delete a reusable delegation set.

        :raises ConflictError: zones have it.
        :raises ResourceNotFoundError: there is no such set.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteReusableDelegationSet.html
        """
        return self._do(f"delegationset/{quote(delegation_set_id, safe='')}", "DELETE")

    def _to_delegation_sets(self, root: Element) -> list[dict[str, Any]]:
        found = findall(root, "DelegationSets/DelegationSet")
        return [self._to_delegation_set(element) for element in found]

    def _to_delegation_set(self, element: Element) -> dict[str, Any]:
        return {
            "Id": required_text(element, "Id", self).removeprefix("/delegationset/"),
            "CallerReference": findtext(element, "CallerReference"),
            "NameServers": [server.text for server in findall(element, "NameServers/NameServer")],
        }

    # Models

    def _to_zone_with_servers(self, root: Element) -> Zone:
        zone = self._to_zone(find(root, "HostedZone"))
        servers = findall(root, "DelegationSet/NameServers/NameServer")
        zone.extra["NameServers"] = [server.text for server in servers]
        vpcs = [vpc for path in ("VPCs/VPC", "VPC") for vpc in findall(root, path)]
        if vpcs:
            zone.extra["VPCs"] = [
                {key: findtext(vpc, key) for key in ("VPCRegion", "VPCId")} for vpc in vpcs
            ]
        return zone

    def _to_zones(self, data: Element) -> list[Zone]:
        return [self._to_zone(elem) for elem in findall(data, "HostedZones/HostedZone")]

    def _to_zone(self, elem: Element) -> Zone:
        with reading(self, elem):
            return Zone(
                id=required_text(elem, "Id", self).removeprefix("/hostedzone/"),
                domain=names.zone_name(from_wire_name(required_text(elem, "Name", self))),
                type="master",
                ttl=None,
                driver=self,
                extra={
                    "Comment": findtext(elem, "Config/Comment"),
                    "ResourceRecordSetCount": int(findtext(elem, "ResourceRecordSetCount") or 0),
                    "CallerReference": findtext(elem, "CallerReference"),
                    "PrivateZone": findtext(elem, "Config/PrivateZone") == "true",
                },
            )
