"""
Many objects: upload, download, copy, delete and sync, between any two providers.

::

    from libcloud.storage import bulk

    bulk.upload("photos", container)              # a folder, or some files
    bulk.download(container, "backup")
    bulk.copy(container, another_container)       # of any other driver
    bulk.sync("photos", container, delete=True)
    bulk.delete(container.iterate_objects(prefix="2019/"))

All functions work alike.

*Some at a time*: ``threads`` objects are under way at once. Listings and iterables are read as they
are needed; a million objects take no more memory than a thousand. What the drivers need for one
transfer (with S3 up to six parts of 8 MiB) is needed ``threads`` times.

*Errors*: an object that fails stops none of the others. When all is done, :class:`.BulkError` is
raised, which has all errors, and the :class:`Report` of what was done. A listing that breaks off,
or cannot even begin, ends the run after what is under way; its error is raised as it is if no
object failed, otherwise it is the last one of the ``BulkError``.

*Again*: what is there already, and right, is skipped, so a run that was killed goes on when it is
started again. ``compare`` says how that is seen: see :func:`.is_same`. None replaces everything.

*Stopping*: Ctrl-C, or an error in a callback, ends the transfers under way and comes out when they
have cleaned up. Objects and files are replaced completely or not at all.

*Folders* are containers of the local driver. Names that no file can have (``dir//x``, ``../x``) are
written in another way within the folder, and come back as they were when it is uploaded. Symbolic
links in a folder are neither followed nor uploaded; a file is not made of an object whose name
leads through one.

Keyword arguments of all functions: :class:`Options`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from libcloud.common.bulk import BulkError
from libcloud.storage.bulk.copying import Copier
from libcloud.storage.bulk.deleting import delete_jobs
from libcloud.storage.bulk.listing import BLOCK, Spool, by_name, side_by_side
from libcloud.storage.bulk.places import Folder, container_of, file_called, name_of, objects_of
from libcloud.storage.bulk.run import Job, Options, Report, Result, Run
from libcloud.storage.bulk.sameness import Compare, is_same
from libcloud.storage.models import Container, Object

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = [
    "BulkError",
    "Options",
    "Report",
    "Result",
    "copy",
    "delete",
    "download",
    "is_same",
    "map",
    "sync",
    "upload",
]

Files = Iterable[Folder | tuple[Folder, str]]


def upload(
    source: Folder | Files,
    container: Container,
    *,
    prefix: str = "",
    compare: Compare | None = "hash",
    **options: Unpack[Options],
) -> Report:
    """
    Upload files. For each, the container is asked first whether it has the object: one request.

    :param source: A folder, of which all files are uploaded, under their paths in it; a file; or an
        iterable of paths, and of pairs of path and name. Without a name, a path is the name: it is
        refused if it is absolute or leads out of the current folder.
    :param prefix: Goes before all names.
    :raises BulkError: a file could not be uploaded.
    :raises FileNotFoundError: there is no such folder.
    """
    run = Run(**options)
    copier = Copier(container, run.meter, compare, metadata=True)
    run.do(_uploads(source, prefix, copier))
    return run.finish()


def download(
    source: Container | Iterable[Object],
    folder: Folder,
    *,
    prefix: str = "",
    compare: Compare | None = "hash",
    **options: Unpack[Options],
) -> Report:
    """
    Download objects to files below a folder, which is made if it does not exist.

    :param prefix: Only objects whose name begins with this text; it stays a part of the path.
    :raises BulkError: an object could not be downloaded.
    """
    return copy(source, folder, prefix=prefix, compare=compare, metadata=False, **options)


def copy(
    source: Container | Folder | Iterable[Object],
    target: Container | Folder,
    *,
    prefix: str = "",
    compare: Compare | None = "hash",
    metadata: bool = True,
    **options: Unpack[Options],
) -> Report:
    """
    Copy objects to a container, under the same names. The target is asked for each first.

    Between two containers of one driver, the provider copies, if the driver has ``ex_copy_object``.
    Otherwise the content is streamed through, and its length and hash are verified on the way.

    :param prefix: Only objects whose name begins with this text.
    :param metadata: Content type and metadata go along. It takes one more request an object, where
        the listing does not tell them.
    :raises BulkError: an object could not be copied.
    """
    run = Run(**options)
    copier = Copier(container_of(target, create=True), run.meter, compare, metadata)
    run.do(copier.job(obj.name, partial(_itself, obj)) for obj in objects_of(source, prefix))
    return run.finish()


def delete(objects: Iterable[Object], **options: Unpack[Options]) -> Report:
    """
    Delete objects: in batches where the driver has ``ex_delete_objects``, otherwise one by one.

    An object that is not there any more is skipped, where the provider says so.

    :raises BulkError: an object could not be deleted.
    """
    run = Run(**options)
    run.do(delete_jobs(objects))
    return run.finish()


def sync(
    source: Container | Folder,
    target: Container | Folder,
    *,
    prefix: str = "",
    delete: bool = False,
    dry_run: bool = False,
    compare: Compare | None = "hash",
    metadata: bool | None = None,
    **options: Unpack[Options],
) -> Report:
    """
    Make a target have the objects of a source.

    Both are listed, and nothing is asked for single objects. Two listings that are in the order of
    names (S3) are read side by side as they come. One that is not is first read to its end, sorted,
    and beyond 10,000 objects put in a temporary file: memory does not grow, but all of it is listed
    before the first object is copied.

    :param prefix: Only objects whose name begins with this text, on both sides.
    :param delete: Delete what the target has and the source has not: at the end, and only if
        nothing failed.
    :param dry_run: Change nothing. The results, and the report, are of what would be done.
    :param metadata: As for :func:`copy`; None for True, unless the target is a folder.
    :raises BulkError: an object could not be copied or deleted.
    """
    run = Run(**options)
    if metadata is None:
        metadata = isinstance(target, Container)
    left = by_name(container_of(source), prefix)
    if dry_run and not isinstance(target, Container) and not os.path.exists(target):
        run.do(Job("copy", [obj.name], partial(_would_be_copied, obj)) for obj in left)
        return run.finish()
    container = container_of(target, create=not dry_run)
    copier = Copier(container, run.meter, compare, metadata, dry_run)
    with Spool() as spool:
        places: list[int] = []
        extra: list[Object] = []

        def copies() -> Iterator[Job]:
            for wanted, there in side_by_side(left, by_name(container, prefix)):
                if wanted is not None:
                    yield copier.job(wanted.name, partial(_itself, wanted), partial(_itself, there))
                elif delete and there is not None:
                    extra.append(there)
                    if len(extra) == BLOCK:
                        places.append(spool.write(extra))
                        extra.clear()

        run.do(copies())
        if run.is_clean:
            spooled = (obj for place in places for obj in spool.read(place))
            run.do(delete_jobs((obj for part in (spooled, extra) for obj in part), dry_run))
    return run.finish()


def map(
    work: Callable[[Object], Any], objects: Iterable[Object], **options: Unpack[Options]
) -> Report:
    """
    Call ``work(obj)`` for objects. What it returns is the ``value`` of the :class:`Result`.

    For other things than objects there is :func:`libcloud.common.bulk.map_in_threads`.

    :raises BulkError: a call raised an error.
    """
    run = Run(**options)
    run.do(Job("call", [obj.name], partial(_call, work, obj)) for obj in objects)
    return run.finish()


def _uploads(source: Folder | Files, prefix: str, copier: Copier) -> Iterator[Job]:
    if isinstance(source, str | os.PathLike):
        if not os.path.isfile(source):
            for obj in objects_of(source, ""):
                yield copier.job(prefix + obj.name, partial(_itself, obj))
            return
        source = [(source, os.path.basename(source))]
    for file in source:
        if isinstance(file, tuple):
            path, name = file
            yield copier.job(prefix + name, partial(file_called, path))
        else:
            name = os.path.normpath(file).replace(os.sep, "/")
            yield copier.job(prefix + name, partial(_file_under_its_path, file))


def _file_under_its_path(path: Folder) -> Object:
    name_of(path)
    return file_called(path)


def _itself(value: Any) -> Any:
    return value


def _call(work: Callable[[Object], Any], obj: Object) -> list[Result]:
    return [Result("call", obj.name, "done", work(obj))]


def _would_be_copied(obj: Object) -> list[Result]:
    return [Result("copy", obj.name, "done")]
