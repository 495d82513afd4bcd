"""
What programs and drivers of other people do with the library, in small.

Each test is a reconstruction of a habit, and names a public place that has it. All of them pass on
apache-libcloud 3.9.1 as well.
"""

from __future__ import annotations

import copy
import importlib
import io
import json
import pathlib
import subprocess
import sys
import unittest
from unittest import mock

import pytest
import requests
import requests_mock

import libcloud
import libcloud.http
import libcloud.security
from libcloud.common.base import (
    ConnectionKey,
    ConnectionUserAndKey,
    JsonResponse,
    PollingConnection,
    RawResponse,
    XmlResponse,
)
from libcloud.common.exceptions import BaseHTTPError
from libcloud.common.types import InvalidCredsError, LazyList, LibcloudError, ProviderError
from libcloud.compute.base import (
    KeyPair,
    Node,
    NodeDriver,
    NodeImage,
    NodeLocation,
    NodeSize,
    StorageVolume,
)
from libcloud.compute.types import DeploymentError, NodeState
from libcloud.dns.base import DNSDriver, Record, Zone
from libcloud.dns.types import (
    RecordAlreadyExistsError,
    RecordType,
    ZoneDoesNotExistError,
)
from libcloud.http import LibcloudConnection
from libcloud.storage.base import Container, Object, StorageDriver
from libcloud.storage.types import ContainerDoesNotExistError, ObjectDoesNotExistError
from libcloud.utils.py3 import httplib
from libcloud.utils.xml import findall, findtext, fixxpath

HOST = "cloud.example.com"


@pytest.fixture
def cloud():
    with requests_mock.Mocker() as mocker:
        yield mocker


def url(path):
    return f"https://{HOST}{path}"


# -- a driver with a connection and a response of its own -----------------------------------------
# https://github.com/TheBits/libcloud-vscale


class TokenResponse(JsonResponse):
    def success(self):
        return self.status == httplib.NO_CONTENT or super().success()

    def parse_error(self):
        if int(self.status) == httplib.FORBIDDEN:
            raise InvalidCredsError("wrong token")
        body = super().parse_error()
        if self.status in (httplib.NOT_FOUND, httplib.CONFLICT):
            raise ProviderError(value=body["error"], http_code=self.status)
        return body["error"]


class TokenConnection(ConnectionKey):
    host = HOST
    responseCls = TokenResponse

    def add_default_headers(self, headers):
        headers["X-Token"] = self.key
        return headers


class TokenNodeDriver(NodeDriver):
    connectionCls = TokenConnection
    name = "Token"
    website = "https://cloud.example.com/"
    STATES = {"started": NodeState.RUNNING}

    def list_locations(self):
        found = self.connection.request("v1/locations").object
        return [NodeLocation(raw["id"], raw["title"], "RU", self) for raw in found]

    def list_sizes(self, location=None):
        return [
            NodeSize(id=1, name="small", ram=512, disk=20, bandwidth=0, price=0, driver=self)
            for raw in self.connection.request("v1/plans").object
        ]

    def list_nodes(self):
        return [
            Node(
                id=raw["id"],
                name=raw["name"],
                state=self.STATES.get(raw["status"], NodeState.UNKNOWN),
                public_ips=[raw["ip"]],
                private_ips=[],
                driver=self,
                image=NodeImage(raw["image"], name=raw["image"], driver=self),
                extra=raw,
            )
            for raw in self.connection.request("v1/nodes").object
        ]

    def delete_key_pair(self, key_pair):
        path = f"v1/keys/{key_pair.extra['id']}"
        return self.connection.request(path, method="DELETE").status == httplib.NO_CONTENT


def test_driver_with_its_own_connection_lists_nodes(cloud):
    raw = {"id": "7", "name": "web", "status": "started", "ip": "192.0.2.1", "image": "ubuntu"}
    request = cloud.get(url("/v1/nodes"), json=[raw])
    [node] = TokenNodeDriver(key="secret").list_nodes()
    assert request.last_request.headers["X-Token"] == "secret"
    assert (node.id, node.state, node.image.name) == ("7", "running", "ubuntu")
    assert node.extra is not None and node.extra["image"] == "ubuntu"


def test_driver_with_its_own_connection_lists_locations_and_sizes(cloud):
    cloud.get(url("/v1/locations"), json=[{"id": "msk", "title": "Moscow"}])
    cloud.get(url("/v1/plans"), json=[{}])
    driver = TokenNodeDriver("secret")
    assert [(at.id, at.name, at.country) for at in driver.list_locations()] == [
        ("msk", "Moscow", "RU")
    ]
    assert [size.ram for size in driver.list_sizes(location=None)] == [512]


def test_answer_without_a_body_counts_as_success_where_the_response_says_so(cloud):
    cloud.delete(url("/v1/keys/3"), status_code=204)
    driver = TokenNodeDriver("secret")
    key_pair = KeyPair(name="k", public_key="p", fingerprint="f", driver=driver, extra={"id": 3})
    assert driver.delete_key_pair(key_pair) is True


