"""
Balancers.

API: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from libcloud.common.aws.xml import Element, findall, findtext, required_text
from libcloud.common.errors import ConflictError, InvalidRequestError
from libcloud.common.polling import wait_until
from libcloud.loadbalancer.aws import (
    date_at,
    numbered,
    tag_params,
    telling_what_is_left,
    texts_of,
)
from libcloud.loadbalancer.base import LoadBalancer, Member
from libcloud.loadbalancer.drivers.alb.listeners import Listeners
from libcloud.loadbalancer.drivers.alb.members import LONGEST_NAME, Members, group_name
from libcloud.loadbalancer.drivers.alb.models import ALBBalancer, ALBTargetGroup
from libcloud.loadbalancer.drivers.alb.tags import Tags
from libcloud.loadbalancer.types import State

__all__ = ["Balancers"]

BALANCERS = "LoadBalancers"

# A balancer that is being deleted keeps its target groups busy for some seconds.
RELEASE_TIMEOUT = 60.0
RELEASE_INTERVAL = 2.0


class Balancers(Members, Listeners, Tags):
    """Balancers."""

    # What create_balancer makes, and of which type those are that are listed; None for all.
    balancer_type: str = "application"
    listed_type: str | None = None

    # What members are checked by; None for the protocol that is spoken to them.
    health_check_protocol: str | None = None
    default_protocol = "http"

    def iterate_balancers(self) -> Iterator[LoadBalancer]:
        for element in self._all("DescribeLoadBalancers", {}, BALANCERS):
            if self.listed_type in (None, findtext(element, "Type")):
                yield self._to_balancer(element)

    def get_balancer(self, balancer_id: str) -> LoadBalancer:
        """
        The balancer of an ARN, in one request.

        :raises ResourceNotFoundError: there is no such balancer.
        """
        params = numbered("LoadBalancerArns", [balancer_id])
        return self._to_balancer(self._one("DescribeLoadBalancers", params, BALANCERS))

    def create_balancer(
        self,
        name: str,
        port: int | None,
        protocol: str | None,
        algorithm: int | None,
        members: list[Member] | None,
        ex_scheme: str | None = None,
        ex_security_groups: Iterable[str] | None = None,
        ex_subnets: Iterable[str] | None = None,
        ex_tags: Mapping[str, str] | None = None,
        ex_ssl_cert_arn: str | None = None,
    ) -> LoadBalancer:
        """
        Create a balancer, a target group of its name and ``-tg``, and a listener that leads there.

        ``extra["listener"]`` of the balancer is the listener. When one of the four requests fails,
        its error says what the others have made.

        :param name: At most 29 letters, digits and hyphens.
        :param protocol: Spoken to clients and members.
        :param algorithm: Not looked at: a target group has its own, round robin unless changed.
        :param members: All instances by ``id``, or all servers by ``ip``; one without a port is
            connected at the balancer's.
        :param ex_scheme: ``internet-facing`` or ``internal``.
        :param ex_security_groups: Ids; without any, the VPC's default one.
        :param ex_subnets: Ids, of two availability zones at least.
        :param ex_ssl_cert_arn: The certificate, for ``https`` and ``tls``.
        :raises ResourceExistsError: there is a balancer of that name, with other settings.
        :raises InvalidRequestError: there is no port, the name is too long, or some members have
            only addresses and others have ids. Nothing was sent.
        """
        if port is None:
            raise InvalidRequestError("A balancer needs a port", driver=self)
        members = members or []
        protocol = (protocol or self.default_protocol).upper()
        target_type = self._target_type(members)
        if len(name) > LONGEST_NAME:
            raise InvalidRequestError(f"{name} has more than {LONGEST_NAME} characters", self)
        balancer = self.ex_create_balancer(
            name,
            scheme=ex_scheme,
            security_groups=ex_security_groups,
            subnets=ex_subnets,
            tags=ex_tags,
        )
        with telling_what_is_left(f"the balancer {balancer.id} was made, without a listener"):
            target_group = self.ex_create_target_group(
                group_name(balancer),
                port,
                protocol,
                balancer.extra["vpc"],
                health_check_proto=self.health_check_protocol or protocol,
                target_type=target_type,
            )
            with telling_what_is_left(f"the target group {target_group.id} was made, too"):
                self.ex_register_targets(target_group, members)
                listener = self.ex_create_listener(
                    balancer, port, protocol, target_group, ssl_cert_arn=ex_ssl_cert_arn
                )
        balancer.extra["listener"] = listener
        balancer.extra["listeners"] = [listener]
        balancer.port = port
        return balancer

    def ex_create_balancer(
        self,
        name: str,
        addr_type: str = "ipv4",
        scheme: str | None = "internet-facing",
        security_groups: Iterable[str] | None = None,
        subnets: Iterable[str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> LoadBalancer:
        """
        Create a balancer without listeners.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html

        :param addr_type: ``ipv4`` or ``dualstack``.
        :param scheme: ``internet-facing`` or ``internal``.
        :param security_groups: Ids; without any, the VPC's default one.
        :param subnets: Ids, of two availability zones at least.
        :raises ResourceExistsError: there is a balancer of that name, with other settings.
        """
        params = {
            "Name": name,
            "Type": self.balancer_type,
            "IpAddressType": addr_type,
            "Scheme": scheme,
            **numbered("SecurityGroups", security_groups),
            **numbered("Subnets", subnets),
            **tag_params(tags),
        }
        element = self._made("CreateLoadBalancer", params, BALANCERS)
        return self._to_balancer(element, listeners=[], tags=dict(tags or {}))

    def update_balancer(self, balancer: LoadBalancer, **kwargs: Any) -> LoadBalancer:
        """
        Change the listener of a balancer that has one, and return the balancer as it is now.

        :param kwargs: ``port``, ``protocol``, and ``ex_ssl_cert_arn`` for ``https`` and ``tls``.
            Names stay for ever.
        :raises InvalidRequestError: the balancer has another number of listeners, or something
            else is to be changed.
        """
        unknown = kwargs.keys() - {"port", "protocol", "ex_ssl_cert_arn"}
        if unknown:
            raise InvalidRequestError(f"Cannot be changed: {', '.join(sorted(unknown))}", self)
        listeners = self.ex_list_listeners(balancer)
        if len(listeners) != 1:
            raise InvalidRequestError(
                f"{balancer.name} has {len(listeners)} listeners: use ex_modify_listener", self
            )
        self.ex_modify_listener(
            listeners[0],
            port=kwargs.get("port"),
            proto=kwargs.get("protocol"),
            ssl_cert_arn=kwargs.get("ex_ssl_cert_arn"),
        )
        return self.get_balancer(balancer.id)

    def destroy_balancer(self, balancer: LoadBalancer) -> bool:
        """
        Destroy a balancer with its listeners, and return True.

        The target group that ``create_balancer`` made goes with it, unless it has another balancer
        too; other groups stay.

        :raises ResourceNotFoundError: there is no such balancer.
        :raises WaitTimeoutError: the balancer is gone, its target group is still in use.
        """
        own = [
            group
            for group in self.ex_list_target_groups(balancer)
            if group.name == group_name(balancer) and set(group.balancer_ids) == {balancer.id}
        ]
        self._do("DeleteLoadBalancer", {"LoadBalancerArn": balancer.id})
        for group in own:
            wait_until(
                partial(self._was_released, group),
                RELEASE_TIMEOUT,
                RELEASE_INTERVAL,
                f"{balancer.name}, which is gone, to release the target group {group.id}",
            )
        return True

    def _was_released(self, target_group: ALBTargetGroup) -> bool:
        try:
            return self.ex_delete_target_group(target_group)
        except ConflictError:
            return False

    def _target_type(self, members: list[Member]) -> str:
        by_address = [member for member in members if not member.id]
        if by_address and len(by_address) < len(members):
            raise InvalidRequestError(
                "Members of one balancer are all known by id, or all by address", driver=self
            )
        return "ip" if by_address else "instance"

    def _to_balancers(self, data: Element) -> list[LoadBalancer]:
        found = findall(data, "DescribeLoadBalancersResult/LoadBalancers/member")
        return [self._to_balancer(element) for element in found]

    def _to_balancer(self, el: Element, **known: Any) -> LoadBalancer:
        return ALBBalancer(
            id=required_text(el, "LoadBalancerArn", driver=self),
            name=required_text(el, "LoadBalancerName", driver=self),
            state=State.UNKNOWN,
            ip=findtext(el, "DNSName"),
            driver=self,
            known={
                "vpc": findtext(el, "VpcId"),
                "type": findtext(el, "Type"),
                "scheme": findtext(el, "Scheme"),
                "state": findtext(el, "State/Code"),
                "availability_zones": texts_of(el, "AvailabilityZones/member/ZoneName"),
                "subnets": texts_of(el, "AvailabilityZones/member/SubnetId"),
                "security_groups": texts_of(el, "SecurityGroups/member"),
                "created": date_at(el, "CreatedTime"),
                **known,
            },
        )
