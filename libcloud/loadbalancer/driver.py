"""The base of load balancer drivers. What its docstrings say is the contract of every driver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from libcloud.common.base import BaseDriver, ConnectionKey
from libcloud.common.errors import LibcloudError, ResourceNotFoundError
from libcloud.common.operations import operation, overrides, unsupported
from libcloud.loadbalancer.models import Algorithm, LoadBalancer, Member

if TYPE_CHECKING:
    from libcloud.compute.base import Node

__all__ = ["DEFAULT_ALGORITHM", "Driver"]

DEFAULT_ALGORITHM = Algorithm.ROUND_ROBIN


class Driver(BaseDriver):
    """
    A provider of load balancers.

    A driver implements ``iterate_balancers`` and whichever of the others the provider has.
    ``get_balancer`` works by looking through the listing; a driver overrides it where the provider
    answers with one request. One instance may be shared by any number of threads.
    """

    connectionCls: Any = ConnectionKey
    name: str | None = None
    website: str | None = None

    _ALGORITHM_TO_VALUE_MAP: dict[int, Any] = {}
    """Algorithm -> the provider's name for it, for all that the provider has."""

    _VALUE_TO_ALGORITHM_MAP: dict[Any, int] = {}
    """The other way round."""

    def __init__(
        self,
        key: str | None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(key=key, secret=secret, secure=secure, host=host, port=port, **kwargs)

    def list_supported_algorithms(self) -> list[int]:
        """The algorithms that :meth:`create_balancer` takes. Makes no request."""
        return list(self._ALGORITHM_TO_VALUE_MAP)

    @operation("balancers")
    def list_protocols(self) -> list[str]:
        """The protocols that :meth:`create_balancer` takes, in lower case: ``["http", "tcp"]``."""
        raise unsupported(self, "list_protocols")

    # Balancers

    @operation("balancers", needs=("list_balancers",))
    def iterate_balancers(self) -> Iterator[LoadBalancer]:
        """
        All balancers of the account, page by page: one request before the first balancer.

        The order is the provider's.
        """
        if not overrides(self, "list_balancers"):
            raise unsupported(self, "iterate_balancers")
        return iter(self.list_balancers())

    @operation("balancers", needs=("iterate_balancers",))
    def list_balancers(self) -> list[LoadBalancer]:
        """All balancers of the account: :meth:`iterate_balancers` as a list."""
        if not overrides(self, "iterate_balancers"):
            raise unsupported(self, "list_balancers")
        return list(self.iterate_balancers())

    @operation("balancers", needs=("iterate_balancers",))
    def get_balancer(self, balancer_id: str) -> LoadBalancer:
        """
        The balancer with an ID.

        Unless the driver overrides it, this looks through :meth:`iterate_balancers`.

        :raises ResourceNotFoundError: there is no such balancer.
        """
        for balancer in self.iterate_balancers():
            if balancer.id == str(balancer_id):
                return balancer
        raise ResourceNotFoundError(f"No such balancer: {balancer_id}", driver=self)

    @operation("balancers")
    def create_balancer(
        self,
        name: str,
        port: int | None,
        protocol: str | None,
        algorithm: int | None,
        members: list[Member] | None,
    ) -> LoadBalancer:
        """
        Create a balancer with its members and return it.

        It may not serve yet; its state tells.

        :param port: Port that clients connect to.
        :param protocol: One of :meth:`list_protocols`; None for the provider's own choice.
        :param algorithm: One of :class:`Algorithm`; None for the provider's own choice.
        :param members: What to put behind it; None or an empty list for nothing yet.
        :raises ResourceExistsError: the name is taken, at providers where names are unique.
        :raises LibcloudError: the provider does not have the algorithm.
        """
        raise unsupported(self, "create_balancer")

    @operation("balancers")
    def update_balancer(self, balancer: LoadBalancer, **kwargs: Any) -> LoadBalancer:
        """
        Change a balancer and return it as it is now.

        :param kwargs: What to change: ``name``, ``port``, ``protocol``, ``algorithm``, as for
            :meth:`create_balancer`. What is absent stays.
        :raises ResourceNotFoundError: there is no such balancer.
        :raises LibcloudLBImmutableError: it cannot be changed now.
        """
        raise unsupported(self, "update_balancer")

    @operation("balancers")
    def destroy_balancer(self, balancer: LoadBalancer) -> bool:
        """
        Destroy a balancer, and return True. Its members run on.

        :raises ResourceNotFoundError: there is no such balancer. At some providers (ELB among them)
            this succeeds instead.
        """
        raise unsupported(self, "destroy_balancer")

    # Members

    @operation("members")
    def balancer_list_members(self, balancer: LoadBalancer) -> list[Member]:
        """
        The members behind a balancer, each with its ``balancer`` set.

        :raises ResourceNotFoundError: there is no such balancer.
        """
        raise unsupported(self, "balancer_list_members")

    @operation("members")
    def balancer_attach_member(self, balancer: LoadBalancer, member: Member) -> Member:
        """
        Put a member behind a balancer, and return it as the balancer has it.

        :raises ResourceNotFoundError: there is no such balancer.
        :raises LibcloudLBImmutableError: the balancer cannot be changed now.
        """
        raise unsupported(self, "balancer_attach_member")

    @operation("members", needs=("balancer_attach_member",))
    def balancer_attach_compute_node(self, balancer: LoadBalancer, node: Node) -> Member:
        """
        Put a node behind a balancer, by its first public address and the balancer's port.

        A driver overrides this where the provider takes nodes by ID.

        :raises LibcloudError: the node has no public address.
        """
        if not overrides(self, "balancer_attach_member"):
            raise unsupported(self, "balancer_attach_compute_node")
        if not node.public_ips:
            raise LibcloudError(f"Node {node.id} has no public address", driver=self)
        member = Member(id=None, ip=node.public_ips[0], port=balancer.port)
        return self.balancer_attach_member(balancer, member)

    @operation("members")
    def balancer_detach_member(self, balancer: LoadBalancer, member: Member) -> bool:
        """
        Take a member away from a balancer, and return True. The server itself runs on.

        :param member: What :meth:`balancer_list_members` or :meth:`balancer_attach_member` gave.
        :raises ResourceNotFoundError: there is no such balancer, or no such member behind it. Some
            providers say nothing about the latter.
        :raises LibcloudLBImmutableError: the balancer cannot be changed now.
        """
        raise unsupported(self, "balancer_detach_member")

    def _value_to_algorithm(self, value: Any) -> int:
        """
        The algorithm that a provider's name stands for.

        :raises LibcloudError: the driver does not know the name.
        """
        try:
            return self._VALUE_TO_ALGORITHM_MAP[value]
        except KeyError:
            raise LibcloudError(f"Invalid value: {value}", driver=self) from None

    def _algorithm_to_value(self, algorithm: int) -> Any:
        """
        The provider's name of an algorithm.

        :raises LibcloudError: the provider does not have it.
        """
        try:
            return self._ALGORITHM_TO_VALUE_MAP[algorithm]
        except KeyError:
            raise LibcloudError(f"Invalid algorithm: {algorithm}", driver=self) from None
