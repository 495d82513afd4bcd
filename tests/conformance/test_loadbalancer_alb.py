"""
The load balancer suite over moto's Application and Network Load Balancers, and what boto3 sees.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from libcloud.common.errors import ConflictError, ResourceExistsError, ResourceNotFoundError
from libcloud.loadbalancer.base import LoadBalancer, Member
from libcloud.loadbalancer.drivers.alb import ApplicationLBDriver, NetworkLBDriver
from libcloud.loadbalancer.types import State
from libcloud.testing.loadbalancer import LoadBalancerDriverConformance
from tests.servers.moto import MotoServer

pytestmark = pytest.mark.live


def client(service: str, moto_server: MotoServer) -> Any:
    return boto3.client(
        service,
        endpoint_url=moto_server.url,
        region_name=moto_server.region,
        aws_access_key_id=moto_server.key,
        aws_secret_access_key=moto_server.secret,
    )


def connected(driver_class: Any, moto_server: MotoServer) -> Any:
    return driver_class(
        moto_server.key,
        moto_server.secret,
        moto_server.region,
        host=moto_server.host,
        port=moto_server.port,
        secure=False,
    )


@pytest.fixture
def boto(moto_server: MotoServer) -> Any:
    return client("elbv2", moto_server)


@pytest.fixture
def subnets(moto_server: MotoServer) -> list[str]:
    """Two, of the VPC that every account has."""
    found = client("ec2", moto_server).describe_subnets()["Subnets"]
    return [subnet["SubnetId"] for subnet in found[:2]]


@pytest.fixture
def nodes(moto_server: MotoServer, subnets: list[str]) -> Iterator[list[Any]]:
    ec2 = client("ec2", moto_server)
    made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=3, MaxCount=3, SubnetId=subnets[0])[
        "Instances"
    ]
    ids = [instance["InstanceId"] for instance in made]
    yield [SimpleNamespace(id=id, private_ips=[]) for id in ids]
    ec2.terminate_instances(InstanceIds=ids)


@pytest.fixture
def driver(moto_server: MotoServer) -> ApplicationLBDriver:
    return connected(ApplicationLBDriver, moto_server)


@pytest.fixture
def balancer(driver: ApplicationLBDriver, subnets: list[str]) -> Iterator[LoadBalancer]:
    balancer = driver.create_balancer("facts", 80, "http", None, [], ex_subnets=subnets)
    yield balancer
    with contextlib.suppress(ResourceNotFoundError):
        driver.destroy_balancer(balancer)


class V2Conformance(LoadBalancerDriverConformance):
    @pytest.fixture(autouse=True)
    def needed(self, subnets: list[str]) -> None:
        self.balancer_options = {"ex_subnets": subnets}

    @pytest.fixture
    def members(self, nodes: list[Any]) -> list[Member]:
        return [Member(node.id, None, 80) for node in nodes[:2]]

    @pytest.fixture
    def node(self, nodes: list[Any]) -> Any:
        return nodes[2]

    @pytest.mark.xfail(reason="the service has no way to rename a balancer", strict=True)
    def test_update_balancer_of_only_the_name_keeps_the_rest(
        self, driver: Any, balancer: LoadBalancer
    ) -> None:
        super().test_update_balancer_of_only_the_name_keeps_the_rest(driver, balancer)


class TestApplicationLBDriver(V2Conformance):
    @pytest.fixture
    def driver(self, moto_server: MotoServer) -> ApplicationLBDriver:
        return connected(ApplicationLBDriver, moto_server)


class TestNetworkLBDriver(V2Conformance):
    protocol = "tcp"

    @pytest.fixture
    def driver(self, moto_server: MotoServer) -> NetworkLBDriver:
        return connected(NetworkLBDriver, moto_server)


def test_balancer_is_what_boto3_sees(
    driver: ApplicationLBDriver, boto: Any, subnets: list[str], nodes: list[Any]
) -> None:
    made = driver.create_balancer(
        "facts",
        80,
        "HTTP",
        None,
        [Member(nodes[0].id, None, 8080), Member(nodes[1].id, None, None)],
        ex_scheme="internal",
        ex_subnets=subnets,
        ex_tags={"owner": "ä & ß"},
    )
    try:
        [theirs] = boto.describe_load_balancers(Names=["facts"])["LoadBalancers"]
        [listener] = boto.describe_listeners(LoadBalancerArn=made.id)["Listeners"]
        [group] = boto.describe_target_groups(LoadBalancerArn=made.id)["TargetGroups"]
        health = boto.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        got = driver.get_balancer(made.id)
        [listed] = [each for each in driver.list_balancers() if each.id == made.id]
        for ours in (made, got, listed):
            assert (ours.id, ours.name) == (theirs["LoadBalancerArn"], theirs["LoadBalancerName"])
            assert (ours.ip, ours.port) == (theirs["DNSName"], listener["Port"])
            assert ours.state == State.UNKNOWN
            assert ours.extra["tags"] == {"owner": "ä & ß"}
            assert ours.extra["vpc"] == theirs["VpcId"]
            assert ours.extra["type"] == theirs["Type"] == "application"
            assert ours.extra["scheme"] == theirs["Scheme"] == "internal"
            assert ours.extra["created"] == theirs["CreatedTime"]
            assert ours.extra["security_groups"] == theirs["SecurityGroups"]
            assert ours.extra["subnets"] == [
                zone["SubnetId"] for zone in theirs["AvailabilityZones"]
            ]
            assert ours.extra["availability_zones"] == [
                zone["ZoneName"] for zone in theirs["AvailabilityZones"]
            ]
            [our_listener] = ours.extra["listeners"]
            assert our_listener.id == listener["ListenerArn"]
            assert our_listener.protocol == listener["Protocol"]
            assert our_listener.action == listener["DefaultActions"][0]["Type"]
        assert made.extra["listener"] is made.extra["listeners"][0]
        assert got.extra["state"] == theirs["State"]["Code"]
        assert listener["DefaultActions"][0]["TargetGroupArn"] == group["TargetGroupArn"]
        assert group["TargetGroupName"] == "facts-tg"
        ours = {(member.id, member.port, member.extra["health"]) for member in got.list_members()}
        assert ours == {
            (each["Target"]["Id"], each["Target"]["Port"], each["TargetHealth"]["State"])
            for each in health["TargetHealthDescriptions"]
        }
        assert {(id, port) for id, port, _ in ours} == {(nodes[0].id, 8080), (nodes[1].id, 80)}
    finally:
        driver.destroy_balancer(made)
    left = boto.describe_target_groups()["TargetGroups"]
    assert group["TargetGroupName"] not in [each["TargetGroupName"] for each in left]


def test_target_group_is_what_boto3_sees(
    driver: ApplicationLBDriver, boto: Any, balancer: LoadBalancer
) -> None:
    [made_with_balancer] = driver.ex_list_target_groups(balancer)
    made = driver.ex_create_target_group(
        "group",
        8080,
        "http",
        balancer.extra["vpc"],
        health_check_interval=10,
        health_check_path="/alive",
        health_check_port="8081",
        health_check_timeout=3,
        health_check_matcher="200-299",
        healthy_threshold=2,
        unhealthy_threshold=4,
        target_type="ip",
    )
    for ours in (made, made_with_balancer, driver.ex_get_target_group(made.id)):
        [theirs] = boto.describe_target_groups(TargetGroupArns=[ours.id])["TargetGroups"]
        assert ours.name == theirs["TargetGroupName"]
        assert ours.protocol == theirs["Protocol"] == "HTTP"
        assert ours.port == theirs["Port"]
        assert ours.vpc == theirs["VpcId"]
        assert ours.target_type == theirs["TargetType"]
        assert ours.health_check_interval == theirs["HealthCheckIntervalSeconds"]
        assert ours.health_check_matcher == theirs["Matcher"]["HttpCode"]
        assert ours.health_check_path == theirs["HealthCheckPath"]
        assert ours.health_check_port == theirs["HealthCheckPort"]
        assert ours.health_check_proto == theirs["HealthCheckProtocol"]
        assert ours.health_check_timeout == theirs["HealthCheckTimeoutSeconds"]
        assert ours.healthy_threshold == theirs["HealthyThresholdCount"]
        assert ours.unhealthy_threshold == theirs["UnhealthyThresholdCount"]
        assert [each.id for each in ours.balancers] == theirs["LoadBalancerArns"]
    assert (made.health_check_path, made.health_check_timeout) == ("/alive", 3)
    with pytest.raises(ResourceExistsError):
        driver.ex_create_target_group("group", 1, "HTTP", balancer.extra["vpc"])
    with pytest.raises(ConflictError):
        driver.ex_delete_target_group(made_with_balancer)
    assert driver.ex_delete_target_group(made)
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_target_group(made.id)


def test_targets_by_address_are_what_boto3_sees(
    driver: ApplicationLBDriver, boto: Any, subnets: list[str]
) -> None:
    balancer = driver.create_balancer(
        "addresses", 80, "http", None, [Member(None, "172.31.0.10", 8080)], ex_subnets=subnets
    )
    try:
        attached = balancer.attach_member(Member(None, "172.31.0.11", 8081))
        assert (attached.id, attached.ip, attached.port) == ("172.31.0.11", "172.31.0.11", 8081)
        [group] = boto.describe_target_groups(LoadBalancerArn=balancer.id)["TargetGroups"]
        theirs = boto.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        assert [(each.ip, each.port) for each in balancer.list_members()] == [
            (each["Target"]["Id"], each["Target"]["Port"])
            for each in theirs["TargetHealthDescriptions"]
        ]
        assert balancer.detach_member(Member(None, "172.31.0.10", 8080))
        assert [each.ip for each in balancer.list_members()] == ["172.31.0.11"]
    finally:
        driver.destroy_balancer(balancer)


def test_listeners_and_rules_are_what_boto3_sees(
    driver: ApplicationLBDriver, boto: Any, balancer: LoadBalancer
) -> None:
    [group] = driver.ex_list_target_groups(balancer)
    listener = driver.ex_create_listener(balancer, 8080, "http", group)
    path = driver.ex_create_listener_rule(
        listener, 10, group, condition_field="path-pattern", condition_value="/img/*"
    )
    host = driver.ex_create_listener_rule(
        listener,
        20,
        group,
        condition_field="host-header",
        condition_value="a.example.com",
    )
    method = driver.ex_create_listener_rule(
        listener, 30, group, condition_field="http-request-method", condition_value=["PUT", "POST"]
    )
    theirs = boto.describe_rules(ListenerArn=listener.id)["Rules"]
    ours = driver.ex_get_listener(listener.id).rules
    assert [(rule.id, rule.priority, rule.is_default) for rule in ours] == [
        (rule["RuleArn"], rule["Priority"], rule["IsDefault"]) for rule in theirs
    ]
    assert {rule.id: rule.conditions for rule in ours if not rule.is_default} == {
        path.id: {"path-pattern": ["/img/*"]},
        host.id: {"host-header": ["a.example.com"]},
        method.id: {"http-request-method": ["PUT", "POST"]},
    }
    assert theirs[1]["Conditions"][0]["Values"] == ["a.example.com"]
    got = driver.ex_get_rule(path.id)
    assert got.target_group is not None
    assert got.target_group.id == group.id == theirs[0]["Actions"][0]["TargetGroupArn"]
    assert got.listener is not None
    assert got.listener.id == listener.id
    assert got.listener.balancer is not None
    assert got.listener.balancer.name == "facts"
    with pytest.raises(ResourceExistsError):
        driver.ex_create_listener_rule(
            listener, 10, group, condition_field="path-pattern", condition_value="/x"
        )
    assert driver.ex_delete_rule(path)
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_rule(path.id)
    changed = driver.ex_modify_listener(listener, port=8081)
    assert (changed.id, changed.port, changed.protocol) == (listener.id, 8081, "HTTP")
    ports = [
        each["Port"] for each in boto.describe_listeners(LoadBalancerArn=balancer.id)["Listeners"]
    ]
    assert [each.port for each in driver.get_balancer(balancer.id).extra["listeners"]] == ports
    assert driver.ex_delete_listener(listener)
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_listener(listener.id)


def test_tags_are_what_boto3_sees(
    driver: ApplicationLBDriver, boto: Any, balancer: LoadBalancer
) -> None:
    [group] = driver.ex_list_target_groups(balancer)
    for resource in (balancer, group, group.id):
        assert driver.ex_create_tags(resource, {"a": "1", "b": "2"})
        arn = getattr(resource, "id", resource)
        [theirs] = boto.describe_tags(ResourceArns=[arn])["TagDescriptions"]
        assert driver.ex_list_tags(resource) == {tag["Key"]: tag["Value"] for tag in theirs["Tags"]}
        assert driver.ex_delete_tags(resource, ["a"])
        assert driver.ex_list_tags(resource) == {"b": "2"}
    assert driver.get_balancer(balancer.id).extra["tags"] == {"b": "2"}


def test_listing_goes_on_behind_the_first_page_in_one_request_a_page(
    driver: ApplicationLBDriver, subnets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [driver.ex_create_balancer(f"many-{number}", subnets=subnets) for number in range(55)]
    calls = []
    call = driver.connection.call
    monkeypatch.setattr(
        driver.connection, "call", lambda *args: [calls.append(args[0]), call(*args)][1]
    )
    assert {each.id for each in driver.list_balancers()} >= {each.id for each in made}
    assert set(calls) == {"DescribeLoadBalancers"}
    assert len(calls) == 2  # moto has 50 a page
    for each in made:
        assert each.list_members() == []
        each.destroy()


def test_network_balancers_are_listed_alone(
    driver: ApplicationLBDriver,
    moto_server: MotoServer,
    boto: Any,
    balancer: LoadBalancer,
    subnets: list[str],
) -> None:
    network = connected(NetworkLBDriver, moto_server)
    made = network.create_balancer("net", 53, "udp", None, [], ex_subnets=subnets)
    try:
        [theirs] = boto.describe_load_balancers(Names=["net"])["LoadBalancers"]
        [group] = boto.describe_target_groups(LoadBalancerArn=made.id)["TargetGroups"]
        assert made.extra["type"] == theirs["Type"] == "network"
        assert (group["Protocol"], group["HealthCheckProtocol"]) == ("UDP", "TCP")
        assert [each.id for each in network.list_balancers()] == [made.id]
        assert {each.id for each in driver.list_balancers()} >= {made.id, balancer.id}
    finally:
        network.destroy_balancer(made)
