"""
Where AWS credentials come from.

The services of a container and of an instance are stood in for by a server that answers as their
pages say; botocore's own readers of them get the same credentials from it.
"""

from __future__ import annotations

import http.server
import io
import json
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

import libcloud
from libcloud.common.aws.credentials import (
    Credentials,
    NoCredentialsError,
    TemporaryCredentials,
    assume_role,
    assume_role_with_web_identity,
    default_credentials,
    from_container,
    from_environment,
    from_instance,
    from_profile,
)
from libcloud.common.aws.credentials.sts import STSConnection
from libcloud.common.errors import InvalidCredsError, MalformedResponseError, NetworkError
from libcloud.compute.providers import get_driver
from libcloud.storage.providers import get_driver as get_storage_driver
from tests.faults.server import FaultServer, answer

EXPIRES = datetime(2100, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
ANSWER = {
    "Code": "Success",
    "Type": "AWS-HMAC",
    "AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "the-secret",
    "Token": "the-token",
    "Expiration": "2100-01-02T03:04:05Z",
    "LastUpdated": "2099-01-02T03:04:05Z",
}
EXPECTED = Credentials("ASIAEXAMPLE", "the-secret", "the-token", EXPIRES)


class MetadataServer:
    """
    Answers as the instance's and the container's services do.

    :param answer: What comes as the credentials, an object or text.
    """

    def __init__(self):
        self.answer = ANSWER
        self.role = "web role"
        self.requests = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self):
                service.requests.append((self.command, self.path, dict(self.headers)))
                seconds = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds")
                if self.path == "/latest/api/token" and seconds and 1 <= int(seconds) <= 21600:
                    return self.reply(200, "session-token")
                return self.reply(400, "")

            def do_GET(self):
                service.requests.append((self.command, self.path, dict(self.headers)))
                if self.path.startswith("/latest/"):
                    if self.headers.get("X-aws-ec2-metadata-token") != "session-token":
                        return self.reply(401, "")
                    folder = "/latest/meta-data/iam/security-credentials/"
                    if self.path == folder and service.role:
                        return self.reply(200, service.role)
                    if service.role and self.path == folder + service.role.replace(" ", "%20"):
                        return self.reply(200, service.answer)
                    return self.reply(404, "<html>not found</html>")
                if self.path == "/v2/credentials/task?a=b":
                    return self.reply(200, service.answer)
                if self.path == "/v1/credentials":
                    if self.headers.get("Authorization") == "pod-token":
                        return self.reply(200, service.answer)
                    return self.reply(401, {"message": "no pod-token"})
                return self.reply(404, "")

            def reply(self, status, body):
                content = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def metadata():
    server = MetadataServer()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _no_instance(monkeypatch):
    """No test asks the real service, should it run on an instance."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def instance(metadata, monkeypatch):
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.url)
    return metadata


@pytest.fixture
def profiles(tmp_path, monkeypatch):
    """Writes the two files, from their text."""

    def write(credentials="", config=""):
        for name, variable, text in (
            ("credentials", "AWS_SHARED_CREDENTIALS_FILE", credentials),
            ("config", "AWS_CONFIG_FILE", config),
        ):
            path = tmp_path / name
            path.write_text(text, encoding="utf-8")
            monkeypatch.setenv(variable, str(path))

    return write


# -- the environment ------------------------------------------------------------------------------


def test_environment_has_key_secret_and_token(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    source = from_environment()
    assert source() == Credentials("AKID", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    assert source() == Credentials("AKID", "secret", "token")


def test_environment_without_a_secret_says_so(monkeypatch):
    with pytest.raises(NoCredentialsError, match="AWS_ACCESS_KEY_ID is not set"):
        from_environment()()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    with pytest.raises(NoCredentialsError, match="AWS_SECRET_ACCESS_KEY is not"):
        from_environment()()


# -- profiles -------------------------------------------------------------------------------------

CREDENTIALS_FILE = """
[default]
aws_access_key_id = AKID-default
aws_secret_access_key = secret%with%percent

[work]
aws_access_key_id=AKID-work
aws_secret_access_key=secret/work+
aws_session_token=token==
"""
CONFIG_FILE = """
[default]
region = eu-west-1
[profile work]
aws_access_key_id = not this one
region = eu-west-2
s3 =
  addressing_style = path
