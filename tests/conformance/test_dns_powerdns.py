"""The DNS suite over a real PowerDNS server; dnspython asks it for what it answers over UDP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dns.message
import dns.query
import pytest
import requests

from libcloud.common.errors import InvalidCredsError, LibcloudError
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.testing.base import run_in_threads
from libcloud.testing.dns import DNSDriverConformance
from tests.servers.powerdns import PowerDNSServer

pytestmark = [pytest.mark.live, pytest.mark.debian]


class TestPowerDNSDriver(DNSDriverConformance):
    @pytest.fixture
    def driver(self, powerdns_server: PowerDNSServer) -> PowerDNSDriver:
        server = self.server = powerdns_server
        return PowerDNSDriver(server.key, host=server.host, port=server.port)

    def resolve(self, zone: Zone, name: str, type: str) -> list[str]:
        question = dns.message.make_query(name, type)
        reply = dns.query.udp_with_fallback(
            question, self.server.host, port=self.server.dns_port, timeout=10
        )[0]
        return [
            rdata.to_text()
            for rrset in (*reply.answer, *reply.authority)
            if (rrset.name, rrset.rdtype)
            == (question.question[0].name, question.question[0].rdtype)
            for rdata in rrset
        ]

    def test_comments_and_disabled_records_survive_changes_beside_them(
        self, driver: PowerDNSDriver, zone: Zone
    ) -> None:
        hidden = zone.create_record("www", "A", "192.0.2.1", {"disabled": True})
        assert hidden.extra["disabled"] is True
        assert self.resolve(zone, f"www.{zone.domain}.", "A") == []
        self._patch(zone, "www", comments=[{"content": "from the office", "account": "me"}])
        shown = zone.create_record("www", "A", "192.0.2.2").update(data="192.0.2.3")
        shown = shown.update(extra={"ttl": 60})
        assert shown.extra["disabled"] is False
        assert self._stored(zone, "www") == {
            "ttl": 60,
            "records": {("192.0.2.1", True), ("192.0.2.3", False)},
            "comments": ["from the office"],
        }
        shown.delete()
        assert hidden.update(extra={"disabled": False}).extra["disabled"] is False
        assert self.resolve(zone, f"www.{zone.domain}.", "A") == ["192.0.2.1"]
        assert self._stored(zone, "www")["comments"] == ["from the office"]

    @pytest.mark.parametrize("domain", ["0/25.2.0.192.in-addr.arpa", "0/25.3.0.192.in-addr.arpa."])
    def test_zone_with_a_slash_works_by_name_and_by_id(
        self, driver: PowerDNSDriver, domain: str
    ) -> None:
        zone = driver.create_zone(domain)
        try:
            assert zone.id == domain.replace("/", "=2F").removesuffix(".") + "."
            zone.create_record("1", "PTR", "host.example.net")
            for zone_id in (zone.id, zone.id.removesuffix("."), domain):
                assert driver.get_zone(zone_id).id == zone.id
            by_hand = Zone(domain, domain, "master", None, driver)
            assert by_hand.list_records()[0].data == "host.example.net."
        finally:
            driver.delete_zone(zone)

    @pytest.mark.parametrize(
        ("arguments", "kind", "zone_type"),
        [
            ({}, "Native", "master"),
            ({"type": "master"}, "Master", "master"),
            ({"type": "slave", "extra": {"masters": ["127.0.0.1"]}}, "Slave", "slave"),
            ({"extra": {"kind": "Master", "account": "acme"}}, "Master", "master"),
        ],
    )
    def test_create_zone_of_each_kind(
        self, driver: PowerDNSDriver, arguments: dict[str, Any], kind: str, zone_type: str
    ) -> None:
        zone = driver.create_zone(self.new_domain(), **arguments)
        try:
            assert (zone.extra["kind"], zone.type) == (kind, zone_type)
            assert zone.extra["account"] == arguments.get("extra", {}).get("account", "")
        finally:
            driver.delete_zone(zone)

    def test_create_zone_with_nameservers(self, driver: PowerDNSDriver) -> None:
        servers = ["ns1.example.net", "ns2.example.net."]
        zone = driver.create_zone(self.new_domain(), extra={"nameservers": servers})
        try:
            answers = self.resolve(zone, f"{zone.domain}.", "NS")
            assert sorted(answers) == ["ns1.example.net.", "ns2.example.net."]
        finally:
            driver.delete_zone(zone)

    def test_soa_record_keeps_its_id_while_its_serial_grows(
        self, driver: PowerDNSDriver, zone: Zone
    ) -> None:
        soa = next(record for record in zone.list_records() if record.type == "SOA")
        zone.create_record("www", "A", "192.0.2.1")
        again = driver.get_record(zone.id, soa.id)
        assert again.data != soa.data
        soa.update(data=f"ns.{zone.domain}. admin.{zone.domain}. 7 10800 3600 604800 3600")
        assert f"admin.{zone.domain}." in self.resolve(zone, f"{zone.domain}.", "SOA")[0]

    def test_refused_change_says_what_the_server_says(self, zone: Zone) -> None:
        with pytest.raises(LibcloudError, match="expected digits at position 0") as caught:
            zone.create_record("www", "A", "nonsense")
        assert caught.value.http_code == 422

    def test_wrong_key_raises_invalid_creds(self, driver: PowerDNSDriver) -> None:
        stranger = PowerDNSDriver("wrong", host=self.server.host, port=self.server.port)
        with pytest.raises(InvalidCredsError):
            stranger.list_zones()

    def test_threads_change_one_set(self, zone: Zone) -> None:
        def create(number: int) -> Callable[[], Record]:
            return lambda: zone.create_record("www", "A", f"192.0.2.{number}")

        records = run_in_threads(create(number) for number in range(16))
        assert len(self._addresses(zone, "www")) == 16
        run_in_threads(record.delete for record in records[:15])
        assert self._addresses(zone, "www") == {"192.0.2.15"}

    def test_threads_change_many_zones(self, driver: PowerDNSDriver) -> None:
        """SQLite takes one change at a time; the server answers 500 to the others."""
        zones = [self._create_zone(driver) for _ in range(16)]

        def create(zone: Zone) -> Callable[[], Record]:
            return lambda: zone.create_record("www", "A", "192.0.2.1")

        run_in_threads(create(zone) for zone in zones)
        for zone in zones:
            assert self._addresses(zone, "www") == {"192.0.2.1"}
            driver.delete_zone(zone)

    def _rrset_url(self, zone: Zone) -> str:
        return f"{self.server.url}/api/v1/servers/localhost/zones/{zone.id}"

    def _patch(self, zone: Zone, name: str, **changes: Any) -> None:
        rrset = {"name": f"{name}.{zone.domain}.", "type": "A", "changetype": "REPLACE", **changes}
        answer = requests.patch(
            self._rrset_url(zone),
            json={"rrsets": [rrset]},
            headers={"X-API-Key": self.server.key},
            timeout=30,
        )
        assert answer.status_code == 204, answer.text

    def _stored(self, zone: Zone, name: str) -> dict[str, Any]:
        """A record set of type A as the server itself has it."""
        headers = {"X-API-Key": self.server.key}
        stored = requests.get(self._rrset_url(zone), headers=headers, timeout=30).json()
        rrset = next(
            rrset
            for rrset in stored["rrsets"]
            if (rrset["name"], rrset["type"]) == (f"{name}.{zone.domain}.", "A")
        )
        return {
            "ttl": rrset["ttl"],
            "records": {(record["content"], record["disabled"]) for record in rrset["records"]},
            "comments": [comment["content"] for comment in rrset["comments"]],
        }
