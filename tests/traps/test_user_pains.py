"""
What users of such libraries suffer from: each pain has tests that would fail if it were here, and
those that no other place has are below.
"""

from __future__ import annotations

import email
import inspect
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import requests
from lxml import etree

import libcloud
from libcloud.common.errors import (
    InvalidCredsError,
    LibcloudError,
    NetworkError,
    PermissionDeniedError,
)
from libcloud.common.retry import RetryPolicy
from libcloud.container.utils.docker import RegistryClient
from libcloud.storage.drivers.s3 import S3StorageDriver
from tests.faults import providers
from tests.faults import server as faults
from tests.faults.providers import READS, SECRET, Recorder, s3_driver
from tests.faults.server import answer
from tests.traps.drivers import CLASSES, classes, make, over_the_wire
from tests.traps.pointers import expand, find_test

ROOT = Path(libcloud.__file__).parent.parent
WIRED = over_the_wire(CLASSES)
# One a kind: the regional classes of S3 differ in their host alone.
KINDS = [cls for cls in WIRED if not issubclass(cls, S3StorageDriver) or cls is S3StorageDriver]

# Pain -> tests.
PAINS = {
    "a driver that threads share breaks": """
        unit.common.test_connection:
            test_hooks_of_threads_do_not_mix
            test_threads_open_at_most_one_connection_each
        unit.compute.test_ec2_driver:
            test_sixteen_threads_take_sixteen_connections_and_mix_no_answers
        unit.storage.test_s3_threads:
            test_threads_share_a_driver_and_its_connections
            test_regions_that_threads_learn_do_not_mix
        unit.dns.test_powerdns:
            test_threads_change_one_zone_one_after_the_other
        conformance.test_dns_route53.TestRoute53DNSDriver:
            test_threads_share_the_driver
        conformance.test_storage_local.TestLocalStorage:
            test_one_driver_shared_by_threads
        live.test_docker_registry:
            test_threads_share_a_client
    """,
    "the timeout argument does nothing": """
        faults.test_connection_faults:
            test_stalling_server_times_out_and_is_not_asked_again
            test_body_that_stops_coming_times_out
        faults.test_driver_faults:
            test_silent_server_times_out_and_is_asked_once
            test_answer_that_stops_coming_times_out
        traps.test_user_pains:
            test_timeout_of_each_driver_is_honoured
            test_timeout_of_the_registry_is_honoured
            test_timeout_by_default_is_finite
    """,
    "rate limits are not retried": """
        faults.test_connection_faults:
            test_rate_limit_waits_as_long_as_the_server_asks
        faults.test_driver_faults:
            test_rate_limit_is_waited_out
            test_rate_limit_that_lasts_too_long_is_raised_at_once
        unit.dns.test_route53:
            test_throttling_is_waited_for
    """,
    "retry cannot be tuned": """
        unit.common.test_connection:
            test_driver_passes_on_what_its_connection_wants
            test_retry_failed_uses_the_retry_class
        unit.storage.test_s3:
            test_errors_that_pass_are_retried
        unit.dns.test_powerdns:
            test_server_whose_database_is_busy_is_asked_again
        traps.test_user_pains:
            test_retry_of_each_driver_can_be_tuned
    """,
    "retry creates twice": """
        faults.test_driver_faults:
            test_create_without_a_token_is_never_sent_twice
            test_create_with_a_token_is_sent_again_with_the_same
        unit.dns.test_route53:
            test_create_zone_whose_answer_was_lost_finds_the_zone
    """,
    "no_proxy is ignored": """
        unit.common.test_tls_and_proxies:
            test_environment_proxy_is_used_and_no_proxy_honoured
        traps.test_user_pains:
            test_no_proxy_is_honoured_by_each_driver
    """,
    "proxy_url is lost": """
        unit.common.test_tls_and_proxies:
            test_set_http_proxy_works_before_and_after_the_first_request
            test_proxy_argument_wins_over_the_environment
        unit.container.test_docker_utils:
            test_token_server_is_spoken_to_as_the_registry_is
        traps.test_user_pains:
            test_proxy_of_each_driver_is_used
            test_proxy_is_used_for_content_too
    """,
    "verification of TLS is a switch of the process": """
        unit.common.test_tls_and_proxies:
            test_verification_can_be_turned_off_for_one_driver
            test_client_certificate_is_shown
            test_environment_bundle_is_used_and_a_drivers_own_wins
        traps.test_user_pains:
            test_tls_settings_of_each_driver_are_its_own
    """,
    "bad credentials give a TypeError": """
        faults.test_driver_faults:
            test_status_decides_whatever_the_body_is
            test_document_with_a_part_missing_or_odd_is_no_python_error
        unit.container.test_docker_utils:
            test_hub_login_that_is_refused_raises_invalid_creds
        traps.test_user_pains:
            test_bad_credentials_are_an_error_of_that_kind
    """,
    "exceptions of the transport leak": """
        faults.test_driver_faults:
            test_broken_connection_is_a_network_error
        import_paths.test_programs_in_the_wild:
            test_network_failure_is_caught_as_an_exception_of_requests
    """,
    "status codes have to be searched in the text": """
        unit.common.test_errors:
            test_status_gives_error_that_is_generic_and_http
            test_http_error_without_a_message_shows_the_status
            test_rate_limit_reads_retry_after
        traps.test_user_pains:
            test_error_has_status_and_wait
            test_error_without_a_text_shows_its_status
    """,
    "secrets in debug output": """
        unit.common.test_debug_log:
            test_log_has_request_and_answer_without_secrets
            test_environment_variable_writes_a_private_file
        unit.container.test_docker_utils:
            test_log_has_neither_password_nor_token
        unit.compute.test_ec2_nodes:
            test_secrets_are_in_no_url
        traps.test_user_pains:
            test_debug_log_of_each_call_has_no_secret
    """,
    "pinned or heavy dependencies": """
        unit.common.test_connection:
            test_constructing_a_driver_makes_no_request_and_no_third_party_import
        unit.test_base:
            test_import_loads_no_domain
        unit.compute.test_ssh_client:
            test_import_loads_no_paramiko
        traps.test_user_pains:
            test_dependencies_have_lower_bounds_only
    """,
    "setup.py imports the package": """
        traps.test_user_pains:
            test_setup_imports_nothing_of_the_package
            test_source_distribution_is_complete
    """,
    "types are lost in overridden methods": """
        traps.test_user_pains:
            test_public_methods_of_each_driver_are_annotated
            test_source_distribution_is_complete
    """,
    "no async API": """
        unit.common.test_connection:
            test_async_request_polls_until_the_job_is_done
        unit.compute.test_ec2_driver:
            test_sixteen_threads_take_sixteen_connections_and_mix_no_answers
    """,
    "large uploads are held in memory": """
        unit.storage.test_s3_transfers:
            test_upload_and_download_hold_only_a_few_parts
            test_upload_whose_part_fails_for_good_leaves_nothing
        faults.test_driver_faults:
            test_failed_multipart_upload_is_aborted
    """,
    "long transfers start again from zero": """
        unit.storage.test_s3_transfers:
            test_upload_sends_a_part_again
            test_download_that_breaks_goes_on
        unit.storage.test_transfer:
            test_download_goes_on_where_the_connection_broke
            test_download_never_mixes_two_versions
    """,
    "downloads read the whole object": """
        unit.storage.test_s3_transfers:
            test_upload_and_download_hold_only_a_few_parts
        unit.storage.test_base:
            test_files_are_derived_from_streams
    """,
    "a failed download leaves or destroys a file": """
        faults.test_driver_faults:
            test_failed_download_leaves_the_old_file_and_no_litter
            test_failed_download_in_ranges_leaves_the_old_file_and_no_litter
        unit.storage.test_transfer:
            test_save_that_breaks_keeps_the_old_file
    """,
    "no download of ranges": """
        conformance.test_storage_s3.TestS3OnMoto:
            test_download_range_has_start_but_not_end
        conformance.test_storage_local.TestLocalStorage:
            test_download_range_has_start_but_not_end
        conformance.test_storage_dummy.TestDummyStorage:
            test_download_range_has_start_but_not_end
    """,
    "a bucket in another region": """
        unit.storage.test_s3:
            test_container_in_another_region_is_found_and_remembered
            test_upload_to_another_region_is_sent_again_whole
    """,
    "a new region is refused": """
        unit.storage.test_s3:
            test_host_of_region
        unit.compute.test_ec2_driver:
            test_region_has_its_endpoint_even_if_it_is_unknown
    """,
    "host and region are ignored for what looks like S3": """
        unit.storage.test_s3:
            test_constructor_takes_host_port_region_and_token
            test_virtual_style_puts_the_container_into_the_host
        live.test_s3_swift:
            test_region_that_the_server_names_is_signed_for
    """,
    "listings load everything, and prefix is spelled two ways": """
        unit.storage.test_s3:
            test_iterate_objects_reads_all_pages_lazily
            test_iterate_objects_by_prefix
        conformance.test_storage_local.TestLocalStorage:
            test_list_objects_by_prefix_in_both_spellings
    """,
    "no signed URLs that expire": """
        unit.storage.test_s3:
            test_object_url_is_the_one_that_botocore_makes
            test_object_url_cannot_last_for_ever
        live.test_s3_swift:
            test_object_url_ends
    """,
    "the local driver needs a library for locks": """
        unit.storage.test_local:
            test_many_processes_with_many_threads
            test_killed_at_any_moment_leaves_old_or_new_and_no_litter
            test_links_are_neither_followed_nor_listed
            test_folders_swapped_for_links_during_calls_are_no_way_out
    """,
    "get_container and get_object are missing": """
        traps.test_user_pains:
            test_each_storage_driver_gets_containers_and_objects
        conformance.test_storage_s3.TestS3OnMoto:
            test_get_object_that_is_missing_raises
            test_get_container_that_is_missing_raises
    """,
    "empty objects fail": """
        conformance.test_storage_s3.TestS3OnMoto:
            test_upload_via_stream_of_nothing_makes_an_empty_object
            test_upload_file_round_trip_in_all_sizes
        conformance.test_storage_local.TestLocalStorage:
            test_upload_via_stream_of_nothing_makes_an_empty_object
    """,
    "lists end after one page": """
        unit.common.test_operations:
            test_page_that_names_itself_as_the_next_one_is_an_error
        faults.test_driver_faults:
            test_call_without_a_fault_works
            test_interrupted_listing_is_an_error_and_not_a_shorter_list
        unit.storage.test_s3_transfers:
            test_multipart_uploads_come_in_pages
        unit.container.test_docker_utils:
            test_hub_list_images_crosses_pages_and_stays_with_its_host
            test_registry_pages_by_link_and_stays_with_its_host
        traps.test_user_pains:
            test_each_list_of_ec2_goes_over_its_pages
    """,
    "lists make a request for each item": """
        traps.test_user_pains:
            test_list_of_many_items_is_one_request
    """,
    "constructors and lists fail by requests nobody asked for": """
        unit.common.test_connection:
            test_constructing_a_driver_makes_no_request_and_no_third_party_import
        traps.test_user_pains:
            test_constructor_makes_no_request
    """,
    "sizes, regions and prices are stale; a missing price is an error": """
        unit.compute.test_ec2_driver:
            test_list_sizes_of_regions_without_figures_have_no_price
            test_ex_list_sizes_from_api_of_two_pages
        unit.test_pricing:
            test_get_size_price_that_is_not_known
    """,
    "temporary credentials of AWS": """
        unit.compute.test_ec2_driver:
            test_session_token_is_sent
        unit.common.test_aws_connection:
            test_session_token_is_sent_once_and_signed
        traps.test_server_traps:
            test_signature_of_aws_is_of_version_4
    """,
    "deploy_node: races, retries of what no retry mends, formats of keys": """
        unit.compute.test_deploy_node:
            test_server_that_comes_up_slowly_is_waited_for
            test_error_that_no_retry_mends_ends_the_attempts_at_once
        unit.compute.test_ssh_private_keys:
            test_load_private_key_reads_every_format
        live.test_deployment:
            test_deploy_node_waits_for_the_ssh_server
            test_deploy_node_with_wrong_key_fails_soon
    """,
    "a failed deployment leaves a node that costs money": """
        unit.compute.test_deploy_node:
            test_node_is_destroyed_after_a_failure_on_request
            test_exit_function_is_called_after_ctrl_c
        unit.compute.test_types_and_providers:
            test_deployment_error_has_the_node_and_the_cause
    """,
    "host keys are never checked": """
        unit.compute.test_ssh_host_keys:
            test_check_accept_new_pins_and_then_holds
            test_check_strict
        live.test_deployment:
            test_connect_to_changed_host_key_sends_nothing
            test_connect_without_check_warns
    """,
    "calls only return when all is done": """
        unit.compute.test_ec2_nodes:
            test_create_node_sends_one_request_with_name_and_token
        unit.compute.test_wait_until_running:
            test_wait_goes_on_until_the_node_is_listed_and_runs_and_has_an_address
    """,
    "an API changes and the driver is dead": """
        conformance.test_dns_powerdns.TestPowerDNSDriver:
            test_create_record_lists_it
        unit.dns.test_route53:
            test_list_records_follows_name_type_and_identifier
    """,
}