@pytest.mark.parametrize(
    ("status", "expected"),
    [(403, InvalidCredsError), (404, ProviderError), (400, BaseHTTPError)],
)
def test_error_is_what_parse_error_raises_or_a_base_http_error(cloud, status, expected):
    cloud.get(url("/v1/nodes"), status_code=status, json={"error": "not_today"})
    with pytest.raises(expected) as raised:
        TokenNodeDriver("secret").list_nodes()
    if status == 404:
        assert (raised.value.value, raised.value.http_code) == ("not_today", 404)
    if status == 400:
        assert (raised.value.message, raised.value.code) == ("not_today", 400)


# -- a response that parses in success() ----------------------------------------------------------
# https://github.com/TheBits/libcloud-beget


class EagerResponse(JsonResponse):
    def success(self):
        self.object = self.parse_body()
        return self.object["status"] == "success"

    def parse_body(self):
        return self.object or super().parse_body()

    def parse_error(self):
        return super().parse_error()["error_text"]


class EagerConnection(ConnectionUserAndKey):
    host = HOST
    responseCls = EagerResponse

    def add_default_params(self, params):
        params["login"] = self.user_id
        params["passwd"] = self.key
        return params


class EagerDNSDriver(DNSDriver):
    connectionCls = EagerConnection
    name = "Eager"

    def iterate_zones(self):
        found = self.connection.request("api/domains").object["answer"]
        return [Zone(raw.pop("id"), raw.pop("fqdn"), "master", None, self, raw) for raw in found]

    def list_zones(self):
        return self.iterate_zones()


def test_response_that_parses_in_success(cloud):
    answer = {"status": "success", "answer": [{"id": 1, "fqdn": "example.com", "paid": True}]}
    request = cloud.get(url("/api/domains"), json=answer)
    [zone] = EagerDNSDriver("me", "secret").list_zones()
    assert (zone.id, zone.domain, zone.extra) == ("1", "example.com", {"paid": True})
    assert request.last_request.qs == {"login": ["me"], "passwd": ["secret"]}


def test_response_that_finds_the_error_in_a_successful_answer(cloud):
    cloud.get(url("/api/domains"), json={"status": "error", "error_text": "no such method"})
    with pytest.raises(Exception, match="no such method"):
        EagerDNSDriver("me", "secret").list_zones()


# -- drivers that go their own way to the wire ----------------------------------------------------


def test_connection_that_is_no_connection_of_ours(cloud):
    # https://github.com/teamniteo/libcloud-dnsimple-v2-driver
    class Own:
        def __init__(
            self, user_id, key, secure, hostname, port_number, *, timeout, proxy_url, backoff,
            retry_delay,
        ):  # fmt: skip
            self.user_id, self.key, self.base = user_id, key, f"https://{hostname}:{port_number}"
            self.timeout = timeout

        def connect(self):
            pass

        def request(self, action, method="GET"):
            self.object = requests.request(method, self.base + action, timeout=self.timeout).json()
            return self

    class Driver(DNSDriver):
        connectionCls = Own
        host = HOST
        RECORD_TYPE_MAP = {RecordType.A: "A", "POOL": "POOL"}

        def __init__(self, key, secret=None, secure=True, **kwargs):
            super().__init__(key, secret, secure, self.host, 443, **kwargs)

        def iterate_zones(self):
            for raw in self.connection.request(f"/v2/{self.connection.user_id}/zones").object:
                yield Zone(id=raw, domain=raw, type="master", ttl=60, driver=self, extra={})

    cloud.get(f"https://{HOST}:443/v2/me/zones", json=["example.com"])
    driver = Driver("me", "token", timeout=3)
    assert [zone.domain for zone in driver.list_zones()] == ["example.com"]
    assert driver.connection.driver is driver
    assert sorted(driver.list_record_types()) == ["A", "POOL"]


def test_driver_without_our_constructor():
    # https://github.com/chevah/libcloud-virtualbox
    class Driver(NodeDriver):
        features = {"create_node": ["password"]}

        def __init__(self, host, port=18083):
            self._vbox = f"{host}:{port}"

        def list_nodes(self):
            node = Node(
                id="1", name=self._vbox, state=NodeState.STOPPED, public_ips=[], private_ips=[],
                driver=self, size=None, image=None, created_at=None, extra={"vbox": "off"},
            )  # fmt: skip
            return [node]

    driver = Driver("localhost")
    [node] = driver.list_nodes()
    assert (node.name, node.state == NodeState.STOPPED) == ("localhost:18083", True)
    assert node.uuid == node.get_uuid()
    with pytest.raises(NotImplementedError):
        driver.list_images()
    with pytest.raises(NotImplementedError):
        node.reboot()


