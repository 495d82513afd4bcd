"""
Each driver and each fault of a server: the documented error, in time, without secrets, and nothing
made twice or left behind.
"""

from __future__ import annotations

import functools
import json
import re
import threading
import time
import traceback

import pytest
import requests
from lxml import etree

from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    ProviderError,
    RateLimitReachedError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.storage.drivers.s3 import BaseS3StorageDriver
from tests.faults import providers
from tests.faults import server as faults
from tests.faults.providers import (
    CONTENT,
    CREATES,
    DOWNLOADS,
    READS,
    SECRET,
    SECRETS,
    UPLOADS,
    Call,
    Recorder,
    download_to,
    prompt_server,
    s3_driver,
    stored_object,
)
from tests.faults.server import Fault, FaultServer, answer
from tests.faults.test_connection_faults import BOMB, BROKEN, FILE_ENTITY

ALL = [*READS, *CREATES, *UPLOADS, *DOWNLOADS]
WITH_DOCUMENT = [call for call in ALL if call.answers == "document"]
LISTS = [call for call in READS if call.pages > 1]
FIRST = ("ec2-list_nodes", "s3-list_objects", "route53-list_zones", "powerdns-list_zones")
ONE_OF_EACH = [call for call in READS if call.name in FIRST]

MIB = 1 << 20
ENDLESS = 24  # MiB: more than sockets take in

# A call against a server that does its worst takes no longer, in seconds.
IN_TIME = 3


def patience(fault):
    """A time-out, in seconds: short where one is due, and long enough for a slow machine."""
    return 0.4 if "stall" in fault else 5


def by_name(calls):
    return {"argvalues": calls, "ids": str}


@pytest.fixture
def server():
    with prompt_server() as running:
        yield running


def faulty(call: Call, *script: Fault, pages: int = 1) -> Fault:
    """The provider, but for the requests that the call is about: these get the faults in turn."""
    provider, rest, lock = call.provider(pages), list(script), threading.Lock()

    def fault(client, request):
        if not call.faulty(request):
            return provider(client, request)
        with lock:
            step = rest.pop(0) if len(rest) > 1 else rest[0]
        return (provider if step is RIGHT else step)(client, request)

    return fault


def RIGHT(client, request):
    raise AssertionError("stands for the provider's own answer")


def asked(call: Call, server: FaultServer):
    return [request for request in server.received if call.faulty(request)]


def error_of(do):
    """The error that a call ends with; it must be ours, soon, and without secrets."""
    started = time.monotonic()
    with pytest.raises(LibcloudError) as caught:
        do()
    assert time.monotonic() - started < IN_TIME
    shown = [str(caught.value), repr(caught.value), *traceback.format_exception(caught.value)]
    assert not [secret for secret in SECRETS if secret in "".join(shown)]
    assert not re.search("Signature=[0-9a-f]{8}", "".join(shown))
    return caught.value


def error_of_call(call, server, *script, **kwargs):
    server.script(faulty(call, *script))
    driver = call.make(server.port, **kwargs)
    return error_of(lambda: call.do(driver))


# --- the calls themselves -------------------------------------------------------------------------


@pytest.mark.parametrize("call", **by_name(ALL))
def test_call_without_a_fault_works(server, call):
    server.script(call.provider(call.pages))
    result = call.do(call.make(server.port))
    assert result
    if call.pages > 1:
        assert len(result) == 2
    assert server.connections == 1


# --- broken connections ---------------------------------------------------------------------------

# The answer to a HEAD has no body, and nothing is wrong until there would be one.
IN_BODY = {"reset in body", "truncated", "broken chunks", "unfinished chunks"}


def broken(calls):
    return [
        pytest.param(call, name, id=f"{call}-{name}")
        for call in calls
        for name in BROKEN
        if not (name in IN_BODY and call.name in ("s3-get_object", "s3-get_container"))
    ]