@pytest.mark.parametrize("pain", PAINS)
def test_pain_has_its_tests(pain):
    paths = list(expand(PAINS[pain]))
    assert paths
    for path in paths:
        find_test(path)


def at(server, **kwargs):
    return {"host": "127.0.0.1", "port": server.port, "secure": False, **kwargs}


def by_name(argvalues):
    return {"argvalues": argvalues, "ids": lambda cls: cls.__name__}


# --- time-outs, retries ---------------------------------------------------------------------------


@pytest.mark.parametrize("driver_class", **by_name(WIRED))
def test_timeout_of_each_driver_is_honoured(server, driver_class):
    server.script(faults.stall(1))
    driver = make(driver_class, **at(server, timeout=0.1))
    with pytest.raises(requests.exceptions.Timeout) as caught:
        driver.connection.request("/")
    assert isinstance(caught.value, NetworkError)


def test_timeout_of_the_registry_is_honoured(server):
    server.script(faults.stall(1))
    client = RegistryClient(f"127.0.0.1:{server.port}", secure=False, timeout=0.1)
    with pytest.raises(requests.exceptions.Timeout):
        client.list_repositories()


@pytest.mark.parametrize("driver_class", **by_name(KINDS))
def test_timeout_by_default_is_finite(server, driver_class, monkeypatch):
    """What goes to the HTTP library when nobody asks for anything."""
    seen = []
    send = requests.Session.send

    def spy(session, request, **kwargs):
        seen.append(kwargs["timeout"])
        return send(session, request, **kwargs)

    monkeypatch.setattr(requests.Session, "send", spy)
    server.script(answer(403))
    with pytest.raises(LibcloudError):
        make(driver_class, **at(server)).connection.request("/")
    assert seen
    assert all(0 < seconds <= 60 for seconds in seen)