def test_dns_driver_on_top_of_requests_with_its_own_errors(cloud):
    # https://github.com/moses-palmer/libcloud-dnsmadeeasy
    class LimitError(LibcloudError):
        error_type = "LimitError"
        kwargs = ("remaining",)

        def __init__(self, value, driver, limit):
            self.limit = limit
            super().__init__(value=value, driver=driver)

        def __str__(self):
            return self.__repr__()

        def __repr__(self):
            return f"<{self.error_type} in {self.driver!r}, limit = {self.limit}>"

    class Driver(DNSDriver):
        name = "Own"

        def __init__(self, key):
            self._key = key

        def list_zones(self):
            response = requests.get(url("/zones"), timeout=1)
            if response.status_code == 400:
                raise LimitError(response, self, 5)
            return [Zone(raw, raw, "master", None, self) for raw in response.json()]

    cloud.get(url("/zones"), json=["example.com"])
    assert [zone.domain for zone in Driver("k").list_zones()] == ["example.com"]
    cloud.get(url("/zones"), status_code=400)
    with pytest.raises(LibcloudError, match="limit = 5"):
        Driver("k").list_zones()


def test_connection_that_asks_for_a_token_in_its_constructor(cloud):
    # https://libcloud.readthedocs.io/en/stable/development.html: tokens before the first call
    class Connection(ConnectionUserAndKey):
        host = HOST
        responseCls = JsonResponse
        token = None

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            body = json.dumps({"user": self.user_id, "password": self.key})
            self.token = self.request("/tokens", method="POST", data=body).object["token"]

        def add_default_headers(self, headers):
            if self.token:
                headers["Authorization"] = f"Bearer {self.token}"
            return headers

    class Driver(NodeDriver):
        connectionCls = Connection

    cloud.post(url("/tokens"), json={"token": "t"})
    request = cloud.get(url("/nodes"), json=[])
    assert Driver("me", "secret").connection.request("/nodes").object == []
    assert request.last_request.headers["Authorization"] == "Bearer t"


def test_base_url_goes_before_every_path(cloud):
    # https://libcloud.readthedocs.io/en/stable/compute/drivers/cloudstack.html
    class Driver(NodeDriver):
        connectionCls = TokenConnection

        def __init__(self, key, url):
            self._url = url
            super().__init__(key)

        def _ex_connection_class_kwargs(self):
            return {"url": self._url}

    request = cloud.get(f"http://{HOST}:8080/client/api/list?a=1", json={})
    Driver("k", f"http://{HOST}:8080/client/api").connection.request("/list", params={"a": 1})
    assert request.call_count == 1


def test_request_overridden_with_the_old_parameters(cloud):
    # https://github.com/teamniteo/libcloud-dnsimple-v2-driver
    class Connection(TokenConnection):
        def request(self, action, params=None, data=None, headers=None, method="GET", raw=False):
            headers = dict(headers or {}, Accept="application/json")
            return super().request(
                f"/v2{action}", params=params, data=data, headers=headers, method=method, raw=raw
            )

    request = cloud.post(url("/v2/nodes"), json={"id": 1})
    assert Connection("k").request("/nodes", data="{}", method="POST").object == {"id": 1}
    assert request.last_request.headers["Accept"] == "application/json"
    assert request.last_request.text == "{}"


def test_hooks_that_change_path_body_parameters_and_headers(cloud):
    # https://libcloud.readthedocs.io/en/stable/development.html
    class Connection(ConnectionUserAndKey):
        host = HOST
        responseCls = JsonResponse

        def morph_action_hook(self, action):
            return f"/v3{super().morph_action_hook(action)}"

        def encode_data(self, data):
            return json.dumps(data)

        def pre_connect_hook(self, params, headers):
            params["signature"] = f"{self.method} {self.action} {self.key}"
            headers["Date"] = "today"
            return params, headers

    request = cloud.put(url("/v3/x"), json={})
    Connection("u", "k").request("/x", data={"a": 1}, method="PUT")
    assert request.last_request.qs == {"signature": ["put /v3/x k"]}
    assert request.last_request.json() == {"a": 1}
    assert request.last_request.headers["Date"] == "today"


def test_context_is_for_one_request(cloud):
    # https://libcloud.readthedocs.io/en/stable/development.html: the context says which zone a
    # "not found" is about
    class Response(JsonResponse):
        def parse_error(self):
            zone_id = self.connection.context.get("zone_id")
            if zone_id is not None:
                raise ZoneDoesNotExistError("", self.connection.driver, zone_id)
            return "not found"

    class Connection(TokenConnection):
        responseCls = Response

    cloud.get(url("/zones/1"), status_code=404, json={})
    cloud.get(url("/account"), status_code=404, json={})
    connection = Connection("k")
    connection.set_context({"zone_id": "1"})
    with pytest.raises(ZoneDoesNotExistError):
        connection.request("/zones/1")
    assert connection.context == {}
    with pytest.raises(BaseHTTPError, match="not found"):
        connection.request("/account")


