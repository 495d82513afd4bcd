"""What the rooms share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from libcloud.backup.base import BackupDriver
from libcloud.common.aws import AWSDriver
from libcloud.common.aws.xml import Element, convert, findall, findtext
from libcloud.common.paging import iterate_pages
from libcloud.utils.iso8601 import parse_date

__all__ = ["Room", "date_of", "tags_of"]

PAGE_SIZE = 1000
"""Items a page: the most that EC2 allows."""


class Room(AWSDriver, BackupDriver):
    """A part of the driver."""

    def _pages(self, action: str, params: Mapping[str, Any], items: str) -> Iterator[Element]:
        def fetch(token: str | None) -> tuple[list[Element], str | None]:
            page = {**params, "MaxResults": PAGE_SIZE, "NextToken": token}
            root = self.connection.call(action, page)
            return findall(root, items), findtext(root, "nextToken")

        return iterate_pages(fetch)


def tags_of(element: Element) -> dict[str, str]:
    return {
        findtext(item, "key") or "": findtext(item, "value") or ""
        for item in findall(element, "tagSet/item")
    }


def date_of(element: Element, path: str) -> datetime | None:
    text = findtext(element, path)
    return convert(text, parse_date) if text else None