@pytest.mark.parametrize("driver_class", **by_name(KINDS))
def test_retry_of_each_driver_can_be_tuned(server, driver_class):
    for retry, times in ((None, 1), (RetryPolicy(attempts=5, delay=0), 5)):
        server.script(answer(503))
        driver = make(driver_class, **at(server, retry=retry))
        with pytest.raises(LibcloudError):
            driver.connection.request("/", method="GET")
        assert len(server.received) == times


# --- proxies, TLS ---------------------------------------------------------------------------------


@pytest.mark.parametrize("driver_class", **by_name(KINDS))
def test_no_proxy_is_honoured_by_each_driver(server, driver_class, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.script(answer(403))
    with pytest.raises(NetworkError):
        make(driver_class, **at(server, retry=None)).connection.request("/")
    assert server.received == []
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(PermissionDeniedError):
        make(driver_class, **at(server, retry=None)).connection.request("/")


@pytest.mark.parametrize("driver_class", **by_name(WIRED))
def test_proxy_of_each_driver_is_used(server, driver_class):
    server.script(answer(403))
    proxy = f"http://127.0.0.1:{server.port}"
    driver = make(driver_class, host="cloud.invalid", secure=False, proxy_url=proxy)
    with pytest.raises(PermissionDeniedError):
        driver.connection.request("/")
    assert server.received[0].target.startswith("http://cloud.invalid/")


def test_proxy_is_used_for_content_too(server, tmp_path):
    server.script(providers.s3())
    driver = s3_driver(80, host="cloud.invalid", proxy_url=f"http://127.0.0.1:{server.port}")
    driver.part_size = 1 << 20
    providers.upload(driver)
    providers.download_to(tmp_path, driver, len(providers.CONTENT))
    assert len(server.received) == 2
    assert all(r.target.startswith("http://cloud.invalid/") for r in server.received)


@pytest.mark.parametrize("driver_class", **by_name(KINDS))
def test_tls_settings_of_each_driver_are_its_own(driver_class, tmp_path):
    bundle = tmp_path / "bundle.pem"
    bundle.touch()
    plain = make(driver_class, host="127.0.0.1", secure=True)
    lax = make(driver_class, host="127.0.0.1", secure=True, verify_ssl_cert=False)
    own = make(driver_class, host="127.0.0.1", secure=True, ca_cert=str(bundle))
    assert lax.connection.connection.verification is False
    assert own.connection.connection.verification == str(bundle)
    assert plain.connection.connection.verification not in (False, str(bundle))


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"<html><body>Log in", b"{}", b"null", b"\xff"])
@pytest.mark.parametrize("driver_class", **by_name(WIRED))
def test_bad_credentials_are_an_error_of_that_kind(server, driver_class, body):
    for status, expected in ((401, InvalidCredsError), (403, PermissionDeniedError)):
        server.script(answer(status, body, "text/html"))
        with pytest.raises(expected) as caught:
            make(driver_class, **at(server)).connection.request("/")
        assert caught.value.http_code == status


