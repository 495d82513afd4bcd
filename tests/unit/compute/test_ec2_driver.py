"""What a driver of EC2 is made of: regions, endpoints, sizes, zones, errors, connections."""

from __future__ import annotations

import datetime
import http.server
import subprocess
import sys
import threading

import pytest

from libcloud import data
from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    ProviderError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.compute.drivers import ec2
from libcloud.compute.drivers.ec2 import EC2NodeDriver
from libcloud.compute.drivers.ec2.errors import ec2_error_class
from libcloud.compute.drivers.ec2.params import filters, flatten, numbered, tags
from libcloud.compute.providers import get_driver
from libcloud.compute.types import Provider
from tests.unit.compute.ec2_double import EC2Double, ec2_driver


@pytest.fixture
def double():
    with EC2Double() as double:
        yield double


# -- regions and endpoints ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "host", "country"),
    [
        ("us-east-1", "ec2.us-east-1.amazonaws.com", "USA"),
        ("eu-central-1", "ec2.eu-central-1.amazonaws.com", "Frankfurt"),
        ("cn-north-1", "ec2.cn-north-1.amazonaws.com.cn", None),
        ("us-gov-west-1", "ec2.us-gov-west-1.amazonaws.com", None),
        ("mars-central-9", "ec2.mars-central-9.amazonaws.com", ""),
        ("cn-mars-1", "ec2.cn-mars-1.amazonaws.com.cn", ""),
    ],
)
def test_region_has_its_endpoint_even_if_it_is_unknown(region, host, country):
    driver = EC2NodeDriver("AKID", "secret", region=region)
    assert driver.connection.host == host
    assert driver.region_name == region
    assert country is None or driver.country == country or driver.country
    assert driver.api_name.startswith("ec2_")


@pytest.mark.parametrize("region", ["evil.example.com/", "a b", "us-east-1.", "US-EAST-1", "a--b/"])
def test_region_that_is_no_name_is_refused(region):
    with pytest.raises(ValueError, match="Invalid region"):
        EC2NodeDriver("AKID", "secret", region=region)


def test_all_known_regions_have_a_driver():
    assert EC2NodeDriver.list_regions() == sorted(EC2NodeDriver.list_regions())
    for region in EC2NodeDriver.list_regions():
        driver = EC2NodeDriver("AKID", "secret", region=region)
        assert driver.connection.host == data.ec2_regions()[region]["endpoint"]


def test_get_driver_by_constant_and_name():
    assert get_driver(Provider.EC2) is EC2NodeDriver
    assert get_driver("ec2") is EC2NodeDriver


def test_host_port_and_scheme_are_the_callers(double):
    double.action("DescribeInstances").reply("<reservationSet/>")
    driver = ec2_driver(double, host="127.0.0.1", port=5005, secure=False, region="eu-west-1")
    assert driver.list_nodes() == []
    [request] = double.requests
    assert request.url == "http://127.0.0.1:5005/"
    assert request.headers["Host"] == "127.0.0.1:5005"
    assert "/eu-west-1/ec2/aws4_request" in request.headers["Authorization"]


def test_session_token_is_sent(double):
    double.action("DescribeInstances").reply("<reservationSet/>")
    ec2_driver(double, token="session-token").list_nodes()
    [request] = double.requests
    assert request.headers["X-Amz-Security-Token"] == "session-token"
    assert "x-amz-security-token" in request.headers["Authorization"]


def test_signature_version_2_can_be_chosen(double):
    double.action("DescribeInstances", SignatureVersion="2").reply("<reservationSet/>")
    driver = ec2_driver(double, signature_version="2")
    driver.list_nodes()
    assert "Authorization" not in double.requests[0].headers
    assert driver.signature_version == "2"


def test_signature_is_of_version_4_in_all_regions():
    for region in ("us-east-1", "eu-west-1", "sa-east-1"):
        driver = EC2NodeDriver("AKID", "secret", region=region)
        assert driver.connection.signature_version == driver.signature_version == "4"


def test_clock_can_be_corrected(double, monkeypatch):
    double.action("DescribeInstances").reply("<reservationSet/>")
    driver = ec2_driver(double)
    now = datetime.datetime(2030, 1, 2, tzinfo=datetime.timezone.utc)
    monkeypatch.setattr(driver.connection, "now", lambda: now)
    driver.list_nodes()
    assert double.requests[0].headers["X-Amz-Date"] == "20300102T000000Z"


