"""
Classic Load Balancers: what moto does not do on demand, and what goes over the wire.

Requests and answers are checked against the description that botocore carries. Error codes are
those of https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/CommonErrors.html
and of the actions' own pages. How the driver and a whole service get along is in
``tests/conformance/test_loadbalancer_elb.py``.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import botocore.loaders
import pytest

from libcloud.common.aws import Credentials, SignedAWSConnection
from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    InvalidCredsError,
    InvalidRequestError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.common.retry import RetryPolicy
from libcloud.loadbalancer.base import LoadBalancer, Member
from libcloud.loadbalancer.drivers.elb import ElasticLBDriver, ELBConnection, ELBResponse
from libcloud.loadbalancer.providers import get_driver
from libcloud.loadbalancer.types import Provider, State
from tests.faults.server import FaultServer, truncate
from tests.unit.loadbalancer.elb_double import ELBDouble

DESCRIPTION = """
<member><LoadBalancerName>{name}</LoadBalancerName>
<DNSName>{name}-1.us-east-1.elb.amazonaws.com</DNSName>
<ListenerDescriptions><member><PolicyNames><member>sticky</member></PolicyNames>
<Listener><Protocol>HTTPS</Protocol><LoadBalancerPort>443</LoadBalancerPort>
<InstanceProtocol>HTTP</InstanceProtocol><InstancePort>8080</InstancePort>
<SSLCertificateId>arn:aws:iam::1:server-certificate/x</SSLCertificateId></Listener></member>
</ListenerDescriptions><Policies><AppCookieStickinessPolicies/><LBCookieStickinessPolicies/>
<OtherPolicies/></Policies><BackendServerDescriptions/>
<AvailabilityZones><member>us-east-1a</member></AvailabilityZones>
<Subnets><member>subnet-1</member></Subnets><VPCId>vpc-1</VPCId>
<Instances><member><InstanceId>i-1</InstanceId></member>
<member><InstanceId>i-2</InstanceId></member></Instances>
<HealthCheck><Target>HTTP:80/</Target><Interval>30</Interval><Timeout>5</Timeout>
<UnhealthyThreshold>2</UnhealthyThreshold><HealthyThreshold>10</HealthyThreshold></HealthCheck>
<SecurityGroups><member>sg-1</member></SecurityGroups>
<CreatedTime>2026-11-21T12:00:00.120Z</CreatedTime><Scheme>internet-facing</Scheme></member>
"""


def listing(*names: str, following: str = "") -> str:
    found = "".join(DESCRIPTION.format(name=name) for name in names)
    marker = f"<NextMarker>{following}</NextMarker>" if following else ""
    return f"<LoadBalancerDescriptions>{found}</LoadBalancerDescriptions>{marker}"


@pytest.fixture
def double() -> Iterator[ELBDouble]:
    with ELBDouble("elb") as double:
        yield double


def connected(double: ELBDouble, **kwargs: Any) -> ElasticLBDriver:
    kwargs = {"retry": None, **kwargs}
    return double.attach(ElasticLBDriver("AKID", "secret", "us-east-1", **kwargs))


@pytest.fixture
def driver(double: ELBDouble) -> ElasticLBDriver:
    return connected(double)


@pytest.fixture
def balancer(driver: ElasticLBDriver) -> LoadBalancer:
    return LoadBalancer("web", "web", State.RUNNING, "web.example.com", 80, driver)


# -- the driver itself ----------------------------------------------------------------------------


def test_driver_is_registered() -> None:
    assert get_driver(Provider.ELB) is ElasticLBDriver
    assert issubclass(ELBConnection, SignedAWSConnection)


def test_constructor_loads_neither_requests_nor_lxml() -> None:
    program = (
        "import sys; from libcloud.loadbalancer.providers import get_driver; "
        "get_driver('elb')('key', 'secret', 'us-east-1'); "
        "get_driver('alb')('key', 'secret', 'us-east-1'); "
        "sys.exit(bool({'requests', 'lxml', 'xml'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_request_goes_to_the_region_signed_and_with_the_token(double: ELBDouble) -> None:
    double.action("DescribeLoadBalancers").reply(listing())
    driver = connected(double, token="session")
    assert (driver.token, driver.region, driver.region_name) == (
        "session",
        "us-east-1",
        "us-east-1",
    )
    assert driver.list_balancers() == []
    [request] = double.requests
    assert request.url == "https://elasticloadbalancing.us-east-1.amazonaws.com/"
    assert request.headers["X-Amz-Security-Token"] == "session"
    assert "/us-east-1/elasticloadbalancing/aws4_request" in request.headers["Authorization"]
    assert double.forms() == [{"Action": "DescribeLoadBalancers"}]


def test_source_of_credentials_stands_in_for_the_key(double: ELBDouble) -> None:
    double.action("DescribeLoadBalancers").reply(listing())
    driver = ElasticLBDriver(
        region="eu-west-1",
        credentials=lambda: Credentials("SOURCED", "secret", "session"),
        retry=None,
    )
    double.attach(driver)
    assert driver.list_balancers() == []
    [request] = double.requests
    assert request.host == "elasticloadbalancing.eu-west-1.amazonaws.com"
    assert "Credential=SOURCED/" in request.headers["Authorization"]
    assert request.headers["X-Amz-Security-Token"] == "session"


def test_positional_arguments_are_those_of_3_9() -> None:
    driver = ElasticLBDriver("AKID", "secret", "eu-west-1", "session")
    assert (driver.key, driver.secret, driver.token) == ("AKID", "secret", "session")
    assert driver.connection.host == "elasticloadbalancing.eu-west-1.amazonaws.com"


def test_regions_of_china_have_their_own_domain() -> None:
    driver = ElasticLBDriver("AKID", "secret", "cn-north-1")
    assert driver.connection.host == "elasticloadbalancing.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize("region", ["", "evil.example.com/", "a b", "us-east-1."])
def test_region_that_is_no_name_is_refused(region: str) -> None:
    with pytest.raises(ValueError, match="Invalid region"):
        ElasticLBDriver("AKID", "secret", region)


def test_host_port_and_scheme_are_the_callers(double: ELBDouble) -> None:
    double.action("DescribeLoadBalancers").reply(listing())
    connected(double, host="127.0.0.1", port=5005, secure=False).list_balancers()
    assert double.requests[0].url == "http://127.0.0.1:5005/"


# -- balancers ------------------------------------------------------------------------------------


def test_list_balancers_follows_the_marker_when_it_is_needed(
    driver: ElasticLBDriver, double: ELBDouble
) -> None:
    double.action("DescribeLoadBalancers", {"Marker": "m&1"}).reply(listing("third"))
    double.action("DescribeLoadBalancers").reply(listing("first", "second", following="m&amp;1"))
    balancers = driver.iterate_balancers()
    assert [next(balancers).id, next(balancers).id] == ["first", "second"]
    assert len(double.requests) == 1
    assert [balancer.id for balancer in balancers] == ["third"]


def test_balancer_has_all_that_the_answer_has(driver: ElasticLBDriver, double: ELBDouble) -> None:
    double.action("DescribeLoadBalancers").reply(listing("web"))
    [balancer] = driver.list_balancers()
    assert (balancer.id, balancer.name, balancer.state) == ("web", "web", State.UNKNOWN)
    assert (balancer.ip, balancer.port) == ("web-1.us-east-1.elb.amazonaws.com", 443)
    assert balancer.driver is driver
    assert balancer.extra == {
        "listeners": [
            {
                "protocol": "HTTPS",
                "port": 443,
                "instance_protocol": "HTTP",
                "instance_port": 8080,
                "ssl_certificate_id": "arn:aws:iam::1:server-certificate/x",
                "policies": ["sticky"],
            }
        ],
        "scheme": "internet-facing",
        "vpc": "vpc-1",
        "availability_zones": ["us-east-1a"],
        "subnets": ["subnet-1"],
        "security_groups": ["sg-1"],
        "created": datetime.datetime(2026, 11, 21, 12, 0, 0, 120000, datetime.timezone.utc),
        "health_check": {
            "target": "HTTP:80/",
            "interval": 30,
            "timeout": 5,
            "unhealthy_threshold": 2,
            "healthy_threshold": 10,
        },
    }


def test_list_balancers_with_tags_asks_for_twenty_at_once(
    driver: ElasticLBDriver, double: ELBDouble
) -> None:
    names = [f"lb-{number}" for number in range(21)]

    def tags(*names: str) -> str:
        found = "".join(
            f"<member><LoadBalancerName>{name}</LoadBalancerName><Tags><member><Key>name</Key>"
            f"<Value>{name}</Value></member><member><Key>flag</Key></member></Tags></member>"
            for name in reversed(names)
        )
        return f"<TagDescriptions>{found}</TagDescriptions>"

    double.action("DescribeLoadBalancers").reply(listing(*names))
    double.action("DescribeTags", {"LoadBalancerNames.member.20": "lb-19"}).reply(tags(*names[:20]))
    double.action("DescribeTags", {"LoadBalancerNames.member.1": "lb-20"}).reply(tags("lb-20"))
    balancers = driver.list_balancers(ex_fetch_tags=True)
    assert [balancer.extra["tags"]["name"] for balancer in balancers] == names
    assert balancers[0].extra["tags"]["flag"] is None


def test_get_balancer_with_tags(driver: ElasticLBDriver, double: ELBDouble) -> None:
    double.action("DescribeLoadBalancers", {"LoadBalancerNames.member.1": "web"}).reply(
        listing("web")
    )
    double.action("DescribeTags", {"LoadBalancerNames.member.1": "web"}).reply(
        "<TagDescriptions><member><LoadBalancerName>web</LoadBalancerName><Tags><member>"
        "<Key>a</Key><Value>1</Value></member></Tags></member></TagDescriptions>"
    )
    assert driver.get_balancer("web", ex_fetch_tags=True).extra["tags"] == {"a": "1"}


def test_get_balancer_of_an_empty_answer_raises_not_found(
    driver: ElasticLBDriver, double: ELBDouble
) -> None:
    double.action("DescribeLoadBalancers").reply(listing())
    with pytest.raises(ResourceNotFoundError, match="web"):
        driver.get_balancer("web")


def test_create_balancer_sends_listener_and_zones_and_registers_members(
    driver: ElasticLBDriver, double: ELBDouble
) -> None:
    double.action("CreateLoadBalancer").reply("<DNSName>web-1.example.com</DNSName>")
    double.action("RegisterInstancesWithLoadBalancer").reply(
        "<Instances><member><InstanceId>i-1</InstanceId></member>"
        "<member><InstanceId>i-2</InstanceId></member></Instances>"
    )
    members = [Member("i-1", None, 8080), Member("i-2", "192.0.2.2", None)]
    balancer = driver.create_balancer(
        "web",
        443,
        "https",
        None,
        members,
        ex_members_availability_zones=["a", "us-east-1b"],
        ex_ssl_certificate_id="arn:aws:iam::1:server-certificate/x",
        ex_security_groups=["sg-1"],
        ex_tags={"owner": "me"},
    )
    assert (balancer.id, balancer.name, balancer.state) == ("web", "web", State.PENDING)
    assert (balancer.ip, balancer.port) == ("web-1.example.com", 443)
    assert double.forms() == [
        {
            "Action": "CreateLoadBalancer",
            "LoadBalancerName": "web",
            "Listeners.member.1.LoadBalancerPort": "443",
            "Listeners.member.1.InstancePort": "8080",
            "Listeners.member.1.Protocol": "HTTPS",
            "Listeners.member.1.InstanceProtocol": "HTTPS",
            "Listeners.member.1.SSLCertificateId": "arn:aws:iam::1:server-certificate/x",
            "AvailabilityZones.member.1": "us-east-1a",
            "AvailabilityZones.member.2": "us-east-1b",
            "SecurityGroups.member.1": "sg-1",
            "Tags.member.1.Key": "owner",
            "Tags.member.1.Value": "me",
        },
        {
            "Action": "RegisterInstancesWithLoadBalancer",
            "LoadBalancerName": "web",
            "Instances.member.1.InstanceId": "i-1",
            "Instances.member.2.InstanceId": "i-2",
        },
    ]


def test_create_balancer_without_zones_is_in_zone_a(
    driver: ElasticLBDriver, double: ELBDouble
) -> None:
    double.action(
        "CreateLoadBalancer",
        {"AvailabilityZones.member.1": "us-east-1a", "Listeners.member.1.Protocol": "TCP"},
    ).reply("<DNSName>web-1.example.com</DNSName>")
    driver.create_balancer("web", 80, None, None, None)


def test_create_balancer_in_subnets_names_no_zone(
    driver: ElasticLBDriver, double: ELBDouble
) -> None:
    double.action("CreateLoadBalancer", {"Subnets.member.1": "subnet-1"}).reply(
        "<DNSName>web-1.example.com</DNSName>"
    )
    driver.create_balancer("web", 80, "http", None, [], ex_subnets=["subnet-1"])
    assert "AvailabilityZones.member.1" not in double.forms()[0]


@pytest.mark.parametrize(
    ("port", "members"),
    [(None, []), (80, [Member("i-1", None, 80), Member("i-2", None, 81)])],
)
def test_create_balancer_of_bad_arguments_sends_nothing(
    driver: ElasticLBDriver, double: ELBDouble, port: int | None, members: list[Member]
) -> None:
    with pytest.raises(InvalidRequestError):
        driver.create_balancer("web", port, "http", None, members)
    assert double.requests == []


def test_create_balancer_whose_members_are_refused_tells_what_is_left(
    driver: ElasticLBDriver, double: ELBDouble
) -> None:
    double.action("CreateLoadBalancer").reply("<DNSName>web-1.example.com</DNSName>")
    double.action("RegisterInstancesWithLoadBalancer").fail(
        400, "InvalidInstance", "Could not find EC2 instance i-1."
    )
    with pytest.raises(ResourceNotFoundError) as caught:
        driver.create_balancer("web", 80, "http", None, [Member("i-1", None, 80)])
    assert "Could not find EC2 instance i-1." in str(caught.value)
    assert "the balancer web was made, without its members" in str(caught.value)
    assert caught.value.provider_code == "InvalidInstance"


def test_create_balancer_is_sent_once_when_the_connection_breaks(double: ELBDouble) -> None:
    double.action("CreateLoadBalancer").route.fail().exactly(1)
    driver = connected(double, retry=RetryPolicy(delay=0, max_delay=0))
    with pytest.raises(NetworkError):
        driver.create_balancer("web", 80, "http", None, [])


def test_destroy_balancer_is_sent_again_when_the_connection_breaks(double: ELBDouble) -> None:
    route = double.action("DeleteLoadBalancer", {"LoadBalancerName": "web"})
    route.route.fail()
    route.reply()
    driver = connected(double, retry=RetryPolicy(delay=0, max_delay=0))
    balancer = LoadBalancer("web", "web", State.RUNNING, None, None, driver)
    assert driver.destroy_balancer(balancer) is True


# -- members --------------------------------------------------------------------------------------


def test_list_members_are_those_of_the_balancer_now(
    driver: ElasticLBDriver, double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeLoadBalancers", {"LoadBalancerNames.member.1": "web"}).reply(
        listing("web")
    )
    members = balancer.list_members()
    assert [(member.id, member.ip, member.port) for member in members] == [
        ("i-1", None, None),
        ("i-2", None, None),
    ]
    assert all(member.balancer is balancer for member in members)
    assert all(member.extra == {} for member in members)


def test_attach_to_a_balancer_that_is_gone_raises_not_found(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("RegisterInstancesWithLoadBalancer").fail(
        400, "LoadBalancerNotFound", "There is no ACTIVE Load Balancer named 'web'"
    )
    with pytest.raises(ResourceNotFoundError):
        balancer.attach_member(Member("i-1", None, None))
    with pytest.raises(ResourceNotFoundError):
        balancer.attach_compute_node(SimpleNamespace(id="i-1"))


def test_attach_member_without_id_sends_nothing(double: ELBDouble, balancer: LoadBalancer) -> None:
    with pytest.raises(InvalidRequestError, match="no instance"):
        balancer.attach_member(Member(None, "192.0.2.1", 80))
    assert double.requests == []


def test_detach_member(double: ELBDouble, balancer: LoadBalancer) -> None:
    double.action(
        "DeregisterInstancesFromLoadBalancer", {"Instances.member.1.InstanceId": "i-1"}
    ).reply("<Instances/>")
    assert balancer.detach_member(Member("i-1", None, None)) is True


# -- policies, listeners, tags --------------------------------------------------------------------


def test_list_balancer_policy_types(driver: ElasticLBDriver, double: ELBDouble) -> None:
    double.action("DescribeLoadBalancerPolicyTypes").reply(
        "<PolicyTypeDescriptions><member><PolicyTypeName>SSLNegotiationPolicyType</PolicyTypeName>"
        "<PolicyAttributeTypeDescriptions><member><AttributeName>Protocol-TLSv1</AttributeName>"
        "<AttributeType>Boolean</AttributeType></member></PolicyAttributeTypeDescriptions>"
        "</member><member><PolicyTypeName>ProxyProtocolPolicyType</PolicyTypeName></member>"
        "</PolicyTypeDescriptions>"
    )
    assert driver.ex_list_balancer_policy_types() == [
        "SSLNegotiationPolicyType",
        "ProxyProtocolPolicyType",
    ]


def test_no_policies_are_said_by_an_empty_list(driver: ElasticLBDriver, double: ELBDouble) -> None:
    double.action("SetLoadBalancerPoliciesOfListener", {"LoadBalancerPort": 443}).reply()
    double.action("SetLoadBalancerPoliciesForBackendServer", {"InstancePort": 80}).reply()
    assert driver.ex_set_balancer_policies_listener("web", 443, []) is True
    assert driver.ex_set_balancer_policies_backend_server("web", 80, []) is True
    assert [form["PolicyNames"] for form in double.forms()] == ["", ""]


def test_create_listeners_with_certificate(driver: ElasticLBDriver, double: ELBDouble) -> None:
    double.action("CreateLoadBalancerListeners").reply()
    assert driver.ex_create_balancer_listeners(
        "web", [[1024, 65533, "HTTP"], (443, 8443, "https", "arn:x")]
    )
    assert double.forms() == [
        {
            "Action": "CreateLoadBalancerListeners",
            "LoadBalancerName": "web",
            "Listeners.member.1.LoadBalancerPort": "1024",
            "Listeners.member.1.InstancePort": "65533",
            "Listeners.member.1.Protocol": "HTTP",
            "Listeners.member.2.LoadBalancerPort": "443",
            "Listeners.member.2.InstancePort": "8443",
            "Listeners.member.2.Protocol": "HTTPS",
            "Listeners.member.2.SSLCertificateId": "arn:x",
        }
    ]


def test_nothing_to_do_takes_no_request(
    driver: ElasticLBDriver, double: ELBDouble, balancer: LoadBalancer
) -> None:
    assert driver.ex_create_balancer_listeners("web") is False
    assert driver.ex_create_tags(balancer, {}) is True
    assert driver.ex_delete_tags(balancer, []) is True
    assert double.requests == []


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "InvalidClientTokenId", InvalidCredsError),
        (403, "SignatureDoesNotMatch", InvalidCredsError),
        (403, "AccessDenied", PermissionDeniedError),
        (400, "LoadBalancerNotFound", ResourceNotFoundError),
        (400, "CertificateNotFound", ResourceNotFoundError),
        (400, "DuplicateLoadBalancerName", ResourceExistsError),
        (400, "TooManyLoadBalancers", QuotaExceededError),
        (400, "OperationNotPermitted", ConflictError),
        (400, "Throttling", RateLimitReachedError),
        (400, "DependencyThrottle", RateLimitReachedError),
        (503, "ServiceUnavailable", ServiceUnavailableError),
        (400, "ValidationError", BaseHTTPError),
    ],
)
def test_error_codes_become_exceptions(
    driver: ElasticLBDriver, double: ELBDouble, status: int, code: str, expected: type[Exception]
) -> None:
    double.action("DescribeLoadBalancers").fail(status, code)
    with pytest.raises(expected) as caught:
        driver.list_balancers()
    error: Any = caught.value
    assert (error.http_code, error.provider_code) == (status, code)
    assert error.request_id == "ea966190-f9aa-478e-9ede-EXAMPLE"
    assert isinstance(error, (BaseHTTPError, InvalidCredsError))
    assert "Says why." in str(error)


@pytest.mark.parametrize("service", ["elb", "elbv2"])
def test_every_error_of_the_description_that_names_its_kind_has_it(service: str) -> None:
    shapes = botocore.loaders.Loader().load_service_model(service, "service-2")["shapes"]
    codes = [shape["error"]["code"] for shape in shapes.values() if "error" in shape]
    kinds = {"NotFound": ResourceNotFoundError, "Duplicate": ResourceExistsError}
    kinds |= {"TooMany": QuotaExceededError, "InUse": (ConflictError, ResourceExistsError)}
    for code in codes:
        for part, kind in kinds.items():
            if part in code and code != "DuplicateTagKeys":
                assert issubclass(ELBResponse.error_class(code) or object, kind), code
    assert ELBResponse.error_class("DuplicateTagKeys") is None


@pytest.mark.parametrize("status", [400, 404, 502])
@pytest.mark.parametrize("body", ["", "<html>proxy</html>", "no xml"])
def test_errors_of_others_are_libcloud_errors(
    driver: ElasticLBDriver, double: ELBDouble, status: int, body: str
) -> None:
    double.spec = None
    double.action("DescribeLoadBalancers").route.reply(status, text=body)
    with pytest.raises(LibcloudError) as caught:
        driver.list_balancers()
    assert caught.value.http_code == status


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no xml",
        "<html/>",
        "<DescribeLoadBalancersResponse/>",
        "<DescribeTagsResponse/>",
        "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult/>"
        "</DescribeLoadBalancersResponse>",
    ],
)
def test_answers_that_are_none_raise_malformed_response(
    driver: ElasticLBDriver, double: ELBDouble, body: str
) -> None:
    double.spec = None
    double.action("DescribeLoadBalancers").route.reply(text=body)
    with pytest.raises(MalformedResponseError):
        driver.list_balancers()


@pytest.mark.parametrize(
    "content",
    [
        "<DNSName>x</DNSName>",
        "<LoadBalancerName>x</LoadBalancerName><ListenerDescriptions><member/>"
        "</ListenerDescriptions>",
        "<LoadBalancerName>x</LoadBalancerName><ListenerDescriptions><member><Listener>"
        "<LoadBalancerPort>http</LoadBalancerPort></Listener></member></ListenerDescriptions>",
        "<LoadBalancerName>x</LoadBalancerName><CreatedTime>yesterday</CreatedTime>",
    ],
)
def test_strange_descriptions_raise_malformed_response(
    driver: ElasticLBDriver, double: ELBDouble, content: str
) -> None:
    double.spec = None
    double.action("DescribeLoadBalancers").reply(
        f"<LoadBalancerDescriptions><member>{content}</member></LoadBalancerDescriptions>"
    )
    with pytest.raises(MalformedResponseError):
        driver.list_balancers()


def test_listing_that_does_not_advance_raises_malformed_response(
    driver: ElasticLBDriver, double: ELBDouble
) -> None:
    double.action("DescribeLoadBalancers").reply(listing("web", following="m"))
    with pytest.raises(MalformedResponseError):
        driver.list_balancers()


def test_listing_that_was_cut_short_is_no_listing() -> None:
    body = listing("web").encode()
    with FaultServer() as server:
        driver = ElasticLBDriver(
            "AKID",
            "secret",
            "us-east-1",
            secure=False,
            host="127.0.0.1",
            port=server.port,
            retry=None,
        )
        server.script(truncate(body, len(body) + 1, "text/xml"))
        with pytest.raises(NetworkError):
            driver.list_balancers()


def test_throttled_request_is_sent_again(double: ELBDouble) -> None:
    double.action("DescribeLoadBalancers").fail(503, "ServiceUnavailable").reply(listing("web"))
    driver = connected(double, retry=RetryPolicy(delay=0, max_delay=0))
    assert [balancer.id for balancer in driver.list_balancers()] == ["web"]
