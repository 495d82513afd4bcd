"""
Load balancers in memory, for tests and for trying things out.

It keeps the whole contract of :class:`~libcloud.loadbalancer.driver.Driver`, so it is also the
reference for it. Each instance is an account of its own, empty at first and gone with the instance.
Names are unique; balancers run at once, at addresses of the documentation's range 203.0.113.0/24.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionUserAndKey
from libcloud.common.errors import LibcloudError, ResourceExistsError, ResourceNotFoundError
from libcloud.loadbalancer.base import DEFAULT_ALGORITHM, Algorithm, Driver, LoadBalancer, Member
from libcloud.loadbalancer.types import State

__all__ = ["DummyLBDriver"]

_PROTOCOL_PORTS = {"http": 80, "https": 443, "tcp": 80}


class DummyLBDriver(Driver):
    """
    ``extra`` of a balancer has ``protocol`` (str) and ``algorithm`` (one of ``Algorithm``).

    :param key: Not looked at.
    :param secret: Not looked at.
    """

    type = "dummy"
    name = "Dummy Load Balancer Provider"
    website = "http://example.com"
    connectionCls = ConnectionUserAndKey

    _ALGORITHM_TO_VALUE_MAP = {
        Algorithm.RANDOM: "random",
        Algorithm.ROUND_ROBIN: "round-robin",
        Algorithm.LEAST_CONNECTIONS: "least-connections",
    }
    _VALUE_TO_ALGORITHM_MAP = {value: key for key, value in _ALGORITHM_TO_VALUE_MAP.items()}

    def __init__(self, key: str = "", secret: str = "", **kwargs: Any) -> None:
        super().__init__(key, secret, **kwargs)
        self._lock = threading.RLock()
        self._balancers: dict[str, LoadBalancer] = {}
        self._members: dict[str, dict[str, Member]] = {}
        self._last_number = 0

    def list_protocols(self) -> list[str]:
        return list(_PROTOCOL_PORTS)

    def iterate_balancers(self) -> Iterator[LoadBalancer]:
        with self._lock:
            return iter(list(self._balancers.values()))

    def get_balancer(self, balancer_id: str) -> LoadBalancer:
        with self._lock:
            return self._balancer(balancer_id)

    def create_balancer(
        self,
        name: str,
        port: int | None,
        protocol: str | None,
        algorithm: int | None,
        members: list[Member] | None,
    ) -> LoadBalancer:
        """``port`` is that of the protocol when it is None; ``protocol`` is ``http``."""
        protocol = protocol or "http"
        algorithm = DEFAULT_ALGORITHM if algorithm is None else algorithm
        self._check(protocol, algorithm)
        with self._lock:
            self._check_free(name)
            number = self._next_number()
            balancer = LoadBalancer(
                id=f"lb-{number}",
                name=name,
                state=State.RUNNING,
                ip=f"203.0.113.{number % 254 + 1}",
                port=_PROTOCOL_PORTS[protocol] if port is None else port,
                driver=self,
                extra={"protocol": protocol, "algorithm": algorithm},
            )
            self._balancers[balancer.id] = balancer
            self._members[balancer.id] = {}
            for member in members or []:
                self.balancer_attach_member(balancer, member)
        return balancer

    def update_balancer(self, balancer: LoadBalancer, **kwargs: Any) -> LoadBalancer:
        unknown = set(kwargs) - {"name", "port", "protocol", "algorithm"}
        if unknown:
            raise TypeError(f"update_balancer got unexpected arguments: {sorted(unknown)}")
        with self._lock:
            current = self._balancer(balancer.id)
            name = kwargs.get("name", current.name)
            protocol = kwargs.get("protocol", current.extra["protocol"])
            algorithm = kwargs.get("algorithm", current.extra["algorithm"])
            self._check(protocol, algorithm)
            if name != current.name:
                self._check_free(name)
            updated = LoadBalancer(
                id=current.id,
                name=name,
                state=current.state,
                ip=current.ip,
                port=kwargs.get("port", current.port),
                driver=self,
                extra={**current.extra, "protocol": protocol, "algorithm": algorithm},
            )
            self._balancers[current.id] = updated
            for member in self._members[current.id].values():
                member.balancer = updated
        return updated

    def destroy_balancer(self, balancer: LoadBalancer) -> bool:
        with self._lock:
            balancer_id = self._balancer(balancer.id).id
            del self._balancers[balancer_id]
            del self._members[balancer_id]
        return True

    def balancer_list_members(self, balancer: LoadBalancer) -> list[Member]:
        with self._lock:
            return list(self._members[self._balancer(balancer.id).id].values())

    def balancer_attach_member(self, balancer: LoadBalancer, member: Member) -> Member:
        """A member that is attached already stays as it is, and is returned."""
        with self._lock:
            current = self._balancer(balancer.id)
            members = self._members[current.id]
            for other in members.values():
                if _is_same(other, member):
                    return other
            attached = Member(
                id=member.id or f"member-{self._next_number()}",
                ip=member.ip,
                port=member.port,
                balancer=current,
                extra=dict(member.extra),
            )
            members[str(attached.id)] = attached
        return attached

    def balancer_detach_member(self, balancer: LoadBalancer, member: Member) -> bool:
        with self._lock:
            members = self._members[self._balancer(balancer.id).id]
            for other in members.values():
                if _is_same(other, member):
                    del members[str(other.id)]
                    return True
        raise ResourceNotFoundError(f"{member!r} is not behind {balancer!r}", driver=self)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.RLock())

    def _balancer(self, balancer_id: Any) -> LoadBalancer:
        balancer = self._balancers.get(str(balancer_id))
        if balancer is None:
            raise ResourceNotFoundError(f"No such balancer: {balancer_id}", driver=self)
        return balancer

    def _check(self, protocol: str, algorithm: int) -> None:
        if protocol not in _PROTOCOL_PORTS:
            raise LibcloudError(f"Invalid protocol: {protocol}", driver=self)
        self._algorithm_to_value(algorithm)

    def _check_free(self, name: str) -> None:
        if any(balancer.name == name for balancer in self._balancers.values()):
            raise ResourceExistsError(f"The name {name} is taken", driver=self)

    def _next_number(self) -> int:
        self._last_number += 1
        return self._last_number


def _is_same(member: Member, wanted: Member) -> bool:
    """By ID where the wanted one has one, by address and port otherwise."""
    if wanted.id is not None:
        return member.id == wanted.id
    return (member.ip, member.port) == (wanted.ip, wanted.port)