def test_raw_answer_gives_bytes(cloud):
    # https://github.com/apache/libcloud/issues/1475: downloads that read the answer themselves
    cloud.get(url("/file"), content=b"\x00\xff")
    raw = TokenConnection("k").request("/file", raw=True)
    assert raw.body == b"\x00\xff"
    assert (raw.status, raw.success()) == (200, True)


def test_responses_with_constructors_of_their_own(cloud):
    # https://libcloud.readthedocs.io/en/stable/development.html: response classes of drivers
    class Parsed(JsonResponse):
        def __init__(self, response, connection):
            self.seen = connection.host
            super().__init__(response, connection)

    class Raw(RawResponse):
        def __init__(self, connection, response=None):
            self.seen = connection.host
            super().__init__(connection, response)

    class Connection(TokenConnection):
        responseCls = Parsed
        rawResponseCls = Raw

    cloud.get(url("/x"), json={}, headers={"X-Id": "7"})
    assert Connection("k").request("/x").seen == HOST
    raw = Connection("k").request("/x", raw=True)
    assert (raw.seen, raw.headers["x-id"]) == (HOST, "7")


def test_connection_arguments_of_the_driver_and_of_the_program(cloud):
    # https://github.com/teamniteo/libcloud-dnsimple-v2-driver has it, commented out
    class Connection(ConnectionKey):
        responseCls = JsonResponse

        def __init__(self, key, *args, **kwargs):
            self.host = kwargs.pop("endpoint")
            super().__init__(key, *args, **kwargs)

    class Driver(NodeDriver):
        connectionCls = Connection

        def _ex_connection_class_kwargs(self):
            return {"endpoint": HOST, "timeout": 9}

    assert Driver("k", timeout=3).connection.timeout == 3
    assert Driver("k", timeout=3).connection.host == HOST


def test_xml_answer_is_walked_with_the_xml_helpers(cloud):
    # https://github.com/muccg/libcloud-drivers
    class Connection(ConnectionKey):
        host = HOST
        responseCls = XmlResponse

    cloud.get(url("/"), text='<r xmlns="ns"><set><item><id>a</id></item></set></r>')
    root = Connection("k").request("/").object
    items = root.findall(fixxpath(xpath="set/item", namespace="ns"))
    assert [findtext(element=item, xpath="id", namespace="ns") for item in items] == ["a"]
    assert findall(element=root, xpath="set/item/id", namespace="ns")[0].text == "a"


# -- transports and test doubles ------------------------------------------------------------------


class FakeAnswer:
    status_code = 200
    reason = "OK"
    headers = {"X-Job": "7"}
    request = None
    iter_content = None

    def __init__(self, text):
        self.text = text
        self.content = text.encode()


class FakeTransport:
    """Not below any class of ours."""

    answers: list[str] = []

    def __init__(self, host, port, secure=None, **kwargs):
        self.seen = []

    def connect(self):
        pass

    def request(self, method, url, body=None, headers=None, raw=False, stream=False):
        self.seen.append((method, url))

    def getresponse(self):
        return FakeAnswer(self.answers[min(len(self.seen), len(self.answers)) - 1])


def test_transport_of_another_kind():
    # https://github.com/teamniteo/libcloud-dnsimple-v2-driver
    class Transport(FakeTransport):
        answers = ['{"a": 1}']

    class Connection(TokenConnection):
        conn_class = Transport

    response = Connection("k").request("/x", params={"b": "c"})
    assert (response.object, response.headers) == ({"a": 1}, {"x-job": "7"})
    assert response.connection.connection.seen == [("GET", "/x?b=c")]


def test_polling_connection_waits_for_the_job():
    # https://libcloud.readthedocs.io/en/stable/development.html: APIs that answer with a job
    class Transport(FakeTransport):
        answers = ['{"job": 7, "done": false}', '{"done": false}', '{"done": true, "id": "n"}']

    class Connection(PollingConnection):
        conn_class = Transport
        responseCls = JsonResponse
        poll_interval = 0

        def get_poll_request_kwargs(self, response, context, request_kwargs):
            assert context == {"why": "test"}
            return {"action": f"/jobs/{response.object['job']}"}

        def has_completed(self, response):
            return response.object["done"]

    connection = Connection(host=HOST)
    response = connection.async_request("/nodes", method="POST", context={"why": "test"})
    assert response.object["id"] == "n"
    assert connection.connection.seen == [
        ("POST", "/nodes"),
        ("GET", "/jobs/7"),
        ("GET", "/jobs/7"),
    ]


