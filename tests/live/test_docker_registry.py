"""
The registry client against the reference implementation, Debian's ``docker-registry``.

Images are pushed with plain HTTP calls, and what the client says is compared with what was pushed.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import re
import shutil
import socket
import subprocess
import textwrap
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from libcloud.common.errors import InvalidCredsError, ResourceNotFoundError
from libcloud.container.types import ContainerImageDoesNotExistError, RepositoryDoesNotExistError
from libcloud.container.utils import docker
from libcloud.container.utils.docker import RegistryClient
from libcloud.testing.base import run_in_threads

BINARY = shutil.which("docker-registry")

pytestmark = [
    pytest.mark.live,
    pytest.mark.debian,
    pytest.mark.skipif(BINARY is None, reason="needs Debian's package docker-registry"),
]

MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
USER, PASSWORD = "somebody", "pass:wörd"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    """A running docker-registry, and how to put images into it."""

    def __init__(self, folder, auth=""):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "registry.log"
        config = folder / "config.yml"
        config.write_text(
            "version: 0.1\n"
            "storage:\n"
            f"  filesystem: {{rootdirectory: {folder / 'data'}}}\n"
            "  delete: {enabled: true}\n"
            f"http: {{addr: '127.0.0.1:{self.port}'}}\n{auth}"
        )
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", str(config)], stdout=log, stderr=subprocess.STDOUT
            )
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                requests.get(f"{self.url}/v2/", timeout=5)
                return
            except requests.ConnectionError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)

    def push(self, repository, tag, layer=b"layer", headers=None):
        """Push an image of one layer; returns its digest and the bytes that it takes."""
        config = json.dumps({"architecture": "amd64", "os": "linux"}).encode()
        blobs = [self._push_blob(repository, content, headers) for content in (config, layer)]
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": {"mediaType": "application/vnd.docker.container.image.v1+json", **blobs[0]},
            "layers": [
                {"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", **blobs[1]}
            ],
        }
        digest = self.push_manifest(repository, tag, MANIFEST_TYPE, manifest, headers)
        return digest, len(config) + len(layer)

    def push_manifest(self, repository, tag, media_type, manifest, headers=None):
        answer = requests.put(
            f"{self.url}/v2/{repository}/manifests/{tag}",
            data=json.dumps(manifest).encode(),
            headers={**(headers or {}), "Content-Type": media_type},
            timeout=30,
        )
        assert answer.status_code == 201, answer.text
        return answer.headers["Docker-Content-Digest"]

    def _push_blob(self, repository, content, headers):
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        started = requests.post(
            f"{self.url}/v2/{repository}/blobs/uploads/", headers=headers, timeout=30
        )
        assert started.status_code == 202, started.text
        location = started.headers["Location"]
        separator = "&" if "?" in location else "?"
        stored = requests.put(
            f"{location}{separator}digest={digest}",
            data=content,
            headers={**(headers or {}), "Content-Type": "application/octet-stream"},
            timeout=30,
        )
        assert stored.status_code == 201, stored.text
        return {"size": len(content), "digest": digest}


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry"))
    yield registry
    registry.stop()


@pytest.fixture
def client(registry):
    return RegistryClient("127.0.0.1", port=registry.port, secure=False)


# -- without authentication -----------------------------------------------------------------------


def test_get_image_says_what_was_pushed(registry, client):
    digest, size = registry.push("library/app", "1.0", b"x" * 1000)
    image = client.get_image("app", "1.0")
    assert image.id == "library/app:1.0"
    assert image.path == image.name == f"127.0.0.1:{registry.port}/library/app:1.0"
    assert image.version == "1.0"
    assert image.extra == {
        "digest": digest,
        "media_type": MANIFEST_TYPE,
        "full_size": size,
        "platforms": [],
    }


def test_get_image_by_digest(registry, client):
    digest, size = registry.push("library/by-digest", "1.0")
    image = client.get_image("by-digest", digest)
    assert image.path == f"127.0.0.1:{registry.port}/library/by-digest@{digest}"
    assert image.extra["full_size"] == size


def test_get_image_of_several_platforms(registry, client):
    digest, size = registry.push("library/many", "amd64")
    manifests = [
        {
            "mediaType": MANIFEST_TYPE,
            "digest": digest,
            "size": size,
            "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"},
        }
    ]
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": manifests}
    digest = registry.push_manifest("library/many", "1.0", INDEX_TYPE, index)
    assert client.get_image("many", "1.0").extra == {
        "digest": digest,
        "media_type": INDEX_TYPE,
        "full_size": None,
        "platforms": ["linux/arm64/v8"],
    }


def test_list_images_has_every_tag(registry, client):
    for tag in ("1.0", "1.1", "latest"):
        registry.push("library/tags", tag)
    images = client.list_images("tags")
    assert sorted(image.version for image in images) == ["1.0", "1.1", "latest"]
    assert {image.id for image in images} >= {client.get_image("tags").id}
    assert len(client.list_images("tags", max_count=2)) == 2
    repository = client.get_repository("tags")
    assert repository["name"] == "library/tags"
    assert sorted(repository["tags"]) == ["1.0", "1.1", "latest"]


def test_repository_without_namespace_and_with_a_long_one(registry, client):
    registry.push("single", "1.0")
    registry.push("team/part/app", "1.0")
    assert client.get_image("single", "1.0", namespace=None).id == "single:1.0"
    assert [image.id for image in client.list_images("part/app", "team")] == ["team/part/app:1.0"]


def test_list_repositories_crosses_pages_without_loss(registry, client, monkeypatch):
    monkeypatch.setattr(docker, "MAX_PAGE_SIZE", 2)
    names = {f"pages/app-{number}" for number in range(5)}
    for name in names:
        registry.push(name, "1.0")
    listed = client.list_repositories()
    assert len(set(listed)) == len(listed)
    assert names <= set(listed)
    assert len(client.list_repositories(max_count=3)) == 3


def test_get_image_that_is_missing_raises_not_found(registry, client):
    registry.push("library/there", "1.0")
    with pytest.raises(ContainerImageDoesNotExistError) as caught:
        client.get_image("there", "2.0")
    assert isinstance(caught.value, ResourceNotFoundError)
    assert caught.value.provider_code == "MANIFEST_UNKNOWN"
    assert caught.value.resource_id == "library/there:2.0"


@pytest.mark.parametrize("method", ["list_images", "get_repository"])
def test_repository_that_is_missing_raises_not_found(client, method):
    with pytest.raises(RepositoryDoesNotExistError) as caught:
        getattr(client, method)("nowhere")
    assert caught.value.provider_code == "NAME_UNKNOWN"
    assert caught.value.http_code == 404


def test_image_whose_tags_are_gone_has_none(registry, client):
    digest, _ = registry.push("library/emptied", "1.0")
    gone = requests.delete(f"{registry.url}/v2/library/emptied/manifests/{digest}", timeout=30)
    assert gone.status_code == 202
    assert client.list_images("emptied") == []


# -- Basic ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def basic_registry(tmp_path_factory):
    bcrypt = pytest.importorskip("bcrypt")
    folder = tmp_path_factory.mktemp("basic")
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    (folder / "htpasswd").write_text(f"{USER}:{hashed}\n")
    registry = Registry(
        folder, f"auth:\n  htpasswd: {{realm: here, path: {folder / 'htpasswd'}}}\n"
    )
    yield registry
    registry.stop()


def basic(user, password):
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def test_basic_credentials_open_the_registry(basic_registry):
    digest, _ = basic_registry.push("library/app", "1.0", headers=basic(USER, PASSWORD))
    client = RegistryClient(f"127.0.0.1:{basic_registry.port}", USER, PASSWORD, secure=False)
    assert client.get_image("app", "1.0").extra["digest"] == digest
    assert client.list_repositories() == ["library/app"]


@pytest.mark.parametrize("credentials", [(), (USER, "wrong"), ("nobody",)])
def test_bad_credentials_raise_invalid_creds(basic_registry, credentials):
    client = RegistryClient(f"127.0.0.1:{basic_registry.port}", *credentials, secure=False)
    for call in (client.list_repositories, lambda: client.get_image("app")):
        with pytest.raises(InvalidCredsError) as caught:
            call()
        assert caught.value.provider_code == "UNAUTHORIZED"


# -- tokens ---------------------------------------------------------------------------------------


class TokenServer:
    """Gives tokens that the registry verifies, as of the token authentication specification."""

    service, issuer = "the-registry", "the-issuer"

    def __init__(self, folder):
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        self.requests = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self.issuer)])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.bundle = folder / "bundle.pem"
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self.certificate = certificate.public_bytes(serialization.Encoding.DER)
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = parse_qs(urlsplit(self.path).query)
                authorization = self.headers.get("Authorization")
                server.requests.append((query, authorization))
                allowed = authorization == basic(USER, PASSWORD)["Authorization"]
                token = server.token(query.get("scope", []))
                body = json.dumps({"token": token} if allowed else {"details": "who?"}).encode()
                self.send_response(200 if allowed else 401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}/token"
        threading.Thread(target=self.httpd.serve_forever, daemon=True).start()

    def token(self, scopes):
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        def part(content):
            return base64.urlsafe_b64encode(content).rstrip(b"=")

        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":")
            access.append({"type": kind, "name": name, "actions": actions.split(",")})
        now = int(time.time())
        header = {
            "typ": "JWT",
            "alg": "RS256",
            "x5c": [base64.b64encode(self.certificate).decode()],
        }
        claims = {
            "iss": self.issuer,
            "aud": self.service,
            "sub": USER,
            "iat": now,
            "nbf": now - 60,
            "exp": now + 300,
            "access": access,
        }
        signed = b".".join(part(json.dumps(content).encode()) for content in (header, claims))
        signature = self.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return b".".join([signed, part(signature)]).decode()

    def stop(self):
        self.httpd.shutdown()
        self.httpd.server_close()


@pytest.fixture(scope="module")
def token_server(tmp_path_factory):
    server = TokenServer(tmp_path_factory.mktemp("tokens"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def token_registry(tmp_path_factory, token_server):
    auth = (
        "auth:\n  token:\n"
        f"    realm: {token_server.url}\n"
        f"    service: {token_server.service}\n"
        f"    issuer: {token_server.issuer}\n"
        f"    rootcertbundle: {token_server.bundle}\n"
    )
    registry = Registry(tmp_path_factory.mktemp("token-registry"), auth)
    for repository in ("library/app", "library/other"):
        token = token_server.token([f"repository:{repository}:pull,push"])
        registry.push(repository, "1.0", headers={"Authorization": f"Bearer {token}"})
    yield registry
    registry.stop()


def token_client(registry, password=PASSWORD):
    return RegistryClient("127.0.0.1", USER, password, port=registry.port, secure=False)


def test_token_is_fetched_where_the_registry_says(token_registry, token_server):
    token_server.requests.clear()
    client = token_client(token_registry)
    assert client.get_image("app", "1.0").version == "1.0"
    assert token_server.requests == [
        (
            {"service": ["the-registry"], "scope": ["repository:library/app:pull"]},
            basic(USER, PASSWORD)["Authorization"],
        )
    ]


def test_token_is_kept_for_its_repository(token_registry, token_server):
    token_server.requests.clear()
    client = token_client(token_registry)
    for _ in range(3):
        client.get_image("app", "1.0")
        client.list_images("app")
    client.get_image("other", "1.0")
    assert client.list_repositories() == ["library/app", "library/other"]
    scopes = [query["scope"] for query, _ in token_server.requests]
    assert scopes == [
        ["repository:library/app:pull"],
        ["repository:library/other:pull"],
        ["registry:catalog:*"],
    ]


def test_token_that_is_refused_is_replaced(token_registry, token_server):
    client = token_client(token_registry)
    client.get_image("app", "1.0")
    client.connection._tokens = dict.fromkeys(client.connection._tokens, "expired")
    assert client.get_image("app", "1.0").version == "1.0"


def test_token_server_that_refuses_raises_invalid_creds(token_registry):
    client = token_client(token_registry, password="wrong")
    with pytest.raises(InvalidCredsError):
        client.get_image("app", "1.0")


def test_threads_share_a_client(token_registry):
    client = token_client(token_registry)

    def look(name):
        return [client.get_image(name, "1.0").id for _ in range(10)]

    names = ["app", "other"] * 4
    answers = run_in_threads([lambda name=name: look(name) for name in names])
    assert answers == [[f"library/{name}:1.0"] * 10 for name in names]


# -- documentation --------------------------------------------------------------------------------


def test_example_of_the_documentation_runs(registry, capsys):
    page = Path(__file__).parents[2] / "docs" / "container" / "registry.rst"
    block = re.search(r"code-block:: python\n\n((?:(?:    .*)?\n)+)", page.read_text()).group(1)
    digest, _ = registry.push("team/app", "1.0")
    example = textwrap.dedent(block).replace("port=5001", f"port={registry.port}")
    exec(compile(example, str(page), "exec"), {})
    assert digest in capsys.readouterr().out