def test_request_of_a_program_is_signed_and_versioned(double):
    double.on("GET", "/", query={"Action": "DescribeVpcs", "Version": "2016-11-15"}).reply(
        text='<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"/>'
    )
    driver = ec2_driver(double)
    response = driver.connection.request("/", params={"Action": "DescribeVpcs"})
    assert response.object.tag.endswith("DescribeVpcsResponse")
    assert double.requests[0].headers["Authorization"].startswith("AWS4-HMAC-SHA256")


# -- sizes, locations ---------------------------------------------------------------------------


def test_list_sizes_needs_no_request(double):
    sizes = {size.id: size for size in ec2_driver(double, region="us-east-1").list_sizes()}
    micro = sizes["t2.micro"]
    assert (micro.ram, micro.disk, micro.price) == (1024, 0, pytest.approx(0.0116))
    assert micro.extra["vcpu"] == "1"
    assert micro.extra["instanceType"] == "t2.micro"
    assert len(sizes) > 500
    assert double.requests == []


def test_list_sizes_of_regions_without_figures_have_no_price():
    for region in ("mars-central-9", *EC2NodeDriver.list_regions()):
        sizes = EC2NodeDriver("AKID", "secret", region=region).list_sizes()
        assert sizes
        assert all(size.price is None or size.price > 0 for size in sizes)


def test_extra_of_a_size_is_its_own():
    driver = EC2NodeDriver("AKID", "secret")
    first = driver.list_sizes()[0]
    first.extra["vcpu"] = "changed"
    assert driver.list_sizes()[0].extra["vcpu"] != "changed"


def size_xml(id, network="Up to 12.5 Gigabit"):
    return f"""
    <item><instanceType>{id}</instanceType><currentGeneration>true</currentGeneration>
    <processorInfo><supportedArchitectures><item>x86_64</item></supportedArchitectures></processorInfo>
    <vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo>
    <memoryInfo><sizeInMiB>8192</sizeInMiB></memoryInfo>
    <instanceStorageInfo><totalSizeInGB>75</totalSizeInGB></instanceStorageInfo>
    <networkInfo><networkPerformance>{network}</networkPerformance></networkInfo></item>
    """


def test_ex_list_sizes_from_api_of_two_pages(double):
    page = "<instanceTypeSet>{}</instanceTypeSet>"
    double.action("DescribeInstanceTypes", NextToken="t").reply(page.format(size_xml("new.large")))
    double.action("DescribeInstanceTypes", MaxResults="100").reply(
        page.format(size_xml("t2.micro")) + "<nextToken>t</nextToken>"
    )
    known, new = ec2_driver(double).ex_list_sizes_from_api(ex_filters={"hypervisor": "nitro"})
    assert (known.id, known.price) == ("t2.micro", pytest.approx(0.0116))
    assert (new.id, new.name, new.price) == ("new.large", "new.large", None)
    assert (new.ram, new.disk, new.bandwidth) == (8192, 75, 12.5)
    assert new.extra == {
        "architectures": ["x86_64"],
        "currentGeneration": "Yes",
        "instanceType": "new.large",
        "memory": "8 GiB",
        "networkPerformance": "Up to 12.5 Gigabit",
        "vcpu": "2",
    }


@pytest.mark.parametrize(
    ("network", "bandwidth"),
    [
        ("10 Gigabit", 10),
        ("Up to 12500 Megabit", 12.5),
        ("4x 100 Gigabit", 400),
        ("Low to Moderate", None),
        ("Gigabit", None),
        ("", None),
    ],
)
def test_ex_list_sizes_from_api_reads_bandwidth(double, network, bandwidth):
    double.action("DescribeInstanceTypes", InstanceType_1="a.large").reply(
        f"<instanceTypeSet>{size_xml('a.large', network)}</instanceTypeSet>"
    )
    [size] = ec2_driver(double).ex_list_sizes_from_api(["a.large"])
    assert size.bandwidth == bandwidth
    assert "MaxResults" not in double.forms()[0]


ZONES = """
<availabilityZoneInfo>
<item><zoneName>us-east-1a</zoneName><zoneState>available</zoneState><regionName>us-east-1</regionName></item>
<item><zoneName>us-east-1b</zoneName><zoneState>available</zoneState><regionName>us-east-1</regionName></item>
</availabilityZoneInfo>
"""


def test_list_locations_are_zones(double):
    double.action("DescribeAvailabilityZones").reply(ZONES)
    locations = ec2_driver(double).list_locations()
    assert [(each.id, each.name, each.country) for each in locations] == [
        ("0", "us-east-1a", "USA"),
        ("1", "us-east-1b", "USA"),
    ]
    assert locations[1].availability_zone.name == "us-east-1b"
    assert "us-east-1b" in repr(locations[1])
    [form] = double.forms()
    assert form["Filter.2.Name"] == "state"


