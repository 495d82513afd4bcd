"""Acme Containers: the conformance suite, and what only this provider does."""

from __future__ import annotations

import itertools
import threading

import pytest

from libcloud.common.errors import InvalidCredsError, LibcloudError
from libcloud.container.drivers.acme import AcmeContainerDriver
from libcloud.testing.container import ContainerDriverConformance
from libcloud.testing.http import HTTPDouble, answer

PAGE = 2


class FakeAcme:
    """The dialect of the driver's docstring, in memory. The real API is the better judge."""

    def __init__(self, double):
        self.lock = threading.Lock()
        self.ids = itertools.count(1)
        self.images = {}
        self.containers = {}
        double.serve("GET", "/v1/images", self.list_images)
        double.serve("PUT", "/v1/images", self.install_image)
        double.serve("GET", "/v1/containers", self.list_containers)
        double.serve("POST", "/v1/containers", self.deploy)
        double.serve("GET", "/v1/containers/{container}", self.show)
        double.serve("POST", "/v1/containers/{container}/{action}", self.act)
        double.serve("DELETE", "/v1/containers/{container}", self.destroy)

    def list_images(self, request):
        return page(request, list(self.images.values()))

    def install_image(self, request):
        path, _, version = request.json["path"].partition(":")
        image = {"id": f"{path}-{version}", "path": request.json["path"], "version": version}
        self.images[image["id"]] = image
        return answer(json=image)

    def list_containers(self, request):
        wanted = request.query.get("image")
        containers = list(self.containers.values())
        return page(request, [c for c in containers if not wanted or [c["image"]["id"]] == wanted])

    def deploy(self, request):
        with self.lock:
            if request.json["image"] not in self.images:
                return error(404, "not_found")
            container = {
                "id": str(next(self.ids)),
                "name": request.json["name"],
                "image": self.images[request.json["image"]],
                "state": "running" if request.json["start"] else "created",
                "addresses": [],
            }
            self.containers[container["id"]] = container
            return answer(201, json=container)

    def show(self, request, container):
        found = self.containers.get(container)
        return answer(json=found) if found else error(404, "not_found")

    def act(self, request, container, action):
        if container not in self.containers:
            return error(404, "not_found")
        state = "stopped" if action == "stop" else "running"
        self.containers[container]["state"] = state
        return answer(json=self.containers[container])

    def destroy(self, request, container):
        return answer(204) if self.containers.pop(container, None) else error(404, "not_found")


def page(request, items):
    start = int(request.query.get("cursor", ["0"])[0])
    following = str(start + PAGE) if start + PAGE < len(items) else None
    return answer(json={"items": items[start : start + PAGE], "next": following})


def error(status, code):
    return answer(status, json={"error": {"code": code, "message": code.replace("_", " ")}})


class TestAcmeContainerDriver(ContainerDriverConformance):
    image_path = "debian:12"

    @pytest.fixture
    def driver(self):
        with HTTPDouble() as double:
            FakeAcme(double)
            yield double.attach(AcmeContainerDriver("secret-key"))


@pytest.fixture
def double():
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double):
    return double.attach(AcmeContainerDriver("secret-key"))


def test_requests_carry_the_key(double, driver):
    route = double.on("GET", "/v1/containers", headers={"Authorization": "Bearer secret-key"})
    route.reply(json={"items": [], "next": None})
    assert driver.list_containers() == []


def test_wrong_key_raises_invalid_creds(double, driver):
    body = {"error": {"code": "bad_key", "message": "who are you"}}
    double.on("GET", "/v1/containers").reply(403, json=body)
    with pytest.raises(InvalidCredsError, match="who are you"):
        driver.list_containers()


def test_error_that_is_not_json_shows_the_body(double, driver):
    double.on("GET", "/v1/containers").reply(500, text="<h1>Oops</h1>")
    with pytest.raises(LibcloudError, match="Oops"):
        driver.list_containers()
