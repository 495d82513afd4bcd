"""What the rooms of the driver share: requests, pages, and waiting for what was changed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from libcloud.common.aws.xml import Element, expect_root, findall, findtext, require, required_text
from libcloud.common.paging import iterate_pages
from libcloud.common.polling import wait_until
from libcloud.dns.drivers.route53.connection import CURRENT_ROOT
from libcloud.dns.drivers.route53.sets import Node, to_xml
from libcloud.dns.record_sets import RecordSetDNSDriver

__all__ = ["Room", "body_of", "zone_path"]

PAGE_SIZE = 100
"""Items a page, of all listings but that of records: the most that they allow."""

IN_SYNC = "INSYNC"


# A driver whose changes are to be waited for, and their IDs in the order in which they are made.
_collected: ContextVar[tuple[Any, list[str]]] = ContextVar("_collected", default=(None, []))


class Room(RecordSetDNSDriver):
    """Base of the rooms. It has no constructor and no state."""

    @contextmanager
    def ex_in_sync(self, timeout: float = 300, interval: float = 5) -> Iterator[list[str]]:
        """
        Wait until all name servers answer with what was changed in a block::

            with driver.ex_in_sync():
                zone.create_record("www", "A", "192.0.2.1")

        The waiting is at the block's end, and there is none when an exception ends it. What the
        block starts in other threads is not waited for.

        :param timeout: Seconds, for each change. Amazon's own estimate is one minute.
        :param interval: Seconds between two requests.
        :return: A list that the IDs of the changes are added to: see :meth:`ex_get_change`.
        :raises WaitTimeoutError: a change takes longer.
        """
        changes: list[str] = []
        token = _collected.set((self, changes))
        try:
            yield changes
        finally:
            _collected.reset(token)
        # Changes come into effect in their order, as a rule, so the last one is waited for first.
        for change_id in reversed(changes):
            what = f"change {change_id} to be on all name servers"
            wait_until(functools.partial(self._is_in_sync, change_id), timeout, interval, what)

    def _is_in_sync(self, change_id: str) -> bool:
        return self.ex_get_change(change_id)["Status"] == IN_SYNC

    def ex_get_change(self, change_id: str) -> dict[str, str | None]:
        """
        What has become of a change: ``Id``, ``Status`` (``PENDING`` or ``INSYNC``),
        ``SubmittedAt``, ``Comment``.

        :raises ResourceNotFoundError: there is no such change.

        API: https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html
        """
        path = f"change/{quote(change_id.removeprefix('/change/'), safe='')}"
        info = require(self._request("GetChange", path), "ChangeInfo", self)
        said = {tag: findtext(info, tag) for tag in ("Status", "SubmittedAt", "Comment")}
        return {"Id": _change_id(info), **said}

    def _request(
        self,
        operation: str,
        path: str,
        params: dict[str, str] | None = None,
        method: str = "GET",
        **options: Any,
    ) -> Element:
        """
        Send a request and return the root of its answer.

        :param operation: The API's name for it, and the beginning of its answer's.
        """
        response = self.connection.request(
            f"{CURRENT_ROOT}{path}", params=params, method=method, **options
        )
        root = expect_root(response.object, f"{operation}Response", response.body, self)
        waiting, changes = _collected.get()
        if waiting is self and method != "GET":
            changes += [_change_id(info) for info in findall(root, "ChangeInfo")]
        return root

    def _do(self, path: str, method: str, **options: Any) -> bool:
        """Send a request whose answer has nothing to say, and may be empty."""
        self.connection.request(f"{CURRENT_ROOT}{path}", method=method, **options)
        return True

    def _following(self, root: Element, tag: str) -> str | None:
        """
        Where the next page of a listing begins, None after the last one.

        :raises MalformedResponseError: the listing goes on, and does not say where.
        """
        goes_on = findtext(root, "IsTruncated") == "true"
        return required_text(root, tag, self) if goes_on else None

    def _pages(
        self,
        operation: str,
        path: str,
        read: Callable[[Element], list[Any]],
        marker: str = "marker",
        following: str = "NextMarker",
    ) -> Iterator[Any]:
        """
        What is read of each page of a listing.

        :param marker: The parameter that says where a page begins.
        :param following: The element that says where the next one does.
        """

        def fetch(start: str | None) -> tuple[list[Any], str | None]:
            params = {"maxitems": str(PAGE_SIZE), **({marker: start} if start else {})}
            root = self._request(operation, path, params)
            return read(root), self._following(root, following)

        return iterate_pages(fetch)

    def _post(
        self, operation: str, path: str, content: list[Node], idempotent: bool = True
    ) -> Element:
        """
        Send a request with a body.

        :param idempotent: Whether it may be sent twice, when its answer is lost. A zone is created
            under a reference, and a change of records names what it takes for granted.
        """
        return self._request(
            operation,
            path,
            method="POST",
            idempotent=idempotent,
            **body_of(operation, content),
        )


def body_of(operation: str, content: list[Node]) -> dict[str, Any]:
    """The arguments of a request that has a body."""
    document = to_xml(f"{operation}Request", content)
    return {"data": document, "headers": {"Content-Type": "application/xml"}}


def zone_path(zone_id: str) -> str:
    return f"hostedzone/{quote(zone_id.removeprefix('/hostedzone/'), safe='')}"


def _change_id(info: Element) -> str:
    return required_text(info, "Id").removeprefix("/change/")
