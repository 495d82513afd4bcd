"""Acme Load Balancers: the conformance suite, and what only this provider does."""

from __future__ import annotations

import itertools
import threading

import pytest

from libcloud.common.errors import InvalidCredsError, LibcloudError
from libcloud.loadbalancer.drivers.acme import AcmeLBDriver
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.loadbalancer import LoadBalancerDriverConformance

PAGE = 2


class FakeAcme:
    """The dialect of the driver's docstring, in memory. The real API is the better judge."""

    def __init__(self, double):
        self.lock = threading.Lock()
        self.ids = itertools.count(1)
        self.balancers = {}
        self.members = {}
        double.serve("GET", "/v1/balancers", self.list_balancers)
        double.serve("POST", "/v1/balancers", self.create_balancer)
        double.serve("GET", "/v1/balancers/{balancer}", self.show_balancer)
        double.serve("PATCH", "/v1/balancers/{balancer}", self.change_balancer)
        double.serve("DELETE", "/v1/balancers/{balancer}", self.destroy_balancer)
        double.serve("GET", "/v1/balancers/{balancer}/members", self.list_members)
        double.serve("POST", "/v1/balancers/{balancer}/members", self.attach)
        double.serve("DELETE", "/v1/balancers/{balancer}/members/{member}", self.detach)

    def list_balancers(self, request):
        return page(request, list(self.balancers.values()))

    def create_balancer(self, request):
        with self.lock:
            id = str(next(self.ids))
            balancer = {"id": id, "state": "active", "address": f"192.0.2.{id}", **request.json}
            self.balancers[id] = balancer
            self.members[id] = {}
            return answer(201, json=balancer)

    def show_balancer(self, request, balancer):
        if balancer not in self.balancers:
            return error(404, "not_found")
        return answer(json=self.balancers[balancer])

    def change_balancer(self, request, balancer):
        self.balancers[balancer].update(request.json)
        return answer(json=self.balancers[balancer])

    def destroy_balancer(self, request, balancer):
        return answer(204) if self.balancers.pop(balancer, None) else error(404, "not_found")

    def list_members(self, request, balancer):
        if balancer not in self.balancers:
            return error(404, "not_found")
        return page(request, list(self.members[balancer].values()))

    def attach(self, request, balancer):
        with self.lock:
            if balancer not in self.balancers:
                return error(404, "not_found")
            member = {"id": str(next(self.ids)), **request.json}
            self.members[balancer][member["id"]] = member
            return answer(201, json=member)

    def detach(self, request, balancer, member):
        found = self.members[balancer].pop(member, None)
        return answer(204) if found else error(404, "not_found")


def page(request, items):
    start = int(request.query.get("cursor", ["0"])[0])
    following = str(start + PAGE) if start + PAGE < len(items) else None
    return answer(json={"items": items[start : start + PAGE], "next": following})


def error(status, code):
    return answer(status, json={"error": {"code": code, "message": code.replace("_", " ")}})


class TestAcmeLBDriver(LoadBalancerDriverConformance):
    @pytest.fixture
    def driver(self):
        with HTTPDouble() as double:
            FakeAcme(double)
            yield double.attach(AcmeLBDriver("secret-key"))


@pytest.fixture
def double():
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double):
    return double.attach(AcmeLBDriver("secret-key"))


def test_requests_carry_the_key(double, driver):
    route = double.on("GET", "/v1/balancers", headers={"Authorization": "Bearer secret-key"})
    route.reply(json={"items": [], "next": None})
    assert driver.list_balancers() == []


def test_wrong_key_raises_invalid_creds(double, driver):
    body = {"error": {"code": "bad_key", "message": "who are you"}}
    double.on("GET", "/v1/balancers").reply(403, json=body)
    with pytest.raises(InvalidCredsError, match="who are you"):
        driver.list_balancers()


def test_error_that_is_not_json_shows_the_body(double, driver):
    double.on("GET", "/v1/balancers").reply(500, text="<h1>Oops</h1>")
    with pytest.raises(LibcloudError, match="Oops"):
        driver.list_balancers()
