"""
Keeps a container like a folder, and brings it back.

Without arguments it shows itself on this machine, where nothing is left of it. With them it syncs
folders::

    python sync_folders.py photos /mnt/backup/photos --delete --dry-run

Either side may be a container of any driver instead::

    driver = get_driver(Provider.S3)("access key", "secret key", region="eu-west-1")
    bulk.sync("photos", driver.get_container("photos"), delete=True, threads=32)
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from libcloud.storage import bulk
from libcloud.storage.providers import get_driver
from libcloud.storage.types import Provider


def show(result: bulk.Result) -> None:
    if result.status != "skipped":
        print(f"   {result.status} {result.action} {result.name} {result.error or ''}".rstrip())


def summary(report: bulk.Report) -> str:
    return (
        f"{report.done - report.deleted} copied, {report.deleted} deleted, "
        f"{report.skipped} were right, {report.bytes} bytes"
    )


def demonstrate() -> None:
    driver = get_driver(Provider.DUMMY)("key", "secret")
    container = driver.create_container("photos")
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent, "photos")
        (folder / "2024").mkdir(parents=True)
        for name in ("cat.jpg", "dog.jpg", "2024/owl.jpg"):
            (folder / name).write_bytes(name.encode())

        print("The container has nothing yet:")
        print(summary(bulk.sync(folder, container, on_result=show)))

        (folder / "cat.jpg").write_bytes(b"a better one")
        (folder / "dog.jpg").unlink()
        print("One file changed, one went. What would be done:")
        print(summary(bulk.sync(folder, container, delete=True, dry_run=True, on_result=show)))
        print("And done:")
        print(summary(bulk.sync(folder, container, delete=True, on_result=show)))

        print("Back to a new folder:")
        print(summary(bulk.sync(container, Path(parent, "back"), on_result=show)))
        assert (Path(parent, "back", "cat.jpg")).read_bytes() == b"a better one"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("source", nargs="?")
    parser.add_argument("target", nargs="?")
    parser.add_argument("--delete", action="store_true", help="delete what the source has not")
    parser.add_argument("--dry-run", action="store_true", help="change nothing")
    parser.add_argument("--threads", type=int, default=8)
    arguments = parser.parse_args()
    if arguments.source is None:
        demonstrate()
        return
    if arguments.target is None:
        parser.error("there is a source, but no target")
    try:
        report = bulk.sync(
            arguments.source,
            arguments.target,
            delete=arguments.delete,
            dry_run=arguments.dry_run,
            threads=arguments.threads,
            on_result=show,
        )
    except bulk.BulkError as error:
        print(summary(error.report))
        sys.exit(str(error))
    print(summary(report))


if __name__ == "__main__":
    main()