@pytest.mark.parametrize(("call", "name"), broken(ALL))
def test_broken_connection_is_a_network_error(server, call, name):
    error = error_of_call(call, server, BROKEN[name])
    assert isinstance(error, NetworkError)
    assert isinstance(error, requests.RequestException)
    assert error.driver is not None or call in DOWNLOADS


@pytest.mark.parametrize(("call", "name"), broken([*READS, *UPLOADS]))
def test_broken_connection_is_not_used_again(server, call, name):
    server.script(faulty(call, BROKEN[name], RIGHT))
    driver = call.make(server.port, retry=None)
    error_of(lambda: call.do(driver))
    assert call.do(driver)
    first, second = asked(call, server)[:2]
    assert first.connection != second.connection


@pytest.mark.parametrize("call", **by_name(ALL))
def test_connection_of_an_error_is_used_again(server, call):
    server.script(faulty(call, answer(404, b"<gone/>"), RIGHT))
    driver = call.make(server.port)
    assert isinstance(error_of(lambda: call.do(driver)), ResourceNotFoundError)
    assert call.do(driver)
    assert server.connections == 1


@pytest.mark.parametrize("call", **by_name(ALL))
def test_silent_server_times_out_and_is_asked_once(server, call):
    error = error_of_call(call, server, faults.stall(2), timeout=0.2)
    assert isinstance(error, NetworkError)
    assert isinstance(error, requests.exceptions.Timeout)
    assert len(asked(call, server)) <= 1  # none, where the machine is so slow


@pytest.mark.parametrize("call", **by_name([c for c in ALL if c.answers != "nothing"]))
def test_answer_that_stops_coming_times_out(server, call):
    error = error_of_call(call, server, faults.stall_in_body(2), timeout=0.2, retry=None)
    assert isinstance(error, NetworkError)


@pytest.mark.parametrize("call", **by_name(ONE_OF_EACH))
def test_answer_that_stops_coming_is_not_asked_for_again(server, call):
    error_of_call(call, server, faults.stall_in_body(2), timeout=0.4)
    assert len(asked(call, server)) == 1


# --- creating -------------------------------------------------------------------------------------

LATER = {
    **BROKEN,
    "429": answer(429),
    "429 retry": answer(429, headers={"Retry-After": "0"}),
    "500": answer(500, headers={"Retry-After": "0"}),
    "503": answer(503),
    "503 retry": answer(503, headers={"Retry-After": "0"}),
    "stall": faults.stall(1),
}


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("call", **by_name([c for c in CREATES if not c.token]))
def test_create_without_a_token_is_never_sent_twice(server, call, name):
    error_of_call(call, server, LATER[name], timeout=patience(name))
    assert len(asked(call, server)) == 1


@pytest.mark.parametrize("name", [*BROKEN, "429", "503"])
@pytest.mark.parametrize("call", **by_name([c for c in [*CREATES, *UPLOADS] if c.token]))
def test_create_with_a_token_is_sent_again_with_the_same(server, call, name):
    server.script(faulty(call, LATER[name], RIGHT))
    assert call.do(call.make(server.port))
    tokens = [call.token(request) for request in asked(call, server)]
    assert len(tokens) == 2
    assert tokens[0]
    assert len(set(tokens)) == 1


@pytest.mark.parametrize("call", **by_name([c for c in CREATES if c.token]))
def test_two_creates_have_two_tokens(server, call):
    server.script(call.provider(1))
    driver = call.make(server.port)
    call.do(driver)
    call.do(driver)
    tokens = [call.token(request) for request in asked(call, server)]
    assert len(set(tokens)) == 2 or call.token is providers._whole


# --- statuses -------------------------------------------------------------------------------------