@pytest.mark.parametrize("call", READS, ids=str)
def test_error_has_status_and_wait(server, call):
    server.script(answer(503, headers={"Retry-After": "7", "x-amzn-requestid": "r-1"}))
    with pytest.raises(LibcloudError) as caught:
        call.do(call.make(server.port, retry=None))
    error = caught.value
    assert (error.http_code, error.retryable, error.retry_after) == (503, True, 7)
    server.script(answer(429))
    with pytest.raises(LibcloudError, match="429"):
        call.do(call.make(server.port, retry=None))


@pytest.mark.parametrize("call", READS, ids=str)
def test_error_without_a_text_shows_its_status(server, call):
    server.script(answer(503))
    with pytest.raises(LibcloudError, match="503"):
        call.do(call.make(server.port, retry=None))


@pytest.mark.parametrize("call", READS, ids=str)
def test_debug_log_of_each_call_has_no_secret(server, call, tmp_path):
    log = tmp_path / "log"
    server.script(call.provider(1))
    with log.open("w") as file:
        libcloud.enable_debug(file)
        try:
            call.do(call.make(server.port))
        finally:
            libcloud.reset_debug()
    text = log.read_text()
    assert server.received[0].target.partition("?")[0] in text
    for secret in providers.SECRETS:
        assert secret not in text
    for name in ("authorization", "x-api-key", "x-amz-security-token"):
        sent = server.received[0].headers.get(name)
        assert not sent or sent not in text