def test_suite_written_with_mock_http():
    # https://github.com/teamniteo/libcloud-dnsimple-v2-driver
    from libcloud.test import LibcloudTestCase, MockHttp

    class Double(MockHttp):
        def _v1_nodes(self, method, url, body, headers):
            return (httplib.OK, "[]", {}, httplib.responses[httplib.OK])

        def _v1_nodes_DENIED(self, method, url, body, headers):
            return (httplib.FORBIDDEN, "{}", {}, httplib.responses[httplib.FORBIDDEN])

    class Suite(LibcloudTestCase):
        def setUp(self):
            super().setUp()
            Double.test = self
            Double.type = None
            self.driver = TokenNodeDriver("k")

        def test_list_nodes(self):
            self.assertEqual(self.driver.list_nodes(), [])
            self.assertExecutedMethodCount(1)

        def test_denied(self):
            Double.type = "DENIED"
            with self.assertRaises(InvalidCredsError):
                self.driver.list_nodes()

    with mock.patch.object(TokenConnection, "conn_class", Double):
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(Suite)
        result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    assert (result.testsRun, result.failures, result.errors) == (2, [], [])


def test_patches_by_dotted_path_are_seen():
    # https://docs.python.org/3/library/unittest.mock.html#patch, in the test suites of programs
    with mock.patch("libcloud.common.base.Connection.request") as request:
        request.return_value = mock.Mock(object=[])
        assert TokenNodeDriver("k").list_nodes() == []
    with mock.patch("libcloud.common.base.Connection.connect") as connect:
        TokenNodeDriver("k")
        assert connect.call_count == 1
    with mock.patch("requests.Session.send") as send:
        send.return_value = FakeAnswer("[]")
        assert TokenNodeDriver("k").list_nodes() == []


def test_session_belongs_to_the_program_as_well(cloud):
    # https://libcloud.readthedocs.io/en/stable/other/using-http-proxy.html
    driver = TokenNodeDriver("k")
    session = driver.connection.connection.session
    session.proxies.update({"https": "http://proxy.example.com:3128"})
    session.headers["X-Program"] = "mine"
    request = cloud.get(url("/v1/nodes"), json=[])
    driver.list_nodes()
    assert request.last_request.proxies["https"] == "http://proxy.example.com:3128"
    assert request.last_request.headers["X-Program"] == "mine"


def test_proxy_of_the_session_goes_before_that_of_the_driver(cloud):
    # https://libcloud.readthedocs.io/en/stable/other/using-http-proxy.html
    driver = TokenNodeDriver("k", proxy_url="http://proxy.example.com:3128")
    driver.connection.connection.session.proxies.update({"https": "https://proxy.example.com:1"})
    request = cloud.get(url("/v1/nodes"), json=[])
    driver.list_nodes()
    assert dict(request.last_request.proxies) == {
        "http": "http://proxy.example.com:3128",
        "https": "https://proxy.example.com:1",
    }


def test_network_failure_is_caught_as_an_exception_of_requests(cloud):
    # https://requests.readthedocs.io/en/latest/user/quickstart/#errors-and-exceptions: programs
    # catch these around our calls
    cloud.get(url("/v1/nodes"), exc=requests.exceptions.ReadTimeout)
    with pytest.raises(requests.Timeout):
        TokenNodeDriver("k").list_nodes()
    cloud.get(url("/v1/nodes"), exc=requests.exceptions.ConnectionError)
    with pytest.raises(requests.ConnectionError):
        TokenNodeDriver("k", retry_delay=0).list_nodes()


def test_switches_of_the_security_module(cloud, monkeypatch):
    # https://libcloud.readthedocs.io/en/stable/other/ssl-certificate-validation.html
    request = cloud.get(url("/v1/nodes"), json=[])
    monkeypatch.setattr(libcloud.security, "VERIFY_SSL_CERT", False)
    with mock.patch("warnings.warn"):
        TokenNodeDriver("k").list_nodes()
    assert request.last_request.verify is False
    monkeypatch.setattr(libcloud.security, "VERIFY_SSL_CERT", True)
    for path in (__file__, [__file__]):
        monkeypatch.setattr(libcloud.security, "CA_CERTS_PATH", path)
        TokenNodeDriver("k").list_nodes()
        assert request.last_request.verify == __file__


def test_default_time_out_is_a_constant_to_change(cloud, monkeypatch):
    # https://github.com/apache/libcloud/issues/1575
    monkeypatch.setattr(libcloud.http, "DEFAULT_REQUEST_TIMEOUT", 10)
    request = cloud.get(url("/v1/nodes"), json=[])
    TokenNodeDriver("k").list_nodes()
    TokenNodeDriver("k", timeout=3).list_nodes()
    assert [sent.timeout for sent in cloud.request_history] == [10, 3]
    assert request.call_count == 2


# -- finding and registering drivers --------------------------------------------------------------


