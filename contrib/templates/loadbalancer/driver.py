"""
Acme Load Balancers.

API: https://api.acme.example/docs

This is a template: put your provider in place of this small REST dialect::

    GET    /v1/balancers?cursor=              {"items": [balancer ...], "next": cursor or null}
    POST   /v1/balancers                      {"name", "port", "protocol", "algorithm"}   201, it
    GET    /v1/balancers/{id}                                                             it
    PATCH  /v1/balancers/{id}                 what is to change                           it
    DELETE /v1/balancers/{id}                                                             204
    GET    /v1/balancers/{id}/members?cursor=                                             as above
    POST   /v1/balancers/{id}/members         {"address", "port"}                         201, it
    DELETE /v1/balancers/{id}/members/{id}                                                204
    an error                                  {"error": {"code", "message"}}

A balancer is ``{"id", "name", "state", "address", "port", "protocol", "algorithm"}``, a member
``{"id", "address", "port"}``. The key goes in the header ``Authorization: Bearer``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages
from libcloud.loadbalancer.base import DEFAULT_ALGORITHM, Algorithm, Driver, LoadBalancer, Member
from libcloud.loadbalancer.types import State

__all__ = ["AcmeLBConnection", "AcmeLBDriver", "AcmeLBResponse"]

STATES = {"active": State.RUNNING, "building": State.PENDING, "broken": State.ERROR}

# The provider's codes, where the status of the answer does not say the same.
ERRORS = {
    "bad_key": InvalidCredsError,
    "exists": ResourceExistsError,
    "not_found": ResourceNotFoundError,
}


class AcmeLBResponse(JsonResponse):
    """An answer of the API."""

    def parse_error(self) -> Exception:
        error: dict[str, Any] = {}
        with contextlib.suppress(MalformedResponseError, AttributeError, KeyError, TypeError):
            error = dict(self.parse_body()["error"])
        return provider_error(
            self.status,
            error.get("message") or self.body,
            provider_code=error.get("code"),
            table=ERRORS,
            headers=self.headers,
            driver=self.connection.driver,
        )


class AcmeLBConnection(ConnectionKey):
    """Speaks to the API."""

    host = "api.acme.example"
    responseCls = AcmeLBResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class AcmeLBDriver(Driver):
    """
    Acme Load Balancers.

    :param key: API key.
    """

    name = "Acme"
    website = "https://acme.example/"
    connectionCls = AcmeLBConnection

    _ALGORITHM_TO_VALUE_MAP = {
        Algorithm.ROUND_ROBIN: "round_robin",
        Algorithm.LEAST_CONNECTIONS: "least_connections",
    }
    _VALUE_TO_ALGORITHM_MAP = {
        "round_robin": Algorithm.ROUND_ROBIN,
        "least_connections": Algorithm.LEAST_CONNECTIONS,
    }

    def list_protocols(self) -> list[str]:
        return ["http", "https", "tcp"]

    # Balancers

    def iterate_balancers(self) -> Iterator[LoadBalancer]:
        return map(self._to_balancer, self._items("/v1/balancers"))

    def get_balancer(self, balancer_id: str) -> LoadBalancer:
        return self._to_balancer(self.connection.request(_path(balancer_id)).object)

    def create_balancer(
        self,
        name: str,
        port: int | None,
        protocol: str | None,
        algorithm: int | None,
        members: list[Member] | None,
    ) -> LoadBalancer:
        chosen = DEFAULT_ALGORITHM if algorithm is None else algorithm
        body = {
            "name": name,
            "port": port,
            "protocol": protocol or "http",
            "algorithm": self._algorithm_to_value(chosen),
        }
        response = self.connection.request("/v1/balancers", method="POST", json=body)
        balancer = self._to_balancer(response.object)
        for member in members or ():
            self.balancer_attach_member(balancer, member)
        return balancer

    def update_balancer(self, balancer: LoadBalancer, **kwargs: Any) -> LoadBalancer:
        names = ("name", "port", "protocol")
        body: dict[str, Any] = {key: kwargs[key] for key in names if key in kwargs}
        if "algorithm" in kwargs:
            body["algorithm"] = self._algorithm_to_value(kwargs["algorithm"])
        response = self.connection.request(_path(balancer.id), method="PATCH", json=body)
        return self._to_balancer(response.object)

    def destroy_balancer(self, balancer: LoadBalancer) -> bool:
        self.connection.request(_path(balancer.id), method="DELETE")
        return True

    # Members

    def balancer_list_members(self, balancer: LoadBalancer) -> list[Member]:
        raw_members = self._items(f"{_path(balancer.id)}/members")
        return [self._to_member(raw, balancer) for raw in raw_members]

    def balancer_attach_member(self, balancer: LoadBalancer, member: Member) -> Member:
        body = {"address": member.ip, "port": member.port}
        path = f"{_path(balancer.id)}/members"
        raw = self.connection.request(path, method="POST", json=body).object
        return self._to_member(raw, balancer)

    def balancer_detach_member(self, balancer: LoadBalancer, member: Member) -> bool:
        path = f"{_path(balancer.id)}/members/{quote_path_segment(member.id)}"
        self.connection.request(path, method="DELETE")
        return True

    # From and to the wire

    def _items(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        def fetch(cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
            page = self.connection.request(path, params={**params, "cursor": cursor}).object
            return page["items"], page["next"]

        return iterate_pages(fetch)

    def _to_balancer(self, raw: dict[str, Any]) -> LoadBalancer:
        state = STATES.get(raw["state"], State.UNKNOWN)
        extra = {"protocol": raw["protocol"], "algorithm": raw["algorithm"]}
        return LoadBalancer(raw["id"], raw["name"], state, raw["address"], raw["port"], self, extra)

    def _to_member(self, raw: dict[str, Any], balancer: LoadBalancer) -> Member:
        return Member(raw["id"], raw["address"], raw["port"], balancer)


def _path(balancer_id: Any) -> str:
    return f"/v1/balancers/{quote_path_segment(balancer_id)}"
