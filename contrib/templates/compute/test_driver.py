"""Acme Compute: the conformance suite, and what only this provider does."""

from __future__ import annotations

import itertools
import threading

import pytest

from libcloud.common.errors import InvalidCredsError, LibcloudError
from libcloud.compute.drivers.acme import AcmeNodeDriver
from libcloud.testing.compute import NodeDriverConformance
from libcloud.testing.http import HTTPDouble, answer

PAGE = 2


SIZES = [
    {"id": name, "name": name, "memory_mib": ram, "disk_gb": 10, "usd_per_hour": ram / 100000}
    for name, ram in (("small", 512), ("medium", 1024), ("large", 2048))
]
IMAGES = [{"id": name, "name": name.title()} for name in ("debian-12", "debian-13", "alpine")]
LOCATIONS = [{"id": "here", "name": "Here", "country": "DE"}]


class FakeAcme:
    """The dialect of the driver's docstring, in memory. The real API is the better judge."""

    def __init__(self, double):
        self.lock = threading.Lock()
        self.ids = itertools.count(1)
        self.nodes = {}
        self.answered = {}
        double.serve("GET", "/v1/sizes", lambda request: page(request, SIZES))
        double.serve("GET", "/v1/images", lambda request: page(request, IMAGES))
        double.serve("GET", "/v1/images/{image}", self.show_image)
        double.serve("GET", "/v1/locations", lambda request: page(request, LOCATIONS))
        double.serve("GET", "/v1/nodes", lambda request: page(request, list(self.nodes.values())))
        double.serve("POST", "/v1/nodes", self.create_node)
        double.serve("POST", "/v1/nodes/{node}/{action}", self.act)
        double.serve("DELETE", "/v1/nodes/{node}", self.destroy_node)

    def show_image(self, request, image):
        found = [known for known in IMAGES if known["id"] == image]
        return answer(json=found[0]) if found else error(404, "not_found")

    def create_node(self, request):
        with self.lock:
            token = request.headers["Idempotency-Key"]
            if token not in self.answered:
                id = str(next(self.ids))
                node = {"id": id, "name": request.json["name"], "state": "on"}
                node.update(public_ips=[f"192.0.2.{id}"], private_ips=[])
                self.nodes[id] = self.answered[token] = node
            return answer(202, json=self.answered[token])

    def act(self, request, node, action):
        if node not in self.nodes:
            return error(404, "not_found")
        self.nodes[node]["state"] = "off" if action == "stop" else "on"
        return answer(204)

    def destroy_node(self, request, node):
        return answer(204) if self.nodes.pop(node, None) else error(404, "not_found")


def page(request, items):
    start = int(request.query.get("cursor", ["0"])[0])
    following = str(start + PAGE) if start + PAGE < len(items) else None
    return answer(json={"items": items[start : start + PAGE], "next": following})


def error(status, code):
    return answer(status, json={"error": {"code": code, "message": code.replace("_", " ")}})


class TestAcmeNodeDriver(NodeDriverConformance):
    wait_interval = 0.01

    @pytest.fixture
    def driver(self):
        with HTTPDouble() as double:
            FakeAcme(double)
            yield double.attach(AcmeNodeDriver("secret-key"))


@pytest.fixture
def double():
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double):
    return double.attach(AcmeNodeDriver("secret-key"))


def test_requests_carry_the_key(double, driver):
    route = double.on("GET", "/v1/nodes", headers={"Authorization": "Bearer secret-key"})
    route.reply(json={"items": [], "next": None})
    assert driver.list_nodes() == []


def test_wrong_key_raises_invalid_creds(double, driver):
    body = {"error": {"code": "bad_key", "message": "who are you"}}
    double.on("GET", "/v1/nodes").reply(403, json=body)
    with pytest.raises(InvalidCredsError, match="who are you"):
        driver.list_nodes()


def test_error_that_is_not_json_shows_the_body(double, driver):
    double.on("GET", "/v1/nodes").reply(500, text="<h1>Oops</h1>")
    with pytest.raises(LibcloudError, match="Oops"):
        driver.list_nodes()


def test_create_node_that_is_sent_twice_makes_one_node(double, driver):
    node = {"id": "1", "name": "n", "state": "booting", "public_ips": [], "private_ips": []}
    double.on("GET", "/v1/sizes").reply(json={"items": SIZES, "next": None})
    double.on("GET", "/v1/images").reply(json={"items": IMAGES, "next": None})
    created = double.on("POST", "/v1/nodes").reply(503, headers={"Retry-After": "0"})
    created.reply(202, json=node)
    size, image = driver.list_sizes()[0], driver.list_images()[0]
    assert driver.create_node("n", size, image).id == "1"
    first, second = (request.headers["Idempotency-Key"] for request in double.requests[-2:])
    assert first == second
