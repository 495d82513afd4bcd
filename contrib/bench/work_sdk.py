"""
The works done with what a user would take otherwise: boto3, botocore's signer, fsspec.

A work is a generator function: see ``worker.measure``.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

from common import (
    HOST,
    KEY,
    REGION,
    SECRET,
    SMALL,
    THREADS,
    URL,
    file_of,
    in_threads,
    interpreters,
    pieces_of,
    remove,
)


def _client(service: str) -> Any:
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=URL,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(s3={"addressing_style": "path"}, max_pool_connections=2 * THREADS),
    )


def _s3(name: str = "size-4096") -> Any:
    """A client, with a connection that was used already."""
    client = _client("s3")
    client.head_object(Bucket="bucket", Key=name)
    return client


# -- import and construct -------------------------------------------------------------------------


def import_ec2(size: int) -> Any:
    return (yield from _import(size, "ec2"))


def import_s3(size: int) -> Any:
    return (yield from _import(size, "s3"))


def import_route53(size: int) -> Any:
    return (yield from _import(size, "route53"))


def _import(size: int, service: str) -> Any:
    program = (
        f"import boto3; boto3.client({service!r}, region_name='us-east-1', "
        "aws_access_key_id='key', aws_secret_access_key='secret')"
    )
    yield
    return interpreters(size, program)


# -- small requests -------------------------------------------------------------------------------


def s3_head(size: int) -> Any:
    client = _s3()
    yield
    for _ in range(size):
        answer = client.head_object(Bucket="bucket", Key="size-4096")
        assert answer["ContentLength"] == len(SMALL)
    return size


def s3_get(size: int) -> Any:
    client = _s3()
    yield
    for _ in range(size):
        answer = client.get_object(Bucket="bucket", Key="size-4096")
        assert len(answer["Body"].read()) == len(SMALL)
    return size


def s3_put(size: int) -> Any:
    client = _s3()
    yield
    for _ in range(size):
        client.put_object(Bucket="bucket", Key="name", Body=SMALL)
    return size


def s3_delete(size: int) -> Any:
    client = _s3()
    yield
    for _ in range(size):
        client.delete_object(Bucket="bucket", Key="size-4096")
    return size


def s3_threads(size: int) -> Any:
    client = _s3()
    yield

    def name_of(name: str) -> str:
        head = client.head_object(Bucket="bucket", Key=name)
        content = client.get_object(Bucket="bucket", Key=name)["Body"].read()
        return content.decode() if head["ContentLength"] == len(content) else "another length"

    return in_threads(size, name_of)


def s3_batch_delete(size: int) -> Any:
    client = _s3()
    keys = [{"Key": f"key-{number:09d}"} for number in range(size)]
    yield
    for start in range(0, size, 1000):
        batch = {"Objects": keys[start : start + 1000]}
        client.delete_objects(Bucket="bucket", Delete=batch)
    return size


def ec2_small(size: int) -> Any:
    client = _client("ec2")
    client.describe_key_pairs()
    yield
    for _ in range(size):
        assert len(client.describe_key_pairs()["KeyPairs"]) == 1
    return size


# -- listings -------------------------------------------------------------------------------------


def ec2_nodes(size: int) -> Any:
    client = _client("ec2")
    client.describe_key_pairs()
    yield
    pages = client.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 1000})
    return sum(
        1
        for page in pages
        for reservation in page["Reservations"]
        for instance in reservation["Instances"]
        if instance["InstanceId"]
    )


def s3_keys(size: int) -> Any:
    client = _s3()
    yield
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="bucket")
    return sum(1 for page in pages for item in page["Contents"] if item["Key"])


def route53_records(size: int) -> Any:
    client = _client("route53")
    client.get_hosted_zone(Id="Z1")
    yield
    pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId="Z1")
    return sum(
        1
        for page in pages
        for record_set in page["ResourceRecordSets"]
        for record in record_set["ResourceRecords"]
        if record["Value"]
    )


# -- transfers ------------------------------------------------------------------------------------


def upload_path(size: int) -> Any:
    client, path = _s3(), file_of(size)
    yield
    client.upload_file(path, "bucket", "name")
    return size


def upload_pieces_1m(size: int) -> Any:
    return (yield from _upload_pieces(size, 1024 * 1024))


def upload_pieces_8k(size: int) -> Any:
    return (yield from _upload_pieces(size, 8 * 1024))


def _upload_pieces(size: int, piece: int) -> Any:
    client, source = _s3(), io.BufferedReader(_Pieces(pieces_of(size, piece)))
    yield
    client.upload_fileobj(source, "bucket", "name")
    return size


class _Pieces(io.RawIOBase):
    """An iterator as the file that boto3 wants."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or memoryview(next(self._pieces, b""))
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def download_path(size: int) -> Any:
    return (yield from _download(f"parts-{size}", size))


def download_path_md5(size: int) -> Any:
    return (yield from _download(f"size-{size}", size))


def _download(name: str, size: int) -> Any:
    client = _s3(name)
    path = remove(f"download-{os.getpid()}")
    yield
    client.download_file("bucket", name, path)
    return os.path.getsize(path)


parallel_upload = upload_path
parallel_download = download_path


# -- no network -----------------------------------------------------------------------------------


def sigv4(size: int) -> Any:
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    signer = S3SigV4Auth(Credentials(KEY, SECRET), "s3", REGION)
    yield
    for number in range(size):
        request = AWSRequest(
            "GET",
            f"http://{HOST}/bucket",
            params={"list-type": "2", "prefix": f"photos/{number}"},
            headers={"Host": HOST, "Accept-Encoding": "identity"},
        )
        signer.add_auth(request)
        assert "Authorization" in request.headers
    return size


# -- fsspec ---------------------------------------------------------------------------------------


def _local(size: int) -> Any:
    """A file system and a folder with so many files of 4 KiB."""
    from fsspec.implementations.local import LocalFileSystem

    folder = os.path.abspath(f"local-{sys.argv[1]}/container")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    system = LocalFileSystem()
    for number in range(size):
        system.pipe_file(f"{folder}/object-{number:06d}", SMALL)
    return system, folder


def local_list(size: int) -> Any:
    system, folder = _local(size)
    yield
    return sum(1 for entry in system.ls(folder, detail=True) if entry["size"])


def local_put(size: int) -> Any:
    system, folder = _local(0)
    yield
    for number in range(size):
        system.pipe_file(f"{folder}/object-{number:06d}", SMALL)
    return len(os.listdir(folder))


def local_get(size: int) -> Any:
    system, folder = _local(size)
    paths = system.ls(folder, detail=False)
    yield
    for path in paths:
        assert len(system.cat_file(path)) == len(SMALL)
    return len(paths)


def local_head(size: int) -> Any:
    system, folder = _local(size)
    yield
    for number in range(size):
        assert system.info(f"{folder}/object-{number:06d}")["size"] == len(SMALL)
    return size


def local_delete(size: int) -> Any:
    system, folder = _local(size)
    paths = system.ls(folder, detail=False)
    yield
    for path in paths:
        system.rm_file(path)
    return len(paths)
