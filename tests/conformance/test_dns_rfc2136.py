"""
The DNS suite over real name servers: BIND, with signed messages, and PowerDNS, without.

The protocol cannot create zones: for the suite, BIND's control channel and PowerDNS's HTTP API do.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import dns.message
import dns.query
import pytest

from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    PermissionDeniedError,
    UnsupportedOperation,
)
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.dns.drivers.rfc2136 import RFC2136DNSDriver
from libcloud.dns.sync import sync
from libcloud.dns.types import ZoneAlreadyExistsError, ZoneDoesNotExistError
from libcloud.testing.base import run_in_threads
from libcloud.testing.dns import DNSDriverConformance
from tests.servers.bind import PACKAGES, BindServer
from tests.servers.powerdns import PowerDNSServer
from tests.servers.process import debian_program

pytestmark = [pytest.mark.live, pytest.mark.debian]


class WithZones(RFC2136DNSDriver):
    """Knows the zones that it created."""

    def create_zone(self, domain: str, *args: Any, **kwargs: Any) -> Zone:
        if domain in self.ex_zones:
            raise ZoneAlreadyExistsError("It is there", self, domain)
        self.add_zone(domain)
        self.ex_zones.append(domain)
        return self.get_zone(domain)

    def delete_zone(self, zone: Zone) -> bool:
        if zone.domain not in self.ex_zones:
            raise ZoneDoesNotExistError("It is gone", self, zone.id)
        self.ex_zones.remove(zone.domain)
        self.remove_zone(zone.domain)
        return True

    def add_zone(self, domain: str) -> None:
        raise NotImplementedError

    def remove_zone(self, domain: str) -> None:
        raise NotImplementedError


class OfBind(WithZones):
    server: BindServer

    def add_zone(self, domain: str) -> None:
        self.server.add_zone(domain)

    def remove_zone(self, domain: str) -> None:
        self.server.delete_zone(domain)


class OfPowerDNS(WithZones):
    server: PowerDNSDriver

    def add_zone(self, domain: str) -> None:
        self.server.create_zone(domain, extra={"nameservers": ["ns.example.net"]})

    def remove_zone(self, domain: str) -> None:
        self.server.delete_zone(self.server.get_zone(domain))


class RFC2136Conformance(DNSDriverConformance):
    def resolve(self, zone: Zone, name: str, type: str) -> list[str]:
        connection = zone.driver.connection
        question = dns.message.make_query(name, type)
        reply = dns.query.tcp(question, connection.host, port=connection.port, timeout=10)
        return [
            rdata.to_text()
            for rrset in (*reply.answer, *reply.authority)
            if (rrset.name, rrset.rdtype)
            == (question.question[0].name, question.question[0].rdtype)
            for rdata in rrset
        ]

    def test_record_below_a_wildcard_is_its_own(self, driver: Any, zone: Zone) -> None:
        zone.create_record("*", "A", "192.0.2.1")
        record = zone.create_record("www", "A", "192.0.2.2")
        assert self._addresses(zone, "www") == {"192.0.2.2"}
        assert driver.get_record(zone.id, record.id).data == "192.0.2.2"
        record.delete()
        assert self.resolve(zone, f"www.{zone.domain}.", "A") == ["192.0.2.1"]

    def test_delegation_and_its_glue_can_be_changed(self, driver: Any, zone: Zone) -> None:
        delegation = zone.create_record("sub", "NS", f"ns.sub.{zone.domain}")
        glue = zone.create_record("ns.sub", "A", "192.0.2.1")
        zone.create_record("sub", "NS", "ns.example.net")
        assert glue.update(data="192.0.2.2").data == "192.0.2.2"
        assert driver.get_record(zone.id, glue.id.replace(".1", ".2")).data == "192.0.2.2"
        delegation.delete()
        assert self.resolve(zone, f"sub.{zone.domain}.", "NS") == ["ns.example.net."]

    def test_alias_beside_other_records_is_refused(self, zone: Zone) -> None:
        zone.create_record("www", "A", "192.0.2.1")
        with pytest.raises(ConflictError, match="beside others"):
            zone.create_record("www", "CNAME", "www.example.net")
        alias = zone.create_record("alias", "CNAME", "www.example.net")
        with pytest.raises(ConflictError, match="beside others"):
            zone.create_record("alias", "A", "192.0.2.1")
        assert alias.update(type="A", data="192.0.2.3").type == "A"
        assert self.resolve(zone, f"alias.{zone.domain}.", "A") == ["192.0.2.3"]

    def test_name_servers_of_the_apex_are_replaced(self, zone: Zone) -> None:
        (old,) = [record for record in zone.list_records() if record.type == "NS"]
        old.update(data="ns9.example.net", extra={"ttl": 60})
        assert self.resolve(zone, f"{zone.domain}.", "NS") == ["ns9.example.net."]
        (new,) = [record for record in zone.list_records() if record.type == "NS"]
        assert (new.data, new.ttl) == ("ns9.example.net.", 60)
        with pytest.raises(UnsupportedOperation, match="last NS"):
            new.delete()

    def test_soa_record_is_replaced_by_one_of_a_greater_serial(self, zone: Zone) -> None:
        (soa,) = [record for record in zone.list_records() if record.type == "SOA"]
        fields = soa.data.split()
        with pytest.raises(ValueError, match="greater serial"):
            soa.update(data=" ".join([*fields[:2], fields[2], *fields[3:6], "60"]))
        serial = str(int(fields[2]) + 5)
        soa.update(data=" ".join([*fields[:2], serial, *fields[3:6], "60"]))
        assert self.resolve(zone, f"{zone.domain}.", "SOA")[0].endswith(" 60")
        with pytest.raises(UnsupportedOperation, match="SOA"):
            soa.delete()

    def test_two_drivers_that_change_one_set_lose_nothing(self, driver: Any, zone: Zone) -> None:
        def create(number: int) -> Any:
            # A driver of its own: what makes threads take turns is of no help between processes.
            other = RFC2136DNSDriver(
                driver.key,
                driver.secret,
                host=driver.connection.host,
                port=driver.connection.port,
            )
            return lambda: other.create_record("www", zone, "A", f"192.0.2.{number}")

        run_in_threads(create(number) for number in range(4))
        assert self._addresses(zone, "www") == {f"192.0.2.{number}" for number in range(4)}


class TestBind(RFC2136Conformance):
    @pytest.fixture
    def driver(self, bind_server: BindServer) -> OfBind:
        server = bind_server
        key: dict[str, Any] = {"key": server.key_name, "secret": server.secret}
        driver = OfBind(**key, host=server.host, port=server.port, ex_zones=[server.zone])
        driver.server = server
        return driver

    def test_key_that_the_server_does_not_have_is_refused(self, driver: Any, zone: Zone) -> None:
        for key, secret in ((driver.key, "d3Jvbmc="), ("other", driver.secret)):
            stranger = RFC2136DNSDriver(
                key, secret, host=driver.connection.host, port=driver.connection.port
            )
            with pytest.raises(InvalidCredsError):
                stranger.get_zone(zone.id)
            with pytest.raises(InvalidCredsError):
                stranger.list_records(zone)
            with pytest.raises(InvalidCredsError):
                stranger.create_record("www", zone, "A", "192.0.2.1")

    def test_without_a_key_nothing_is_changed_or_transferred(self, driver: Any, zone: Zone) -> None:
        nobody = RFC2136DNSDriver(host=driver.connection.host, port=driver.connection.port)
        assert nobody.get_zone(zone.id).domain == zone.domain
        with pytest.raises(PermissionDeniedError):
            nobody.list_records(zone)
        with pytest.raises(PermissionDeniedError):
            nobody.create_record("www", zone, "A", "192.0.2.1")

    def test_thousands_of_records_in_and_out(self, driver: Any, zone: Zone) -> None:
        nobody: Any = None
        wanted = [
            Record(None, f"host{n}", "A", f"192.0.{n // 250}.{n % 250}", zone, nobody, 300)
            for n in range(5000)
        ]
        report = sync(driver, zone, wanted, delete=False)
        assert (report.created, report.updated) == (5000, 0)
        found = {record.name for record in driver.iterate_records(zone)}
        assert {f"host{n}" for n in range(5000)} <= found
        assert sync(driver, zone, wanted, delete=False).created == 0

    def test_exported_zone_is_one_for_bind(
        self, driver: Any, zone: Zone, bind_server: BindServer
    ) -> None:
        zone.create_record("text", "TXT", "x" * 300)
        file = bind_server.folder / "exported"
        zone.export_to_bind_zone_file(str(file))
        check = [debian_program("named-checkzone", PACKAGES), zone.domain, str(file)]
        done = subprocess.run(check, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


class TestPowerDNS(RFC2136Conformance):
    # Over SQLite, the server answers SERVFAIL to an update while it is at work on another one.
    writes_at_the_same_time = False

    @pytest.fixture
    def driver(self, powerdns_server: PowerDNSServer) -> Iterator[OfPowerDNS]:
        server = powerdns_server
        api = PowerDNSDriver(server.key, host=server.host, port=server.port)
        zone = api.create_zone(self.new_domain(), extra={"nameservers": ["ns.example.net"]})
        driver = OfPowerDNS(host=server.host, port=server.dns_port, ex_zones=[zone.domain])
        driver.server = api
        yield driver
        api.delete_zone(zone)