def test_driver_registered_by_its_own_module(tmp_path, monkeypatch):
    # https://github.com/slipstream/slipstream-libcloud-driver
    from libcloud.compute.providers import DRIVERS, get_driver, set_driver

    (tmp_path / "somebodys_driver.py").write_text(
        "from libcloud.compute.base import NodeDriver\n"
        "from libcloud.compute.providers import set_driver\n"
        "class SomeNodeDriver(NodeDriver):\n"
        "    type = 'somebody'\n"
        "set_driver(SomeNodeDriver.type, __name__, SomeNodeDriver.__name__)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "somebodys_driver", raising=False)
    try:
        module = importlib.import_module("somebodys_driver")
        assert get_driver("somebody") is module.SomeNodeDriver
        assert DRIVERS["somebody"] == ("somebodys_driver", "SomeNodeDriver")
        with pytest.raises(AttributeError):
            set_driver("somebody", "somebodys_driver", "SomeNodeDriver")
    finally:
        DRIVERS.pop("somebody", None)
        sys.modules.pop("somebodys_driver", None)


@pytest.mark.parametrize("domain", ["backup", "compute", "container", "dns", "storage"])
def test_provider_named_by_a_string_in_a_configuration(domain):
    # https://github.com/StackStorm-Exchange/stackstorm-libcloud
    providers = importlib.import_module(f"libcloud.{domain}.providers")
    driver = providers.get_driver("dummy")
    assert isinstance(driver, type)
    with pytest.raises(AttributeError):
        providers.get_driver("no-such-cloud")


def test_provider_found_by_the_name_of_its_class():
    # https://github.com/mardix/flask-cloudy
    from libcloud.storage.providers import DRIVERS

    found = [provider for provider, (_, name) in DRIVERS.items() if name == "LocalStorageDriver"]
    assert found == ["local"]


def test_provider_named_by_a_dotted_path():
    # https://github.com/jschneier/django-storages
    from libcloud.storage.providers import get_driver

    setting = {"type": "libcloud.storage.types.Provider.LOCAL"}
    module, class_name, constant = setting["type"].rsplit(".", 2)
    provider = getattr(getattr(importlib.import_module(module), class_name), constant)
    assert get_driver(provider).__name__ == "LocalStorageDriver"


def test_constructor_called_with_whatever_the_configuration_has():
    # https://github.com/saltstack/salt/blob/master/salt/modules/libcloud_compute.py
    from libcloud.compute.providers import get_driver

    arguments = {"key": "1", "secure": True, "host": None, "port": None}
    assert TokenNodeDriver(**arguments).connection.host == HOST
    assert get_driver("dummy")("1").list_nodes()


def test_version_is_compared_as_numbers():
    # https://github.com/saltstack/salt/blob/master/salt/cloud/libcloudfuncs.py
    version = tuple(int(part) for part in libcloud.__version__.replace("-", ".").split(".")[:3])
    assert version >= (3, 9, 1)


@pytest.mark.parametrize(
    "expression",
    [
        "libcloud.base.DriverType",
        "libcloud.common.types.InvalidCredsError",
        "libcloud.compute.providers.get_driver",
        "libcloud.compute.types.Provider",
        "libcloud.dns.types.RecordType",
        "libcloud.storage.providers.get_driver",
        "libcloud.storage.types.ObjectDoesNotExistError",
    ],
)
def test_names_below_the_package_are_there_after_a_bare_import(expression):
    # https://github.com/nanobox-io/nanobox-adapter-libcloud
    command = [sys.executable, "-c", f"import libcloud; {expression}"]
    assert subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def test_exceptions_are_there_once_a_driver_is():
    # https://github.com/nanobox-io/nanobox-adapter-libcloud: except libcloud.common....
    program = (
        "import libcloud\n"
        "from libcloud.compute.providers import get_driver\n"
        "get_driver('dummy')\n"
        "libcloud.common.exceptions.BaseHTTPError, libcloud.common.types.ProviderError\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_error_of_ec2_is_known_by_its_message(cloud):
    # https://github.com/nanobox-io/nanobox-adapter-libcloud
    from libcloud.compute.providers import get_driver

    answer = (
        "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code>"
        "<Message>It does not exist</Message></Error></Errors></Response>"
    )
    cloud.register_uri(requests_mock.ANY, requests_mock.ANY, status_code=400, text=answer)
    driver = get_driver("ec2")("key", "secret", region="eu-west-1")
    with pytest.raises(BaseHTTPError) as raised:
        driver.destroy_node(Node("i-1", "n", NodeState.RUNNING, [], [], driver))
    assert "InvalidInstanceID.NotFound" in raised.value.message
    assert raised.value.code == 400


def test_driver_is_constructed_again_for_another_region():
    # https://github.com/nanobox-io/nanobox-adapter-libcloud
    from libcloud.compute.providers import get_driver

    driver = get_driver("ec2")("key", "secret", region="us-west-2")
    driver.__init__(key=driver.key, secret=driver.secret, token=driver.token, region="eu-west-1")
    assert driver.connection.host == "ec2.eu-west-1.amazonaws.com"


def test_credentials_are_tried_by_asking_for_containers(cloud):
    # https://github.com/bareos/bareos
    from libcloud.storage.providers import get_driver

    answer = "<Error><Code>InvalidAccessKeyId</Code><Message>no such key</Message></Error>"
    cloud.register_uri(requests_mock.ANY, requests_mock.ANY, status_code=403, text=answer)
    driver = get_driver("s3")(key="key", secret="secret", host="127.0.0.1", port=9, secure=False)
    with pytest.raises(InvalidCredsError):
        driver.iterate_containers()


# -- models ---------------------------------------------------------------------------------------


class NoDriver:
    name = "None"
    type = "none"


def test_node_whose_attributes_are_properties():
    # https://github.com/carletes/libcloud-vagrant
    class LiveNode(Node):
        def __init__(self, id, addresses, driver):
            self._addresses = addresses
            super().__init__(
                id=id, name="n", state=NodeState.UNKNOWN, public_ips=self.public_ips,
                private_ips=[], driver=driver, size=None, image=None,
            )  # fmt: skip

        state = property(lambda self: NodeState.RUNNING, lambda self, value: None)
        public_ips = property(lambda self: list(self._addresses), lambda self, value: None)

    node = LiveNode(None, ["192.0.2.1"], NoDriver())
    node.id = "known later"
    assert (node.state, node.public_ips) == ("running", ["192.0.2.1"])
    assert len(node.uuid) == 40
    assert "192.0.2.1" in repr(node)


def test_size_with_optional_arguments():
    # https://github.com/carletes/libcloud-vagrant
    class FreeSize(NodeSize):
        def __init__(self, name, ram, driver, id=None, extra=None, **kwargs):
            super().__init__(
                id=id or name, name=name, ram=ram, disk=0, bandwidth=0, price=0, driver=driver,
                extra=extra,
            )  # fmt: skip
            self.extra.setdefault("cpus", 1)

    assert FreeSize("small", 512, NoDriver()).extra == {"cpus": 1}


def test_models_constructed_by_position():
    # https://github.com/Brewgarten/storm-lightning
    driver = NoDriver()
    assert Node("1", "n", NodeState.RUNNING, ["192.0.2.1"], [], driver, extra={}).name == "n"
    assert NodeImage(1, "ubuntu", driver, extra={"v": 1}).extra == {"v": 1}
    assert NodeLocation(1, "local", "US", driver).country == "US"
    assert NodeSize(1, "s", 1024, 10, 1000, 0.0, driver, extra={"cpus": 1}).bandwidth == 1000
    assert StorageVolume("v", "v", 10, driver, extra={"c": 1}).size == 10
    zone = Zone("1", "example.com", "master", None, driver)
    assert Record("2", "www", "A", "192.0.2.1", zone, driver, 60, {"a": 1}).ttl == 60
    assert str(RecordAlreadyExistsError("taken", driver, None)).startswith("<RecordAlreadyExists")
    error = DeploymentError(node=Node("1", "n", 0, [], [], driver), original_exception=None)
    assert error.node.id == "1"


def test_node_that_stands_for_an_id():
    # https://github.com/StackStorm-Exchange/stackstorm-libcloud
    node = Node(id="1", name=None, state=None, public_ips=None, private_ips=None, driver=NoDriver())
    assert (node.public_ips, node.private_ips) == ([], [])


def test_models_are_walked_and_copied_and_take_attributes():
    # https://github.com/saltstack/salt/blob/master/salt/cloud/libcloudfuncs.py
    driver = NoDriver()
    zone = Zone("1", "example.com", "master", None, driver)
    models = [
        Node("1", "n", NodeState.RUNNING, [], [], driver),
        NodeImage("1", "n", driver),
        NodeLocation("1", "n", "US", driver),
        NodeSize("1", "n", 1, 1, 1, 1, driver),
        zone,
        Record("2", "www", "A", "192.0.2.1", zone, driver),
        Container("c", {}, driver),
        Object("o", 1, "h", {}, {}, Container("c", {}, driver), driver),
    ]
    for model in models:
        walked = {name: getattr(model, name) for name in dir(model) if not name.startswith("_")}
        assert walked["driver"] is driver
        fields = dict(model.__dict__)
        del fields["driver"]
        assert "name" in fields or "domain" in fields
        model.my_own = 1
        assert copy.copy(model).my_own == 1


def test_state_is_a_string_to_programs():
    # https://github.com/jupytercloud-project/jupyterhub-libcloudspawner
    node = Node("1", "n", NodeState.RUNNING, [], [], NoDriver())
    assert node.state == "running"
    assert {"running": 1}[node.state] == 1
    assert json.dumps({"state": node.state}) == '{"state": "running"}'
    assert f"{node.state} {node.state!s}" == "running running"


def test_lazy_list_of_a_driver():
    # https://libcloud.readthedocs.io/en/stable/development.html: drivers that list page by page
    pages = [([1, 2], "next", False), ([3], None, True)]

    def get_more(last_key, value_dict):
        assert value_dict == {"filter": "x"}
        return pages[0 if last_key is None else 1]

    found = LazyList(get_more=get_more, value_dict={"filter": "x"})
    assert (found[0], list(found), len(found)) == (1, [1, 2, 3], 3)


# -- storage --------------------------------------------------------------------------------------


@pytest.fixture
def local(tmp_path):
    from libcloud.storage.drivers.local import LocalStorageDriver

    driver = LocalStorageDriver(str(tmp_path))
    driver.create_container("files")
    return driver


def test_files_of_a_web_framework(local, tmp_path):
    # https://github.com/jschneier/django-storages
    local.upload_object_via_stream(iter(io.BytesIO(b"a\nb")), local.get_container("files"), "d/x")
    found = local.get_object("files", "d/x")
    assert next(local.download_object_as_stream(found, found.size)) == b"a\nb"
    names = [o.name for o in local.list_container_objects(local.get_container("files"))]
    assert names == ["d/x"]
    assert local.delete_object(found)
    with pytest.raises(ObjectDoesNotExistError):
        local.get_object("files", "d/x")


def test_files_of_a_database(local):
    # https://github.com/jowilf/sqlalchemy-file
    assert local.name == "Local Storage"
    container = local.get_container("files")
    assert isinstance(container, Container)
    extra = {"acl": "private", "meta_data": {"filename": "f"}, "content_type": "text/plain"}
    stored = container.upload_object_via_stream(
        iterator=io.BytesIO(b"x" * 100_000), object_name="id", extra=extra, headers={"h": "v"}
    )
    stored.meta_data = {"mine": 1}
    whole = b"".join(stored.range_as_stream(0, end_bytes=None, chunk_size=None))
    assert (len(whole), stored.meta_data) == (100_000, {"mine": 1})
    with open(stored.get_cdn_url(), "rb") as file:
        assert file.read() == whole
    with pytest.raises(ContainerDoesNotExistError):
        local.get_container("others")


def test_files_of_a_backup(local, tmp_path):
    # https://github.com/thelastpickle/cassandra-medusa
    assert "files" in [container.name for container in local.list_containers()]
    container = local.get_container("files")
    local.upload_object_via_stream(io.BytesIO(b"{}"), container, object_name="b/meta.json")
    (tmp_path / "data").write_bytes(b"data")
    local.upload_object(str(tmp_path / "data"), container, object_name="b/data")
    blobs = sorted(local.list_container_objects(container), key=lambda blob: blob.name)
    assert [(blob.name, blob.size) for blob in blobs] == [("b/data", 4), ("b/meta.json", 2)]
    assert int(blobs[0].extra["modify_time"]) > 0
    assert blobs[0].download(str(tmp_path / "again"), overwrite_existing=True)
    assert pathlib.Path(tmp_path / "again").read_bytes() == b"data"


def test_container_and_error_doubled_in_a_test_suite():
    # https://github.com/jpvanhal/siilo
    container = mock.MagicMock(name="container", spec=Container)
    container.get_object.side_effect = ObjectDoesNotExistError(
        driver=mock.sentinel.driver, value=mock.sentinel.value, object_name=mock.sentinel.name
    )
    with pytest.raises(ObjectDoesNotExistError) as raised:
        container.get_object("x")
    assert raised.value.object_name is mock.sentinel.name


def test_storage_driver_and_object_of_ones_own():
    # https://github.com/mardix/flask-cloudy
    class TaggedObject(Object):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.tag = self.name.upper()

    class Driver(StorageDriver):
        name = "Mine"
        hash_type = "md5"

        def iterate_container_objects(self, container, prefix=None, ex_prefix=None):
            for name in ("a", "b"):
                yield TaggedObject(
                    name=name, size=0, hash=None, extra=None, meta_data=None, container=container,
                    driver=self,
                )  # fmt: skip

    driver = Driver("k")
    container = Container(name="c", extra=None, driver=driver)
    assert [o.tag for o in container.list_objects()] == ["A", "B"]
    assert [o.extra for o in container.iterate_objects()] == [{}, {}]


def test_folder_of_the_local_driver_is_a_container_itself(local, tmp_path):
    # https://github.com/mardix/flask-cloudy: the folder as the key, "" as the container
    from libcloud.storage.drivers.local import LocalStorageDriver

    folder = LocalStorageDriver(key=str(tmp_path / "files"), secret="").get_container("")
    folder.upload_object_via_stream(
        iterator=iter([b"x"]), object_name="f", extra={"acl": "private"}
    )
    assert [o.name for o in folder.list_objects()] == ["f"]


def test_transport_class_can_be_subclassed():
    # https://libcloud.readthedocs.io/en/stable/development.html: conn_class, to log or to count
    class Counting(LibcloudConnection):
        count = 0

        def request(self, *args, **kwargs):
            type(self).count += 1
            return super().request(*args, **kwargs)

    class Connection(TokenConnection):
        conn_class = Counting

    with requests_mock.Mocker() as cloud:
        cloud.get(url("/a"), json={})
        Connection("k").request("/a")
    assert Counting.count == 1
