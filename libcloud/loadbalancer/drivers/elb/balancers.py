"""
Balancers.

API: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_LoadBalancerDescription.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from libcloud.common.aws.xml import Element, find, findall, findtext, required_text
from libcloud.common.errors import InvalidRequestError
from libcloud.loadbalancer.aws import date_at, numbered, tag_params, telling_what_is_left, texts_of
from libcloud.loadbalancer.base import LoadBalancer, Member
from libcloud.loadbalancer.drivers.elb.health import Health, to_health_check
from libcloud.loadbalancer.drivers.elb.listeners import Listeners, listener_params, to_listener
from libcloud.loadbalancer.drivers.elb.tags import BALANCERS_PER_REQUEST, Tags
from libcloud.loadbalancer.types import State

__all__ = ["Balancers"]


class Balancers(Health, Listeners, Tags):
    """Balancers."""

    def iterate_balancers(self, ex_fetch_tags: bool = False) -> Iterator[LoadBalancer]:
        """
        All balancers of the region, page by page.

        :param ex_fetch_tags: Also fetch the tags, with one request more for 20 balancers.
        """
        for page in self._pages("DescribeLoadBalancers", {}, "LoadBalancerDescriptions"):
            for start in range(0, len(page), BALANCERS_PER_REQUEST):
                balancers = [
                    self._to_balancer(element)
                    for element in page[start : start + BALANCERS_PER_REQUEST]
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
            **listener_params([(*listener, ex_ssl_certificate_id)]),
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

    def _zone_names(self, zones: Iterable[str] | None) -> list[str]:
        """Full names of zones; a letter alone is one of the region's own."""
        return [
            zone if zone.startswith(self.region_name) else f"{self.region_name}{zone}"
            for zone in zones or ()
        ]

    def _to_balancers(self, data: Element) -> list[LoadBalancer]:
        found = findall(data, "DescribeLoadBalancersResult/LoadBalancerDescriptions/member")
        return [self._to_balancer(element) for element in found]

    def _to_balancer(self, el: Element) -> LoadBalancer:
        name = required_text(el, "LoadBalancerName", driver=self)
        listeners = [
            to_listener(listener) for listener in findall(el, "ListenerDescriptions/member")
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
                "health_check": to_health_check(find(el, "HealthCheck")),
            },
        )
