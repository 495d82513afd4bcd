"""
The conformance suite of load balancer drivers.

::

    class TestAcme(LoadBalancerDriverConformance):
        @pytest.fixture
        def driver(self):
            return AcmeLBDriver("key")

Every balancer that a test makes is destroyed again. What providers differ in are class attributes,
methods and the fixtures ``members`` and ``node`` of the suite, to be overridden.
"""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError, ResourceNotFoundError
from libcloud.loadbalancer.base import Algorithm, LoadBalancer, Member
from libcloud.loadbalancer.types import State
from libcloud.testing.base import Conformance, needs, run_in_threads

__all__ = ["LoadBalancerDriverConformance"]

THREADS = 8

_ALGORITHMS = {value for name, value in vars(Algorithm).items() if name.isupper()}
_STATES = {value for name, value in vars(State).items() if name.isupper()}


class LoadBalancerDriverConformance(Conformance):
    """Whether a driver keeps the contract of :class:`~libcloud.loadbalancer.driver.Driver`."""

    port = 80
    protocol = "http"
    other_port = 8080

    balancer_options: dict[str, Any] = {}
    """Further arguments for ``create_balancer``, where the provider demands some."""

    def new_name(self) -> str:
        """A name that no balancer has."""
        return f"libcloud-{uuid.uuid4().hex[:12]}"

    def wait(self, balancer: LoadBalancer) -> LoadBalancer:
        """The balancer when it can be changed; called after each change."""
        return balancer

    @pytest.fixture
    def members(self) -> list[Member]:
        """Two members that can be attached, and are not."""
        return [Member(None, "192.0.2.10", 80), Member(None, "192.0.2.11", 80)]

    @pytest.fixture
    def node(self) -> Any:
        """A compute node that can be attached; None when there is none."""
        return SimpleNamespace(id="node-1", public_ips=["192.0.2.12"], private_ips=[])

    @pytest.fixture
    def balancer(self, driver: Any) -> Iterator[LoadBalancer]:
        balancer = self._create(driver)
        yield balancer
        driver.destroy_balancer(balancer)

    # What there is

    def test_supported_algorithms_are_known_and_translate_both_ways(self, driver: Any) -> None:
        for algorithm in driver.list_supported_algorithms():
            assert algorithm in _ALGORITHMS
            assert driver._value_to_algorithm(driver._algorithm_to_value(algorithm)) == algorithm

    @needs("list_protocols")
    def test_list_protocols_names_them_in_lower_case(self, driver: Any) -> None:
        protocols = driver.list_protocols()
        assert self.protocol in protocols
        assert [protocol.lower() for protocol in protocols] == list(protocols)

    # Balancers

    @needs("create_balancer", "destroy_balancer", "list_balancers", "get_balancer")
    def test_create_balancer_lists_and_gets_it(self, driver: Any) -> None:
        name = self.new_name()
        balancer = self._create(driver, name=name)
        try:
            listed = [other for other in driver.list_balancers() if other.id == balancer.id]
            assert len(listed) == 1
            for found in (balancer, listed[0], driver.get_balancer(balancer.id)):
                assert isinstance(found, LoadBalancer)
                assert found.driver is driver
                assert (found.id, found.name) == (balancer.id, name)
                assert found.state in _STATES
                assert found.port in (self.port, None)
                assert isinstance(found.extra, dict)
        finally:
            driver.destroy_balancer(balancer)

    @needs("create_balancer", "destroy_balancer", "balancer_list_members")
    def test_create_balancer_with_members_attaches_them(
        self, driver: Any, members: list[Member]
    ) -> None:
        balancer = self._create(driver, members=members)
        try:
            assert len(balancer.list_members()) == len(members)
        finally:
            driver.destroy_balancer(balancer)

    @needs("create_balancer", "destroy_balancer")
    def test_create_balancer_takes_every_supported_algorithm(self, driver: Any) -> None:
        for algorithm in driver.list_supported_algorithms():
            driver.destroy_balancer(self._create(driver, algorithm=algorithm))

    @needs("create_balancer", "destroy_balancer")
    def test_create_balancer_with_an_unknown_algorithm_raises_libcloud_error(
        self, driver: Any
    ) -> None:
        if not driver.list_supported_algorithms():
            pytest.skip("the provider has no choice of algorithms")
        with pytest.raises(LibcloudError):
            driver.destroy_balancer(self._create(driver, algorithm=max(_ALGORITHMS) + 1))

    @needs("create_balancer", "destroy_balancer", "iterate_balancers")
    def test_iterate_balancers_makes_one_request_before_the_first(
        self, driver: Any, balancer: LoadBalancer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[Any] = []
        request = driver.connection.request

        def counted(*args: Any, **kwargs: Any) -> Any:
            made.append(args)
            return request(*args, **kwargs)

        monkeypatch.setattr(driver.connection, "request", counted)
        assert isinstance(next(driver.iterate_balancers()), LoadBalancer)
        assert len(made) <= 1

    @needs("create_balancer", "destroy_balancer", "update_balancer", "get_balancer")
    def test_update_balancer_of_only_the_name_keeps_the_rest(
        self, driver: Any, balancer: LoadBalancer
    ) -> None:
        name = self.new_name()
        updated = self.wait(driver.update_balancer(balancer, name=name))
        for found in (updated, driver.get_balancer(balancer.id)):
            assert (found.id, found.name, found.port) == (balancer.id, name, balancer.port)

    @needs("create_balancer", "destroy_balancer", "update_balancer", "get_balancer")
    def test_update_balancer_of_only_the_port_keeps_the_rest(
        self, driver: Any, balancer: LoadBalancer
    ) -> None:
        self.wait(driver.update_balancer(balancer, port=self.other_port))
        found = driver.get_balancer(balancer.id)
        assert (found.id, found.name, found.port) == (balancer.id, balancer.name, self.other_port)

    @needs("create_balancer", "destroy_balancer", "list_balancers")
    def test_destroy_balancer_removes_it(self, driver: Any) -> None:
        balancer = self._create(driver)
        assert driver.destroy_balancer(balancer) is True
        assert balancer.id not in [other.id for other in driver.list_balancers()]

    @needs("create_balancer", "destroy_balancer", "get_balancer")
    def test_get_balancer_that_is_gone_raises_not_found(self, driver: Any) -> None:
        balancer = self._gone(driver)
        with pytest.raises(ResourceNotFoundError):
            driver.get_balancer(balancer.id)

    @needs("create_balancer", "destroy_balancer", "balancer_list_members")
    def test_list_members_of_a_balancer_that_is_gone_raises_not_found(self, driver: Any) -> None:
        balancer = self._gone(driver)
        with pytest.raises(ResourceNotFoundError):
            driver.balancer_list_members(balancer)

    @needs("create_balancer", "destroy_balancer", "balancer_attach_member")
    def test_attach_member_to_a_balancer_that_is_gone_raises_not_found(
        self, driver: Any, members: list[Member]
    ) -> None:
        balancer = self._gone(driver)
        with pytest.raises(ResourceNotFoundError):
            driver.balancer_attach_member(balancer, members[0])

    # Members

    @needs("create_balancer", "destroy_balancer", "balancer_attach_member", "balancer_list_members")
    def test_attach_member_lists_it(
        self, driver: Any, balancer: LoadBalancer, members: list[Member]
    ) -> None:
        for member in members:
            attached = balancer.attach_member(member)
            assert isinstance(attached, Member)
            balancer = self.wait(balancer)
        listed = balancer.list_members()
        assert len({member.id for member in listed}) == len(members)
        for member in listed:
            assert isinstance(member, Member)
            assert member.balancer is not None
            assert member.balancer.id == balancer.id

    @needs(
        "create_balancer",
        "destroy_balancer",
        "balancer_attach_member",
        "balancer_detach_member",
        "balancer_list_members",
    )
    def test_detach_member_leaves_the_others(
        self, driver: Any, balancer: LoadBalancer, members: list[Member]
    ) -> None:
        attached = []
        for member in members:
            attached.append(balancer.attach_member(member))
            balancer = self.wait(balancer)
        assert balancer.detach_member(attached[0]) is True
        balancer = self.wait(balancer)
        assert [member.id for member in balancer.list_members()] == [attached[1].id]

    @needs(
        "create_balancer",
        "destroy_balancer",
        "balancer_attach_compute_node",
        "balancer_list_members",
    )
    def test_attach_compute_node_lists_it(
        self, driver: Any, balancer: LoadBalancer, node: Any
    ) -> None:
        if node is None:
            pytest.skip("there is no node to attach")
        attached = balancer.attach_compute_node(node)
        assert attached.id in [member.id for member in self.wait(balancer).list_members()]

    # The whole

    @needs("create_balancer", "destroy_balancer")
    def test_balancer_is_picklable(self, driver: Any, balancer: LoadBalancer) -> None:
        copy = pickle.loads(pickle.dumps(balancer))
        assert (copy.id, copy.name) == (balancer.id, balancer.name)

    @needs("create_balancer", "destroy_balancer")
    def test_repr_of_a_balancer_hides_the_credentials(
        self, driver: Any, balancer: LoadBalancer
    ) -> None:
        for secret in (getattr(driver, "key", None), getattr(driver, "secret", None)):
            if isinstance(secret, str) and len(secret) > 3:
                assert secret not in repr(balancer)

    @needs("create_balancer", "destroy_balancer", "list_balancers", "get_balancer")
    def test_threads_share_the_driver(self, driver: Any) -> None:
        names = [self.new_name() for _ in range(THREADS)]

        def work(name: str) -> Callable[[], bool]:
            def create_get_destroy() -> bool:
                balancer = self._create(driver, name=name)
                found: LoadBalancer = driver.get_balancer(balancer.id)
                driver.destroy_balancer(balancer)
                return found.name == name

            return create_get_destroy

        assert all(run_in_threads(work(name) for name in names))
        assert not set(names) & {balancer.name for balancer in driver.list_balancers()}

    # Tools of the tests

    def _create(
        self,
        driver: Any,
        name: str | None = None,
        algorithm: int | None = None,
        members: list[Member] | None = None,
    ) -> LoadBalancer:
        supported = driver.list_supported_algorithms()
        if algorithm is None and supported:
            algorithm = supported[0]
        balancer = driver.create_balancer(
            name=name or self.new_name(),
            port=self.port,
            protocol=self.protocol,
            algorithm=algorithm,
            members=members or [],
            **self.balancer_options,
        )
        return self.wait(balancer)

    def _gone(self, driver: Any) -> LoadBalancer:
        balancer = self._create(driver)
        driver.destroy_balancer(balancer)
        return balancer