def test_ex_list_availability_zones_of_any_state(double):
    double.action("DescribeAvailabilityZones").reply(ZONES)
    ec2_driver(double).ex_list_availability_zones(only_available=False)
    [form] = double.forms()
    assert form["Filter.1.Value.1"] == "us-east-1"
    assert "Filter.2.Name" not in form


# -- names of the module ------------------------------------------------------------------------


def test_tables_are_made_on_demand():
    assert "us-east-1" in ec2.VALID_EC2_REGIONS
    assert ec2.INSTANCE_TYPES["t2.micro"]["ram"] == 1024
    assert "t2.micro" in ec2.REGION_DETAILS["us-east-1"]["instance_types"]
    assert ec2.REGION_DETAILS_PARTIAL["us-east-1"]["endpoint"] == "ec2.us-east-1.amazonaws.com"
    with pytest.raises(AttributeError, match="no attribute 'NOTHING'"):
        _ = ec2.NOTHING


def test_driver_is_made_without_what_it_does_not_need():
    program = (
        "import sys\n"
        "from libcloud.compute.providers import get_driver\n"
        "get_driver('ec2')('AKID', 'secret')\n"
        "print(sorted({'requests', 'lxml', 'paramiko', 'cryptography'} & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.strip() == "[]"


# -- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("InvalidInstanceID.NotFound", ResourceNotFoundError),
        ("InvalidInstanceID.Malformed", ResourceNotFoundError),
        ("InvalidSnapshot.NotFound", ResourceNotFoundError),
        ("InvalidAMIID.Unavailable", ResourceNotFoundError),
        ("InvalidGroup.Duplicate", ResourceExistsError),
        ("RouteAlreadyExists", ResourceExistsError),
        ("VolumeInUse", ConflictError),
        ("InvalidSnapshot.InUse", ConflictError),
        ("IncorrectInstanceState", ConflictError),
        ("DependencyViolation", ConflictError),
        ("InstanceLimitExceeded", QuotaExceededError),
        ("VcpuLimitExceeded", QuotaExceededError),
        ("InsufficientInstanceCapacity", ServiceUnavailableError),
        ("MissingParameter", BaseHTTPError),
        ("SomethingNew", BaseHTTPError),
    ],
)
def test_code_of_an_error(double, code, expected):
    double.action("DescribeInstances").fail(400, code)
    with pytest.raises(expected) as caught:
        ec2_driver(double).list_nodes()
    assert isinstance(caught.value, ProviderError)
    assert caught.value.provider_code == code
    assert caught.value.http_code == 400
    assert f"{code}: Says why." in str(caught.value)


def test_request_limit_is_no_quota():
    # Its name ends like those of quotas do.
    assert ec2_error_class("RequestLimitExceeded") is not QuotaExceededError


# -- parameters ---------------------------------------------------------------------------------


def test_parameters_are_counted_from_one():
    assert numbered("Id", ["a", "b"]) == {"Id.1": "a", "Id.2": "b"}
    assert numbered("Id", "ab") == {"Id.1": "ab"}
    assert numbered("Id", None) == {}
    assert filters({"a": 1}) == {"Filter.1.Name": "a", "Filter.1.Value.1": 1}
    assert filters(None) == {}
    assert tags({"a": None}) == {"Tag.1.Key": "a"}
    rows = [{"A": {"B": {"C": 1}}, "D": None}, {"E": 0}]
    assert flatten("X", rows, "rows") == {"X.1.A.B.C": 1, "X.2.E": 0}


# -- connections --------------------------------------------------------------------------------


class _CountingServer(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _EchoingHandler)
        self.connections = 0

    def process_request(self, request, client_address):
        self.connections += 1
        super().process_request(request, client_address)


class _EchoingHandler(http.server.BaseHTTPRequestHandler):
    """Answers DescribeKeyPairs with a key pair of the name that is asked for."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        from urllib.parse import parse_qs

        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        name = form["KeyName.1"][0]
        body = (
            '<DescribeKeyPairsResponse xmlns="urn:x"><keySet><item>'
            f"<keyName>{name}</keyName></item></keySet></DescribeKeyPairsResponse>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def test_sixteen_threads_take_sixteen_connections_and_mix_no_answers():
    threads_count, calls = 16, 50
    server = _CountingServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host, port = server.server_address
    driver = EC2NodeDriver("AKID", "secret", host=host, port=port, secure=False)
    wrong = []

    def work(thread):
        for number in range(calls):
            wanted = f"key-{thread}-{number}"
            if driver.get_key_pair(wanted).name != wanted:
                wrong.append(wanted)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(threads_count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.shutdown()
    server.server_close()
    assert wrong == []
    assert server.connections <= threads_count