STATUSES = {
    401: InvalidCredsError,
    403: PermissionDeniedError,
    404: ResourceNotFoundError,
    409: (ConflictError, ResourceExistsError),
    412: ConflictError,
    418: BaseHTTPError,
    429: RateLimitReachedError,
    500: BaseHTTPError,
    501: BaseHTTPError,
    502: ServiceUnavailableError,
    503: ServiceUnavailableError,
    504: ServiceUnavailableError,
    520: BaseHTTPError,
}
BODIES = {
    "nothing": (b"", "text/plain"),
    "html": (b"<html><body><p>Something happened", "text/html"),
    "xhtml": (b"<html><body>Something happened</body></html>", "application/xml"),
    "text": (b"Something happened\xff", "text/plain"),
    "broken xml": (b"<Error><Code>", "application/xml"),
    "empty xml": (b"<Error/>", "application/xml"),
    "empty code": (b"<Error><Code/><Message/></Error>", "application/xml"),
    "response without errors": (b"<Response><Errors/></Response>", "application/xml"),
    "bomb": (BOMB, "application/xml"),
    "broken json": (b'{"error": "Some', "application/json"),
    "json list": (b'["error"]', "application/json"),
    "json null": (b"null", "application/json"),
    "json text": (b'"error"', "application/json"),
    "odd encoding": ("<Error/>".encode("utf-16"), "application/xml; charset=no-such-charset"),
    "very deep xml": (b"<a>" * 100_000, "application/xml"),
}


@pytest.mark.parametrize("call", **by_name(ALL))
def test_status_decides_whatever_the_body_is(server, call):
    driver = call.make(server.port)
    combinations = {(status, name) for status in STATUSES for name in ("nothing", "html")}
    combinations |= {(status, name) for status in (404, 503) for name in BODIES}
    for status, name in sorted(combinations):
        server.script(faulty(call, answer(status, *BODIES[name])))
        error = error_of(lambda: call.do(driver))
        assert isinstance(error, STATUSES[status]), (status, name, error)
        assert isinstance(error, ProviderError)
        assert error.http_code == status, (name, error)
        assert len(str(error)) < 10_000


@pytest.mark.parametrize("call", **by_name(READS))
def test_rate_limit_is_waited_out(server, call):
    for later in (429, 503):
        for headers in ({}, {"Retry-After": "0"}, {"Retry-After": "soon"}):
            server.script(faulty(call, answer(later, headers=headers), RIGHT))
            assert call.do(call.make(server.port))
            assert len(server.received) == 2


@pytest.mark.parametrize("call", **by_name(READS))
def test_rate_limit_that_lasts_too_long_is_raised_at_once(server, call):
    headers = {"Retry-After": "86400"}
    error = error_of_call(call, server, answer(429, headers=headers))
    assert isinstance(error, RateLimitReachedError)
    assert error.retry_after == 86400
    assert error.retryable
    error = error_of_call(call, server, answer(503, headers=headers))
    assert isinstance(error, ServiceUnavailableError)
    assert error.retry_after == 86400


# --- good statuses with strange bodies ------------------------------------------------------------

STRANGE = {
    "nothing": b"",
    "html": b"<html><body><p>Log in",
    "xhtml": b"<html><body>Log in</body></html>",
    "broken xml": b"<ListResponse><a>",
    "other xml": b"<OtherResponse/>",
    "bomb": BOMB,
    "file entity": FILE_ENTITY,
    "broken json": b'{"error": "Some',
    "json list of another kind": b"[1, null]",
    "json text": b'"zones"',
    "json null": b"null",
    "json number": b"5",
    "empty json": b"{}",
    "binary": b"\x00\xff\xfe",
    "very deep xml": b"<a>" * 100_000,
}


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("call", **by_name(WITH_DOCUMENT))
def test_strange_document_is_malformed(server, call, name):
    error = error_of_call(call, server, answer(200, STRANGE[name], "text/html"))
    assert isinstance(error, MalformedResponseError)
    assert len(asked(call, server)) == 1


JSON_READS = [call for call in READS if call.name.startswith("powerdns")]


@pytest.mark.parametrize("call", **by_name(JSON_READS))
def test_very_deep_json_is_malformed(server, call):
    error = error_of_call(call, server, answer(200, b"[" * 100_000, "application/json"))
    assert isinstance(error, MalformedResponseError)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"error": {"a": 1}}', id="no text"),
        pytest.param(b'{"error": "e", "errors": 5}', id="details"),
    ],
)
@pytest.mark.parametrize("call", **by_name(JSON_READS))
def test_status_decides_when_json_is_odd(server, call, body):
    error = error_of_call(call, server, answer(404, body, "application/json"))
    assert isinstance(error, ResourceNotFoundError)


