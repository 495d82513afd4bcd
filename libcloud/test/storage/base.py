"""What the old tests of storage drivers share."""

from __future__ import annotations

from libcloud.test import MockHttp

__all__ = ["BaseRangeDownloadMockHttp", "MockHttp"]


class BaseRangeDownloadMockHttp(MockHttp):
    """Answers requests for a part of an object."""

    def _get_start_and_end_bytes_from_range_str(self, range_str: str, body: str) -> tuple[int, int]:
        """The first and last byte that a Range header asks for; an open end is the body's."""
        first, _, last = range_str.removeprefix("bytes=").partition("-")
        if not first:
            return len(body) - int(last), len(body)
        return int(first), int(last) if last else len(body)
