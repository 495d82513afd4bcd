"""What is measured, how much of it, and what is to be reached."""

from __future__ import annotations

from typing import NamedTuple

MIB = 1024 * 1024

# Memory that may move without anything growing: allocators keep some, and give some back.
SLACK = 4 * MIB


class Goal(NamedTuple):
    """
    :param of: ``cpu`` or ``wall`` (seconds), ``requests`` (a unit), ``peak`` (bytes), ``faults``
        (wrong answers and errors), or ``growth``: how many bytes more the whole work takes in
        memory than a fifth of it.
    :param at_most: As a ratio when ``against`` names a contender.
    :param stretch: What would be even better.
    """

    of: str
    at_most: float
    against: str = ""
    stretch: float | None = None


class Row(NamedTuple):
    """
    :param unit: What is counted; the works of transfers count bytes, reported by the MiB.
    :param size: How many in one repetition; ``short``, how many in the short form.
    :param listed: The listings of the server have as many items as the repetition has.
    """

    name: str
    title: str
    unit: str
    size: int
    short: int
    goals: tuple[Goal, ...] = ()
    contenders: tuple[str, ...] = ("libcloud", "3.9.1", "boto3", "limit")
    repetitions: int = 5
    listed: bool = False
    check_signatures: bool = False

    @property
    def per(self) -> int:
        """What the work counts of one unit."""
        return MIB if self.unit == "MiB" else 1


def cpu(
    old: float | None = None,
    sdk: float | None = None,
    limit: float | None = None,
    *,
    stretch: float | None = None,
    by: str = "boto3",
) -> tuple[Goal, ...]:
    """Goals for the ratio of CPU to that of 3.9.1, of the vendor's SDK, of the limit."""
    wanted = ((old, "3.9.1", stretch), (sdk, by, None), (limit, "limit", None))
    return tuple(Goal("cpu", most, name, more) for most, name, more in wanted if most is not None)


ONE_REQUEST = Goal("requests", 1)
FLAT = Goal("growth", SLACK)
# Four parts of 8 MiB are under way at a time.
PARTS_IN_FLIGHT = Goal("peak", 32 * MIB + SLACK)
WITHOUT_LIMIT = ("libcloud", "3.9.1", "boto3")
FILES = ("libcloud", "3.9.1", "fsspec", "limit")

