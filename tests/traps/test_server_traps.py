"""
Traps that real servers showed in older versions: none of them is here.

What was stored is looked at with another client (boto3, dnspython, the file system), because a
mistake that the driver makes both ways is hidden from its own reading.
"""

from __future__ import annotations

import inspect
import re
import uuid
from urllib.parse import parse_qs

import dns.message
import dns.query
import paramiko
import pytest

from libcloud.common.errors import ProviderError
from libcloud.compute.ssh import load_private_key
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.storage.drivers.local import LocalStorageDriver
from libcloud.storage.drivers.s3 import S3StorageDriver
from tests.conformance.test_storage_s3 import boto_client
from tests.faults import providers
from tests.faults.providers import READS, Recorder, create_volume
from tests.faults.server import answer
from tests.traps.drivers import CLASSES, make, over_the_wire
from tests.traps.pointers import expand, find_test

# Trap -> tests, here and elsewhere, that would fail if it were back.
TRAPS = {
    "storage: names of objects are changed silently": """
        conformance.test_storage_s3.TestS3OnMoto:
            test_object_names_are_never_altered
        conformance.test_storage_local.TestLocalStorage:
            test_object_names_are_never_altered
        unit.storage.test_s3:
            test_names_go_to_the_wire_unchanged
        unit.storage.test_local:
            test_hard_names_are_kept_apart_and_leave_nothing
        traps.test_server_traps:
            test_names_are_what_boto3_sees
            test_names_are_apart_in_the_file_system
    """,
    "another XML namespace gives an empty list, or an error without a text": """
        unit.compute.test_ec2_nodes:
            test_list_nodes_reads_all_that_is_said
            test_answer_that_is_none_is_never_an_empty_list
        unit.common.test_aws_errors:
            test_error_is_read_in_each_shape_and_namespace
            test_elements_are_found_in_any_namespace
        traps.test_server_traps:
            test_any_namespace_is_read
            test_error_in_any_namespace_has_its_text
    """,
    "old signatures by default, paths with an API version": """
        unit.compute.test_ec2_driver:
            test_signature_is_of_version_4_in_all_regions
        unit.common.test_aws_connection:
            test_request_is_signed_as_botocore_signs_it
        live.test_s3_swift:
            test_wrong_secret_is_invalid_credentials
        traps.test_server_traps:
            test_signature_of_aws_is_of_version_4
    """,
    "no way to set host, port or scheme": """
        unit.compute.test_ec2_driver:
            test_host_port_and_scheme_are_the_callers
        unit.storage.test_s3:
            test_constructor_takes_host_port_region_and_token
        unit.container.test_docker_utils:
            test_registry_host_and_port
        traps.test_server_traps:
            test_endpoint_is_the_callers
    """,
    "pre-signed URLs sign the host without its port": """
        unit.storage.test_s3:
            test_object_url_signs_the_port
            test_object_url_is_the_one_that_botocore_makes
        unit.common.test_aws_connection:
            test_host_is_signed_with_a_port_that_is_not_the_schemes_own
        live.test_s3_swift:
            test_object_url_lets_anybody_in
    """,
    "parameters count from 0; a volume that cannot be tagged is left behind": """
        unit.compute.test_ec2_driver:
            test_parameters_are_counted_from_one
        unit.compute.test_ec2_networks:
            test_ex_create_tags_counts_from_one
        unit.compute.test_ec2_volumes:
            test_create_volume_makes_and_names_it_in_one_request
        conformance.test_compute_ec2:
            test_volume_and_snapshot_are_named_by_the_request_that_makes_them
            test_tags_are_what_boto3_sees
        traps.test_server_traps:
            test_volume_that_cannot_be_named_is_not_made
    """,
    "PowerDNS: doubled final dot, lost values, MX, update": """
        conformance.test_dns_powerdns.TestPowerDNSDriver:
            test_create_record_keeps_the_other_records_of_its_name
            test_update_record_of_an_mx_keeps_what_is_not_given
            test_create_record_at_the_apex_takes_every_form_of_its_name
            test_update_record_of_only_the_data_keeps_the_rest
        unit.dns.test_dns_names:
            test_zone_name_is_lower_case_without_final_dot
        traps.test_server_traps:
            test_records_of_powerdns_are_what_dnspython_sees
    """,
    "an iterator is hashed after it is used up": """
        conformance.test_storage_s3.TestS3OnMoto:
            test_upload_via_stream_from_all_kinds_of_sources
        conformance.test_storage_local.TestLocalStorage:
            test_upload_via_stream_from_all_kinds_of_sources
        conformance.test_storage_dummy.TestDummyStorage:
            test_upload_via_stream_from_all_kinds_of_sources
        traps.test_server_traps:
            test_iterator_is_stored_whole_and_hashed
    """,
    "bare HTTP errors where a typed one exists": """
        faults.test_driver_faults:
            test_status_decides_whatever_the_body_is
        unit.common.test_errors:
            test_status_gives_error_that_is_generic_and_http
        unit.container.test_docker_utils:
            test_hub_errors_for_what_is_missing
        live.test_docker_registry:
            test_repository_that_is_missing_raises_not_found
            test_bad_credentials_raise_invalid_creds
    """,
    "a command that is given as a list becomes the text of a list": """
        unit.container.test_dummy:
            test_deploy_container_keeps_what_it_was_given
        unit.container.test_base:
            test_image_deploy_hands_on_what_is_given
    """,
    "waiting goes on for a node that will never run": """
        unit.compute.test_wait_until_running:
            test_node_that_will_never_run_ends_the_wait_at_once
            test_timeout_names_the_nodes_and_how_they_are
        unit.compute.test_deploy_node:
            test_node_in_error_state_is_reported_with_the_node
    """,
    "keys are not read by newer versions of paramiko": """
        live.test_deployment:
            test_connect_with_each_kind_of_key
        unit.compute.test_ssh_private_keys:
            test_load_private_key_reads_every_format
            test_load_private_key_of_a_kind_that_ssh_gave_up
        traps.test_server_traps:
            test_keys_are_read_without_dsa_in_paramiko
    """,
}


