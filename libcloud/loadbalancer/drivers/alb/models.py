"""
Balancers, listeners, rules and target groups.

They lead to each other: what is at the other end of such an attribute is fetched when it is first
asked for, and kept. Assigning to the attribute puts something else there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libcloud.loadbalancer.base import LoadBalancer, Member

__all__ = ["ALBBalancer", "ALBListener", "ALBRule", "ALBTargetGroup"]


class ALBBalancer(LoadBalancer):
    """
    A balancer whose listeners and tags are fetched, in two requests, when ``port`` or ``extra`` is
    first asked for: a listing would need them for each of its balancers.

    :param known: What ``extra`` has anyway; with ``listeners``, nothing will be fetched.
    """

    _extra: dict[str, Any]
    _port: int | None

    def __init__(
        self,
        id: str,
        name: str,
        state: int,
        ip: str | None,
        driver: Any,
        known: Mapping[str, Any],
    ) -> None:
        super().__init__(id, name, state, ip, None, driver, dict(known))

    @property
    def extra(self) -> dict[str, Any]:
        if "listeners" not in self._extra:
            listeners = self.driver.ex_list_listeners(self)  # type: ignore[attr-defined]
            tags = self.driver.ex_list_tags(self)  # type: ignore[attr-defined]
            self._extra.update(listeners=listeners, tags=tags)
        return self._extra

    @extra.setter
    def extra(self, extra: dict[str, Any]) -> None:
        self._extra = extra

    @property
    def port(self) -> int | None:
        """The port of the first listener, None where there is no listener."""
        if self._port is None:
            listeners = self.extra["listeners"]
            self._port = listeners[0].port if listeners else None
        return self._port

    @port.setter
    def port(self, port: int | None) -> None:
        self._port = port

    def __repr__(self) -> str:
        # Whoever looks at it, in a debugger say, makes no request.
        return (
            f"<LoadBalancer: id={self.id}, name={self.name}, state={self.state}, "
            f"ip={self.ip}, port={self._port}>"
        )


class ALBTargetGroup:
    """
    Targets that do the same, and how they are checked.

    :param target_group_id: ARN of the group.
    :param vpc: Id of the VPC.
    :param health_check_timeout: Seconds without an answer that make a check fail.
    :param health_check_port: A number as text, or ``traffic-port`` for the target's own.
    :param health_check_path: None where checks are not of HTTP, as the matcher is.
    :param health_check_matcher: Statuses that mean health: ``200``, ``200,202``, ``200-299``.
    :param health_check_interval: Seconds between checks of a target.
    :param healthy_threshold: Successes in a row that bring a target back.
    :param unhealthy_threshold: Failures in a row that take it out.
    :param balancers: What leads to it.
    :param members: Its targets.
    :param target_type: ``instance``, ``ip``, ``lambda`` or ``alb``.
    :param balancer_ids: ARNs of the balancers, where they are still to be fetched.
    """

    def __init__(
        self,
        target_group_id: str,
        name: str,
        protocol: str | None,
        port: int | None,
        vpc: str | None,
        driver: Any,
        health_check_timeout: int = 5,
        health_check_port: str | None = "traffic-port",
        health_check_path: str | None = "/",
        health_check_proto: str | None = "HTTP",
        health_check_matcher: str | None = "200",
        health_check_interval: int = 30,
        healthy_threshold: int = 5,
        unhealthy_threshold: int = 2,
        balancers: Sequence[LoadBalancer] = (),
        members: Sequence[Member] = (),
        target_type: str = "instance",
        balancer_ids: Sequence[str] = (),
    ) -> None:
        self.id = target_group_id
        self.name = name
        self.protocol = protocol
        self.port = port
        self.vpc = vpc
        self.target_type = target_type
        self.health_check_timeout = health_check_timeout
        self.health_check_port = health_check_port
        self.health_check_path = health_check_path
        self.health_check_proto = health_check_proto
        self.health_check_matcher = health_check_matcher
        self.health_check_interval = health_check_interval
        self.healthy_threshold = healthy_threshold
        self.unhealthy_threshold = unhealthy_threshold
        self._balancers = list(balancers)
        self._balancer_ids = [balancer.id for balancer in balancers] or list(balancer_ids)
        self._members = list(members)
        self._driver = driver

    @property
    def balancers(self) -> list[LoadBalancer]:
        """The balancers that led to it when it was fetched."""
        if not self._balancers:
            self._balancers = [self._driver.get_balancer(id) for id in self._balancer_ids]
        return self._balancers

    @balancers.setter
    def balancers(self, balancers: Sequence[LoadBalancer]) -> None:
        self._balancers = list(balancers)
        self._balancer_ids = [balancer.id for balancer in balancers]

    @property
    def balancer_ids(self) -> list[str]:
        """The ARNs of the balancers that led to it when it was fetched."""
        return self._balancer_ids

    @property
    def members(self) -> list[Member]:
        """Its targets, and how they were when they were first asked for."""
        if not self._members:
            self._members = self._driver.ex_list_targets(self)
        return self._members

    @members.setter
    def members(self, members: Sequence[Member]) -> None:
        self._members = list(members)

    def __repr__(self) -> str:
        return f"<ALBTargetGroup: id={self.id}, name={self.name}>"


class ALBListener:
    """
    A port of a balancer.

    :param listener_id: ARN of the listener.
    :param balancer: The balancer, None where it is still to be fetched.
    :param action: What it does with what no rule is about: ``forward``, ``redirect`` ...
    :param ssl_certificate: ARN of the certificate.
    :param rules: Its rules; none where they are still to be fetched.
    :param balancer_id: ARN of the balancer, where it is still to be fetched.
    """

    def __init__(
        self,
        listener_id: str,
        protocol: str | None,
        port: int,
        balancer: LoadBalancer | None,
        driver: Any,
        action: str | None = "",
        ssl_policy: str | None = "",
        ssl_certificate: str | None = "",
        rules: Sequence[ALBRule] = (),
        balancer_id: str | None = None,
    ) -> None:
        self.id = listener_id
        self.protocol = protocol
        self.port = port
        self.action = action
        self.ssl_policy = ssl_policy
        self.ssl_certificate = ssl_certificate
        self._balancer = balancer
        self._balancer_id = balancer.id if balancer else balancer_id
        self._rules = list(rules)
        self._driver = driver

    @property
    def balancer(self) -> LoadBalancer | None:
        """The balancer that it belongs to."""
        if self._balancer is None and self._balancer_id:
            self._balancer = self._driver.get_balancer(self._balancer_id)
        return self._balancer

    @balancer.setter
    def balancer(self, balancer: LoadBalancer) -> None:
        self._balancer = balancer
        self._balancer_id = balancer.id

    @property
    def rules(self) -> list[ALBRule]:
        """Its rules by their priority, the default one last."""
        if not self._rules:
            self._rules = self._driver.ex_list_rules(self)
        return self._rules

    @rules.setter
    def rules(self, rules: Sequence[ALBRule]) -> None:
        self._rules = list(rules)

    def __repr__(self) -> str:
        return f"<ALBListener: id={self.id}, protocol={self.protocol}, port={self.port}>"


class ALBRule:
    """
    What a listener does with some of what it gets.

    :param rule_id: ARN of the rule.
    :param priority: A number as text: the lowest is looked at first; ``default`` is the last.
    :param target_group: Where it leads; None where it is still to be fetched, or leads to none.
    :param conditions: Field -> values, one of which must match: ``{"path-pattern": ["/img/*"]}``.
    :param target_group_id: ARN of the group, where it is still to be fetched.
    :param listener_id: ARN of the listener, where it is still to be fetched.
    """

    def __init__(
        self,
        rule_id: str,
        is_default: bool,
        priority: str | None,
        target_group: ALBTargetGroup | None,
        driver: Any,
        conditions: Mapping[str, list[str]] | None = None,
        listener: ALBListener | None = None,
        target_group_id: str | None = None,
        listener_id: str | None = None,
    ) -> None:
        self.id = rule_id
        self.is_default = is_default
        self.priority = priority
        self.conditions = dict(conditions or {})
        self._target_group = target_group
        self._target_group_id = target_group.id if target_group else target_group_id
        self._listener = listener
        self._listener_id = listener.id if listener else listener_id
        self._driver = driver

    @property
    def target_group(self) -> ALBTargetGroup | None:
        """Where it leads: the first of several groups; None where it redirects, or answers."""
        if self._target_group is None and self._target_group_id:
            self._target_group = self._driver.ex_get_target_group(self._target_group_id)
        return self._target_group

    @target_group.setter
    def target_group(self, target_group: ALBTargetGroup) -> None:
        self._target_group = target_group
        self._target_group_id = target_group.id

    @property
    def listener(self) -> ALBListener | None:
        """The listener that it belongs to."""
        if self._listener is None and self._listener_id:
            self._listener = self._driver.ex_get_listener(self._listener_id)
        return self._listener

    @listener.setter
    def listener(self, listener: ALBListener) -> None:
        self._listener = listener
        self._listener_id = listener.id

    def __repr__(self) -> str:
        return f"<ALBRule: id={self.id}, priority={self.priority}>"
