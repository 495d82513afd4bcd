"""Acme Backup: the conformance suite, and what only this provider does."""

from __future__ import annotations

import itertools
import threading
from datetime import datetime, timezone

import pytest

from libcloud.backup.drivers.acme import AcmeBackupDriver
from libcloud.common.errors import InvalidCredsError, LibcloudError
from libcloud.testing.backup import BackupDriverConformance
from libcloud.testing.http import HTTPDouble, answer

PAGE = 2


class FakeAcme:
    """The dialect of the driver's docstring, in memory. The real API is the better judge."""

    def __init__(self, double):
        self.lock = threading.Lock()
        self.ids = itertools.count(1)
        self.targets = {}
        self.jobs = {}
        self.points = {}
        double.serve("GET", "/v1/targets", self.list_targets)
        double.serve("POST", "/v1/targets", self.create_target)
        double.serve("PATCH", "/v1/targets/{target}", self.change_target)
        double.serve("DELETE", "/v1/targets/{target}", self.delete_target)
        double.serve("GET", "/v1/targets/{target}/jobs", self.list_jobs)
        double.serve("POST", "/v1/targets/{target}/jobs", self.create_job)
        double.serve("GET", "/v1/targets/{target}/jobs/{job}", self.show_job)
        double.serve("GET", "/v1/targets/{target}/points", self.list_points)

    def list_targets(self, request):
        return page(request, list(self.targets.values()))

    def create_target(self, request):
        with self.lock:
            target = {"id": str(next(self.ids)), **request.json}
            self.targets[target["id"]] = target
            self.jobs[target["id"]] = {}
            self.points[target["id"]] = {}
            return answer(201, json=target)

    def change_target(self, request, target):
        if target not in self.targets:
            return error(404, "not_found")
        self.targets[target].update(request.json)
        return answer(json=self.targets[target])

    def delete_target(self, request, target):
        return answer(204) if self.targets.pop(target, None) else error(404, "not_found")

    def list_jobs(self, request, target):
        if target not in self.targets:
            return error(404, "not_found")
        return page(request, list(self.jobs[target].values()))

    def create_job(self, request, target):
        with self.lock:
            point = request.json.get("recover")
            if target not in self.targets or (point and point not in self.points[target]):
                return error(404, "not_found")
            job = {"id": str(next(self.ids)), "state": "done", "percent": 100}
            self.jobs[target][job["id"]] = job
            if point is None:
                point = str(next(self.ids))
                date = datetime.now(timezone.utc).isoformat()
                self.points[target][point] = {"id": point, "date": date}
            return answer(201, json=job)

    def show_job(self, request, target, job):
        found = self.jobs[target].get(job)
        return answer(json=found) if found else error(404, "not_found")

    def list_points(self, request, target):
        if target not in self.targets:
            return error(404, "not_found")
        return page(request, list(self.points[target].values()))


def page(request, items):
    start = int(request.query.get("cursor", ["0"])[0])
    following = str(start + PAGE) if start + PAGE < len(items) else None
    return answer(json={"items": items[start : start + PAGE], "next": following})


def error(status, code):
    return answer(status, json={"error": {"code": code, "message": code.replace("_", " ")}})


class TestAcmeBackupDriver(BackupDriverConformance):
    @pytest.fixture
    def driver(self):
        with HTTPDouble() as double:
            FakeAcme(double)
            yield double.attach(AcmeBackupDriver("secret-key"))


@pytest.fixture
def double():
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double):
    return double.attach(AcmeBackupDriver("secret-key"))


def test_requests_carry_the_key(double, driver):
    route = double.on("GET", "/v1/targets", headers={"Authorization": "Bearer secret-key"})
    route.reply(json={"items": [], "next": None})
    assert driver.list_targets() == []


def test_wrong_key_raises_invalid_creds(double, driver):
    body = {"error": {"code": "bad_key", "message": "who are you"}}
    double.on("GET", "/v1/targets").reply(403, json=body)
    with pytest.raises(InvalidCredsError, match="who are you"):
        driver.list_targets()


def test_error_that_is_not_json_shows_the_body(double, driver):
    double.on("GET", "/v1/targets").reply(500, text="<h1>Oops</h1>")
    with pytest.raises(LibcloudError, match="Oops"):
        driver.list_targets()
