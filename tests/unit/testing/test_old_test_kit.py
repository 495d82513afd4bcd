"""Test suites that were written against ``libcloud.test`` run on ours."""

from __future__ import annotations

import unittest as standard_unittest

import pytest

from libcloud.common.base import Connection, ConnectionKey, JsonResponse
from libcloud.compute.base import NodeDriver
from libcloud.test import (
    XML_HEADERS,
    BodyStream,
    LibcloudTestCase,
    MockConnection,
    MockHttp,
    Response,
    StorageMockHttp,
    generate_random_data,
    httplib,
    make_response,
    multipleresponse,
    unittest,
)
from libcloud.test.file_fixtures import (
    FIXTURES_ROOT,
    ComputeFileFixtures,
    DNSFileFixtures,
    FileFixtures,
    OpenStackFixtures,
)
from libcloud.test.storage.base import BaseRangeDownloadMockHttp


class AcmeMockHttp(MockHttp):
    def _v1_1_slug_servers_detail(self, method, url, body, headers):
        return (
            httplib.OK,
            f'{{"method": "{method}"}}',
            {"X-A": "b"},
            httplib.responses[httplib.OK],
        )

    def _v1_1_slug_servers_detail_BAD(self, method, url, body, headers):
        return (httplib.NOT_FOUND, '"gone"', {}, "Not Found")

    def _echo(self, method, url, body, headers):
        return (httplib.OK, body, {"X-Key": headers["X-Key"]}, "OK")

    def _List(self, method, url, body, headers):
        return (httplib.OK, '"listed"', {}, "OK")

    def _session(self, method, url, body, headers):
        return (httplib.OK, '"of the path"', {}, "OK")

    def _twice(self, *args):
        return self._sequence(*args)

    @multipleresponse
    def _sequence(self, method, url, body, headers):
        return [(httplib.OK, "1", {}, "OK"), (httplib.OK, "2", {}, "OK")]


class AcmeConnection(ConnectionKey):
    host = "api.acme.example"
    responseCls = JsonResponse

    def add_default_headers(self, headers):
        headers["X-Key"] = self.key
        return headers


class AcmeDriver(NodeDriver):
    name = "Acme"
    type = "acme"
    connectionCls = AcmeConnection


@pytest.fixture
def connection(monkeypatch):
    monkeypatch.setattr(AcmeDriver.connectionCls, "conn_class", AcmeMockHttp)
    monkeypatch.setattr(AcmeMockHttp, "type", None)
    monkeypatch.setattr(AcmeMockHttp, "use_param", None)
    monkeypatch.setattr(AcmeMockHttp, "test", None)
    return AcmeDriver("key").connection


def test_method_is_named_by_the_path(connection):
    response = connection.request("/v1.1/slug/servers/detail")
    assert response.object == {"method": "GET"}
    assert response.headers == {"x-a": "b"}


def test_type_goes_to_the_end_of_the_name(connection):
    AcmeMockHttp.type = "BAD"
    with pytest.raises(Exception, match="gone") as caught:
        connection.request("/v1.1/slug/servers/detail")
    assert caught.value.http_code == 404


def test_parameter_goes_to_the_end_of_the_name(connection):
    AcmeMockHttp.use_param = "Action"
    assert connection.request("/", params={"Action": "List"}).object == "listed"


def test_path_may_have_the_name_of_an_attribute_of_the_transport(connection):
    assert connection.request("/session").object == "of the path"


def test_path_without_a_method_fails(connection):
    with pytest.raises(AttributeError, match="_nothing_here"):
        connection.request("/nothing/here")


def test_body_and_headers_reach_the_method(connection):
    response = connection.request("/echo", method="POST", data='{"a": "ü"}')
    assert response.object == {"a": "ü"}
    assert response.headers["x-key"] == "key"


def test_raw_answer_can_be_read(connection):
    response = connection.request("/v1.1/slug/servers/detail", raw=True)
    assert b"".join(response.iter_content(5)) == b'{"method": "GET"}'


def test_multiple_responses_come_in_order(connection):
    assert connection.request("/twice").object == 1
    assert connection.request("/twice").object == 2


@pytest.mark.parametrize(
    ("kind", "param", "query", "path", "name"),
    [
        (None, None, {}, "/v1.1/slug/servers/detail", "_v1_1_slug_servers_detail"),
        ("X", None, {}, "/v1.1/a-b/c d", "_v1_1_a_b_c d_X"),
        (None, "Action", {"Action": ["List"]}, "/", "__List"),
        ("T", "Action", {"Action": ["List"]}, "/", "__T_List"),
        (None, "Action", {}, "/y", "_y"),
        (None, "a", {"a": ["x y/z-."]}, "/y", "_y_x y/z__"),
        (None, None, {}, "", "root"),
        ("T", "A", {"A": ["x"]}, "", "_T_x"),
        (None, None, {}, "/a~b/c@d:e/%20x/", "_a%7Eb_c@d:e_%20x_"),
    ],
)
def test_names_of_methods(kind, param, query, path, name):
    assert MockHttp("host", 443)._get_method_name(kind, param, query, path) == name


def test_query_of_a_url_is_asserted():
    mock = MockHttp("host", 443)
    mock.assertUrlContainsQueryParams("/x?a=1&b=2", {"a": "1"})
    mock.assertUrlContainsQueryParams("/x?a=1&b=2", {"a": "1", "b": "2"}, strict=True)
    for params, strict in (({"a": "1"}, True), ({"c": "1"}, False), ({"a": "2"}, False)):
        with pytest.raises(AssertionError):
            mock.assertUrlContainsQueryParams("/x?a=1&b=2", params, strict=strict)


