"""
Amazon's Classic Load Balancers.

Members are EC2 instances, known by their ids. For application and network balancers see
:mod:`libcloud.loadbalancer.drivers.alb`.

API: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/Welcome.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from libcloud.common.aws.xml import (
    Element,
    find,
    findall,
    findtext,
    number,
    require,
    required_text,
)
from libcloud.common.errors import InvalidRequestError
from libcloud.loadbalancer.aws import (
    HOST,
    AWSLoadBalancerConnection,
    AWSLoadBalancerDriver,
    AWSLoadBalancerResponse,
    date_at,
    numbered,
    read_tags,
    tag_params,
    telling_what_is_left,
    texts_of,
)
from libcloud.loadbalancer.base import LoadBalancer, Member
from libcloud.loadbalancer.types import State

__all__ = [
    "HOST",
    "NS",
    "ROOT",
    "VERSION",
    "ELBConnection",
    "ELBResponse",
    "ElasticLBDriver",
]

VERSION = "2012-06-01"
ROOT = f"/{VERSION}/"
NS = f"http://elasticloadbalancing.amazonaws.com/doc{ROOT}"

# The most that one answer has the tags of.
BALANCERS_PER_TAG_REQUEST = 20


class ELBResponse(AWSLoadBalancerResponse):
    """An answer of the API of 2012-06-01."""

    namespace = NS


class ELBConnection(AWSLoadBalancerConnection):
    """A connection to the API of 2012-06-01 in one region."""

    version = VERSION
    host = HOST
    responseCls = ELBResponse
    service_name = "elasticloadbalancing"

    # The second time, these find done what they would do.
    idempotent_actions = frozenset(
        {
            "AddTags",
            "ConfigureHealthCheck",
            "DeleteLoadBalancer",
            "DeleteLoadBalancerListeners",
            "DeregisterInstancesFromLoadBalancer",
            "RegisterInstancesWithLoadBalancer",
            "RemoveTags",
            "SetLoadBalancerPoliciesForBackendServer",
            "SetLoadBalancerPoliciesOfListener",
        }
    )


class ElasticLBDriver(AWSLoadBalancerDriver):
    """
    Classic Load Balancers of one region.

    A balancer's id is its name. Its state is PENDING when it was just created, and UNKNOWN
    otherwise: the API has none. Its port is that of its first listener.

    ``extra`` of a balancer that was listed or got has ``listeners``, a list of dicts of
    ``protocol``, ``port``, ``instance_protocol``, ``instance_port``, ``ssl_certificate_id`` and
    ``policies``; ``scheme``, ``vpc``, ``availability_zones``, ``subnets``, ``security_groups``,
    ``created`` (a datetime), ``health_check`` (a dict, None for none); and ``tags`` where they were
    asked for.

    :param access_id: Access key id.
    :param secret: Secret access key.
    :param region: ``us-east-1`` ...
    :param token: Session token of temporary credentials.
    :param credentials: In place of access id, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    :param host: Instead of the region's endpoint.
    :raises ValueError: the region is no name.
    """

    name = "Amazon Elastic Load Balancing"
    connectionCls = ELBConnection

    def list_protocols(self) -> list[str]:
        return ["tcp", "ssl", "http", "https"]

    # -- balancers --------------------------------------------------------------------------------

    def iterate_balancers(self, ex_fetch_tags: bool = False) -> Iterator[LoadBalancer]:
        """
        All balancers of the region, page by page.

        :param ex_fetch_tags: Also fetch the tags, with one request more for 20 balancers.
        """
        for page in self._pages("DescribeLoadBalancers", {}, "LoadBalancerDescriptions"):
            for start in range(0, len(page), BALANCERS_PER_TAG_REQUEST):
                balancers = [
                    self._to_balancer(element)
                    for element in page[start : start + BALANCERS_PER_TAG_REQUEST]
                ]
                if ex_fetch_tags:
                    self._fetch_tags(balancers)
                yield from balancers

    def list_balancers(self, ex_fetch_tags: bool = False) -> list[LoadBalancer]:
        """All balancers of the region: :meth:`iterate_balancers` as a list."""
        return list(self.iterate_balancers(ex_fetch_tags=ex_fetch_tags))

    def get_balancer(self, balancer_id: str, ex_fetch_tags: bool = False) -> LoadBalancer:
        """
        The balancer of a name, in one request.

        :param ex_fetch_tags: Also fetch the tags, with one request more.
        :raises ResourceNotFoundError: there is no such balancer.
        """
        balancer = self._to_balancer(self._describe(balancer_id))
        if ex_fetch_tags:
            balancer.extra["tags"] = self.ex_list_tags(balancer)
        return balancer

    def create_balancer(
        self,
        name: str,
        port: int | None,
        protocol: str | None,
        algorithm: int | None,
        members: list[Member] | None,
        ex_members_availability_zones: Iterable[str] | None = None,
        ex_subnets: Iterable[str] | None = None,
        ex_security_groups: Iterable[str] | None = None,
        ex_scheme: str | None = None,
        ex_tags: Mapping[str, str] | None = None,
        ex_ssl_certificate_id: str | None = None,
    ) -> LoadBalancer:
        """
        Create a balancer with one listener, and register its members by a second request.

        https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_CreateLoadBalancer.html

        :param name: Also its id.
        :param protocol: ``tcp`` (for None), ``ssl``, ``http``, ``https``; also spoken to members.
        :param algorithm: Not looked at: the service chooses.
        :param members: Instances, by id. Their common port is the one that they are connected at;
            the balancer's where they have none.
        :param ex_members_availability_zones: ``a`` or ``us-east-1a`` ...; without any, and without
            subnets, the region's zone ``a``.
        :param ex_subnets: Subnets of a VPC, instead of zones.
        :param ex_security_groups: Of a balancer in a VPC.
        :param ex_scheme: ``internal`` for a balancer that only the VPC reaches.
        :param ex_ssl_certificate_id: ARN of the certificate, for ``ssl`` and ``https``.
        :raises ResourceExistsError: there is a balancer of that name, with other settings.
        :raises InvalidRequestError: there is no port, or members have several. Nothing was sent.
        """
        if port is None:
            raise InvalidRequestError("A balancer needs a port", driver=self)
        members = members or []
        protocol = (protocol or "tcp").upper()
        zones = ex_members_availability_zones or (None if ex_subnets else ["a"])
        listener = (port, self._instance_port(port, members), protocol)
        params = {
            "LoadBalancerName": name,
            **_listener_params([(*listener, ex_ssl_certificate_id)]),
            **numbered("AvailabilityZones", self._zone_names(zones)),
            **numbered("Subnets", ex_subnets),
            **numbered("SecurityGroups", ex_security_groups),
            "Scheme": ex_scheme,
            **tag_params(ex_tags),
        }
        params["Listeners.member.1.InstanceProtocol"] = protocol
        result = self._call("CreateLoadBalancer", params)
        balancer = LoadBalancer(
            id=name,
            name=name,
            state=State.PENDING,
            ip=findtext(result, "DNSName"),
            port=port,
            driver=self,
        )
        if members:
            with telling_what_is_left(f"the balancer {name} was made, without its members"):
                self._register("RegisterInstancesWithLoadBalancer", balancer, members)
        return balancer

    def destroy_balancer(self, balancer: LoadBalancer) -> bool:
        """Destroy a balancer, and return True, even if there was no such balancer."""
        return self._do("DeleteLoadBalancer", {"LoadBalancerName": balancer.id})

    # -- members ----------------------------------------------------------------------------------

    def balancer_list_members(self, balancer: LoadBalancer) -> list[Member]:
        """The instances behind a balancer, by id: without addresses and ports."""
        return [
            self._to_member(instance, balancer)
            for instance in findall(self._describe(balancer.id), "Instances/member")
        ]

    def balancer_attach_member(self, balancer: LoadBalancer, member: Member) -> Member:
        """Put an instance, by its id, behind a balancer."""
        self._register("RegisterInstancesWithLoadBalancer", balancer, [member])
        return Member(self._member_id(member), None, None, balancer=balancer)

    def balancer_attach_compute_node(self, balancer: LoadBalancer, node: Any) -> Member:
        """Put a node of EC2 behind a balancer, by its id."""
        return self.balancer_attach_member(balancer, Member(node.id, None, None))

    def balancer_detach_member(self, balancer: LoadBalancer, member: Member) -> bool:
        """Take an instance away, and return True, even if it was not behind the balancer."""
        self._register("DeregisterInstancesFromLoadBalancer", balancer, [member])
        return True

    def ex_list_member_health(self, balancer: LoadBalancer) -> list[Member]:
        """
        The members with their health.

        ``extra`` has ``health`` (``InService``, ``OutOfService``, ``Unknown``), ``health_reason``
        (``ELB``, ``Instance``, ``N/A``) and ``health_description``.

        https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeInstanceHealth.html
        """
        result = self._call("DescribeInstanceHealth", {"LoadBalancerName": balancer.id})
        members = []
        for state in findall(require(result, "InstanceStates", driver=self), "member"):
            member = self._to_member(state, balancer)
            member.extra["health"] = findtext(state, "State")
            member.extra["health_reason"] = findtext(state, "ReasonCode")
            member.extra["health_description"] = findtext(state, "Description")
            members.append(member)
        return members

    def ex_configure_health_check(
        self,
        balancer: LoadBalancer,
        target: str,
        interval: int = 30,
        timeout: int = 5,
        unhealthy_threshold: int = 2,
        healthy_threshold: int = 10,
    ) -> bool:
        """
        Say how members are checked, and return True.

        :param target: ``HTTP:80/index.html``, ``HTTPS:443/``, ``TCP:22``, ``SSL:443``.
        :param interval: Seconds between checks of a member.
        :param timeout: Seconds without an answer that make a check fail.
        :param unhealthy_threshold: Failures in a row that take a member out.
        :param healthy_threshold: Successes in a row that bring it back.
        """
        params = {
            "LoadBalancerName": balancer.id,
            "HealthCheck.Target": target,
            "HealthCheck.Interval": interval,
            "HealthCheck.Timeout": timeout,
            "HealthCheck.UnhealthyThreshold": unhealthy_threshold,
            "HealthCheck.HealthyThreshold": healthy_threshold,
        }
        return self._do("ConfigureHealthCheck", params)

    # -- policies ---------------------------------------------------------------------------------

    def ex_list_balancer_policies(self, balancer: LoadBalancer) -> list[str]:
        """The names of a balancer's policies."""
        result = self._call("DescribeLoadBalancerPolicies", {"LoadBalancerName": balancer.id})
        policies = require(result, "PolicyDescriptions", driver=self)
        return texts_of(policies, "member/PolicyName")

    def ex_list_balancer_policy_types(self) -> list[str]:
        """The names of the types that policies can have."""
        result = self._call("DescribeLoadBalancerPolicyTypes", {})
        types = require(result, "PolicyTypeDescriptions", driver=self)
        return texts_of(types, "member/PolicyTypeName")

    def ex_create_balancer_policy(
        self,
        name: str,
        policy_name: str,
        policy_type: str,
        policy_attributes: Mapping[str, Any] | None = None,
    ) -> bool:
        """
        Create a policy, and return True. It does nothing until it is set for a port.

        :param name: Of the balancer.
        :param policy_type: One of :meth:`ex_list_balancer_policy_types`.
        :param policy_attributes: Name -> value, by the type: ``{"ProxyProtocol": True}``.
        :raises ResourceExistsError: the balancer has a policy of that name.
        """
        params = {
            "LoadBalancerName": name,
            "PolicyName": policy_name,
            "PolicyTypeName": policy_type,
        }
        for index, (attribute, value) in enumerate((policy_attributes or {}).items(), 1):
            params[f"PolicyAttributes.member.{index}.AttributeName"] = attribute
            params[f"PolicyAttributes.member.{index}.AttributeValue"] = value
        return self._do("CreateLoadBalancerPolicy", params)

    def ex_delete_balancer_policy(self, name: str, policy_name: str) -> bool:
        """
        Delete a policy that is set for no port, and return True.

        :param name: Of the balancer.
        """
        params = {"LoadBalancerName": name, "PolicyName": policy_name}
        return self._do("DeleteLoadBalancerPolicy", params)

    def ex_set_balancer_policies_listener(
        self, name: str, port: int, policies: Sequence[str]
    ) -> bool:
        """
        Set the policies of a listener, in place of those that it has, and return True.

        :param name: Of the balancer.
        :param port: Of the listener.
        :param policies: Names; none take all away.
        """
        params = {"LoadBalancerName": name, "LoadBalancerPort": port}
        return self._do("SetLoadBalancerPoliciesOfListener", {**params, **_policy_names(policies)})

    def ex_set_balancer_policies_backend_server(
        self, name: str, instance_port: int, policies: Sequence[str]
    ) -> bool:
        """
        Set the policies for a port of the members, in place of those it has, and return True.

        :param name: Of the balancer.
        :param policies: Names; none take all away.
        """
        params = {
            "LoadBalancerName": name,
            "InstancePort": instance_port,
            **_policy_names(policies),
        }
        return self._do("SetLoadBalancerPoliciesForBackendServer", params)

    # -- listeners --------------------------------------------------------------------------------

    def ex_create_balancer_listeners(
        self, name: str, listeners: Iterable[Sequence[Any]] | None = None
    ) -> bool:
        """
        Add listeners to a balancer, and return True; False, without a request, for none.

        :param name: Of the balancer.
        :param listeners: Port of the balancer, port of the members, protocol, and for ``HTTPS`` and
            ``SSL`` the ARN of a certificate: ``[(443, 8443, "HTTPS", "arn:aws:iam::...")]``.
        :raises ResourceExistsError: a listener has that port, with other settings.
        """
        params = _listener_params(listeners or ())
        if not params:
            return False
        return self._do("CreateLoadBalancerListeners", {"LoadBalancerName": name, **params})

    def ex_delete_balancer_listeners(self, name: str, ports: Iterable[int]) -> bool:
        """
        Remove listeners, and return True, even if there were none at these ports.

        :param name: Of the balancer.
        :param ports: Of the balancer.
        """
        params = {"LoadBalancerName": name, **numbered("LoadBalancerPorts", ports)}
        return self._do("DeleteLoadBalancerListeners", params)

    # -- tags -------------------------------------------------------------------------------------

    def ex_list_tags(self, balancer: LoadBalancer) -> dict[str, str | None]:
        """The tags of a balancer, name -> value."""
        tags: dict[str, str | None] = {}
        for description in self._tag_descriptions([balancer.id]):
            tags.update(read_tags(description))
        return tags

    def ex_create_tags(self, balancer: LoadBalancer, tags: Mapping[str, str | None]) -> bool:
        """Add tags, or change their values, and return True. No tags take no request."""
        params = {**numbered("LoadBalancerNames", [balancer.id]), **tag_params(tags)}
        return self._do("AddTags", params) if tags else True

    def ex_delete_tags(self, balancer: LoadBalancer, keys: Iterable[str]) -> bool:
        """Remove tags by their names, and return True. No names take no request."""
        params = numbered("LoadBalancerNames", [balancer.id])
        for index, key in enumerate(keys, 1):
            params[f"Tags.member.{index}.Key"] = key
        return self._do("RemoveTags", params) if len(params) > 1 else True

    # -- what the methods share -------------------------------------------------------------------

    def _describe(self, name: str) -> Element:
        """The description of one balancer."""
        params = numbered("LoadBalancerNames", [name])
        return self._one("DescribeLoadBalancers", params, "LoadBalancerDescriptions")

    def _register(self, action: str, balancer: LoadBalancer, members: list[Member]) -> None:
        params: dict[str, Any] = {"LoadBalancerName": balancer.id}
        for index, member in enumerate(members, 1):
            params[f"Instances.member.{index}.InstanceId"] = self._member_id(member)
        self._do(action, params)

    def _member_id(self, member: Member) -> str:
        if not member.id:
            raise InvalidRequestError(f"{member} is no instance: it has no id", driver=self)
        return member.id

    def _instance_port(self, port: int, members: list[Member]) -> int:
        ports = {member.port for member in members if member.port}
        if len(ports) > 1:
            raise InvalidRequestError(
                f"A listener connects to one port of its members, not to {sorted(ports)}",
                driver=self,
            )
        return ports.pop() if ports else port

    def _zone_names(self, zones: Iterable[str] | None) -> list[str]:
        """Full names of zones; a letter alone is one of the region's own."""
        return [
            zone if zone.startswith(self.region_name) else f"{self.region_name}{zone}"
            for zone in zones or ()
        ]

    def _tag_descriptions(self, names: Iterable[str]) -> list[Element]:
        result = self._call("DescribeTags", numbered("LoadBalancerNames", names))
        return findall(require(result, "TagDescriptions", driver=self), "member")

    def _fetch_tags(self, balancers: list[LoadBalancer]) -> None:
        tags = {
            findtext(description, "LoadBalancerName"): read_tags(description)
            for description in self._tag_descriptions(balancer.id for balancer in balancers)
        }
        for balancer in balancers:
            balancer.extra["tags"] = tags.get(balancer.id, {})

    # -- parsing ----------------------------------------------------------------------------------

    def _to_balancers(self, data: Element) -> list[LoadBalancer]:
        found = findall(data, "DescribeLoadBalancersResult/LoadBalancerDescriptions/member")
        return [self._to_balancer(element) for element in found]

    def _to_balancer(self, el: Element) -> LoadBalancer:
        name = required_text(el, "LoadBalancerName", driver=self)
        listeners = [
            _to_listener(listener) for listener in findall(el, "ListenerDescriptions/member")
        ]
        return LoadBalancer(
            id=name,
            name=name,
            state=State.UNKNOWN,
            ip=findtext(el, "DNSName"),
            port=listeners[0]["port"] if listeners else None,
            driver=self,
            extra={
                "listeners": listeners,
                "scheme": findtext(el, "Scheme"),
                "vpc": findtext(el, "VPCId"),
                "availability_zones": texts_of(el, "AvailabilityZones/member"),
                "subnets": texts_of(el, "Subnets/member"),
                "security_groups": texts_of(el, "SecurityGroups/member"),
                "created": date_at(el, "CreatedTime"),
                "health_check": _to_health_check(find(el, "HealthCheck")),
            },
        )

    def _to_member(self, element: Element, balancer: LoadBalancer) -> Member:
        instance = required_text(element, "InstanceId", driver=self)
        return Member(instance, None, None, balancer=balancer)