ROWS = (
    Row(
        "import-ec2",
        "Import, and construct the EC2 driver, in a fresh interpreter (the limit: start one)",
        "import",
        5,
        1,
        cpu(0.15, 0.10),
    ),
    Row("import-s3", "The same with S3", "import", 5, 1, cpu(0.20)),
    Row("import-route53", "The same with Route 53", "import", 5, 1, cpu(0.20)),
    Row(
        "s3-head",
        "get_object of S3, one driver, one after the other",
        "request",
        500,
        5,
        (*cpu(0.18, 0.12, stretch=0.10), ONE_REQUEST),
    ),
    Row(
        "s3-get",
        "Content of an S3 object of 4 KiB, one driver, one after the other",
        "request",
        500,
        5,
        (*cpu(0.18, 0.12, stretch=0.10), ONE_REQUEST),
    ),
    Row(
        "ec2-small",
        "list_key_pairs of EC2 (there is one), one driver, one after the other",
        "request",
        500,
        5,
        (*cpu(0.18, 0.12, stretch=0.10), ONE_REQUEST),
    ),
    Row(
        "s3-put",
        "Upload of 4 KiB from memory",
        "request",
        500,
        5,
        (*cpu(0.18, 0.16), ONE_REQUEST),
    ),
    Row(
        "s3-delete",
        "Delete an S3 object",
        "request",
        500,
        5,
        (*cpu(0.18, 0.16), ONE_REQUEST),
    ),
    Row(
        "s3-batch-delete",
        "Delete 1,000 S3 objects at once (requests: for each object)",
        "key",
        1000,
        20,
        (Goal("requests", 0.001),),
    ),
    Row(
        "s3-threads",
        "Eight threads on one driver, each asks for objects of other names; signatures are checked",
        "object",
        800,
        40,
        (Goal("faults", 0),),
        WITHOUT_LIMIT,
        check_signatures=True,
    ),
    Row(
        "ec2-nodes",
        "List EC2 nodes",
        "node",
        10_000,
        1200,
        (*cpu(0.20, 0.11, 2.8), FLAT),
        repetitions=3,
        listed=True,
    ),
    Row(
        "s3-keys",
        "List S3 objects",
        "key",
        100_000,
        1500,
        (*cpu(0.30, 0.10, 3, stretch=0.20), FLAT),
        repetitions=3,
        listed=True,
    ),
    Row(
        "route53-records",
        "List Route 53 records",
        "record",
        10_000,
        700,
        (*cpu(0.40, 0.16, 2.2), FLAT),
        listed=True,
    ),
    Row(
        "route53-export",
        "Export a Route 53 zone to a file of BIND's, record by record",
        "record",
        10_000,
        700,
        (FLAT,),
        ("libcloud", "3.9.1"),
        listed=True,
    ),
    Row(
        "upload-path",
        "Upload a file (the limit: send it and compute its MD5, in one request)",
        "MiB",
        256 * MIB,
        9 * MIB,
        cpu(0.55, 0.35, 1.2),
        repetitions=3,
    ),
    Row(
        "upload-pieces-1m",
        "Upload from an iterator of pieces of 1 MiB",
        "MiB",
        256 * MIB,
        9 * MIB,
        (*cpu(0.25), PARTS_IN_FLIGHT),
        repetitions=3,
    ),
    Row(
        "upload-pieces-8k",
        "Upload from an iterator of pieces of 8 KiB",
        "MiB",
        64 * MIB,
        9 * MIB,
        (*cpu(0.05), PARTS_IN_FLIGHT),
        repetitions=3,
    ),
    Row(
        "download-path",
        "Download to a file; the ETag is no MD5, as after an upload in parts",
        "MiB",
        512 * MIB,
        9 * MIB,
        (*cpu(0.18, 0.5, 1.3), Goal("peak", 16 * MIB)),
        repetitions=3,
    ),
    Row(
        "download-path-md5",
        "Download to a file; the ETag is its MD5 (the limit computes it too, boto3 does not)",
        "MiB",
        512 * MIB,
        9 * MIB,
        (*cpu(0.18, 0.5, 1.3), Goal("peak", 16 * MIB)),
        repetitions=3,
    ),
    Row(
        "parallel-upload",
        "Upload a file in parts (the limit: four connections, and no hash)",
        "MiB",
        1024 * MIB,
        33 * MIB,
        (Goal("wall", 0.8, "boto3"),),
        ("libcloud", "boto3", "limit"),
        repetitions=3,
    ),
    Row(
        "parallel-download",
        "Download a file in parts (the limit: four connections)",
        "MiB",
        1024 * MIB,
        33 * MIB,
        (Goal("wall", 0.8, "boto3"),),
        ("libcloud", "boto3", "limit"),
        repetitions=3,
    ),
    Row(
        "sigv4",
        "Sign a request with version 4; nothing is sent",
        "signature",
        3000,
        20,
        cpu(0.20, 0.10, by="botocore"),
        ("libcloud", "3.9.1", "botocore"),
    ),
    Row(
        "bind-export",
        "Write records that are in memory as a zone file of BIND's",
        "record",
        50_000,
        200,
        (*cpu(0.50), FLAT),
        ("libcloud", "3.9.1"),
    ),
    Row(
        "local-list",
        "LOCAL: list a container",
        "object",
        5000,
        50,
        (*cpu(0.30, 1, by="fsspec"), FLAT),
        FILES,
    ),
    Row("local-put", "LOCAL: upload 4 KiB", "object", 1000, 20, cpu(0.35, 1, by="fsspec"), FILES),
    Row(
        "local-get",
        "LOCAL: content of an object of 4 KiB",
        "object",
        1000,
        20,
        cpu(0.85, 1, by="fsspec"),
        FILES,
    ),
    Row("local-head", "LOCAL: get_object", "object", 1000, 20, cpu(0.85, 1, by="fsspec"), FILES),
    Row("local-delete", "LOCAL: delete", "object", 1000, 20, cpu(0.12, 1, by="fsspec"), FILES),
)