def test_mock_has_the_assertions_of_a_test_case():
    assert issubclass(MockHttp, standard_unittest.TestCase)
    with pytest.raises(AssertionError):
        MockHttp("host", 443).assertEqual(1, 2)


def test_storage_mock_is_a_mock():
    assert issubclass(StorageMockHttp, standard_unittest.TestCase)
    assert StorageMockHttp("host", 80)._example("GET", "/", None, {})[1] == "Hello World!"


class CountingTestCase(LibcloudTestCase):
    def runTest(self):
        pass


def test_test_case_counts_the_methods_that_answered(connection):
    case = CountingTestCase()
    case.setUp()
    AcmeMockHttp.test = case
    connection.request("/v1.1/slug/servers/detail")
    case.assertExecutedMethodCount(1)
    assert case._visited_urls == ["/v1.1/slug/servers/detail"]
    with pytest.raises(AssertionError, match="expected 2, but 1 mock methods were executed"):
        case.assertExecutedMethodCount(2)


def test_make_response_is_a_parsed_answer():
    response = make_response(201, {"A": "b"}, MockConnection("/x"))
    assert isinstance(response, Response)
    assert (response.status, response.headers["a"], response.body) == (201, "b", "")
    assert response.connection.action == "/x"


def test_small_helpers():
    assert XML_HEADERS == {"content-type": "application/xml"}
    assert unittest is standard_unittest
    assert len(generate_random_data(7)) == 7
    stream = BodyStream("abc")
    assert (stream.read(2), stream.read()) == ("abc", "")


def test_range_of_bytes_is_read():
    mock = BaseRangeDownloadMockHttp("host", 443)
    read = mock._get_start_and_end_bytes_from_range_str
    assert (read("bytes=0-5", "x" * 10), read("bytes=3-", "x" * 10)) == ((0, 5), (3, 10))


def test_fixtures_lie_below_the_folder_of_their_domain(tmp_path, monkeypatch):
    monkeypatch.setitem(FIXTURES_ROOT, "compute", str(tmp_path))
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "nodes.json").write_text('{"ü": 1}', encoding="utf-8")
    fixtures = ComputeFileFixtures("acme")
    assert fixtures.load("nodes.json") == '{"ü": 1}'
    with pytest.raises(OSError, match=r"acme.absent\.json"):
        fixtures.load("absent.json")


def test_default_places_of_fixtures():
    assert DNSFileFixtures("acme").root.endswith("libcloud/test/dns/fixtures/acme")
    assert OpenStackFixtures("v2").root.endswith("libcloud/test/compute/fixtures/openstack/v2")
    assert FileFixtures("common").root.endswith("libcloud/test/common/fixtures/")


def run_mixin(mixin, driver, **settings):
    case_class = type("Case", (mixin, standard_unittest.TestCase), {"driver": driver, **settings})
    result = standard_unittest.TestResult()
    standard_unittest.defaultTestLoader.loadTestsFromTestCase(case_class).run(result)
    assert not result.errors, result.errors[0][1]
    return result


def test_compute_mixin_runs_over_a_driver():
    from libcloud.compute.drivers.dummy import DummyNodeDriver
    from libcloud.test.compute import TestCaseMixin

    result = run_mixin(TestCaseMixin, DummyNodeDriver("creds"))
    assert result.testsRun == 9
    assert not result.failures


def test_compute_mixin_notices_a_driver_that_returns_something_else():
    from libcloud.test.compute import TestCaseMixin

    class Wrong:
        def __getattr__(self, name):
            return lambda *args, **kwargs: None

    case_class = type("Case", (TestCaseMixin, standard_unittest.TestCase), {"driver": Wrong()})
    case = case_class("test_list_images_response")
    with pytest.raises(AssertionError):
        case.test_list_images_response()


def test_container_and_backup_mixins_run_over_a_driver():
    from libcloud.backup.drivers.dummy import DummyBackupDriver
    from libcloud.container.drivers.dummy import DummyContainerDriver
    from libcloud.test.backup import TestCaseMixin as BackupMixin
    from libcloud.test.container import TestCaseMixin as ContainerMixin

    for mixin, driver in (
        (BackupMixin, DummyBackupDriver("key", "secret")),
        (ContainerMixin, DummyContainerDriver("key", "secret")),
    ):
        assert not run_mixin(mixin, driver).failures


def test_connection_keeps_the_mock_as_its_transport(connection):
    assert isinstance(connection, Connection)
    assert isinstance(connection.connection, AcmeMockHttp)
    assert connection.connection.host == "https://api.acme.example"


def test_mock_answers_whatever_version_of_the_api_is_in_the_path():
    class Versioned(MockHttp):
        use_param = "Action"

        def _2012_02_29_hostedzone_Z1(self, method, url, body, headers):
            return 200, "zone", {}, "OK"

        def _2012_06_01_DescribeThings(self, method, url, body, headers):
            return 200, "things", {}, "OK"

    mock = Versioned("host", 80)
    for url, expected in (
        ("/2013-04-01/hostedzone/Z1", "zone"),
        ("/2012-02-29/hostedzone/Z1", "zone"),
        ("/?Action=DescribeThings", "things"),
    ):
        mock.request("GET", url)
        assert mock.getresponse().text == expected
    with pytest.raises(AttributeError):
        mock.request("GET", "/2013-04-01/hostedzone/Z2")