@pytest.mark.parametrize("trap", TRAPS)
def test_trap_has_its_tests(trap):
    paths = list(expand(TRAPS[trap]))
    assert paths
    for path in paths:
        find_test(path)


# --- names of objects -----------------------------------------------------------------------------

COLLIDING = ["dir//x", "dir/x", "dot", "./dot", "a/../dot", "../dot", "/dot", "dot/.", "dir//", " "]


@pytest.fixture
def s3(moto_server):
    return S3StorageDriver(
        moto_server.key,
        moto_server.secret,
        host=moto_server.host,
        port=moto_server.port,
        secure=False,
    )


@pytest.fixture
def boto(moto_server):
    return boto_client(moto_server.url, moto_server.key, moto_server.secret, moto_server.region)


def test_names_are_what_boto3_sees(s3, boto):
    container = s3.create_container(f"traps-{uuid.uuid4().hex[:12]}")
    for name in COLLIDING:
        s3.upload_object_via_stream(iter([name.encode()]), container, name)
    listed = boto.list_objects_v2(Bucket=container.name)["Contents"]
    assert sorted(entry["Key"] for entry in listed) == sorted(COLLIDING)
    for name in COLLIDING:
        assert boto.get_object(Bucket=container.name, Key=name)["Body"].read() == name.encode()
        boto.put_object(Bucket=container.name, Key=name, Body=b"by boto3")
        obj = s3.get_object(container.name, name)
        assert b"".join(obj.as_stream()) == b"by boto3"
    assert sorted(obj.name for obj in container.list_objects()) == sorted(COLLIDING)


