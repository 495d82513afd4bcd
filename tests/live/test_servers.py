"""The servers that the other live tests lean on, asked by clients that are not ours."""

from __future__ import annotations

import sys
import time
import uuid
from pathlib import Path

import boto3
import botocore.config
import botocore.exceptions
import dns.message
import dns.query
import dns.tsigkeyring
import dns.update
import dns.zone
import pytest
import requests

from tests.servers.process import ServerDidNotStart, port_answers, running

pytestmark = pytest.mark.live


def test_moto_answers_boto3(moto_server):
    client = boto3.client(
        "ec2",
        endpoint_url=moto_server.url,
        region_name=moto_server.region,
        aws_access_key_id=moto_server.key,
        aws_secret_access_key=moto_server.secret,
    )
    client.create_key_pair(KeyName="k")
    assert [pair["KeyName"] for pair in client.describe_key_pairs()["KeyPairs"]] == ["k"]
    moto_server.reset()
    assert client.describe_key_pairs()["KeyPairs"] == []


@pytest.mark.debian
def test_powerdns_serves_what_its_api_was_told(powerdns_server):
    zone = f"z{uuid.uuid4().hex}.test."
    created = requests.post(
        f"{powerdns_server.url}/api/v1/servers/localhost/zones",
        headers={"X-API-Key": powerdns_server.key},
        json={"name": zone, "kind": "Native", "nameservers": [f"ns.{zone}"]},
        timeout=30,
    )
    assert created.status_code == 201
    question = dns.message.make_query(zone, "NS")
    reply = dns.query.udp(question, powerdns_server.host, port=powerdns_server.dns_port, timeout=10)
    assert f"ns.{zone}" in reply.answer[0].to_text()


def s3_client(server, secret):
    return boto3.client(
        "s3",
        endpoint_url=server.url,
        region_name=server.region,
        aws_access_key_id=server.user,
        aws_secret_access_key=secret,
        config=botocore.config.Config(s3={"addressing_style": "path"}),
    )


@pytest.mark.debian
def test_swift_serves_one_object_by_both_its_apis(swift_server):
    bucket = f"b{uuid.uuid4().hex}"
    client = s3_client(swift_server, swift_server.key)
    client.create_bucket(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="dir//x", Body=b"content")
    login = requests.get(
        swift_server.auth_url,
        headers={"X-Auth-User": swift_server.user, "X-Auth-Key": swift_server.key},
        timeout=30,
    )
    token = {"X-Auth-Token": login.headers["X-Auth-Token"]}
    listed = requests.get(f"{swift_server.storage_url}/{bucket}", headers=token, timeout=30)
    assert listed.text == "dir//x\n"


@pytest.mark.debian
def test_swift_refuses_a_wrong_signature(swift_server):
    with pytest.raises(botocore.exceptions.ClientError, match="SignatureDoesNotMatch"):
        s3_client(swift_server, "wrong").list_buckets()


@pytest.mark.debian
def test_tinyproxy_lets_through_who_has_the_password(tinyproxy_server, moto_server):
    url = f"{moto_server.url}/moto-api/"
    through = requests.get(url, proxies={"http": tinyproxy_server.url}, timeout=30)
    assert through.status_code == 200
    assert tinyproxy_server.saw(f"GET {url}")
    without = {"http": f"http://{tinyproxy_server.host}:{tinyproxy_server.port}"}
    assert requests.get(url, proxies=without, timeout=30).status_code == 407


@pytest.mark.debian
def test_bind_takes_a_signed_update_and_gives_a_signed_transfer(bind_server):
    keys = dns.tsigkeyring.from_text({bind_server.key_name: bind_server.secret})
    update = dns.update.UpdateMessage(bind_server.zone, keyring=keys, keyalgorithm="hmac-sha256")
    update.add("www", 60, "A", "192.0.2.1")
    assert dns.query.tcp(update, bind_server.host, port=bind_server.port, timeout=10).rcode() == 0
    transfer = dns.query.xfr(
        bind_server.host,
        bind_server.zone,
        port=bind_server.port,
        keyring=keys,
        keyalgorithm="hmac-sha256",
        timeout=10,
    )
    assert "www" in {str(name) for name in dns.zone.from_xfr(transfer).nodes}


def test_server_that_ends_at_once_fails_with_its_log(tmp_path):
    command = [sys.executable, "-c", "print('no room'); raise SystemExit(3)"]
    server = running(command, tmp_path / "log", lambda: False)
    with pytest.raises(ServerDidNotStart, match=r"ended by 3:\nno room"), server:
        pass


def test_server_that_never_answers_fails_in_time(tmp_path):
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    server = running(command, tmp_path / "log", lambda: False, limit=0.3)
    with pytest.raises(ServerDidNotStart, match="did not answer in"), server:
        pass


def test_server_is_ended_with_its_children(tmp_path):
    script = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        "print(child.pid, flush=True); time.sleep(60)"
    )
    log = tmp_path / "log"
    with running([sys.executable, "-c", script], log, lambda: log.stat().st_size > 0):
        child = int(log.read_text())
        assert is_alive(child)
    # The kernel may take its time.
    deadline = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(child)


def is_alive(pid):
    """False for a process that is gone, or that only waits to be buried."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_port_that_nobody_listens_on_does_not_answer():
    assert not port_answers(1)()