def _listener_params(listeners: Iterable[Sequence[Any]]) -> dict[str, Any]:
    params: dict[str, Any] = {}
    for index, (port, instance_port, protocol, *certificate) in enumerate(listeners, 1):
        prefix = f"Listeners.member.{index}"
        params[f"{prefix}.LoadBalancerPort"] = port
        params[f"{prefix}.InstancePort"] = instance_port
        params[f"{prefix}.Protocol"] = protocol.upper()
        if certificate and certificate[0]:
            params[f"{prefix}.SSLCertificateId"] = certificate[0]
    return params


def _policy_names(policies: Sequence[str]) -> dict[str, Any]:
    # No policies are said by an empty list, and nothing at all would be a mistake.
    return numbered("PolicyNames", policies) or {"PolicyNames": ""}


def _to_listener(element: Element) -> dict[str, Any]:
    listener = require(element, "Listener")
    return {
        "protocol": findtext(listener, "Protocol"),
        "port": number(findtext(listener, "LoadBalancerPort")),
        "instance_protocol": findtext(listener, "InstanceProtocol"),
        "instance_port": number(findtext(listener, "InstancePort")),
        "ssl_certificate_id": findtext(listener, "SSLCertificateId"),
        "policies": texts_of(element, "PolicyNames/member"),
    }


def _to_health_check(element: Element | None) -> dict[str, Any] | None:
    if element is None or findtext(element, "Target") is None:
        return None
    return {
        "target": findtext(element, "Target"),
        "interval": number(findtext(element, "Interval")),
        "timeout": number(findtext(element, "Timeout")),
        "unhealthy_threshold": number(findtext(element, "UnhealthyThreshold")),
        "healthy_threshold": number(findtext(element, "HealthyThreshold")),
    }