def test_names_are_apart_in_the_file_system(tmp_path):
    (tmp_path / "outside").write_text("untouched")
    (tmp_path / "root").mkdir()
    driver = LocalStorageDriver(str(tmp_path / "root"))
    container = driver.create_container("container")
    stored = {}
    for name in COLLIDING:
        content = f"content of {name}"
        driver.upload_object_via_stream(iter([content.encode()]), container, name)
        stored[name] = content
    files = [path for path in (tmp_path / "root").rglob("*") if path.is_file()]
    contents = [path.read_text(errors="replace") for path in files]
    assert sorted(text for text in contents if text.startswith("content of")) == sorted(
        stored.values()
    )
    assert {obj.name for obj in container.list_objects()} == set(COLLIDING)
    assert [path.name for path in tmp_path.iterdir() if path.name != "root"] == ["outside"]


# --- XML namespaces -------------------------------------------------------------------------------

NAMESPACES = ["", "http://ec2.amazonaws.com/doc/2010-01-01/", "urn:somebody:else"]
XML_READS = [call for call in READS if call.answers == "document" and "powerdns" not in call.name]


def in_namespace(document, namespace):
    document = re.sub(rb'\sxmlns="[^"]*"', b"", document)
    if not namespace:
        return document
    return re.sub(rb"<(\w+)>", rb'<\1 xmlns="%s">' % namespace.encode(), document, count=1)


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("call", XML_READS, ids=str)
def test_any_namespace_is_read(server, call, namespace):
    server.script(recorded := Recorder(call.provider(1)))
    driver = call.make(server.port)
    expected = call.do(driver)
    document = in_namespace(recorded.bodies[0], namespace)
    server.script(answer(200, document, "text/xml"))
    found = call.do(driver)
    assert found
    assert [repr(item) for item in found] == [repr(item) for item in expected]


ERRORS = {
    "ec2": "<Response><Errors><Error><Code>SomeCode</Code><Message>the text</Message></Error>"
    "</Errors><RequestID>r-1</RequestID></Response>",
    "s3": "<Error><Code>SomeCode</Code><Message>the text</Message><RequestId>r-1</RequestId>"
    "</Error>",
    "route53": "<ErrorResponse><Error><Code>SomeCode</Code><Message>the text</Message></Error>"
    "<RequestId>r-1</RequestId></ErrorResponse>",
}


@pytest.mark.parametrize("namespace", NAMESPACES)
@pytest.mark.parametrize("call", XML_READS, ids=str)
def test_error_in_any_namespace_has_its_text(server, call, namespace):
    body = in_namespace(ERRORS[call.name.partition("-")[0]].encode(), namespace)
    server.script(answer(400, body, "text/xml"))
    with pytest.raises(ProviderError, match="the text") as caught:
        call.do(call.make(server.port))
    assert caught.value.provider_code == "SomeCode"
    assert caught.value.request_id == "r-1"


# --- signatures, endpoints ------------------------------------------------------------------------


@pytest.mark.parametrize("call", XML_READS, ids=str)
def test_signature_of_aws_is_of_version_4(server, call):
    server.script(call.provider(1))
    call.do(call.make(server.port))
    (request,) = server.received
    signature = request.headers["authorization"]
    assert signature.startswith("AWS4-HMAC-SHA256 Credential=key/")
    assert "host" in re.search("SignedHeaders=([^,]+)", signature)[1].split(";")
    assert request.headers["x-amz-security-token"] == providers.TOKEN
    assert "x-amzn-authorization" not in request.headers
    assert providers.SECRET not in f"{request}"
    if call.name.startswith("ec2"):
        assert request.target == "/"


@pytest.mark.parametrize("driver_class", over_the_wire(CLASSES), ids=lambda cls: cls.__name__)
def test_endpoint_is_the_callers(server, driver_class):
    """Of each driver that speaks to a server: host, port and scheme go where they should."""
    arguments = inspect.signature(driver_class.__init__).parameters
    assert {"host", "port", "secure"} <= set(arguments)
    driver = make(driver_class, host="127.0.0.1", port=server.port, secure=False)
    server.script(answer(403))
    with pytest.raises(ProviderError):
        driver.connection.request("/")
    assert server.received[0].headers["host"] == f"127.0.0.1:{server.port}"