# --- packaging ------------------------------------------------------------------------------------


def test_setup_imports_nothing_of_the_package(tmp_path):
    program = (
        "import runpy, sys; sys.argv = ['setup.py', '--version']; runpy.run_path('setup.py');"
        "assert not [name for name in sys.modules if name.startswith('libcloud')]"
    )
    done = run([sys.executable, "-c", program], source_tree(tmp_path))
    assert done.split()[-1] == libcloud.__version__


def test_source_distribution_is_complete(tmp_path):
    """What is installed from it has every module, data file and the marker of types."""
    source = source_tree(tmp_path)
    build = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    run([sys.executable, "-c", build, str(tmp_path)], source)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    for name in ("README.rst", "LICENSE", "setup.py", "pyproject.toml"):
        assert (unpacked / name).is_file(), name
    library = tmp_path / "library"
    run([sys.executable, "setup.py", "-q", "build", "--build-lib", str(library)], unpacked)
    built = {str(path.relative_to(library)) for path in library.rglob("*") if path.is_file()}
    in_tree = {
        str(path.relative_to(source))
        for path in (source / "libcloud").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert "libcloud/py.typed" in built
    assert in_tree - built == set()
    program = "import libcloud; from libcloud.base import get_driver; print(libcloud.__file__)"
    assert str(library) in run([sys.executable, "-c", program], library)


def test_dependencies_have_lower_bounds_only(tmp_path):
    source = source_tree(tmp_path)
    run([sys.executable, "setup.py", "-q", "egg_info", "--egg-base", str(tmp_path)], source)
    metadata = email.message_from_string(
        (tmp_path / "apache_libcloud.egg-info" / "PKG-INFO").read_text()
    )
    assert metadata["Requires-Python"] == ">=3.10"
    text = (tmp_path / "apache_libcloud.egg-info" / "requires.txt").read_text()
    required = text.partition("\n[")[0].split()
    assert len(required) <= 5
    for requirement in required:
        assert re.fullmatch(r"[A-Za-z0-9-]+(>=[0-9.]+)?", requirement)


def source_tree(tmp_path):
    """A copy, because building writes into the tree."""
    tree = tmp_path / "tree"
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "libcloud", tree / "libcloud", ignore=ignored)
    for name in ("setup.py", "pyproject.toml", "README.rst", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    if (ROOT / "MANIFEST.in").exists():
        shutil.copy(ROOT / "MANIFEST.in", tree)
    return tree


def run(command, folder):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- types ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("driver_class", **by_name(CLASSES))
def test_public_methods_of_each_driver_are_annotated(driver_class):
    bare = []
    for name, member in inspect.getmembers(driver_class):
        function = inspect.unwrap(getattr(member, "__func__", member))
        if (name.startswith("_") and name != "__init__") or not inspect.isfunction(function):
            continue
        signature = inspect.signature(function)
        parameters = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
        bare += [f"{name}({p.name})" for p in parameters if p.annotation is p.empty]
        if signature.return_annotation is signature.empty:
            bare.append(f"{name} -> ?")
    assert bare == []


# --- drivers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("driver_class", **by_name(classes("storage")))
def test_each_storage_driver_gets_containers_and_objects(driver_class):
    assert {"get_container", "get_object"} <= driver_class.supported_operations()


@pytest.mark.parametrize("driver_class", **by_name(WIRED))
def test_constructor_makes_no_request(server, driver_class):
    driver = make(driver_class, **at(server))
    repr(driver)
    assert driver.supported_operations()
    assert server.connections == 0


@pytest.mark.parametrize("driver_class", **by_name(KINDS))
def test_secret_may_always_be_given(server, driver_class):
    """Programs that read credentials from a file hand both to every driver."""
    driver = driver_class("key", SECRET, host="127.0.0.1", port=server.port, secure=False)
    server.script(answer(403))
    with pytest.raises(PermissionDeniedError):
        driver.connection.request("/")


# --- listings -------------------------------------------------------------------------------------


def with_many_items(document, count=30):
    """A listing whose item is there many times."""
    root = etree.fromstring(document)
    paths = ("{*}Buckets/{*}Bucket", "{*}Contents", "{*}HostedZones/{*}HostedZone")
    paths += ("{*}ResourceRecordSets/{*}ResourceRecordSet", "*/{*}item")
    item = next(found for path in paths if (found := root.find(path)) is not None)
    for _ in range(count - 1):
        item.addnext(etree.fromstring(etree.tostring(item)))
    return etree.tostring(root)


@pytest.mark.parametrize(
    "call", [c for c in READS if "list_" in c.name and "powerdns" not in c.name], ids=str
)
def test_list_of_many_items_is_one_request(server, call):
    server.script(recorded := Recorder(call.provider(1)))
    driver = call.make(server.port)
    call.do(driver)
    server.script(answer(200, with_many_items(recorded.bodies[0]), "text/xml"))
    assert len(call.do(driver)) == 30
    assert len(server.received) == 1


def ec2_lists():
    """Names of EC2's methods that list and need no argument."""
    driver_class = next(cls for cls in CLASSES if cls.__name__ == "EC2NodeDriver")
    for name, member in inspect.getmembers(driver_class, inspect.isfunction):
        if re.match("(ex_)?(list|describe_all|iterate)_|ex_get_.*s$", name):
            parameters = list(inspect.signature(member).parameters.values())[1:]
            if all(p.default is not p.empty or p.kind is p.VAR_KEYWORD for p in parameters):
                yield name


@pytest.mark.parametrize("name", sorted(ec2_lists()))
def test_each_list_of_ec2_goes_over_its_pages(server, name):
    """Where the service has pages, by botocore's description, all of them are read."""
    from botocore.session import Session

    paged = Session().get_component("data_loader").load_service_model("ec2", "paginators-1")

    def fault(client, request):
        form = providers._form(request)
        token = "" if "NextToken" in form else "<nextToken>second</nextToken>"
        action = form["Action"]
        text = f"<{action}Response><return>true</return>{token}</{action}Response>"
        return answer(200, text.encode(), "text/xml")(client, request)

    server.script(fault)
    list(getattr(providers.ec2_driver(server.port), name)() or [])
    if not server.received:
        assert name in ("list_sizes", "iterate_sizes", "list_regions", "iterate_locations")
        return
    forms = [providers._form(request) for request in server.received]
    if forms[0]["Action"] in paged["pagination"]:
        assert [form.get("NextToken") for form in forms] == [None, "second"]
    else:
        assert len(forms) == 1