@pytest.mark.parametrize("call", **by_name(WITH_DOCUMENT))
def test_document_with_a_part_missing_or_odd_is_no_python_error(server, call):
    """Each element, in turn, is left out, emptied, and filled with what it should not have."""
    server.script(faulty(call, recorded := Recorder(call.provider(1))))
    driver = call.make(server.port, retry=None)
    call.do(driver)
    documents = list(mutants(recorded.bodies[-1]))
    assert len(documents) > 3
    for what, document in documents:
        server.script(faulty(call, answer(200, document, "text/plain")))
        try:
            call.do(driver)
        except LibcloudError:
            pass
        except Exception as error:
            raise AssertionError(f"{what}: {error!r}") from error


IDENTITIES = {
    "ec2-list_nodes": "instanceId",
    "ec2-list_volumes": "volumeId",
    "ec2-list_images": "imageId",
    "ec2-list_snapshots": "snapshotId",
    "ec2-list_key_pairs": "keyName",
    "ec2-create_node": "instanceId",
    "ec2-create_volume": "volumeId",
    "ec2-create_volume_snapshot": "snapshotId",
    "ec2-create_image": "imageId",
    "ec2-create_key_pair": "keyName",
    "s3-list_containers": "Name",
    "s3-list_objects": "Key",
    "route53-list_zones": "Id",
    "route53-create_zone": "Id",
}


@pytest.mark.parametrize("call", **by_name([c for c in ALL if c.name in IDENTITIES]))
def test_resource_without_its_identity_is_malformed(server, call):
    """Nothing can be done with it, and an empty name may stand for something larger."""
    server.script(faulty(call, recorded := Recorder(call.provider(1))))
    driver = call.make(server.port, retry=None)
    call.do(driver)
    tag = IDENTITIES[call.name].encode()
    for instead in (b"", b"<%s/>" % tag):
        body = re.sub(rb"<%s>.*?</%s>" % (tag, tag), instead, recorded.bodies[-1])
        error = error_of_call(call, server, answer(200, body, "text/xml"))
        assert isinstance(error, MalformedResponseError)


def mutants(document):
    return xml_mutants(document) if document.startswith(b"<") else json_mutants(document)


def xml_mutants(document):
    count = len(list(etree.fromstring(document).iter()))
    for index in range(1, count):
        for change in ("no", "empty", "odd", "doubled"):
            root = etree.fromstring(document)
            element = list(root.iter())[index]
            if change == "no":
                element.getparent().remove(element)
            elif change == "doubled":
                element.addnext(etree.fromstring(etree.tostring(element)))
            else:
                del element[:]
                element.text = "odd ☃" if change == "odd" else None
            yield f"{change} {element.tag}", etree.tostring(root)


def json_mutants(document):
    missing = object()

    def replaced(node, path, value):
        if not path:
            return value
        key, *rest = path
        if isinstance(node, list):
            return [replaced(n, rest, value) if i == key else n for i, n in enumerate(node)]
        changed = {k: replaced(n, rest, value) if k == key else n for k, n in node.items()}
        return {k: n for k, n in changed.items() if n is not missing}

    def paths(node, path=()):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            yield (*path, key)
            if isinstance(value, dict | list):
                yield from paths(value, (*path, key))

    tree = json.loads(document)
    for path in paths(tree):
        values = [None, "odd", 5, [], {}, [None], True]
        if isinstance(path[-1], str):
            values.append(missing)
        for value in values:
            name = "nothing" if value is missing else value
            yield f"{name} at {path}", json.dumps(replaced(tree, path, value)).encode()