[profile "with space"]
aws_access_key_id = AKID-space
aws_secret_access_key = secret-space
[sso-session one]
sso_region = eu-west-1
"""


@pytest.mark.parametrize("name", [None, "default", "work", "with space"])
def test_profile_has_what_botocore_finds(name, profiles):
    import botocore.session

    profiles(CREDENTIALS_FILE, CONFIG_FILE)
    theirs = botocore.session.Session(profile=name).get_credentials()
    ours = from_profile(name)()
    assert ours == Credentials(theirs.access_key, theirs.secret_key, theirs.token)


def test_profile_is_named_by_the_environment(profiles, monkeypatch):
    profiles(CREDENTIALS_FILE)
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert from_profile()().access_key == "AKID-work"
    assert from_profile("default")().access_key == "AKID-default"


def test_profile_that_is_not_there(profiles):
    profiles(CREDENTIALS_FILE)
    with pytest.raises(NoCredentialsError, match="no profile 'other'"):
        from_profile("other")()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("aws_access_key_id = AKID", "no aws_secret_access_key"),
        ("sso_session = one\nsso_account_id = 1", "SSO"),
        ("region = eu-west-1", "no credentials"),
        ("role_arn = arn:aws:iam::123456789012:role/r", "neither a source_profile"),
        ("role_arn = r\ncredential_source = Moon", "out of Environment"),
        ("role_arn = r\nsource_profile = bad\nmfa_serial = arn:mfa", "arn:mfa"),
        ("role_arn = r\nsource_profile = bad", "bad -> bad go round in circles"),
        ("role_arn = r\nsource_profile = gone", "no profile 'gone'"),
        ("role_arn = r\ncredential_source = Environment\nduration_seconds = 1h", "no number: '1h'"),
    ],
)
def test_profile_that_cannot_be_used_says_why(config, message, profiles):
    profiles(config=f"[profile bad]\n{config}")
    with pytest.raises(InvalidCredsError, match=message):
        from_profile("bad")()


def test_file_that_is_none_of_profiles_keeps_its_lines_out_of_the_error(profiles):
    profiles("aws_secret_access_key = very-secret\n")
    with pytest.raises(InvalidCredsError, match="is no file of profiles") as caught:
        from_profile()()
    assert "very-secret" not in f"{caught.value!r} {caught.value.__cause__!r}"


def _process(tmp_path, program):
    path = tmp_path / "process.py"
    path.write_text(program)
    return f"[default]\ncredential_process = '{sys.executable}' '{path}'\n"


def test_profile_with_a_process(profiles, tmp_path):
    answer = {
        "Version": 1,
        "AccessKeyId": "AKID",
        "SecretAccessKey": "secret",
        "SessionToken": "token",
        "Expiration": "2100-01-02T03:04:05Z",
    }
    profiles(config=_process(tmp_path, f"print({json.dumps(json.dumps(answer))})"))
    assert from_profile()() == Credentials("AKID", "secret", "token", EXPIRES)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import sys; sys.exit('no login today')", "ended with 1: no login today"),
        ("print('hello')", "no JSON of version 1"),
        ("print('[]')", "no JSON of version 1"),
        ("""print('{"Version": 2}')""", "no JSON of version 1"),
    ],
)
def test_profile_with_a_process_that_fails(program, message, profiles, tmp_path):
    profiles(config=_process(tmp_path, program))
    with pytest.raises(InvalidCredsError, match=message):
        from_profile()()


def test_profile_with_a_process_that_leaves_out_the_secret(profiles, tmp_path):
    profiles(config=_process(tmp_path, """print('{"Version": 1, "AccessKeyId": "AKID"}')"""))
    with pytest.raises(MalformedResponseError, match="SecretAccessKey"):
        from_profile()()


def test_profile_with_a_process_that_is_not_there(profiles):
    profiles(config="[default]\ncredential_process = /no/such/program\n")
    with pytest.raises(InvalidCredsError, match="/no/such/program"):
        from_profile()()


# -- the instance ---------------------------------------------------------------------------------


def test_instance_gives_what_botocore_finds(instance):
    from botocore.utils import InstanceMetadataFetcher

    theirs = InstanceMetadataFetcher(base_url=instance.url).retrieve_iam_role_credentials()
    ours = from_instance()()
    assert ours == EXPECTED
    assert (theirs["access_key"], theirs["secret_key"]) == (ours.access_key, ours.secret_key)
    assert theirs["token"] == ours.token


def test_instance_is_asked_when_credentials_are_needed_and_once(instance):
    source = from_instance()
    assert instance.requests == []
    assert [source() for _ in range(3)] == [EXPECTED] * 3
    assert [(method, path) for method, path, _ in instance.requests] == [
        ("PUT", "/latest/api/token"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("GET", "/latest/meta-data/iam/security-credentials/web%20role"),
    ]


def test_instance_is_never_asked_through_a_proxy(instance, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert from_instance()() == EXPECTED


def test_debug_log_shows_no_credentials_of_the_instance(instance):
    log = io.StringIO()
    libcloud.enable_debug(log)
    try:
        assert from_instance()() == EXPECTED
    finally:
        libcloud.reset_debug()
    assert "/latest/api/token" in log.getvalue()
    for secret in ("session-token", EXPECTED.secret_key, EXPECTED.token):
        assert secret not in log.getvalue()


def test_instance_without_a_role(instance):
    instance.role = None
    with pytest.raises(NoCredentialsError, match="no role"):
        from_instance()()


def test_instance_that_is_none(instance):
    instance.close()
    with pytest.raises(NoCredentialsError, match="no metadata service"):
        from_instance()()


def test_instance_is_left_alone_when_the_environment_says_so(instance, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "TRUE")
    with pytest.raises(NoCredentialsError, match="AWS_EC2_METADATA_DISABLED"):
        from_instance()()
    assert instance.requests == []


@pytest.mark.parametrize(
    "answer", ["<html>", {"Code": "Failed"}, [], {**ANSWER, "Expiration": "x"}]
)
def test_instance_that_answers_nonsense(answer, instance):
    instance.answer = answer
    with pytest.raises(MalformedResponseError) as caught:
        from_instance()()
    assert "the-secret" not in repr(caught.value)


# -- the container --------------------------------------------------------------------------------


def test_container_by_a_path(metadata, monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/task?a=b")
    monkeypatch.setattr("libcloud.common.aws.credentials.metadata.CONTAINER_SERVICE", metadata.url)
    assert from_container()() == EXPECTED


def test_container_by_a_url_with_a_token(metadata, monkeypatch, tmp_path):
    from botocore.utils import ContainerMetadataFetcher

    url = f"{metadata.url}/v1/credentials"
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
    with pytest.raises(InvalidCredsError):
        from_container()()
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "pod-token")
    assert from_container()() == EXPECTED
    theirs = ContainerMetadataFetcher().retrieve_full_uri(url, {"Authorization": "pod-token"})
    assert theirs["AccessKeyId"] == EXPECTED.access_key

    path = tmp_path / "token"
    path.write_text("pod-token\n")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "an old one")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(path))
    assert from_container()() == EXPECTED
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "gone"))
    with pytest.raises(InvalidCredsError, match="gone"):
        from_container()()


@pytest.mark.parametrize("url", ["http://example.com/", "http://10.0.0.1/", "ftp://127.0.0.1.nip/"])
def test_container_elsewhere_is_not_asked_without_tls(url, monkeypatch):
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
    with pytest.raises(InvalidCredsError, match="neither https nor on this machine"):
        from_container()()


def test_container_that_does_not_answer(metadata, monkeypatch):
    metadata.close()
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{metadata.url}/v1/credentials")
    with pytest.raises(NetworkError):
        from_container()()


# -- roles ----------------------------------------------------------------------------------------


def _arn_of(source, moto_server):
    """Who moto thinks the holder of the credentials is."""
    import boto3

    credentials = source()
    sts = boto3.client(
        "sts",
        "us-east-1",
        endpoint_url=moto_server.url,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
    )
    return sts.get_caller_identity()["Arn"]


ROLE = "arn:aws:iam::123456789012:role/worker"


def test_assume_role(moto_server):
    source = assume_role(
        ROLE,
        lambda: Credentials(moto_server.key, moto_server.secret),
        "night shift",
        duration=900,
        url=moto_server.url,
    )
    assert source().token and source() is source()
    left = source().expires - datetime.now(timezone.utc)
    assert timedelta(minutes=10) < left <= timedelta(minutes=15)
    assert _arn_of(source, moto_server).endswith("assumed-role/worker/night shift")


def test_assume_role_with_web_identity(moto_server, tmp_path, monkeypatch):
    path = tmp_path / "token"
    path.write_text("header.payload.signature")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(path))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "pod-1")
    source = assume_role_with_web_identity(url=moto_server.url)
    assert _arn_of(source, moto_server).endswith("assumed-role/worker/pod-1")


def test_assume_role_with_web_identity_without_a_token(tmp_path):
    with pytest.raises(NoCredentialsError, match="not set"):
        assume_role_with_web_identity()()
    with pytest.raises(NoCredentialsError, match="cannot be read"):
        assume_role_with_web_identity(ROLE, str(tmp_path / "gone"))()


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "sts.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_sts_of_a_region(region, host):
    assert STSConnection(region, None).host == host


def test_profile_of_a_role_chain(moto_server, profiles, monkeypatch):
    monkeypatch.setattr(
        "libcloud.common.aws.credentials.sts.STSConnection.__init__",
        _at(moto_server.url, STSConnection.__init__),
    )
    profiles(
        "[base]\naws_access_key_id = AKID\naws_secret_access_key = secret\n",
        f"[profile first]\nrole_arn = {ROLE}-first\nsource_profile = base\n"
        f"[profile second]\nrole_arn = {ROLE}-second\nsource_profile = first\n"
        "role_session_name = two\n",
    )
    assert _arn_of(from_profile("second"), moto_server).endswith("worker-second/two")


def _at(url, init):
    return lambda self, region, credentials, _=None: init(self, region, credentials, url)


# -- the chain ------------------------------------------------------------------------------------


def test_default_credentials_takes_the_first_place(instance, profiles, monkeypatch):
    profiles()
    assert default_credentials()() == EXPECTED
    profiles(CREDENTIALS_FILE)
    assert default_credentials()().access_key == "AKID-default"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert default_credentials()().access_key == "AKID-environment"
    assert default_credentials("work")().access_key == "AKID-work"


def test_default_credentials_stays_with_the_place_that_has_some(profiles, monkeypatch):
    profiles(CREDENTIALS_FILE)
    source = default_credentials()
    assert source().access_key == "AKID-default"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert source().access_key == "AKID-default"


def test_default_credentials_says_what_each_place_lacks(profiles):
    profiles()
    with pytest.raises(NoCredentialsError) as caught:
        default_credentials()()
    for part in ("AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN", "'default'", "AWS_EC2_METADATA_DISABLED"):
        assert part in str(caught.value)


def test_default_credentials_does_not_pass_over_a_broken_place(instance, profiles):
    profiles("[default]\naws_access_key_id = AKID\n")
    with pytest.raises(InvalidCredsError, match="no aws_secret_access_key"):
        default_credentials()()


# -- temporary credentials ------------------------------------------------------------------------

START = datetime(2030, 1, 1, tzinfo=timezone.utc)


class Clock:
    def __init__(self):
        self.time = START

    def __call__(self):
        return self.time


def _hourly(clock, fetched):
    def fetch():
        fetched.append(clock.time)
        return Credentials(f"key-{len(fetched)}", "s", "t", clock.time + timedelta(hours=1))

    return fetch


def test_temporary_credentials_are_renewed_before_they_expire():
    clock, fetched = Clock(), []
    source = TemporaryCredentials(_hourly(clock, fetched), clock)
    assert source().access_key == source().access_key == "key-1"
    clock.time = START + timedelta(minutes=54, seconds=59)
    assert source().access_key == "key-1"
    clock.time = START + timedelta(minutes=55)
    assert source().access_key == "key-2"
    assert len(fetched) == 2


def test_temporary_credentials_last_while_they_cannot_be_renewed():
    clock, fetched = Clock(), []
    good = _hourly(clock, fetched)
    broken = []

    def fetch():
        if broken:
            broken.append(clock.time)
            raise NetworkError("down")
        return good()

    source = TemporaryCredentials(fetch, clock)
    source()
    broken.append("from now on")
    clock.time = START + timedelta(minutes=56)
    assert [source().access_key for _ in range(3)] == ["key-1"] * 3
    assert len(broken) == 2  # not asked again at once
    clock.time += timedelta(seconds=30)
    assert source().access_key == "key-1"
    assert len(broken) == 3
    clock.time = START + timedelta(hours=1)
    with pytest.raises(NetworkError):
        source()
    broken.clear()
    assert source().access_key == "key-2"


def test_temporary_credentials_that_never_expire_are_kept():
    fetched = []
    source = TemporaryCredentials(lambda: fetched.append(1) or Credentials("key", "s"))
    assert source() is source()
    assert len(fetched) == 1


def test_temporary_credentials_of_a_moment_are_not_asked_for_each_time():
    clock, fetched = Clock(), []

    def fetch():
        fetched.append(1)
        return Credentials("key", "s", "t", clock.time + timedelta(minutes=1))

    source = TemporaryCredentials(fetch, clock)
    for _ in range(5):
        source()
    assert len(fetched) == 1


def test_temporary_credentials_forgotten_are_fetched_anew():
    clock, fetched = Clock(), []
    source = TemporaryCredentials(_hourly(clock, fetched), clock)
    first = source()
    source.forget(first)
    second = source()
    source.forget(first)  # a thread that was late
    assert source() is second
    assert len(fetched) == 2


def test_temporary_credentials_are_fetched_once_by_many_threads():
    fetched = []

    def fetch():
        fetched.append(1)
        time.sleep(0.05)
        return Credentials(f"key-{len(fetched)}", "s", "t", EXPIRES)

    source = TemporaryCredentials(fetch)
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(source())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {credentials.access_key for credentials in seen} == {"key-1"}
    assert len(fetched) == 1


def test_temporary_credentials_that_are_good_wait_for_nobody():
    clock = Clock()
    renewing, go_on = threading.Event(), threading.Event()

    def fetch():
        if clock.time > START:
            renewing.set()
            assert go_on.wait(30)
            return Credentials("key-2", "s", "t", EXPIRES)
        return Credentials("key-1", "s", "t", START + timedelta(hours=1))

    source = TemporaryCredentials(fetch, clock)
    source()
    clock.time = START + timedelta(minutes=57)
    thread = threading.Thread(target=source)
    thread.start()
    assert renewing.wait(30)
    assert source().access_key == "key-1"
    go_on.set()
    thread.join()
    assert source().access_key == "key-2"


# -- drivers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "provider", "listing"),
    [
        ("compute", "ec2", "list_nodes"),
        ("dns", "route53", "list_zones"),
        ("storage", "s3", "list_containers"),
    ],
)
def test_driver_takes_a_source_in_place_of_key_and_secret(domain, provider, listing, moto_server):
    import importlib

    cls = importlib.import_module(f"libcloud.{domain}.providers").get_driver(provider)
    asked = []

    def source():
        asked.append(1)
        return Credentials("ASIAEXAMPLE", "secret", f"token-{len(asked)}")

    driver = cls(credentials=source, host=moto_server.host, port=moto_server.port, secure=False)
    sent = []
    exchange = driver.connection._exchange

    def recording(method, url, data, headers, *rest):
        sent.append(headers)
        return exchange(method, url, data, headers, *rest)

    driver.connection._exchange = recording
    assert asked == []
    for _ in range(2):
        getattr(driver, listing)()
    assert [headers["X-Amz-Security-Token"] for headers in sent] == ["token-1", "token-2"]
    assert all("Credential=ASIAEXAMPLE/" in headers["Authorization"] for headers in sent)


def test_driver_shows_no_credentials():
    driver = get_driver("ec2")(credentials=lambda: Credentials("AKID", "very-secret", "very-token"))
    assert "very" not in repr(driver.connection.current_credentials())


def test_credentials_that_the_service_takes_no_longer_are_fetched_anew():
    fetched = []

    def fetch():
        fetched.append(1)
        return Credentials(f"key-{len(fetched)}", "secret", "token", EXPIRES)

    expired = b"<Error><Code>ExpiredToken</Code><Message>expired</Message></Error>"
    buckets = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
    with FaultServer() as server:
        server.script(answer(400, expired, "text/xml"), answer(200, buckets, "text/xml"))
        driver = get_storage_driver("s3")(
            credentials=TemporaryCredentials(fetch),
            host="127.0.0.1",
            port=server.port,
            secure=False,
        )
        assert driver.list_containers() == []
        signed = [request.headers["authorization"] for request in server.received]
    assert ["key-1/" in signed[0], "key-2/" in signed[1]] == [True, True]
    assert len(fetched) == 2
