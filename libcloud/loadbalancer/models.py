"""What load balancer drivers take and return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libcloud.compute.base import Node
    from libcloud.loadbalancer.driver import Driver

__all__ = ["Algorithm", "LoadBalancer", "Member"]


class Algorithm:
    """How a balancer chooses the member for a connection."""

    RANDOM = 0
    ROUND_ROBIN = 1
    LEAST_CONNECTIONS = 2
    WEIGHTED_ROUND_ROBIN = 3
    WEIGHTED_LEAST_CONNECTIONS = 4
    SHORTEST_RESPONSE = 5
    PERSISTENT_IP = 6
    LEAST_CONNECTIONS_MEMBER = 7
    LEAST_CONNECTIONS_NODE = 8
    OBSERVED_MEMBER = 9
    OBSERVED_NODE = 10
    PREDICTIVE_MEMBER = 11
    PREDICTIVE_NODE = 12


class Member:
    """
    A server behind a balancer.

    :param id: ID of the member, or of the node where members are nodes; None for one that is known
        by its address only.
    :param ip: Address that the balancer connects to; None where members are known by ID only.
    :param port: Port that the balancer connects to.
    :param balancer: The balancer that it is behind; None for one that is not attached yet.
    :param extra: What only this provider has.
    """

    def __init__(
        self,
        id: str | None,
        ip: str | None,
        port: int | None,
        balancer: LoadBalancer | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id = str(id) if id else None
        self.ip = ip
        self.port = port
        self.balancer = balancer
        self.extra = extra or {}

    def __repr__(self) -> str:
        return f"<Member: id={self.id}, address={self.ip}:{self.port}>"


class LoadBalancer:
    """
    A balancer: one address and port, and the members that share its connections.

    :param id: ID of the balancer at the provider.
    :param name: Name of the balancer.
    :param state: One of :class:`~libcloud.loadbalancer.types.State`.
    :param ip: Address, or host name, that clients connect to; None while it has none.
    :param port: Port that clients connect to; None where the provider does not list it.
    :param driver: The driver that it comes from.
    :param extra: What only this provider has.
    """

    def __init__(
        self,
        id: str,
        name: str,
        state: int,
        ip: str | None,
        port: int | None,
        driver: Driver,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.id: str = str(id) if id else None  # type: ignore[assignment]
        self.name = name
        self.state = state
        self.ip = ip
        self.port = port
        self.driver = driver
        self.extra = extra or {}

    def attach_compute_node(self, node: Node) -> Member:
        """See :meth:`Driver.balancer_attach_compute_node`."""
        return self.driver.balancer_attach_compute_node(balancer=self, node=node)

    def attach_member(self, member: Member) -> Member:
        """See :meth:`Driver.balancer_attach_member`."""
        return self.driver.balancer_attach_member(balancer=self, member=member)

    def detach_member(self, member: Member) -> bool:
        """See :meth:`Driver.balancer_detach_member`."""
        return self.driver.balancer_detach_member(balancer=self, member=member)

    def list_members(self) -> list[Member]:
        """See :meth:`Driver.balancer_list_members`."""
        return self.driver.balancer_list_members(balancer=self)

    def destroy(self) -> bool:
        """See :meth:`Driver.destroy_balancer`."""
        return self.driver.destroy_balancer(balancer=self)

    def __repr__(self) -> str:
        return (
            f"<LoadBalancer: id={self.id}, name={self.name}, state={self.state}, "
            f"ip={self.ip}, port={self.port}>"
        )