ODD_HEADERS = {
    "none": {},
    "half an etag": {"ETag": '"'},
    "empty etag": {"ETag": ""},
    "length abc": {"ETag": '"x"', "Content-Length": "abc"},
    "length -5": {"ETag": '"x"', "Content-Length": "-5"},
    "range": {"ETag": '"x"', "Content-Range": "bytes nonsense"},
    "date": {"ETag": '"x"', "Last-Modified": "yesterday"},
    "meta data": {"ETag": '"x"', "x-amz-meta-a": "=?utf-8?b?####?=", "x-amz-meta-": "empty"},
    "bytes": {"ETag": '"x"', "x-amz-meta-b": "\xe4\xff", "x-amz-bucket-region": "no region!"},
}


@pytest.mark.parametrize("name", ODD_HEADERS)
@pytest.mark.parametrize(
    "call", **by_name([c for c in ALL if c.name.startswith("s3") and c.answers != "document"])
)
def test_odd_headers_are_no_python_error(server, call, name):
    def fault(client, request):
        lines = "".join(f"{key}: {value}\r\n" for key, value in ODD_HEADERS[name].items())
        client.send(f"HTTP/1.1 200 OK\r\nConnection: close\r\n{lines}\r\n".encode("latin-1"))
        return False

    server.script(fault)
    try:
        call.do(call.make(server.port, timeout=1))
    except LibcloudError as error:
        assert isinstance(error, (MalformedResponseError, NetworkError))


# --- endless answers, redirects -------------------------------------------------------------------


@pytest.mark.parametrize("call", **by_name([c for c in ALL if c.answers != "nothing"]))
def test_endless_error_is_cut_off(server, call):
    sent = []

    def endless_error(client, request):
        """It is at an end all the same, or a driver that reads on would take the memory."""
        client.send(b"HTTP/1.1 500 Error\r\nConnection: close\r\n\r\n")
        for _ in range(ENDLESS):
            client.send(b"x" * MIB)
            sent.append(MIB)
        return False

    error = error_of_call(call, server, endless_error, retry=None)
    assert error.http_code == 500
    assert len(str(error)) < 10_000
    assert len(sent) < ENDLESS


@pytest.mark.parametrize("call", **by_name(ALL))
def test_redirect_loop_ends(server, call):
    error = error_of_call(call, server, faults.redirect_to_itself)
    if isinstance(error, NetworkError):
        assert isinstance(error, requests.exceptions.TooManyRedirects)
    else:
        assert isinstance(error, (ProviderError, MalformedResponseError))
        assert len(asked(call, server)) <= 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("call", **by_name(ALL))
def test_nothing_secret_follows_a_redirect_to_another_host(server, call, status):
    with FaultServer() as other:
        other.script(answer(404))
        elsewhere = faults.redirect(f"http://localhost:{other.port}/elsewhere", status)
        error_of_call(call, server, elsewhere)
        for request in other.received:
            assert "authorization" not in request.headers
            assert not [s for s in SECRETS if s in f"{request}"]
            assert request.body == b""


def test_signature_in_the_query_shows_up_in_no_error(server):
    """Version 2 signs in the query, which the texts of HTTP libraries repeat."""
    driver = BaseS3StorageDriver(
        "key", SECRET, host="127.0.0.1", port=server.port, secure=False, retry=None, timeout=0.2
    )
    for fault in (*BROKEN.values(), faults.stall(1), answer(403), answer(200, b"<a>")):
        server.script(fault)
        error = error_of(driver.list_containers)
        signature = re.search("Signature=([^&]+)", server.received[0].target)[1]
        assert signature not in "".join(traceback.format_exception(error)) + repr(error.args)


# --- listings -------------------------------------------------------------------------------------

INTERRUPTIONS = {
    **BROKEN,
    "400": answer(400),
    "403": answer(403),
    "404": answer(404),
    "500": answer(500),
    "503": answer(503),
    "empty": answer(200),
    "html": answer(200, b"<html><body>Log in</body></html>"),
    "other xml": answer(200, b"<OtherResponse/>"),
    "204": answer(204),
}


