"""
Gandi LiveDNS: what goes over the wire, and exchanges that others recorded.

There is no machine-readable description; answers are those of the recordings and of
https://api.gandi.net/docs/livedns/. What a whole zone goes through is in
``tests/conformance/test_dns_gandi_live.py``.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common import errors, gandi_live
from libcloud.common.errors import MalformedResponseError, UnsupportedOperation
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.gandi_live import GandiLiveDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import (
    Provider,
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.recordings import Replay, recordings
from tests.conformance.test_dns_gandi_live import GandiLiveServer

ZONE = "/v5/livedns/domains/example.com"
NO_SET = {"code": 404, "message": "Can't find", "object": "dns-record", "cause": "Not Found"}
CREATED = {"message": "DNS Record Created"}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> GandiLiveDNSDriver:
    return double.attach(GandiLiveDNSDriver("pat_abc-123"))


@pytest.fixture
def zone(driver: GandiLiveDNSDriver) -> Zone:
    return Zone("example.com", "example.com", "master", None, driver)


def rrset(name: str, type: str, *values: str, ttl: int = 600) -> dict[str, Any]:
    return {"rrset_name": name, "rrset_type": type, "rrset_ttl": ttl, "rrset_values": list(values)}


def test_driver_is_registered() -> None:
    assert get_driver(Provider.GANDI_LIVE) is GandiLiveDNSDriver


@pytest.mark.parametrize(
    ("options", "sent"),
    [({}, "Bearer token"), ({"ex_auth_scheme": "Apikey"}, "Apikey token")],
)
def test_token_is_sent_as_what_it_is(
    double: HTTPDouble, options: dict[str, Any], sent: str
) -> None:
    driver = double.attach(GandiLiveDNSDriver("token", "nothing", **options))
    url = "https://api.gandi.net/v5/livedns/domains"
    double.on("GET", url, headers={"Authorization": sent}).reply(json=[])
    assert driver.list_zones() == []


def test_create_zone(driver: GandiLiveDNSDriver, double: HTTPDouble) -> None:
    body = {"fqdn": "example.com", "zone": {"ttl": 900}}
    double.on("POST", "/v5/livedns/domains", json=body).reply(201, json={"message": "Created"})
    shown = {"fqdn": "example.com", "automatic_snapshots": True}
    double.on("GET", ZONE).reply(json=shown)
    zone = driver.create_zone("Example.com.", ttl=900)
    assert (zone.id, zone.domain, zone.extra) == (
        "example.com",
        "example.com",
        {"automatic_snapshots": True},
    )
    with pytest.raises(UnsupportedOperation):
        driver.create_zone("example.com", type="slave")


def test_create_zone_that_exists(driver: GandiLiveDNSDriver, double: HTTPDouble) -> None:
    body = {"code": 409, "message": "Domain already exists", "object": "HTTPConflict"}
    double.on("POST", "/v5/livedns/domains").reply(409, json=body)
    with pytest.raises(ZoneAlreadyExistsError, match="already exists"):
        driver.create_zone("example.com")


@pytest.mark.parametrize(
    ("arguments", "place", "value"),
    [
        (("www", "A", "192.0.2.1", None), "www/A", "192.0.2.1"),
        ((None, "MX", "mail", {"priority": 7}), "%40/MX", "7 mail.example.com."),
        (("t", "TXT", "word", None), "t/TXT", "word"),
        (("t", "TXT", 'say "hi"; x', None), "t/TXT", '"say \\"hi\\"; x"'),
        (("t", "TXT", '"a" "b"', None), "t/TXT", '"a" "b"'),
        (("*.a", "CNAME", "b.example.net", None), "%2A.a/CNAME", "b.example.net."),
        (("", "CAA", '0 issue "ca.example"', None), "%40/CAA", '0 issue "ca.example"'),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_create_record_writes_a_new_set(
    zone: Zone, double: HTTPDouble, arguments: tuple[Any, ...], place: str, value: str
) -> None:
    path = f"{ZONE}/records/{place}"
    double.on("GET", path).reply(404, json=NO_SET)
    body = {"rrset_values": [value], "rrset_ttl": 3600}
    double.on("POST", path, json=body).reply(201, json=CREATED)
    assert zone.create_record(*arguments).ttl == 3600


def test_create_record_keeps_the_values_that_are_there(zone: Zone, double: HTTPDouble) -> None:
    path = f"{ZONE}/records/www/A"
    double.on("GET", path).reply(json=rrset("www", "A", "192.0.2.1"))
    body = {"rrset_values": ["192.0.2.1", "192.0.2.2"], "rrset_ttl": 600}
    double.on("PUT", path, json=body).reply(201, json=CREATED)
    assert zone.create_record("www", "A", "192.0.2.2").extra["_multi_value"]


def test_create_record_while_somebody_else_creates_the_set(zone: Zone, double: HTTPDouble) -> None:
    path = f"{ZONE}/records/www/A"
    double.on("GET", path).reply(404, json=NO_SET).reply(json=rrset("www", "A", "192.0.2.1"))
    exists = {"code": 409, "message": "already exists", "object": "dns-record"}
    double.on("POST", path).reply(409, json=exists)
    body = {"rrset_values": ["192.0.2.1", "192.0.2.2"], "rrset_ttl": 600}
    double.on("PUT", path, json=body).reply(201, json=CREATED)
    assert zone.create_record("www", "A", "192.0.2.2").ttl == 600


def test_records_show_the_others_of_their_name(zone: Zone, double: HTTPDouble) -> None:
    sets = [rrset("@", "MX", "10 a.example.net.", "20 b.example.net."), rrset("t", "TXT", '"x y"')]
    double.on("GET", f"{ZONE}/records").reply(json=sets)
    first, second, text = zone.list_records()
    other = {"name": "", "type": "MX", "data": "b.example.net."}
    assert first.extra == {
        "ttl": 600,
        "priority": 10,
        "_multi_value": True,
        "_other_records": [{**other, "extra": {"ttl": 600, "priority": 20}}],
    }
    assert (first.id, second.id) == ("MX::10 a.example.net.", "MX::20 b.example.net.")
    assert (text.data, text.extra) == ('"x y"', {"ttl": 600, "_multi_value": False})


def test_several_values_are_created_at_once(
    driver: GandiLiveDNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    path = f"{ZONE}/records/www/A"
    double.on("GET", path).reply(404, json=NO_SET)
    body = {"rrset_values": ["192.0.2.1", "192.0.2.2"], "rrset_ttl": 900}
    double.on("POST", path, json=body).reply(201, json=CREATED)
    created = driver.ex_create_multi_value_record(
        "www", zone, "A", ["192.0.2.1", "192.0.2.2"], {"ttl": 900}
    )
    assert [record.data for record in created] == ["192.0.2.1", "192.0.2.2"]


@pytest.mark.parametrize("record_id", ["A:www", "A:www:192.0.2.1"])
def test_get_record_takes_the_ids_of_before(
    driver: GandiLiveDNSDriver, double: HTTPDouble, record_id: str
) -> None:
    double.on("GET", ZONE).reply(json={"fqdn": "example.com"})
    double.on("GET", f"{ZONE}/records/www/A").reply(json=rrset("www", "A", "192.0.2.1"))
    assert driver.get_record("example.com", record_id).data == "192.0.2.1"


def test_record_that_moves_is_written_before_it_is_deleted(zone: Zone, double: HTTPDouble) -> None:
    record = Record("", "www", "A", "192.0.2.1", zone, zone.driver)
    double.on("GET", f"{ZONE}/records/www/A").reply(json=rrset("www", "A", "192.0.2.1"))
    double.on("GET", f"{ZONE}/records/moved/A").reply(404, json=NO_SET)
    double.on("POST", f"{ZONE}/records/moved/A").reply(201, json=CREATED)
    double.on("DELETE", f"{ZONE}/records/www/A").reply(204)
    assert record.update(name="moved").name == "moved"
    assert [r.method for r in double.requests if r.method != "GET"] == ["POST", "DELETE"]


def test_record_that_somebody_deletes_meanwhile(zone: Zone, double: HTTPDouble) -> None:
    """What was asked for is done, whoever did it: the answer may be lost, and it sent again."""
    path = f"{ZONE}/records/www/A"
    double.on("GET", path).reply(json=rrset("www", "A", "192.0.2.1")).reply(404, json=NO_SET)
    double.on("DELETE", path).reply(404, json=NO_SET)
    assert Record("", "www", "A", "192.0.2.1", zone, zone.driver).delete()


def test_refusal_says_what_the_provider_says(zone: Zone, double: HTTPDouble) -> None:
    path = f"{ZONE}/records/www/A"
    double.on("GET", path).reply(404, json=NO_SET)
    field = {"location": "body", "name": "rrset_ttl", "description": "5 is less than minimum 300"}
    body = {"code": 400, "object": "HTTPBadRequest", "message": "x", "errors": [field]}
    double.on("POST", path).reply(400, json=body)
    with pytest.raises(gandi_live.InvalidRequestError, match="rrset_ttl: 5 is less") as caught:
        zone.create_record("www", "A", "192.0.2.1", {"ttl": 5})
    assert (caught.value.http_code, caught.value.provider_code) == (400, "HTTPBadRequest")


def test_old_errors_are_of_the_tree() -> None:
    for error_class, kind in (
        (gandi_live.ResourceNotFoundError, errors.ResourceNotFoundError),
        (gandi_live.ResourceConflictError, errors.ResourceExistsError),
        (gandi_live.JsonParseError, MalformedResponseError),
    ):
        error = pickle.loads(pickle.dumps(error_class("text", 418)))
        assert isinstance(error, gandi_live.GandiLiveBaseError)
        assert isinstance(error, kind)
        assert (str(error), error.http_code, error.kind) == ("'text'", 418, kind.kind)


def test_answer_that_is_no_json(driver: GandiLiveDNSDriver, double: HTTPDouble) -> None:
    double.on("GET", ZONE).reply(text="<html>")
    with pytest.raises(gandi_live.JsonParseError) as caught:
        driver.get_zone("example.com")
    assert caught.value.body == "<html>"


def test_connection_encodes_bodies_as_json(driver: GandiLiveDNSDriver) -> None:
    assert driver.connection.encode_data({"a": 1}) == '{"a": 1}'
    assert driver.connection.encode_data('{"a": 1}') == '{"a": 1}'


def test_zones_beside_domains_are_gone(driver: GandiLiveDNSDriver) -> None:
    with pytest.raises(UnsupportedOperation, match="no zones beside domains"):
        driver.ex_update_gandi_zone_name("uuid", "name")
    with pytest.raises(UnsupportedOperation, match="no zones beside domains"):
        driver.ex_delete_gandi_zone("uuid")
    with pytest.raises(UnsupportedOperation, match="no zones beside domains"):
        driver.ex_switch_domain_gandi_zone("example.com", "uuid")


def test_listings_do_not_leave_the_host_that_was_chosen() -> None:
    server = GandiLiveServer()
    driver = server.attach(GandiLiveDNSDriver("token", host="proxy.example"))
    for number in range(7):
        driver.create_zone(f"{number}.example.com")
    assert len(driver.list_zones()) == 7
    assert {request.url.split("/")[2] for request in server.requests} == {"proxy.example"}


class TestGandiLiveErrors(DNSDriverErrors):
    """
    "Not found" as recorded, the others as in the documentation.

    https://api.gandi.net/docs/livedns/
    """

    bad_credentials = answer(
        401, json={"code": 401, "message": "x", "object": "HTTPUnauthorized", "cause": "x"}
    )
    not_found = answer(
        404, json={"code": 404, "message": "x", "object": "HTTPNotFound", "cause": "Not Found"}
    )
    exists = None
    not_found_is_the_zone = frozenset(
        {"get_zone", "list_records", "get_record", "create_record"}
        | {"update_record", "delete_record"}
    )
    not_found_is_the_record = frozenset()
    answers_nothing = frozenset()

    @pytest.fixture
    def driver(self) -> GandiLiveDNSDriver:
        return GandiLiveDNSDriver("pat_abc-123")


# Recorded by the authors of Lexicon in 2020.

DOMAIN = "t18s.fr"


class TestRecordings:
    @pytest.fixture
    def replay(self, request: pytest.FixtureRequest) -> Iterator[Replay]:
        cassettes = recordings("fixtures-dns-gandi.json.gz")
        name = f"REST-IntegrationTests/test_provider_{request.param}"
        with Replay(cassettes[name]) as replay:
            yield replay

    @pytest.fixture
    def zone(self, replay: Replay) -> Zone:
        return replay.attach(GandiLiveDNSDriver("token")).get_zone(DOMAIN)

    @pytest.mark.parametrize("replay", ["authenticate_with_unmanaged"], indirect=True)
    def test_get_zone_that_is_not_there(self, replay: Replay) -> None:
        driver = replay.attach(GandiLiveDNSDriver("token"))
        with pytest.raises(ZoneDoesNotExistError):
            driver.get_zone("thisisadomainidonotown.com")
        replay.assert_all_used()

    @pytest.mark.parametrize(
        "replay", ["when_calling_list_records_with_no_arguments"], indirect=True
    )
    def test_list_records(self, replay: Replay, zone: Zone) -> None:
        by_id = {record.id: record for record in zone.list_records()}
        assert by_id["A::82.64.93.53"].ttl == 600
        assert by_id["CNAME:www:t18s.fr."].data == "t18s.fr."
        texts = [r.data for r in by_id.values() if r.name == "_acme-challenge.createrecordset"]
        assert texts == ['"challengetoken1"', '"challengetoken2"']
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["when_calling_create_record_for_A"], indirect=True)
    def test_create_record(self, replay: Replay, zone: Zone) -> None:
        assert zone.create_record("localhost", "A", "127.0.0.1").ttl == 3600
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["when_calling_create_record_multiple_times"], indirect=True)
    def test_create_records_of_one_name(self, replay: Replay, zone: Zone) -> None:
        for number in (1, 2):
            name = f"_acme-challenge.createrecordset.{DOMAIN}."
            record = zone.create_record(name, "TXT", f"challengetoken{number}")
            assert record.data == f'"challengetoken{number}"'
        replay.assert_all_used()

    @pytest.mark.parametrize("replay", ["when_calling_create_record_with_dup"], indirect=True)
    def test_create_record_that_exists(self, replay: Replay, zone: Zone) -> None:
        zone.create_record("_acme-challenge.noop", "TXT", "challengetoken")
        with pytest.raises(RecordAlreadyExistsError):
            zone.create_record("_acme-challenge.noop", "TXT", '"challengetoken"')

    @pytest.mark.parametrize("replay", ["when_calling_delete_record_by_identifier"], indirect=True)
    def test_record_that_is_gone(self, replay: Replay, zone: Zone) -> None:
        """Lexicon deletes all types of the name, which the driver never does."""
        record = zone.create_record("delete.testid", "TXT", "challengetoken")
        assert zone.driver.get_record(DOMAIN, record.id).data == '"challengetoken"'
        zone.driver.connection.request(
            f"/v5/livedns/domains/{DOMAIN}/records/delete.testid", method="DELETE"
        )
        with pytest.raises(RecordDoesNotExistError):
            record.delete()
        replay.assert_all_used()
