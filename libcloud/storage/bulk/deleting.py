"""Deleting many objects, in batches where the provider takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby, islice
from typing import Any

from libcloud.storage.bulk.run import Job, Result
from libcloud.storage.models import Object
from libcloud.storage.types import ObjectDoesNotExistError

__all__ = ["delete_jobs"]


def delete_jobs(objects: Iterable[Object], dry_run: bool = False) -> Iterator[Job]:
    """
    Jobs that delete objects.

    A driver that deletes several objects of one container in one request has
    ``ex_delete_objects(container, object_names)``, which returns a dict of the names that failed to
    their errors, and ``ex_delete_objects_limit``, the most names that it takes.
    """
    for _, group in groupby(objects, key=lambda obj: (id(obj.driver), obj.container.name)):
        while batch := _batch(group):
            work = partial(_pretend if dry_run else _delete, batch)
            yield Job("delete", [obj.name for obj in batch], work)


def _batch(objects: Iterator[Object]) -> list[Object]:
    batch = list(islice(objects, 1))
    if batch:
        driver: Any = batch[0].driver
        if hasattr(driver, "ex_delete_objects"):
            batch += islice(objects, driver.ex_delete_objects_limit - 1)
    return batch


def _delete(batch: list[Object]) -> list[Result]:
    driver: Any = batch[0].driver
    if len(batch) == 1:
        return [_delete_one(batch[0])]
    errors = driver.ex_delete_objects(batch[0].container, [obj.name for obj in batch])
    return [
        Result("delete", obj.name, "failed", error=errors[obj.name])
        if obj.name in errors
        else Result("delete", obj.name, "done")
        for obj in batch
    ]


def _delete_one(obj: Object) -> Result:
    try:
        obj.driver.delete_object(obj)
    except ObjectDoesNotExistError:  # another run was faster
        return Result("delete", obj.name, "skipped")
    return Result("delete", obj.name, "done")


def _pretend(batch: list[Object]) -> list[Result]:
    return [Result("delete", obj.name, "done") for obj in batch]
