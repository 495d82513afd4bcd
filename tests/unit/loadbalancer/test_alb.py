"""
Application and network balancers: what moto does not do on demand, and what goes over the wire.

Requests and answers are checked against the description that botocore carries. Error codes are
those of https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html and
of the actions' own pages. How the drivers and a whole service get along is in
``tests/conformance/test_loadbalancer_alb.py``.
"""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from libcloud.common.aws import SignedAWSConnection
from libcloud.common.errors import (
    BaseHTTPError,
    ConflictError,
    InvalidCredsError,
    InvalidRequestError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    QuotaExceededError,
    RateLimitReachedError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.common.polling import WaitTimeoutError
from libcloud.common.retry import RetryPolicy
from libcloud.loadbalancer.base import LoadBalancer, Member
from libcloud.loadbalancer.drivers.alb import (
    ALBBalancer,
    ALBConnection,
    ALBListener,
    ALBRule,
    ALBTargetGroup,
    ApplicationLBDriver,
    NetworkLBDriver,
)
from libcloud.loadbalancer.providers import get_driver
from libcloud.loadbalancer.types import Provider, State
from tests.faults.server import FaultServer, truncate
from tests.unit.loadbalancer.elb_double import ELBDouble

DRIVERS = (ApplicationLBDriver, NetworkLBDriver)

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
BALANCER = f"{ARN}:loadbalancer/app/web/50dc6c495c0c9188"
LISTENER = f"{ARN}:listener/app/web/50dc6c495c0c9188/0467ef3c8400ae65"
RULE = f"{ARN}:listener-rule/app/web/50dc6c495c0c9188/0467ef3c8400ae65/291a2b3c4d5e6f70"
GROUP = f"{ARN}:targetgroup/web-tg/73e2d6bc24d8a067"
OTHER_GROUP = f"{ARN}:targetgroup/other/83e2d6bc24d8a068"


def balancers(*names: str, kind: str = "application", following: str = "") -> str:
    found = "".join(
        f"""<member><LoadBalancerArn>{BALANCER.replace("web", name)}</LoadBalancerArn>
        <DNSName>{name}-1.us-east-1.elb.amazonaws.com</DNSName>
        <CanonicalHostedZoneId>Z35SXDOTRQ7X7K</CanonicalHostedZoneId>
        <CreatedTime>2026-11-21T12:00:00.120Z</CreatedTime>
        <LoadBalancerName>{name}</LoadBalancerName><Scheme>internet-facing</Scheme>
        <VpcId>vpc-1</VpcId><State><Code>active</Code></State><Type>{kind}</Type>
        <AvailabilityZones><member><ZoneName>us-east-1a</ZoneName><SubnetId>subnet-1</SubnetId>
        </member></AvailabilityZones><SecurityGroups><member>sg-1</member></SecurityGroups>
        <IpAddressType>ipv4</IpAddressType></member>"""
        for name in names
    )
    marker = f"<NextMarker>{following}</NextMarker>" if following else ""
    return f"<LoadBalancers>{found}</LoadBalancers>{marker}"


def listeners(*ports: int) -> str:
    found = "".join(
        f"""<member><ListenerArn>{LISTENER}</ListenerArn>
        <LoadBalancerArn>{BALANCER}</LoadBalancerArn><Port>{port}</Port><Protocol>HTTPS</Protocol>
        <Certificates><member><CertificateArn>arn:aws:acm:x</CertificateArn></member></Certificates>
        <SslPolicy>ELBSecurityPolicy-2016-08</SslPolicy><DefaultActions><member><Type>forward</Type>
        <TargetGroupArn>{GROUP}</TargetGroupArn></member></DefaultActions></member>"""
        for port in ports
    )
    return f"<Listeners>{found}</Listeners>"


def group(arn: str = GROUP, target_type: str = "instance", balancer: str = BALANCER) -> str:
    name = arn.split("/")[1]
    return f"""<member><TargetGroupArn>{arn}</TargetGroupArn>
    <TargetGroupName>{name}</TargetGroupName><Protocol>HTTP</Protocol><Port>80</Port>
    <VpcId>vpc-1</VpcId><HealthCheckProtocol>HTTP</HealthCheckProtocol>
    <HealthCheckPort>traffic-port</HealthCheckPort><HealthCheckEnabled>true</HealthCheckEnabled>
    <HealthCheckIntervalSeconds>30</HealthCheckIntervalSeconds>
    <HealthCheckTimeoutSeconds>5</HealthCheckTimeoutSeconds>
    <HealthyThresholdCount>5</HealthyThresholdCount>
    <UnhealthyThresholdCount>2</UnhealthyThresholdCount><HealthCheckPath>/</HealthCheckPath>
    <Matcher><HttpCode>200</HttpCode></Matcher>
    <LoadBalancerArns><member>{balancer}</member></LoadBalancerArns>
    <TargetType>{target_type}</TargetType></member>"""


def groups(*found: str) -> str:
    return f"<TargetGroups>{''.join(found)}</TargetGroups>"


def rule(conditions: str = "", actions: str = "", priority: str = "10") -> str:
    forward = f"<member><Type>forward</Type><TargetGroupArn>{GROUP}</TargetGroupArn></member>"
    return (
        f"<Rules><member><RuleArn>{RULE}</RuleArn><Priority>{priority}</Priority>"
        f"<Conditions>{conditions}</Conditions><Actions>{actions or forward}</Actions>"
        "<IsDefault>false</IsDefault></member></Rules>"
    )


def tags(**pairs: str) -> str:
    found = "".join(
        f"<member><Key>{key}</Key><Value>{value}</Value></member>" for key, value in pairs.items()
    )
    inner = f"<Tags>{found}</Tags>" if found else ""
    return (
        f"<TagDescriptions><member><ResourceArn>{BALANCER}</ResourceArn>{inner}"
        "</member></TagDescriptions>"
    )


@pytest.fixture
def double() -> Iterator[ELBDouble]:
    with ELBDouble("elbv2") as double:
        yield double


def connected(double: ELBDouble, driver_class: Any = ApplicationLBDriver, **kwargs: Any) -> Any:
    kwargs = {"retry": None, **kwargs}
    return double.attach(driver_class("AKID", "secret", "us-east-1", **kwargs))


@pytest.fixture
def driver(double: ELBDouble) -> ApplicationLBDriver:
    return connected(double)


@pytest.fixture
def balancer(driver: ApplicationLBDriver) -> LoadBalancer:
    known = {"listeners": [], "tags": {}, "vpc": "vpc-1"}
    return ALBBalancer(BALANCER, "web", State.UNKNOWN, "web.example.com", driver, known)


@pytest.fixture
def target_group(driver: ApplicationLBDriver) -> ALBTargetGroup:
    return ALBTargetGroup(GROUP, "web-tg", "HTTP", 80, "vpc-1", driver)


@pytest.fixture
def listener(driver: ApplicationLBDriver, balancer: LoadBalancer) -> ALBListener:
    return ALBListener(LISTENER, "HTTP", 80, balancer, driver)


# -- the drivers themselves -----------------------------------------------------------------------


def test_drivers_are_registered() -> None:
    assert get_driver(Provider.ALB) is ApplicationLBDriver
    assert get_driver(Provider.NLB) is NetworkLBDriver
    assert issubclass(ALBConnection, SignedAWSConnection)


def test_request_is_signed_with_the_token(double: ELBDouble) -> None:
    double.action("DescribeLoadBalancers").reply(balancers())
    driver = connected(double, token="session")
    assert driver.list_balancers() == []
    [request] = double.requests
    assert request.url == "https://elasticloadbalancing.us-east-1.amazonaws.com/"
    assert request.headers["X-Amz-Security-Token"] == "session"
    assert "/us-east-1/elasticloadbalancing/aws4_request" in request.headers["Authorization"]


def test_protocols() -> None:
    assert ApplicationLBDriver("k", "s", "us-east-1").list_protocols() == ["http", "https"]
    protocols = NetworkLBDriver("k", "s", "us-east-1").list_protocols()
    assert protocols == ["tcp", "tls", "udp", "tcp_udp"]


# -- balancers ------------------------------------------------------------------------------------


def test_list_balancers_takes_one_request_a_page(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("DescribeLoadBalancers", {"Marker": "m"}).reply(balancers("third"))
    double.action("DescribeLoadBalancers").reply(balancers("first", "second", following="m"))
    found = driver.iterate_balancers()
    assert [next(found).name, next(found).name] == ["first", "second"]
    assert len(double.requests) == 1
    assert [repr(balancer) for balancer in found] == [
        f"<LoadBalancer: id={BALANCER.replace('web', 'third')}, name=third, state=2, "
        "ip=third-1.us-east-1.elb.amazonaws.com, port=None>"
    ]
    assert double.actions() == ["DescribeLoadBalancers"] * 2


def test_port_and_extra_of_a_listed_balancer_are_fetched_once(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("DescribeLoadBalancers").reply(balancers("web"))
    double.action("DescribeListeners", {"LoadBalancerArn": BALANCER}).reply(listeners(443, 8443))
    double.action("DescribeTags", {"ResourceArns.member.1": BALANCER}).reply(tags(owner="me"))
    [balancer] = driver.list_balancers()
    assert (balancer.id, balancer.name, balancer.state) == (BALANCER, "web", State.UNKNOWN)
    assert (balancer.ip, balancer.port) == ("web-1.us-east-1.elb.amazonaws.com", 443)
    first, second = balancer.extra["listeners"]
    assert (first.id, first.port, second.port) == (LISTENER, 443, 8443)
    assert first.balancer is balancer
    assert balancer.extra == {
        "listeners": [first, second],
        "tags": {"owner": "me"},
        "vpc": "vpc-1",
        "type": "application",
        "scheme": "internet-facing",
        "state": "active",
        "availability_zones": ["us-east-1a"],
        "subnets": ["subnet-1"],
        "security_groups": ["sg-1"],
        "created": datetime.datetime(2026, 11, 21, 12, 0, 0, 120000, datetime.timezone.utc),
    }
    assert double.actions() == ["DescribeLoadBalancers", "DescribeListeners", "DescribeTags"]


def test_port_of_a_balancer_without_listeners_is_none(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("DescribeLoadBalancers", {"LoadBalancerArns.member.1": BALANCER}).reply(
        balancers("web")
    )
    double.action("DescribeListeners").reply(listeners())
    double.action("DescribeTags").reply(tags())
    assert driver.get_balancer(BALANCER).port is None


def test_listed_balancer_can_be_pickled_changed_and_given_an_attribute(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("DescribeLoadBalancers").reply(balancers("web"))
    [balancer] = driver.list_balancers()
    copy = pickle.loads(pickle.dumps(balancer))
    assert (copy.id, copy.name) == (BALANCER, "web")
    balancer.port, balancer.extra = 80, {"listeners": [], "mine": 1}
    balancer.mine = 1
    assert (balancer.port, balancer.extra["mine"], balancer.mine) == (80, 1, 1)


@pytest.mark.parametrize(
    ("get", "action", "answer"),
    [
        (ApplicationLBDriver.get_balancer, "DescribeLoadBalancers", balancers()),
        (ApplicationLBDriver.ex_get_listener, "DescribeListeners", listeners()),
        (ApplicationLBDriver.ex_get_rule, "DescribeRules", "<Rules/>"),
        (ApplicationLBDriver.ex_get_target_group, "DescribeTargetGroups", groups()),
    ],
)
def test_get_of_an_empty_answer_raises_not_found(
    driver: ApplicationLBDriver,
    double: ELBDouble,
    get: Callable[..., Any],
    action: str,
    answer: str,
) -> None:
    double.action(action).reply(answer)
    with pytest.raises(ResourceNotFoundError, match=ARN):
        get(driver, f"{ARN}:x")


def test_create_balancer_makes_balancer_group_and_listener(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("CreateLoadBalancer").reply(balancers("web"))
    double.action("CreateTargetGroup").reply(groups(group()))
    double.action("RegisterTargets").reply()
    double.action("CreateListener").reply(listeners(443))
    balancer = driver.create_balancer(
        "web",
        443,
        "https",
        None,
        [Member("i-1", None, 8080), Member("i-2", "192.0.2.2", None)],
        ex_scheme="internal",
        ex_security_groups=["sg-1"],
        ex_subnets=["subnet-1", "subnet-2"],
        ex_tags={"owner": "me"},
        ex_ssl_cert_arn="arn:aws:acm:x",
    )
    assert (balancer.id, balancer.port) == (BALANCER, 443)
    assert balancer.extra["tags"] == {"owner": "me"}
    assert balancer.extra["listeners"] == [balancer.extra["listener"]]
    listener = balancer.extra["listener"]
    assert listener.balancer is balancer
    assert (listener.ssl_policy, listener.ssl_certificate) == (
        "ELBSecurityPolicy-2016-08",
        "arn:aws:acm:x",
    )
    assert double.forms() == [
        {
            "Action": "CreateLoadBalancer",
            "Name": "web",
            "Type": "application",
            "IpAddressType": "ipv4",
            "Scheme": "internal",
            "SecurityGroups.member.1": "sg-1",
            "Subnets.member.1": "subnet-1",
            "Subnets.member.2": "subnet-2",
            "Tags.member.1.Key": "owner",
            "Tags.member.1.Value": "me",
        },
        {
            "Action": "CreateTargetGroup",
            "Name": "web-tg",
            "Protocol": "HTTPS",
            "Port": "443",
            "VpcId": "vpc-1",
            "TargetType": "instance",
            "HealthCheckIntervalSeconds": "30",
            "HealthCheckPath": "/",
            "HealthCheckPort": "traffic-port",
            "HealthCheckProtocol": "HTTPS",
            "HealthCheckTimeoutSeconds": "5",
            "HealthyThresholdCount": "5",
            "UnhealthyThresholdCount": "2",
            "Matcher.HttpCode": "200",
        },
        {
            "Action": "RegisterTargets",
            "TargetGroupArn": GROUP,
            "Targets.member.1.Id": "i-1",
            "Targets.member.1.Port": "8080",
            "Targets.member.2.Id": "i-2",
        },
        {
            "Action": "CreateListener",
            "LoadBalancerArn": BALANCER,
            "Protocol": "HTTPS",
            "Port": "443",
            "DefaultActions.member.1.Type": "forward",
            "DefaultActions.member.1.TargetGroupArn": GROUP,
            "Certificates.member.1.CertificateArn": "arn:aws:acm:x",
        },
    ]


def test_create_network_balancer_checks_members_by_tcp(double: ELBDouble) -> None:
    driver = connected(double, NetworkLBDriver)
    double.action("CreateLoadBalancer", {"Type": "network"}).reply(balancers("web", kind="network"))
    double.action("CreateTargetGroup", {"Protocol": "TCP", "TargetType": "ip"}).reply(
        groups(group(target_type="ip"))
    )
    double.action("RegisterTargets", {"Targets.member.1.Id": "192.0.2.1"}).reply()
    double.action("CreateListener", {"Protocol": "TCP"}).reply(listeners(80))
    driver.create_balancer("web", 80, None, None, [Member(None, "192.0.2.1", 80)])
    [form] = double.forms("CreateTargetGroup")
    assert form["HealthCheckProtocol"] == "TCP"
    assert not {"HealthCheckPath", "Matcher.HttpCode"} & form.keys()


def test_network_driver_lists_network_balancers_alone(double: ELBDouble) -> None:
    network = balancers("net", kind="network").removeprefix("<LoadBalancers>")
    double.action("DescribeLoadBalancers").reply(
        balancers("web").replace("</LoadBalancers>", network)
    )
    listed = [connected(double, each).list_balancers() for each in DRIVERS]
    assert [[each.name for each in found] for found in listed] == [["web", "net"], ["net"]]


@pytest.mark.parametrize(
    ("name", "port", "members"),
    [
        ("web", None, []),
        ("a" * 30, 80, []),
        ("web", 80, [Member("i-1", None, 80), Member(None, "192.0.2.1", 80)]),
    ],
)
def test_create_balancer_of_bad_arguments_sends_nothing(
    driver: ApplicationLBDriver,
    double: ELBDouble,
    name: str,
    port: int | None,
    members: list[Member],
) -> None:
    with pytest.raises(InvalidRequestError):
        driver.create_balancer(name, port, "http", None, members)
    assert double.requests == []


def test_create_balancer_that_fails_half_way_tells_what_is_left(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("CreateLoadBalancer").reply(balancers("web"))
    double.action("CreateTargetGroup").reply(groups(group()))
    double.action("CreateListener").fail(400, "CertificateNotFound", "No such certificate")
    with pytest.raises(ResourceNotFoundError) as caught:
        driver.create_balancer("web", 443, "https", None, [])
    for text in ("No such certificate", BALANCER, GROUP):
        assert text in str(caught.value)
    assert caught.value.provider_code == "CertificateNotFound"


def test_create_balancer_whose_connection_breaks_half_way_tells_what_is_left(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("CreateLoadBalancer").reply(balancers("web"))
    double.action("CreateTargetGroup").route.fail()
    with pytest.raises(NetworkError, match=BALANCER):
        driver.create_balancer("web", 80, "http", None, [])


def test_create_is_sent_again_where_the_service_makes_one_of_two(double: ELBDouble) -> None:
    route = double.action("CreateLoadBalancer")
    route.route.fail()
    route.reply(balancers("web"))
    driver = connected(double, retry=RetryPolicy(delay=0, max_delay=0))
    assert driver.ex_create_balancer("web", subnets=["subnet-1"]).id == BALANCER


def test_create_rule_is_sent_once_when_the_connection_breaks(double: ELBDouble) -> None:
    double.action("CreateRule").route.fail().exactly(1)
    driver = connected(double, retry=RetryPolicy(delay=0, max_delay=0))
    listener = ALBListener(LISTENER, "HTTP", 80, None, driver)
    target_group = ALBTargetGroup(GROUP, "web-tg", "HTTP", 80, "vpc-1", driver)
    with pytest.raises(NetworkError):
        driver.ex_create_listener_rule(listener, 1, target_group, "forward", "path-pattern", "/x")


def test_update_balancer_changes_its_only_listener(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeListeners", {"LoadBalancerArn": BALANCER}).reply(listeners(80))
    double.action("ModifyListener", {"ListenerArn": LISTENER}).reply(listeners(443))
    double.action("DescribeLoadBalancers").reply(balancers("web"))
    balancer.driver.update_balancer(
        balancer, port=443, protocol="https", ex_ssl_cert_arn="arn:aws:acm:x"
    )
    assert double.forms("ModifyListener") == [
        {
            "Action": "ModifyListener",
            "ListenerArn": LISTENER,
            "Port": "443",
            "Protocol": "HTTPS",
            "Certificates.member.1.CertificateArn": "arn:aws:acm:x",
        }
    ]


def test_update_balancer_of_several_listeners_is_refused(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeListeners").reply(listeners(80, 443))
    with pytest.raises(InvalidRequestError, match="2 listeners"):
        balancer.driver.update_balancer(balancer, port=81)


def test_update_balancer_of_its_name_sends_nothing(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    with pytest.raises(InvalidRequestError, match="name"):
        balancer.driver.update_balancer(balancer, name="other", port=81)
    assert double.requests == []


def test_destroy_balancer_takes_its_own_group_along_when_it_is_released(
    double: ELBDouble, balancer: LoadBalancer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libcloud.loadbalancer.drivers.alb.balancers.RELEASE_INTERVAL", 0)
    double.action("DescribeTargetGroups", {"LoadBalancerArn": BALANCER}).reply(
        groups(group(), group(OTHER_GROUP))
    )
    double.action("DeleteLoadBalancer", {"LoadBalancerArn": BALANCER}).reply()
    double.action("DeleteTargetGroup", {"TargetGroupArn": GROUP}).fail(400, "ResourceInUse").reply()
    assert balancer.destroy() is True
    assert double.actions() == [
        "DescribeTargetGroups",
        "DeleteLoadBalancer",
        "DeleteTargetGroup",
        "DeleteTargetGroup",
    ]


def test_destroy_balancer_whose_group_stays_in_use_tells_what_is_left(
    double: ELBDouble, balancer: LoadBalancer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libcloud.loadbalancer.drivers.alb.balancers.RELEASE_TIMEOUT", 0)
    double.action("DescribeTargetGroups").reply(groups(group()))
    double.action("DeleteLoadBalancer").reply()
    double.action("DeleteTargetGroup").fail(400, "ResourceInUse")
    with pytest.raises(WaitTimeoutError, match=GROUP):
        balancer.destroy()


def test_destroy_balancer_leaves_the_group_of_another_one(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeTargetGroups").reply(groups(group(balancer=f"{BALANCER}2")))
    double.action("DeleteLoadBalancer").reply()
    assert balancer.destroy() is True


# -- members --------------------------------------------------------------------------------------


def test_list_members_are_the_targets_of_all_groups(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    def health(id: str, port: int, rest: str) -> str:
        return (
            "<TargetHealthDescriptions><member>"
            f"<Target><Id>{id}</Id><Port>{port}</Port></Target><TargetHealth>{rest}"
            "</TargetHealth></member></TargetHealthDescriptions>"
        )

    double.action("DescribeTargetGroups").reply(groups(group(), group(OTHER_GROUP, "ip")))
    double.action("DescribeTargetHealth", {"TargetGroupArn": GROUP}).reply(
        health("i-1", 80, "<State>healthy</State>")
    )
    double.action("DescribeTargetHealth", {"TargetGroupArn": OTHER_GROUP}).reply(
        health(
            "192.0.2.1",
            81,
            "<State>unhealthy</State><Reason>Target.Timeout</Reason>"
            "<Description>Request timed out</Description>",
        )
    )
    first, second = balancer.list_members()
    assert (first.id, first.ip, first.port, first.extra["health"]) == ("i-1", None, 80, "healthy")
    assert (second.id, second.ip, second.port) == ("192.0.2.1", "192.0.2.1", 81)
    assert second.extra["target_group"].id == OTHER_GROUP
    assert second.extra["health_reason"] == "Target.Timeout"
    assert second.extra["health_description"] == "Request timed out"
    assert first.balancer is second.balancer is balancer


def test_list_members_of_a_balancer_without_groups(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeTargetGroups").fail(400, "TargetGroupNotFound")
    assert balancer.list_members() == []


def test_list_members_of_a_balancer_that_is_gone_raises_not_found(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeTargetGroups").fail(400, "LoadBalancerNotFound")
    with pytest.raises(ResourceNotFoundError):
        balancer.list_members()


def test_attach_member_goes_to_the_group_of_create_balancer(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeTargetGroups").reply(groups(group(OTHER_GROUP), group()))
    double.action("RegisterTargets", {"TargetGroupArn": GROUP}).reply()
    attached = balancer.attach_member(Member("i-1", None, None))
    assert (attached.id, attached.port, attached.balancer) == ("i-1", 80, balancer)


def test_attach_member_goes_to_the_group_that_it_names(
    double: ELBDouble, balancer: LoadBalancer, target_group: ALBTargetGroup
) -> None:
    double.action("RegisterTargets", {"Targets.member.1.Port": 8080}).reply()
    balancer.attach_member(Member("i-1", None, 8080, extra={"target_group": target_group}))


def test_attach_member_to_a_balancer_of_a_long_name(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    balancer.name = "a" * 32
    double.action("DescribeTargetGroups").reply(groups(group(OTHER_GROUP)))
    double.action("RegisterTargets", {"TargetGroupArn": OTHER_GROUP}).reply()
    assert balancer.attach_member(Member("i-1", None, None)).id == "i-1"


def test_attach_member_to_several_groups_needs_one_named(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeTargetGroups").reply(
        groups(group(OTHER_GROUP), group(OTHER_GROUP.replace("other", "third")))
    )
    with pytest.raises(InvalidRequestError, match="target_group"):
        balancer.attach_member(Member("i-1", None, None))


def test_attach_member_to_a_balancer_without_groups_raises_not_found(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeTargetGroups").reply(groups())
    with pytest.raises(ResourceNotFoundError, match="no target group"):
        balancer.attach_member(Member("i-1", None, None))


def test_attach_compute_node_by_id_or_by_private_address(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeTargetGroups").reply(groups(group())).reply(
        groups(group(target_type="ip"))
    )
    double.action("RegisterTargets").reply()
    node: Any = SimpleNamespace(id="i-1", private_ips=["10.0.0.1"])
    assert balancer.attach_compute_node(node).id == "i-1"
    assert balancer.attach_compute_node(node).id == "10.0.0.1"
    sent = [form["Targets.member.1.Id"] for form in double.forms("RegisterTargets")]
    assert sent == ["i-1", "10.0.0.1"]


def test_detach_member_without_group_is_taken_from_all(
    double: ELBDouble, balancer: LoadBalancer
) -> None:
    double.action("DescribeTargetGroups").reply(groups(group(), group(OTHER_GROUP)))
    double.action("DeregisterTargets", {"TargetGroupArn": GROUP}).reply()
    double.action("DeregisterTargets", {"TargetGroupArn": OTHER_GROUP}).reply()
    assert balancer.detach_member(Member("i-1", None, None)) is True


def test_members_of_a_group_are_read_again_after_a_change(
    double: ELBDouble, driver: ApplicationLBDriver, target_group: ALBTargetGroup
) -> None:
    def health(*ids: str) -> str:
        found = "".join(
            f"<member><Target><Id>{id}</Id><Port>80</Port></Target></member>" for id in ids
        )
        return f"<TargetHealthDescriptions>{found}</TargetHealthDescriptions>"

    double.action("DescribeTargetHealth").reply(health("i-1")).reply(health("i-1", "i-2"))
    double.action("RegisterTargets").reply()
    assert [member.id for member in target_group.members] == ["i-1"]
    assert [member.id for member in target_group.members] == ["i-1"]
    assert driver.ex_register_targets(target_group, [Member("i-2", None, None)]) is True
    assert [member.id for member in target_group.members] == ["i-1", "i-2"]
    assert driver.ex_register_targets(target_group) is False


# -- listeners, rules, groups ---------------------------------------------------------------------


def test_rule_leads_to_listener_group_and_balancer(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("DescribeRules", {"RuleArns.member.1": RULE}).reply(rule())
    double.action("DescribeListeners", {"ListenerArns.member.1": LISTENER}).reply(listeners(443))
    double.action("DescribeTargetGroups", {"TargetGroupArns.member.1": GROUP}).reply(
        groups(group())
    )
    double.action("DescribeLoadBalancers", {"LoadBalancerArns.member.1": BALANCER}).reply(
        balancers("web")
    )
    found = driver.ex_get_rule(RULE)
    assert (found.id, found.priority, found.is_default) == (RULE, "10", False)
    assert found.listener is not None
    assert found.listener.balancer is not None
    assert found.target_group is not None
    assert (found.listener.id, found.listener.action) == (LISTENER, "forward")
    assert found.listener.balancer.id == BALANCER
    assert found.target_group.id == GROUP
    assert [each.id for each in found.target_group.balancers] == [BALANCER]
    assert found.listener is found.listener


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ("<Field>path-pattern</Field><Values><member>/a</member></Values>", ["/a"]),
        (
            "<Field>source-ip</Field><SourceIpConfig><Values><member>192.0.2.0/24</member>"
            "<member>198.51.100.0/24</member></Values></SourceIpConfig>",
            ["192.0.2.0/24", "198.51.100.0/24"],
        ),
        (
            "<Field>query-string</Field><QueryStringConfig><Values><member><Key>a</Key>"
            "<Value>1</Value></member><member><Value>b</Value></member></Values>"
            "</QueryStringConfig>",
            ["a=1", "b"],
        ),
        (
            "<Field>http-header</Field><HttpHeaderConfig><HttpHeaderName>x</HttpHeaderName>"
            "<Values><member>y</member></Values></HttpHeaderConfig>",
            ["y"],
        ),
    ],
)
def test_conditions_of_all_kinds_are_read(
    driver: ApplicationLBDriver, double: ELBDouble, condition: str, values: list[str]
) -> None:
    double.action("DescribeRules").reply(rule(f"<member>{condition}</member>"))
    [found] = driver.ex_get_rule(RULE).conditions.values()
    assert found == values


def test_group_of_a_rule_with_several_is_the_first_and_of_a_redirect_none(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    several = (
        "<member><Type>forward</Type><ForwardConfig><TargetGroups>"
        f"<member><TargetGroupArn>{OTHER_GROUP}</TargetGroupArn><Weight>1</Weight></member>"
        f"<member><TargetGroupArn>{GROUP}</TargetGroupArn><Weight>2</Weight></member>"
        "</TargetGroups></ForwardConfig></member>"
    )
    redirect = (
        "<member><Type>redirect</Type><RedirectConfig><StatusCode>HTTP_301</StatusCode>"
        "</RedirectConfig></member>"
    )
    double.action("DescribeRules").reply(rule(actions=several)).reply(rule(actions=redirect))
    double.action("DescribeTargetGroups", {"TargetGroupArns.member.1": OTHER_GROUP}).reply(
        groups(group(OTHER_GROUP))
    )
    leading = driver.ex_get_rule(RULE).target_group
    assert leading is not None
    assert leading.id == OTHER_GROUP
    assert driver.ex_get_rule(RULE).target_group is None


def test_create_rule_by_source_address(
    driver: ApplicationLBDriver,
    double: ELBDouble,
    listener: ALBListener,
    target_group: ALBTargetGroup,
) -> None:
    double.action("CreateRule").reply(rule())
    made = driver.ex_create_listener_rule(
        listener,
        10,
        target_group,
        condition_field="source-ip",
        condition_value=["192.0.2.0/24", "198.51.100.0/24"],
    )
    assert made.listener is listener
    assert made.target_group is target_group
    assert double.forms() == [
        {
            "Action": "CreateRule",
            "ListenerArn": LISTENER,
            "Priority": "10",
            "Actions.member.1.Type": "forward",
            "Actions.member.1.TargetGroupArn": GROUP,
            "Conditions.member.1.Field": "source-ip",
            "Conditions.member.1.SourceIpConfig.Values.member.1": "192.0.2.0/24",
            "Conditions.member.1.SourceIpConfig.Values.member.2": "198.51.100.0/24",
        }
    ]


def test_rules_and_listeners_go_on_behind_the_first_page(
    double: ELBDouble, driver: ApplicationLBDriver, listener: ALBListener, balancer: LoadBalancer
) -> None:
    double.action("DescribeRules", {"Marker": "m"}).reply(rule(priority="20"))
    double.action("DescribeRules").reply(f"{rule()}<NextMarker>m</NextMarker>")
    double.action("DescribeListeners", {"Marker": "m"}).reply(listeners(81))
    double.action("DescribeListeners").reply(f"{listeners(80)}<NextMarker>m</NextMarker>")
    double.action("DescribeTargetGroups", {"Marker": "m"}).reply(groups(group(OTHER_GROUP)))
    double.action("DescribeTargetGroups").reply(f"{groups(group())}<NextMarker>m</NextMarker>")
    assert [each.priority for each in listener.rules] == ["10", "20"]
    assert all(each.listener is listener for each in listener.rules)
    assert [each.port for each in driver.ex_list_listeners(balancer)] == [80, 81]
    assert [each.id for each in driver.ex_list_target_groups()] == [GROUP, OTHER_GROUP]


def test_modify_listener_leads_elsewhere(
    driver: ApplicationLBDriver,
    double: ELBDouble,
    listener: ALBListener,
    target_group: ALBTargetGroup,
) -> None:
    double.action("ModifyListener").reply(listeners(80))
    driver.ex_modify_listener(listener, target_group=target_group)
    assert double.forms() == [
        {
            "Action": "ModifyListener",
            "ListenerArn": LISTENER,
            "DefaultActions.member.1.Type": "forward",
            "DefaultActions.member.1.TargetGroupArn": GROUP,
        }
    ]


def test_models_take_positional_arguments_and_assignments(driver: ApplicationLBDriver) -> None:
    balancer = LoadBalancer("b", "b", State.RUNNING, None, None, driver)
    member = Member("i-1", None, 80)
    group = ALBTargetGroup(
        "g", "n", "HTTP", 80, "vpc", driver, 6, "81", "/x", "HTTPS", "201", 20, 3, 4, [], [member]
    )
    rule = ALBRule("r", False, "1", group, driver, {"host-header": ["x"]})
    listener = ALBListener("l", "HTTP", 80, balancer, driver, "forward", "p", "c", [rule])
    rule.listener = listener
    assert (group.health_check_timeout, group.unhealthy_threshold) == (6, 4)
    assert (rule.target_group, rule.listener, listener.rules) == (group, listener, [rule])
    assert (listener.balancer, group.members) == (balancer, [member])
    other = LoadBalancer("o", "o", State.RUNNING, None, None, driver)
    listener.balancer, group.balancers, listener.rules, group.members = other, [other], [rule], []
    assert (listener.balancer, group.balancers, group.balancer_ids) == (other, [other], ["o"])
    for model in (group, rule, listener):
        assert f"id={model.id}" in repr(model)
    assert ALBRule("r", True, "default", None, driver).listener is None
    assert ALBListener("l", "HTTP", 80, None, driver).balancer is None


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "InvalidClientTokenId", InvalidCredsError),
        (400, "LoadBalancerNotFound", ResourceNotFoundError),
        (400, "DuplicateTargetGroupName", ResourceExistsError),
        (400, "DuplicateListener", ResourceExistsError),
        (400, "PriorityInUse", ResourceExistsError),
        (400, "TooManyRules", QuotaExceededError),
        (400, "TargetGroupAssociationLimit", QuotaExceededError),
        (400, "ResourceInUse", ConflictError),
        (400, "OperationNotPermitted", ConflictError),
        (400, "Throttling", RateLimitReachedError),
        (500, "HealthUnavailable", ServiceUnavailableError),
        (400, "InvalidConfigurationRequest", BaseHTTPError),
    ],
)
def test_error_codes_become_exceptions(
    driver: ApplicationLBDriver,
    double: ELBDouble,
    status: int,
    code: str,
    expected: type[Exception],
) -> None:
    double.action("DescribeLoadBalancers").fail(status, code)
    with pytest.raises(expected) as caught:
        driver.list_balancers()
    error: Any = caught.value
    assert (error.http_code, error.provider_code) == (status, code)
    assert error.request_id == "ea966190-f9aa-478e-9ede-EXAMPLE"


@pytest.mark.parametrize("body", ["", "<html>proxy</html>", "no xml"])
def test_errors_of_others_are_libcloud_errors(
    driver: ApplicationLBDriver, double: ELBDouble, body: str
) -> None:
    double.spec = None
    double.action("DescribeLoadBalancers").route.reply(502, text=body)
    with pytest.raises(LibcloudError) as caught:
        driver.list_balancers()
    assert caught.value.http_code == 502


@pytest.mark.parametrize(
    ("result", "call"),
    [
        ("", lambda driver: driver.list_balancers()),
        (
            "<LoadBalancers><member><LoadBalancerName>x</LoadBalancerName></member>"
            "</LoadBalancers>",
            lambda driver: driver.list_balancers(),
        ),
        (
            balancers("web").replace("2026-11-21", "yesterday"),
            lambda driver: driver.get_balancer(BALANCER),
        ),
    ],
)
def test_strange_answers_raise_malformed_response(
    driver: ApplicationLBDriver, double: ELBDouble, result: str, call: Callable[[Any], Any]
) -> None:
    double.spec = None
    double.action("DescribeLoadBalancers").reply(result)
    with pytest.raises(MalformedResponseError):
        call(driver)


def test_answer_of_a_create_that_names_nothing_raises_malformed_response(
    driver: ApplicationLBDriver, double: ELBDouble
) -> None:
    double.action("CreateTargetGroup").reply(groups())
    with pytest.raises(MalformedResponseError):
        driver.ex_create_target_group("x", 80, "HTTP", "vpc-1")


def test_listing_that_was_cut_short_is_no_listing() -> None:
    body = balancers("web").encode()
    with FaultServer() as server:
        driver = ApplicationLBDriver(
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
