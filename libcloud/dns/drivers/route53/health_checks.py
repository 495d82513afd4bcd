"""
Health checks, which record sets with a routing policy go by.

API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHealthCheck.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from libcloud.common.aws.xml import Element, find, findall, findtext, require, required_text
from libcloud.dns.drivers.route53.room import Room
from libcloud.dns.drivers.route53.sets import Node
from libcloud.dns.errors import reading

__all__ = ["HealthChecks", "Route53HealthCheck"]

# The order in which the API wants the elements.
_CREATED = (
    "IPAddress",
    "Port",
    "Type",
    "ResourcePath",
    "FullyQualifiedDomainName",
    "SearchString",
    "RequestInterval",
    "FailureThreshold",
    "MeasureLatency",
    "Inverted",
    "Disabled",
    "HealthThreshold",
    "ChildHealthChecks",
    "EnableSNI",
    "Regions",
    "AlarmIdentifier",
    "InsufficientDataHealthStatus",
    "RoutingControlArn",
)
_NEVER_UPDATED = {"Type", "RequestInterval", "MeasureLatency", "RoutingControlArn"}
_UPDATED = (
    "HealthCheckVersion",
    *(tag for tag in _CREATED if tag not in _NEVER_UPDATED),
    "ResetElements",
)

# Tag of a list -> tag of its items.
_LISTS = {
    "ChildHealthChecks": "ChildHealthCheck",
    "Regions": "Region",
    "ResetElements": "ResettableElementName",
}
_NUMBERS = {"FailureThreshold", "HealthThreshold", "Port", "RequestInterval"}
_BOOLEANS = {"true": True, "false": False}


class Route53HealthCheck:
    """
    A health check.

    :param id: Its ID, for the ``HealthCheckId`` in the ``routing`` of records.
    :param config: What is checked and how, with the API's own names (``Type``, ``IPAddress``,
        ``Port``, ``ResourcePath`` ...); numbers, booleans and lists are what they are.
    :param version: How often it was changed, from 1 on.
    :param caller_reference: The reference that it was created under.
    :param driver: The driver that it comes from.
    """

    def __init__(
        self, id: str, config: dict[str, Any], version: int, caller_reference: str, driver: Any
    ) -> None:
        self.id = id
        self.config = config
        self.version = version
        self.caller_reference = caller_reference
        self.driver = driver

    def __repr__(self) -> str:
        return f"<Route53HealthCheck: id={self.id}, type={self.config.get('Type')} ...>"


class HealthChecks(Room):
    """Operations on health checks."""

    def ex_iterate_health_checks(self) -> Iterator[Route53HealthCheck]:
        """
        All health checks of the account, page by page.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHealthChecks.html
        """
        return self._pages("ListHealthChecks", "healthcheck", self._to_health_checks)

    def ex_list_health_checks(self) -> list[Route53HealthCheck]:
        """All health checks of the account: :meth:`ex_iterate_health_checks` as a list."""
        return list(self.ex_iterate_health_checks())

    def ex_get_health_check(self, health_check_id: str) -> Route53HealthCheck:
        """
        The health check with an ID.

        :raises ResourceNotFoundError: there is no such health check.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheck.html
        """
        root = self._request("GetHealthCheck", _path(health_check_id))
        return self._to_health_check(require(root, "HealthCheck", self))

    def ex_create_health_check(
        self, config: Mapping[str, Any], caller_reference: str | None = None
    ) -> Route53HealthCheck:
        """
        Create a health check and return it. It is sent again when its answer is lost, and makes one
        health check nevertheless.

        :param config: What is checked and how: see :class:`Route53HealthCheck`.
        :param caller_reference: What makes the request known when it is repeated; None to make one
            up.
        :raises ResourceExistsError: another one was created with that reference.
        """
        import uuid

        body = [
            ("CallerReference", caller_reference or str(uuid.uuid4())),
            ("HealthCheckConfig", _to_nodes(config, _CREATED)),
        ]
        root = self._post("CreateHealthCheck", "healthcheck", body)
        return self._to_health_check(require(root, "HealthCheck", self))

    def ex_update_health_check(
        self, health_check: Route53HealthCheck, config: Mapping[str, Any]
    ) -> Route53HealthCheck:
        """
        Change a health check, and return it as it is now.

        :param config: What changes; all else stays. ``Type``, ``RequestInterval`` and
            ``MeasureLatency`` cannot change. ``ResetElements`` is a list of what gets its default.
        :raises ConflictError: somebody else has changed it meanwhile; nothing was changed.
        :raises ResourceNotFoundError: there is no such health check.
        :raises ValueError: something cannot change.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHealthCheck.html
        """
        body = _to_nodes({"HealthCheckVersion": health_check.version, **config}, _UPDATED)
        path = _path(health_check.id)
        root = self._post("UpdateHealthCheck", path, body, idempotent=False)
        return self._to_health_check(require(root, "HealthCheck", self))

    def ex_delete_health_check(self, health_check: Route53HealthCheck) -> bool:
        """
        Delete a health check. Route 53 does not look whether record sets go by it.

        :raises ResourceNotFoundError: there is no such health check.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHealthCheck.html
        """
        return self._do(_path(health_check.id), "DELETE")

    def ex_get_health_check_status(
        self, health_check: Route53HealthCheck
    ) -> list[dict[str, str | None]]:
        """
        What the checkers have seen last, each a dict of ``Region``, ``IPAddress``, ``Status`` (a
        text that begins with ``Success`` or ``Failure``) and ``CheckedTime``.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html
        """
        root = self._request("GetHealthCheckStatus", f"{_path(health_check.id)}/status")
        return [
            {
                "Region": findtext(element, "Region"),
                "IPAddress": findtext(element, "IPAddress"),
                "Status": findtext(element, "StatusReport/Status"),
                "CheckedTime": findtext(element, "StatusReport/CheckedTime"),
            }
            for element in findall(root, "HealthCheckObservations/HealthCheckObservation")
        ]

    def _to_health_checks(self, root: Element) -> list[Route53HealthCheck]:
        found = findall(root, "HealthChecks/HealthCheck")
        return [self._to_health_check(element) for element in found]

    def _to_health_check(self, element: Element) -> Route53HealthCheck:
        with reading(self, element):
            config = require(element, "HealthCheckConfig", self)
            return Route53HealthCheck(
                required_text(element, "Id", self),
                {tag: _read(config, tag) for tag in _CREATED if find(config, tag) is not None},
                int(required_text(element, "HealthCheckVersion", self)),
                required_text(element, "CallerReference", self),
                self,
            )


def _path(health_check_id: str) -> str:
    return f"healthcheck/{quote(health_check_id, safe='')}"


def _read(config: Element, tag: str) -> Any:
    if tag in _LISTS:
        return [item.text for item in findall(config, f"{tag}/{_LISTS[tag]}")]
    if tag == "AlarmIdentifier":
        return {key: findtext(config, f"{tag}/{key}") for key in ("Region", "Name")}
    text = findtext(config, tag) or ""
    return int(text) if tag in _NUMBERS else _BOOLEANS.get(text, text)


def _to_nodes(config: Mapping[str, Any], tags: tuple[str, ...]) -> list[Node]:
    """
    :raises ValueError: there is something that the request does not have.
    """
    strange = config.keys() - set(tags)
    if strange:
        raise ValueError(f"A health check cannot be given {', '.join(sorted(strange))} here")
    return [(tag, _content(tag, config[tag])) for tag in tags if config.get(tag) is not None]


def _content(tag: str, value: Any) -> Any:
    if tag in _LISTS:
        return [(_LISTS[tag], str(item)) for item in value]
    if isinstance(value, Mapping):
        return [(key, str(value[key])) for key in ("Region", "Name")]
    return str(value).lower() if isinstance(value, bool) else str(value)
