"""
What a DNS driver makes of errors, for any provider: no route is described, only what an error looks
like there.

::

    class TestAcmeErrors(DNSDriverErrors):
        bad_credentials = answer(401, json={"error": "bad key"})
        not_found = answer(404, json={"error": "not found"})
        exists = answer(409, json={"error": "exists"})

        @pytest.fixture
        def driver(self):
            return AcmeDNSDriver("key")

Take the answers from the provider's documentation or recordings, and say from where.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    NetworkError,
    RateLimitReachedError,
    ServiceUnavailableError,
)
from libcloud.common.retry import RetryPolicy
from libcloud.dns.base import Record, Zone
from libcloud.dns.types import (
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)
from libcloud.testing.base import Conformance, skip_unless_offered
from libcloud.testing.http import Answer, HTTPDouble, answer

__all__ = ["DNSDriverErrors"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

CALLS: dict[str, Callable[[Any, Zone, Record], Any]] = {
    "list_zones": lambda driver, zone, record: driver.list_zones(),
    "get_zone": lambda driver, zone, record: driver.get_zone(zone.id),
    "create_zone": lambda driver, zone, record: driver.create_zone("example.org"),
    "update_zone": lambda driver, zone, record: driver.update_zone(zone, None, ttl=7200),
    "delete_zone": lambda driver, zone, record: driver.delete_zone(zone),
    "list_records": lambda driver, zone, record: driver.list_records(zone),
    "get_record": lambda driver, zone, record: driver.get_record(zone.id, record.id),
    "create_record": lambda driver, zone, record: driver.create_record(
        "www", zone, "A", "192.0.2.1"
    ),
    "update_record": lambda driver, zone, record: driver.update_record(
        record, record.name, record.type, "192.0.2.9"
    ),
    "delete_record": lambda driver, zone, record: driver.delete_record(record),
}
_each_call = pytest.mark.parametrize("name", list(CALLS))


class DNSDriverErrors(Conformance):
    """Whether all operations turn what the provider says into the errors of the contract."""

    bad_credentials: Answer = answer(401)
    not_found: Answer | None = answer(404)
    """None where there is no such answer: the driver finds out in another way."""
    exists: Answer | None = answer(409)
    rate_limit: Answer = answer(429)
    unavailable: Answer = answer(503)

    strange_bodies: tuple[str, ...] = (
        "<html>hello</html>",
        "{",
        '["x"]',
        '{"strange": []}',
        "7",
        '"x"',
    )
    """Bodies of answers that say 200, and nothing that the driver could know."""

    answers_nothing = frozenset({"delete_zone", "delete_record"})
    """Operations that do not look at the body of a good answer."""

    not_found_is_the_zone = frozenset(
        {"get_zone", "update_zone", "delete_zone", "list_records", "get_record", "create_record"}
    )
    not_found_is_the_record = frozenset({"update_record", "delete_record"})

    def zone_of(self, driver: Any) -> Zone:
        """A zone as the driver makes it: ID and ``extra``."""
        return Zone("example.com", "example.com", "master", 3600, driver)

    def record_of(self, zone: Zone) -> Record:
        """A record as the driver makes it."""
        return Record("42", "www", "A", "192.0.2.1", zone, zone.driver, 3600)

    def at_once(self, driver: Any) -> HTTPDouble:
        """A double that the driver speaks to, and waits for not at all between attempts."""
        double = HTTPDouble()
        double.attach(driver)
        driver.connection.retry = RetryPolicy(attempts=3, delay=0, max_delay=0)
        return double

    @_each_call
    def test_bad_credentials(self, driver: Any, name: str) -> None:
        self._fails(driver, name, self.bad_credentials, InvalidCredsError)

    @_each_call
    def test_rate_limit(self, driver: Any, name: str) -> None:
        error = self._fails(driver, name, self.rate_limit, RateLimitReachedError)
        assert error.retryable

    @_each_call
    def test_service_is_not_available(self, driver: Any, name: str) -> None:
        error = self._fails(driver, name, self.unavailable, ServiceUnavailableError)
        assert error.http_code == self.unavailable.status

    @_each_call
    def test_not_found(self, driver: Any, name: str) -> None:
        if self.not_found is None:
            pytest.skip("the provider has no such answer")
        if name in self.not_found_is_the_zone:
            self._fails(driver, name, self.not_found, ZoneDoesNotExistError)
        elif name in self.not_found_is_the_record:
            error = self._fails(driver, name, self.not_found, RecordDoesNotExistError)
            assert error.record_id == self.record_of(self.zone_of(driver)).id

    @pytest.mark.parametrize("name", ["create_zone", "create_record"])
    def test_exists(self, driver: Any, name: str) -> None:
        if self.exists is None:
            pytest.skip("the provider has no such answer")
        expected = ZoneAlreadyExistsError if name == "create_zone" else RecordAlreadyExistsError
        error = self._fails(driver, name, self.exists, expected)
        assert error.http_code == self.exists.status

    @_each_call
    def test_strange_answer_raises_malformed_response(self, driver: Any, name: str) -> None:
        if name in self.answers_nothing:
            pytest.skip("a good answer has no body")
        for body in self.strange_bodies:
            self._fails(driver, name, answer(200, text=body), MalformedResponseError)

    @_each_call
    def test_cut_connection(self, driver: Any, name: str) -> None:
        cut = Answer(error=requests.ConnectionError("Connection reset by peer"))
        error = self._fails(driver, name, cut, NetworkError)
        assert isinstance(error, requests.RequestException)

    @pytest.mark.parametrize("name", ["create_zone", "create_record"])
    def test_what_creates_is_not_sent_twice(self, driver: Any, name: str) -> None:
        """Unless it has a token by which the provider knows it again; then this is overridden."""
        cut = Answer(error=requests.ConnectionError("Connection reset by peer"))
        sent = self._fails(driver, name, cut, NetworkError).sent
        posts = [request for request in sent if request.method == "POST"]
        assert len(posts) <= 1

    def _fails(self, driver: Any, name: str, reply: Answer, expected: type[Exception]) -> Any:
        skip_unless_offered(driver, name)
        double = self.at_once(driver)
        for method in METHODS:
            double.serve(method, "{path:path}", lambda request, path: reply)
        zone = self.zone_of(driver)
        with pytest.raises(expected) as caught:
            CALLS[name](driver, zone, self.record_of(zone))
        error: Any = caught.value
        error.sent = double.requests
        return error