# --- nothing left behind --------------------------------------------------------------------------


def test_volume_that_cannot_be_named_is_not_made(server):
    """The name is in the request that makes it, so there is no second one that could fail."""
    server.script(answer(400, ERRORS["ec2"].encode(), "text/xml"))
    with pytest.raises(ProviderError):
        create_volume(providers.ec2_driver(server.port))
    (request,) = server.received
    form = parse_qs(request.body.decode())
    assert form["Action"] == ["CreateVolume"]
    assert form["TagSpecification.1.Tag.1.Key"] == ["Name"]


# --- DNS ------------------------------------------------------------------------------------------


@pytest.mark.live
@pytest.mark.debian
@pytest.mark.parametrize("dot", ["", "."])
def test_records_of_powerdns_are_what_dnspython_sees(powerdns_server, dot):
    driver = PowerDNSDriver(
        powerdns_server.key, host=powerdns_server.host, port=powerdns_server.port
    )
    domain = f"{uuid.uuid4().hex[:8]}.example"
    zone = driver.create_zone(f"{domain}{dot}", extra={"nameservers": [f"ns.{domain}{dot}"]})

    def answers(name, type):
        question = dns.message.make_query(name, type)
        reply = dns.query.udp(question, powerdns_server.host, port=powerdns_server.dns_port)
        return sorted(rdata.to_text() for rrset in reply.answer for rdata in rrset)

    assert answers(domain, "NS") == [f"ns.{domain}."]
    first = zone.create_record(f"www.{domain}." if dot else "www", "A", "192.0.2.1")
    zone.create_record("www", "A", "192.0.2.2")
    assert answers(f"www.{domain}", "A") == ["192.0.2.1", "192.0.2.2"]
    first.update(data="192.0.2.3")
    assert answers(f"www.{domain}", "A") == ["192.0.2.2", "192.0.2.3"]
    mail = zone.create_record("", "MX", f"mail.{domain}{dot}", {"priority": 20})
    zone.create_record(None, "MX", f"mail2.{domain}.", {"priority": 5})
    assert answers(domain, "MX") == [f"20 mail.{domain}.", f"5 mail2.{domain}."]
    mail.update(extra={"priority": 30})
    assert answers(domain, "MX") == [f"30 mail.{domain}.", f"5 mail2.{domain}."]
    next(record for record in zone.list_records() if record.data == "192.0.2.2").delete()
    assert answers(f"www.{domain}", "A") == ["192.0.2.3"]
    zone.delete()


# --- streams --------------------------------------------------------------------------------------


@pytest.mark.parametrize("in_parts", [False, True])
def test_iterator_is_stored_whole_and_hashed(s3, boto, tmp_path, in_parts):
    data = [b"0123456789" * 1000] * (1100 if in_parts else 3)
    s3.part_size = 5 << 20
    container = s3.create_container(f"traps-{uuid.uuid4().hex[:12]}")
    obj = s3.upload_object_via_stream(iter(data), container, "key")
    stored = boto.get_object(Bucket=container.name, Key="key")
    assert stored["Body"].read() == b"".join(data)
    assert stored["ETag"].strip('"') == obj.hash
    assert obj.size == len(b"".join(data))

    local = LocalStorageDriver(str(tmp_path)).create_container("container")
    local.upload_object_via_stream(iter(data), "key")
    assert (tmp_path / "container" / "key").read_bytes() == b"".join(data)


# --- keys -----------------------------------------------------------------------------------------


def test_keys_are_read_without_dsa_in_paramiko(monkeypatch):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    monkeypatch.delattr(paramiko, "DSSKey", raising=False)
    text = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    assert load_private_key(text).get_name() == "ssh-ed25519"
