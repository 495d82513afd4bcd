"""
BuddyNS: what goes over the wire, as https://www.buddyns.com/support/api/v2/ has it.

What a zone goes through is in ``tests/conformance/test_dns_buddyns.py``.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator

import pytest

from libcloud.common.buddyns import BuddyNSException
from libcloud.common.errors import LibcloudError, UnsupportedOperation
from libcloud.dns.base import Zone
from libcloud.dns.drivers.buddyns import BuddyNSDNSDriver
from libcloud.dns.providers import get_driver
from libcloud.dns.types import Provider, ZoneAlreadyExistsError
from libcloud.testing.dns_errors import DNSDriverErrors
from libcloud.testing.http import HTTPDouble, answer

ITEM = {
    "name": "example.com",
    "name_idn": "example.com",
    "serial": 2015050620,
    "master": "192.0.2.1",
    "creation_ts": "2013-11-14T00:00:00",
    "status": "https://www.buddyns.com/api/v2/zone/example.com/status/",
    "delegation": "https://www.buddyns.com/api/v2/zone/example.com/delegation/",
}


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> BuddyNSDNSDriver:
    return double.attach(BuddyNSDNSDriver("token"))


def test_driver_is_registered() -> None:
    assert get_driver(Provider.BUDDYNS) is BuddyNSDNSDriver


def test_exception_shows_what_the_old_one_did() -> None:
    copy = pickle.loads(pickle.dumps(BuddyNSException(400, "Invalid")))
    assert (str(copy), copy.args) == ("400 Invalid", (400, "Invalid"))
    assert isinstance(copy, LibcloudError)


def test_zone_shows_what_the_provider_says(driver: BuddyNSDNSDriver, double: HTTPDouble) -> None:
    headers = {"Authorization": "Token token"}
    double.on("GET", "/api/v2/zone/", headers=headers).reply(json=[ITEM])
    (zone,) = driver.list_zones()
    assert (zone.id, zone.domain, zone.type, zone.ttl) == (
        "example.com",
        "example.com",
        "slave",
        None,
    )
    assert zone.extra == {key: value for key, value in ITEM.items() if key != "name"}


def test_create_zone_with_a_master(driver: BuddyNSDNSDriver, double: HTTPDouble) -> None:
    body = {"name": "example.com", "master": "192.0.2.1"}
    double.on("POST", "/api/v2/zone/", json=body).reply(201, json=ITEM)
    zone = driver.create_zone("Example.com.", extra={"master": "192.0.2.1"})
    assert zone.extra["master"] == "192.0.2.1"


def test_zone_that_exists(driver: BuddyNSDNSDriver, double: HTTPDouble) -> None:
    wrong = {"errors": {"name": ["Zone with this Domain already exists."]}}
    double.on("POST", "/api/v2/zone/").reply(400, json=wrong)
    with pytest.raises(ZoneAlreadyExistsError, match="already exists"):
        driver.create_zone("example.com")


def test_zone_that_is_refused(driver: BuddyNSDNSDriver, double: HTTPDouble) -> None:
    double.on("POST", "/api/v2/zone/").reply(400, json={"master": ["Enter a valid address."]})
    with pytest.raises(BuddyNSException, match="valid address") as caught:
        driver.create_zone("example.com", extra={"master": "nowhere"})
    assert (caught.value.code, caught.value.http_code) == (400, 400)


def test_there_are_no_records(driver: BuddyNSDNSDriver) -> None:
    zone = Zone("example.com", "example.com", "slave", None, driver)
    assert driver.list_record_types() == []
    with pytest.raises(UnsupportedOperation):
        zone.list_records()


class TestBuddyNSErrors(DNSDriverErrors):
    bad_credentials = answer(401, json={"detail": "Invalid token"})
    not_found = answer(404, json={"detail": "Not found"})
    exists = answer(400, json={"name": ["Zone with this Domain already exists."]})
    rate_limit = answer(429, json={"detail": "Request was throttled."})

    @pytest.fixture
    def driver(self) -> BuddyNSDNSDriver:
        return BuddyNSDNSDriver("token")
