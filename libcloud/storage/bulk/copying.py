"""One object, from where it is to where it shall be."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any, get_args

from libcloud.common.errors import LibcloudError
from libcloud.storage.bulk.places import is_local
from libcloud.storage.bulk.run import Job, Meter, Result
from libcloud.storage.bulk.sameness import Compare, content_hash, is_same
from libcloud.storage.models import Container, Object
from libcloud.storage.types import ObjectDoesNotExistError, ObjectHashMismatchError

__all__ = ["Copier"]

LARGEST_SERVER_SIDE_COPY = 5 * 1024**3
"""
Bytes that providers copy by themselves in one request.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""


class Copier:
    """
    Makes jobs that copy objects to one container.

    :param compare: How a copy that is there is known; None replaces whatever is there.
    :param metadata: Content type and metadata go with the content.
    :param dry_run: Compare, and copy nothing.
    :raises ValueError: there is no such way to compare.
    """

    def __init__(
        self,
        target: Container,
        meter: Meter,
        compare: Compare | None,
        metadata: bool,
        dry_run: bool = False,
    ) -> None:
        if compare is not None and compare not in get_args(Compare):
            raise ValueError(f"compare is one of {get_args(Compare)} or None, not {compare!r}")
        self._target = target
        self._meter = meter
        self._compare = compare
        self._metadata = metadata
        self._dry_run = dry_run
        # Drivers of others may have been written before there was such a parameter.
        upload = inspect.signature(target.driver.upload_object)
        self._upload_reports = "progress" in upload.parameters

    def job(
        self,
        name: str,
        find: Callable[[], Object],
        find_copy: Callable[[], Object | None] | None = None,
    ) -> Job:
        """
        :param name: Name of the object at the target.
        :param find: Called in the job's thread; returns what is copied.
        :param find_copy: The same for what is at the target. It is asked for, if this is absent.
        """

        def work() -> list[Result]:
            obj = find()
            if self._compare:
                copy = find_copy() if find_copy else self._look_up(name)
                if copy is not None and is_same(obj, copy, self._compare):
                    return [Result("copy", name, "skipped")]
            new = None if self._dry_run else self._copy(obj, name)
            return [Result("copy", name, "done", new)]

        return Job("copy", [name], work)

    def _look_up(self, name: str) -> Object | None:
        try:
            return self._target.get_object(name)
        except ObjectDoesNotExistError:
            return None

    def _copy(self, obj: Object, name: str) -> Object:
        target = self._target
        if (
            obj.driver is target.driver
            and hasattr(target.driver, "ex_copy_object")
            and obj.size <= LARGEST_SERVER_SIDE_COPY
        ):
            new: Object = target.driver.ex_copy_object(obj, target, name)
            return new
        if self._metadata and "content_type" not in obj.extra and not is_local(obj.container):
            # Listings of most providers do not tell.
            obj = obj.driver.get_object(obj.container.name, obj.name)
        extra = self._extra_of(obj)
        if is_local(obj.container) and not is_local(target):
            return self._upload_file(obj, name, extra)
        pieces = _verified(obj, self._meter)
        try:
            return target.upload_object_via_stream(pieces, name, extra=extra)
        finally:
            pieces.close()  # type: ignore[attr-defined]

    def _extra_of(self, obj: Object) -> dict[str, Any]:
        extra: dict[str, Any] = {}
        if self._metadata and obj.extra.get("content_type"):
            extra["content_type"] = obj.extra["content_type"]
        if self._metadata and obj.meta_data:
            extra["meta_data"] = dict(obj.meta_data)
        return extra

    def _upload_file(self, obj: Object, name: str, extra: dict[str, Any]) -> Object:
        """By its path, because drivers do more with a file than with a stream."""
        path = obj.driver.get_object_cdn_url(obj)
        if self._upload_reports:
            progress = self._meter.of_one_transfer()
            return self._target.upload_object(path, name, extra=extra, progress=progress)
        new = self._target.upload_object(path, name, extra=extra)
        self._meter.add(new.size)
        return new


def _verified(obj: Object, meter: Meter) -> Iterator[bytes]:
    """
    The content of an object. What is not complete and right ends in an error, and so the upload
    that reads it fails, and replaces nothing.
    """
    expected = content_hash(obj)
    hasher = hashlib.new(obj.driver.hash_type, usedforsecurity=False) if expected else None
    done = 0
    pieces = obj.as_stream()
    try:
        for piece in pieces:
            meter.add(len(piece))
            done += len(piece)
            if hasher:
                hasher.update(piece)
            yield piece
    finally:
        close = getattr(pieces, "close", None)
        if close:
            close()
    if done != obj.size:
        raise LibcloudError(
            f"Object {obj.name} has {obj.size} bytes, of which {done} arrived", driver=obj.driver
        )
    if hasher and hasher.hexdigest() != expected and not _hash_is_of_something_else(obj):
        raise ObjectHashMismatchError(
            f"The {obj.driver.hash_type} of what arrived is {hasher.hexdigest()}, not {expected}",
            obj.driver,
            obj.name,
        )


def _hash_is_of_something_else(obj: Object) -> bool:
    """
    True when what looks like the hash is not that of the content: S3's of an object that is
    encrypted with a key of the key service is not.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    fresh = obj.driver.get_object(obj.container.name, obj.name)
    return str(fresh.extra.get("server_side_encryption", "")).startswith("aws:")
