"""Acme Storage: the conformance suite, and what only this provider does."""

from __future__ import annotations

import hashlib
import threading

import pytest

from libcloud.common.errors import InvalidCredsError, LibcloudError
from libcloud.storage.base import Container
from libcloud.storage.drivers.acme import AcmeStorageDriver
from libcloud.storage.types import ObjectHashMismatchError
from libcloud.testing.http import HTTPDouble, answer
from libcloud.testing.storage import StorageDriverConformance

PAGE = 10

OBJECT = "/v1/buckets/{bucket}/objects/{key}"


class FakeAcme:
    """The dialect of the driver's docstring, in memory. The real API is the better judge."""

    def __init__(self, double):
        self.lock = threading.Lock()
        self.buckets = {}
        double.serve("GET", "/v1/buckets", self.list_buckets)
        double.serve("POST", "/v1/buckets", self.create_bucket)
        double.serve("GET", "/v1/buckets/{bucket}", self.show_bucket)
        double.serve("DELETE", "/v1/buckets/{bucket}", self.delete_bucket)
        double.serve("GET", "/v1/buckets/{bucket}/objects", self.list_objects)
        double.serve("PUT", OBJECT, self.put)
        double.serve("HEAD", OBJECT, self.get)
        double.serve("GET", OBJECT, self.get)
        double.serve("DELETE", OBJECT, self.delete)

    def list_buckets(self, request):
        return page(request, [{"name": name} for name in self.buckets])

    def create_bucket(self, request):
        with self.lock:
            if request.json["name"] in self.buckets:
                return error(409, "exists")
            self.buckets[request.json["name"]] = {}
            return answer(201, json=request.json)

    def show_bucket(self, request, bucket):
        return answer(json={"name": bucket}) if bucket in self.buckets else error(404, "no_bucket")

    def delete_bucket(self, request, bucket):
        with self.lock:
            if bucket not in self.buckets:
                return error(404, "no_bucket")
            if self.buckets[bucket]:
                return error(409, "not_empty")
            del self.buckets[bucket]
            return answer(204)

    def list_objects(self, request, bucket):
        if bucket not in self.buckets:
            return error(404, "no_bucket")
        prefix = request.query.get("prefix", [""])[0]
        with self.lock:
            stored = sorted(self.buckets[bucket].items())
        return page(
            request,
            [
                {"key": key, "size": len(content), "md5": headers["ETag"].strip('"')}
                for key, (content, headers) in stored
                if key.startswith(prefix)
            ],
        )

    def put(self, request, bucket, key):
        if bucket not in self.buckets:
            return error(404, "no_bucket")
        kept = {
            name: value
            for name, value in request.headers.items()
            if name.lower() == "content-type" or name.lower().startswith("x-meta-")
        }
        kept["ETag"] = f'"{hashlib.md5(request.body).hexdigest()}"'
        with self.lock:
            self.buckets[bucket][key] = (request.body, kept)
        return answer(201, headers={"ETag": kept["ETag"]})

    def get(self, request, bucket, key):
        if bucket not in self.buckets:
            return error(404, "no_bucket")
        if key not in self.buckets[bucket]:
            return error(404, "no_object")
        content, headers = self.buckets[bucket][key]
        wanted = request.headers.get("Range")
        if wanted is None:
            return answer(200, body=content, headers=headers)
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        end = min(int(last) if last else len(content) - 1, len(content) - 1)
        headers = {**headers, "Content-Range": f"bytes {first}-{end}/{len(content)}"}
        return answer(206, body=content[int(first) : end + 1], headers=headers)

    def delete(self, request, bucket, key):
        if key not in self.buckets.get(bucket, {}):
            return error(404, "no_object")
        del self.buckets[bucket][key]
        return answer(204)


def page(request, items):
    start = int(request.query.get("cursor", ["0"])[0])
    following = str(start + PAGE) if start + PAGE < len(items) else None
    return answer(json={"items": items[start : start + PAGE], "next": following})


def error(status, code):
    return answer(status, json={"error": {"code": code, "message": code.replace("_", " ")}})


class TestAcmeStorageDriver(StorageDriverConformance):
    @pytest.fixture
    def driver(self):
        with HTTPDouble() as double:
            FakeAcme(double)
            yield double.attach(AcmeStorageDriver("secret-key"))


@pytest.fixture
def double():
    with HTTPDouble() as double:
        yield double


@pytest.fixture
def driver(double):
    return double.attach(AcmeStorageDriver("secret-key"))


def test_requests_carry_the_key(double, driver):
    route = double.on("GET", "/v1/buckets", headers={"Authorization": "Bearer secret-key"})
    route.reply(json={"items": [], "next": None})
    assert driver.list_containers() == []


def test_wrong_key_raises_invalid_creds(double, driver):
    body = {"error": {"code": "bad_key", "message": "who are you"}}
    double.on("GET", "/v1/buckets").reply(403, json=body)
    with pytest.raises(InvalidCredsError, match="who are you"):
        driver.list_containers()


def test_error_that_is_not_json_shows_the_body(double, driver):
    double.on("GET", "/v1/buckets").reply(500, text="<h1>Oops</h1>")
    with pytest.raises(LibcloudError, match="Oops"):
        driver.list_containers()


def test_upload_that_arrives_damaged_raises_hash_mismatch(double, driver):
    path = "/v1/buckets/bucket/objects/key"
    double.on("PUT", path, body=b"content").reply(201, headers={"ETag": '"0123"'})
    with pytest.raises(ObjectHashMismatchError):
        driver.upload_object_via_stream(iter([b"content"]), Container("bucket", {}, driver), "key")