@pytest.mark.parametrize("name", INTERRUPTIONS)
@pytest.mark.parametrize("call", **by_name(LISTS))
def test_interrupted_listing_is_an_error_and_not_a_shorter_list(server, call, name):
    server.script(faulty(call, RIGHT, INTERRUPTIONS[name], pages=2))
    driver = call.make(server.port)
    error_of(lambda: call.do(driver))
    assert len(server.received) > 1


@pytest.mark.parametrize("call", **by_name(LISTS))
def test_listing_whose_second_page_comes_late_is_complete(server, call):
    server.script(faulty(call, RIGHT, faults.reset_before_answer, RIGHT, pages=2))
    assert len(call.do(call.make(server.port))) == 2


@pytest.mark.parametrize("call", **by_name(LISTS))
def test_listing_that_does_not_advance_ends(server, call):
    first = Recorder(call.provider(2))
    server.script(faulty(call, first))
    driver = call.make(server.port)
    call.do(driver)
    error = error_of_call(call, server, answer(200, first.bodies[0], "text/xml"))
    assert isinstance(error, MalformedResponseError)


TRUNCATED = {
    "route53-list_zones": b"NextMarker",
    "route53-list_records": b"NextRecordName|NextRecordType",
}


@pytest.mark.parametrize("call", **by_name([c for c in LISTS if c.name in TRUNCATED]))
def test_listing_that_goes_on_but_does_not_say_where_is_malformed(server, call):
    first = Recorder(call.provider(2))
    server.script(faulty(call, first))
    call.do(call.make(server.port))
    tags = TRUNCATED[call.name]
    page = re.sub(rb"<(%s)>.*?</(%s)>" % (tags, tags), b"", first.bodies[0])
    assert b"<IsTruncated>true" in page
    error = error_of_call(call, server, answer(200, page, "text/xml"))
    assert isinstance(error, MalformedResponseError)


# --- downloads to files ---------------------------------------------------------------------------

SPOILED = {
    **BROKEN,
    "stall": faults.stall(1),
    "stall in body": faults.stall_in_body(1),
    "short": answer(200, CONTENT[:-1], headers={"ETag": '"x-1"', "Content-Length": "3000"}),
    "401": answer(401),
    "403": answer(403, b"<html>"),
    "404": answer(404),
    "429": answer(429),
    "500": answer(500),
    "503": answer(503),
    "301": answer(301, headers={"Location": "/elsewhere"}),
    "damaged": answer(200, CONTENT[::-1], headers={"ETag": providers.ETAG}),
}


@pytest.mark.parametrize("name", SPOILED)
def test_failed_download_leaves_the_old_file_and_no_litter(server, tmp_path, name):
    (tmp_path / "file").write_bytes(b"old")
    driver = s3_driver(server.port, timeout=patience(name))
    driver.part_size = 10_000
    server.script(SPOILED[name])
    error_of(lambda: download_to(tmp_path, driver, len(CONTENT)))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


@pytest.mark.parametrize("name", SPOILED)
@pytest.mark.parametrize("good", [0, 1, 2])
def test_failed_download_in_ranges_leaves_the_old_file_and_no_litter(server, tmp_path, name, good):
    (tmp_path / "file").write_bytes(b"old")
    driver = s3_driver(server.port, timeout=patience(name))
    driver.transfer_threads = 1
    right = providers.s3()
    server.script(*[right] * good, SPOILED[name])
    error_of(lambda: download_to(tmp_path, driver, len(CONTENT)))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


@pytest.mark.parametrize("name", ["reset", "closed", "not http", "429", "503"])
def test_download_in_ranges_survives_a_fault(server, tmp_path, name):
    driver = s3_driver(server.port)
    server.script(providers.s3(), LATER[name], providers.s3())
    download_to(tmp_path, driver, len(CONTENT))
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_download_range_that_fails_makes_no_file(server, tmp_path):
    driver = s3_driver(server.port)
    for fault in (answer(404), answer(416), faults.truncate(b"x", 10)):
        server.script(fault)
        download = functools.partial(driver.download_object_range, stored_object(driver))
        error_of(lambda download=download: download(str(tmp_path / "new"), 5, 10))
        assert list(tmp_path.iterdir()) == []


# --- multipart uploads ----------------------------------------------------------------------------


class Multipart:
    """S3, where the requests of a multipart upload named ``step`` meet a fault."""

    def __init__(self, step, fault, abort=None):
        self.step, self.fault, self.abort = step, fault, abort
        self.provider = providers.s3()
        self.steps = []

    def __call__(self, client, request):
        step = self.step_of(request)
        self.steps.append(step)
        if step == self.step:
            return self.fault(client, request)
        if step == "abort":
            return (self.abort or answer(204))(client, request)
        return self.provider(client, request)

    def step_of(self, request):
        if request.method == "DELETE":
            return "abort"
        if request.method == "POST":
            return "begin" if request.target.endswith("?uploads=") else "complete"
        number = re.search(r"partNumber=(\d+)", request.target)
        return f"part {number[1]}" if number else request.method


PART_FAULTS = {
    name: SPOILED[name]
    for name in ("reset", "closed", "truncated", "not http", "stall", "401", "403", "500", "503")
}


def upload_in_parts(driver, source=None):
    source = source or iter([CONTENT[:2500]])
    container = providers._container(driver)
    return driver.upload_object_via_stream(source, container, "key")


@pytest.mark.parametrize("name", PART_FAULTS)
@pytest.mark.parametrize("step", ["part 1", "part 3", "complete"])
def test_failed_multipart_upload_is_aborted(server, step, name):
    server.script(s3 := Multipart(step, PART_FAULTS[name]))
    error_of(lambda: upload_in_parts(s3_driver(server.port, timeout=patience(name))))
    assert s3.steps[-1] == "abort"
    assert s3.steps.count("abort") == 1
    assert "upload-1" in server.received[-1].target


@pytest.mark.parametrize("name", PART_FAULTS)
def test_multipart_upload_that_does_not_begin_leaves_nothing_to_abort(server, name):
    server.script(s3 := Multipart("begin", PART_FAULTS[name]))
    error_of(lambda: upload_in_parts(s3_driver(server.port, timeout=patience(name))))
    assert set(s3.steps) == {"begin"}


def test_multipart_upload_that_cannot_be_aborted_says_so(server):
    server.script(Multipart("part 2", answer(403), abort=answer(403)))
    error = error_of(lambda: upload_in_parts(s3_driver(server.port)))
    assert "upload-1" in str(error)
    assert isinstance(error.__cause__, PermissionDeniedError)


def test_multipart_upload_whose_source_fails_is_aborted(server):
    def source():
        yield CONTENT[:2500]
        raise OSError("disk is gone")

    server.script(s3 := Multipart("none", answer(500)))
    with pytest.raises(OSError, match="disk is gone"):
        upload_in_parts(s3_driver(server.port), source())
    assert s3.steps[-1] == "abort"


@pytest.mark.parametrize("name", ["reset", "truncated", "503"])
def test_multipart_upload_survives_a_fault_of_one_part(server, name):
    class Once(Multipart):
        def __call__(self, client, request):
            handled = super().__call__(client, request)
            if self.steps[-1] == self.step:
                self.step = None
            return handled

    server.script(s3 := Once("part 2", PART_FAULTS[name]))
    driver = s3_driver(server.port)
    driver.transfer_threads = 1
    upload_in_parts(driver)
    assert s3.steps == ["begin", "part 1", "part 2", "part 2", "part 3", "complete"]


@pytest.mark.parametrize(
    "document",
    [
        b"<Error><Code>InternalError</Code><Message>m</Message></Error>",
        b"",
        b"<html/>",
        b"<CompleteMultipart",
    ],
)
def test_multipart_upload_whose_completion_only_looks_good_fails(server, document):
    server.script(Multipart("complete", answer(200, document, "application/xml")))
    error_of(lambda: upload_in_parts(s3_driver(server.port)))
