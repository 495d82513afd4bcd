"""
Correct answers of four providers, for a server that misbehaves between them, and the calls that the
drivers are tried with.

Answers after the examples of the API references:

* https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html
* https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
* https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations.html
* https://doc.powerdns.com/authoritative/http-api/zone.html
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from libcloud.common.retry import RetryPolicy
from libcloud.compute.base import Node, NodeImage, NodeLocation, NodeSize, StorageVolume
from libcloud.compute.drivers.ec2 import EC2NodeDriver
from libcloud.dns.base import Zone
from libcloud.dns.drivers.powerdns import PowerDNSDriver
from libcloud.dns.drivers.route53 import Route53DNSDriver
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3 import S3StorageDriver
from tests.faults.server import Client, Fault, FaultServer, Received, answer

SECRET = "correct-horse-battery-staple"
TOKEN = "session-token-of-the-tests"
SECRETS = (SECRET, TOKEN)

CONTENT = b"0123456789" * 300
ETAG = f'"{hashlib.md5(CONTENT).hexdigest()}"'


@contextmanager
def prompt_server() -> Iterator[FaultServer]:
    """A server that does not wait with an answer's body until its head was acknowledged."""
    with FaultServer() as running:
        # Connections inherit it from their listener.
        running._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield running


class Recorder:
    """A provider whose answers are kept."""

    def __init__(self, provider: Fault) -> None:
        self.provider = provider
        self.bodies: list[bytes] = []

    def __call__(self, client: Client, request: Received) -> bool:
        send: Callable[[bytes], None] = client.send
        sent: list[bytes] = []
        client.send = sent.append  # type: ignore[method-assign]
        try:
            return self.provider(client, request)
        finally:
            client.send = send  # type: ignore[method-assign]
            self.bodies.append(b"".join(sent).partition(b"\r\n\r\n")[2])
            for data in sent:
                send(data)


# --- correct answers ------------------------------------------------------------------------------

INSTANCE = """
<instanceId>{id}</instanceId><imageId>ami-1</imageId>
<instanceState><code>16</code><name>running</name></instanceState>
<privateDnsName>ip-10-0-0-1.internal</privateDnsName><dnsName>ec2-1.example.com</dnsName>
<keyName>key</keyName><amiLaunchIndex>0</amiLaunchIndex>
<productCodes><item><productCode>774F4FF8</productCode><type>marketplace</type></item></productCodes>
<instanceType>t3.micro</instanceType><launchTime>2018-05-08T16:46:19.000Z</launchTime>
<placement><availabilityZone>us-east-1a</availabilityZone><tenancy>default</tenancy></placement>
<monitoring><state>disabled</state></monitoring><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>
<privateIpAddress>10.0.0.1</privateIpAddress><ipAddress>192.0.2.1</ipAddress>
<groupSet><item><groupId>sg-1</groupId><groupName>group</groupName></item></groupSet>
<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-1</volumeId>
<status>attached</status><attachTime>2015-12-22T10:44:09.000Z</attachTime>
<deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>
<tagSet><item><key>Name</key><value>node</value></item></tagSet>
<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><status>in-use</status>
<groupSet><item><groupId>sg-1</groupId></item></groupSet>
<attachment><attachmentId>a-1</attachmentId><deviceIndex>0</deviceIndex></attachment>
<privateIpAddressesSet><item><privateIpAddress>10.0.0.1</privateIpAddress><primary>true</primary>
</item></privateIpAddressesSet></item></networkInterfaceSet>
<ebsOptimized>false</ebsOptimized>
"""
VOLUME = """
<volumeId>{id}</volumeId><size>80</size><snapshotId/><availabilityZone>us-east-1a</availabilityZone>
<status>in-use</status><createTime>2013-06-24T11:19:42.000Z</createTime><iops>100</iops>
<attachmentSet><item><volumeId>vol-1</volumeId><instanceId>i-1</instanceId><device>/dev/sdh</device>
<status>attached</status><attachTime>2013-06-24T11:19:42.000Z</attachTime></item></attachmentSet>
<tagSet><item><key>Name</key><value>volume</value></item></tagSet>
<volumeType>gp2</volumeType><encrypted>false</encrypted>
"""
IMAGE = """
<imageId>{id}</imageId><imageLocation>a/b</imageLocation><imageState>available</imageState>
<imageOwnerId>123456789012</imageOwnerId><isPublic>true</isPublic><name>image</name>
<creationDate>2018-05-08T16:46:19.000Z</creationDate>
<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>snap-1</snapshotId>
<volumeSize>8</volumeSize><deleteOnTermination>true</deleteOnTermination></ebs></item>
</blockDeviceMapping><billingProducts><item><billingProduct>bp-1</billingProduct></item>
</billingProducts><tagSet><item><key>k</key><value>v</value></item></tagSet>
"""
SNAPSHOT = """
<snapshotId>{id}</snapshotId><volumeId>vol-1</volumeId><status>completed</status>
<startTime>2013-06-24T11:19:42.000Z</startTime><progress>100%</progress>
<ownerId>123456789012</ownerId><volumeSize>8</volumeSize><description>d</description>
<tagSet><item><key>Name</key><value>snapshot</value></item></tagSet>
"""
KEY_PAIR = """
<keyName>{id}</keyName><keyFingerprint>1f:51:ae</keyFingerprint><keyMaterial>PEM</keyMaterial>
"""
ZONE_ITEM = """
<zoneName>{id}</zoneName><zoneState>available</zoneState><regionName>us-east-1</regionName>
"""

# Action -> the element that the items are in (None: they are the answer), and an item.
EC2_LISTS: dict[str, tuple[str, str]] = {
    "DescribeInstances": (
        "reservationSet",
        f"<instancesSet><item>{INSTANCE}</item></instancesSet>",
    ),
    "DescribeVolumes": ("volumeSet", VOLUME),
    "DescribeImages": ("imagesSet", IMAGE),
    "DescribeSnapshots": ("snapshotSet", SNAPSHOT),
    "DescribeKeyPairs": ("keySet", KEY_PAIR),
    "DescribeAvailabilityZones": ("availabilityZoneInfo", ZONE_ITEM),
}
EC2_ITEMS = {
    "RunInstances": f"<instancesSet><item>{INSTANCE}</item></instancesSet>",
    "CreateVolume": VOLUME,
    "CreateSnapshot": SNAPSHOT,
    "CreateImage": "<imageId>{id}</imageId>",
    "CreateKeyPair": KEY_PAIR,
}


def ec2(pages: int = 1) -> Fault:
    """EC2, whose lists have so many pages of one item each."""

    def fault(client: Client, request: Received) -> bool:
        form = _form(request)
        action = form["Action"]
        if action in EC2_LISTS:
            element, item = EC2_LISTS[action]
            page = int(form.get("NextToken", 1))
            content = f"<{element}><item>{item.format(id=f'id-{page}')}</item></{element}>"
            if page < pages:
                content += f"<nextToken>{page + 1}</nextToken>"
        else:
            content = EC2_ITEMS[action].format(id="id-1")
        namespace = "http://ec2.amazonaws.com/doc/2016-11-15/"
        text = f'<{action}Response xmlns="{namespace}">{content}</{action}Response>'
        return answer(200, text.encode(), "text/xml")(client, request)

    return fault


def s3(pages: int = 1) -> Fault:
    def fault(client: Client, request: Received) -> bool:
        body, content_type, headers = _s3_answer(request, pages)
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if wanted is None:
            return answer(200, body, content_type, headers)(client, request)
        start, end = int(wanted[1]), min(int(wanted[2] or len(body)), len(body) - 1)
        headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
        return answer(206, body[start : end + 1], content_type, headers)(client, request)

    return fault


def _s3_answer(request: Received, pages: int) -> tuple[bytes, str, dict[str, str]]:
    path, query = _split(request)
    page = int(query.get("continuation-token", 1))
    token = str(page + 1) if page < pages else ""
    if path == "/":
        text = (
            "<ListAllMyBucketsResult><Buckets><Bucket>"
            f"<Name>bucket-{page}</Name><CreationDate>2009-02-03T16:45:09.000Z</CreationDate>"
            f"</Bucket></Buckets><ContinuationToken>{token}</ContinuationToken>"
            "</ListAllMyBucketsResult>"
        )
    elif path.count("/") == 1 and request.method == "GET":
        text = (
            (
                f"<ListBucketResult><Name>bucket</Name><Prefix/><IsTruncated>{bool(token)}"
                f"</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
                f"<EncodingType>url</EncodingType><Contents><Key>key-{page}</Key>"
                "<LastModified>2009-10-12T17:50:30.000Z</LastModified>"
                f"<ETag>&quot;{ETAG[1:-1]}&quot;</ETag><Size>{len(CONTENT)}</Size>"
                "<StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>"
            )
            .replace("True<", "true<")
            .replace("False<", "false<")
        )
    elif "uploads" in query:
        text = (
            "<InitiateMultipartUploadResult><UploadId>upload-1</UploadId>"
            "</InitiateMultipartUploadResult>"
        )
    elif request.method == "POST":
        text = (
            "<CompleteMultipartUploadResult><ETag>&quot;x-2&quot;</ETag>"
            "</CompleteMultipartUploadResult>"
        )
    elif request.method in ("GET", "HEAD") and path.count("/") > 1:
        headers = {"ETag": ETAG, "Last-Modified": "Mon, 12 Oct 2009 17:50:30 GMT"}
        return CONTENT, "text/plain", headers
    else:
        digest = hashlib.md5(request.body).hexdigest()
        return b"", "application/xml", {"ETag": f'"{digest}"', "x-amz-bucket-region": "eu-west-1"}
    return text.encode(), "application/xml", {}


def route53(pages: int = 1) -> Fault:
    def fault(client: Client, request: Received) -> bool:
        text = f'<?xml version="1.0"?>{_route53_answer(request, pages)}'
        return answer(200, text.encode(), "text/xml")(client, request)

    return fault


def _route53_answer(request: Received, pages: int) -> str:
    path, query = _split(request)
    zone = (
        "<HostedZone><Id>/hostedzone/Z{0}</Id><Name>example{0}.com.</Name>"
        "<CallerReference>reference</CallerReference><Config><Comment>c</Comment>"
        "<PrivateZone>false</PrivateZone></Config>"
        "<ResourceRecordSetCount>2</ResourceRecordSetCount></HostedZone>"
    )
    if request.method == "POST" and path.endswith("/rrset"):
        content = "<ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status></ChangeInfo>"
        return f"<ChangeResourceRecordSetsResponse>{content}</ChangeResourceRecordSetsResponse>"
    if request.method == "POST":
        content = (
            f"{zone.format(1)}<DelegationSet><NameServers><NameServer>ns.example.com</NameServer>"
            "</NameServers></DelegationSet>"
        )
        return f"<CreateHostedZoneResponse>{content}</CreateHostedZoneResponse>"
    if path.endswith("/rrset"):
        page = 1 if "maxitems" in query and "name" not in query else 2
        if query.get("name", "").startswith("new."):
            page = pages  # nothing of that name: what follows it in the order comes first
        more = page < pages
        content = (
            f"<ResourceRecordSets><ResourceRecordSet><Name>r{page}.example.com.</Name>"
            "<Type>A</Type><TTL>300</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value>"
            "</ResourceRecord></ResourceRecords></ResourceRecordSet></ResourceRecordSets>"
            f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        )
        if more:
            content += (
                "<NextRecordName>r2.example.com.</NextRecordName><NextRecordType>A</NextRecordType>"
            )
        return f"<ListResourceRecordSetsResponse>{content}</ListResourceRecordSetsResponse>"
    page = int(query.get("marker", 1))
    more = page < pages
    content = f"<HostedZones>{zone.format(page)}</HostedZones>"
    content += f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
    if more:
        content += f"<NextMarker>{page + 1}</NextMarker>"
    return f"<ListHostedZonesResponse>{content}</ListHostedZonesResponse>"


POWERDNS_ZONE = {
    "id": "example.com.",
    "name": "example.com.",
    "kind": "Native",
    "serial": 1,
    "masters": [],
    "account": "",
    "rrsets": [
        {
            "name": "r1.example.com.",
            "type": "A",
            "ttl": 300,
            "comments": [],
            "records": [{"content": "192.0.2.1", "disabled": False}],
        }
    ],
}


def powerdns(pages: int = 1) -> Fault:
    """PowerDNS, which has no pages."""

    def fault(client: Client, request: Received) -> bool:
        path, _ = _split(request)
        if request.method == "PATCH":
            return answer(204)(client, request)
        is_list = path.endswith("/zones") and request.method == "GET"
        body: Any = [POWERDNS_ZONE] if is_list else POWERDNS_ZONE
        text = json.dumps(body).encode()
        return answer(200, text, "application/json")(client, request)

    return fault


def _split(request: Received) -> tuple[str, dict[str, str]]:
    parts = urlsplit(request.target)
    query = parse_qs(parts.query, keep_blank_values=True)
    return parts.path, {name: values[0] for name, values in query.items()}


def _form(request: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


# --- drivers --------------------------------------------------------------------------------------

FAST = RetryPolicy(delay=0.001)


def ec2_driver(port: int, **kwargs: Any) -> EC2NodeDriver:
    return EC2NodeDriver("key", SECRET, token=TOKEN, **_at(port, kwargs))


def s3_driver(port: int, **kwargs: Any) -> S3StorageDriver:
    driver = S3StorageDriver("key", SECRET, token=TOKEN, region="eu-west-1", **_at(port, kwargs))
    driver.part_size = 1000
    return driver


def route53_driver(port: int, **kwargs: Any) -> Route53DNSDriver:
    return Route53DNSDriver("key", SECRET, token=TOKEN, **_at(port, kwargs))


def powerdns_driver(port: int, **kwargs: Any) -> PowerDNSDriver:
    return PowerDNSDriver(SECRET, **_at(port, kwargs))


def _at(port: int, kwargs: dict[str, Any]) -> dict[str, Any]:
    defaults = {"host": "127.0.0.1", "port": port, "secure": False, "timeout": 5, "retry": FAST}
    return {**defaults, **kwargs}


# --- calls ----------------------------------------------------------------------------------------

Token = Callable[[Received], str]


@dataclass(frozen=True)
class Call:
    """
    A call of a driver.

    ``answers`` says what the answer's body is: ``document`` (one that the driver reads), ``object``
    (content, of any kind), ``nothing``.

    ``token`` finds in a request what makes it harmless when it arrives twice: None for a call whose
    request must never do that.
    """

    name: str
    make: Callable[..., Any]
    provider: Callable[[int], Fault]
    do: Callable[[Any], Any]
    answers: str = "document"
    token: Token | None = None
    is_create: bool = False
    pages: int = 1
    faulty: Callable[[Received], bool] = lambda request: True

    def __str__(self) -> str:
        return self.name


def _container(driver: Any) -> Container:
    return Container("bucket", {}, driver)


def stored_object(driver: Any, size: int = len(CONTENT), name: str = "key") -> Object:
    container = _container(driver)
    return Object(name, size, ETAG.strip('"'), {}, {}, container, driver)


def zone_of(driver: Any) -> Zone:
    return Zone("Z1", "example.com", "master", None, driver)


def _node(driver: Any) -> Node:
    return Node("i-1", "node", "running", [], [], driver)


def _create_node(driver: Any) -> Any:
    size = NodeSize("t3.micro", "s", 1, 1, 1, 1, driver)
    return driver.create_node("node", size, NodeImage("ami-1", "image", driver))


def create_volume(driver: Any) -> Any:
    return driver.create_volume(8, "v", NodeLocation("us-east-1a", "us-east-1a", "US", driver))


def _field(name: str) -> Token:
    return lambda request: _form(request).get(name, "")


def _element(name: str) -> Token:
    def find(request: Received) -> str:
        found = re.search(f"<{name}>(.*?)</{name}>", request.body.decode())
        return found.group(1) if found else ""

    return find


def _whole(request: Received) -> str:
    """For a request that says what there shall be, whatever there is."""
    return f"{request.method} {request.target} {request.body!r}"


READS = [
    Call("ec2-list_nodes", ec2_driver, ec2, lambda d: d.list_nodes(), pages=2),
    Call("ec2-list_volumes", ec2_driver, ec2, lambda d: d.list_volumes(), pages=2),
    Call("ec2-list_images", ec2_driver, ec2, lambda d: d.list_images(), pages=2),
    Call("ec2-list_snapshots", ec2_driver, ec2, lambda d: d.list_snapshots(), pages=2),
    Call("ec2-list_key_pairs", ec2_driver, ec2, lambda d: d.list_key_pairs()),
    Call("ec2-list_locations", ec2_driver, ec2, lambda d: d.list_locations()),
    Call("s3-list_containers", s3_driver, s3, lambda d: d.list_containers(), pages=2),
    Call("s3-list_objects", s3_driver, s3, lambda d: _container(d).list_objects(), pages=2),
    Call("s3-get_container", s3_driver, s3, lambda d: d.get_container("bucket"), "nothing"),
    Call("s3-get_object", s3_driver, s3, lambda d: d.get_object("bucket", "key"), "nothing"),
    Call("route53-list_zones", route53_driver, route53, lambda d: d.list_zones(), pages=2),
    Call(
        "route53-list_records",
        route53_driver,
        route53,
        lambda d: zone_of(d).list_records(),
        pages=2,
    ),
    Call("powerdns-list_zones", powerdns_driver, powerdns, lambda d: d.list_zones()),
    Call("powerdns-get_zone", powerdns_driver, powerdns, lambda d: d.get_zone("example.com")),
    Call("powerdns-list_records", powerdns_driver, powerdns, lambda d: zone_of(d).list_records()),
]

CREATES = [
    Call("ec2-create_node", ec2_driver, ec2, _create_node, token=_field("ClientToken")),
    Call("ec2-create_volume", ec2_driver, ec2, create_volume, token=_field("ClientToken")),
    Call(
        "ec2-create_volume_snapshot",
        ec2_driver,
        ec2,
        lambda d: d.create_volume_snapshot(StorageVolume("vol-1", "v", 8, d)),
    ),
    Call("ec2-create_image", ec2_driver, ec2, lambda d: d.create_image(_node(d), "image")),
    Call("ec2-create_key_pair", ec2_driver, ec2, lambda d: d.create_key_pair("pair")),
    Call(
        "s3-create_container",
        s3_driver,
        s3,
        lambda d: d.create_container("bucket"),
        answers="nothing",
        token=_whole,
    ),
    Call(
        "route53-create_zone",
        route53_driver,
        route53,
        lambda d: d.create_zone("example.com"),
        token=_element("CallerReference"),
    ),
    Call(
        "route53-create_record",
        route53_driver,
        route53,
        lambda d: zone_of(d).create_record("new", "A", "192.0.2.9"),
        token=_whole,
        faulty=lambda request: request.method == "POST",
    ),
    Call("powerdns-create_zone", powerdns_driver, powerdns, lambda d: d.create_zone("example.com")),
    Call(
        "powerdns-create_record",
        powerdns_driver,
        powerdns,
        lambda d: zone_of(d).create_record("new", "A", "192.0.2.9"),
        answers="nothing",
        token=_whole,
        faulty=lambda request: request.method == "PATCH",
    ),
]


def upload(driver: Any) -> Any:
    return driver.upload_object_via_stream(iter([CONTENT[:500]]), _container(driver), "key")


def read_stream(driver: Any) -> bytes:
    return b"".join(driver.download_object_as_stream(stored_object(driver)))


UPLOADS = [Call("s3-upload", s3_driver, s3, upload, answers="etag", token=_whole)]
DOWNLOADS = [Call("s3-download_as_stream", s3_driver, s3, read_stream, answers="object")]


def download_to(folder: Path, driver: Any, size: int) -> bool:
    """Download over a file that is there; a size above the driver's part size goes in ranges."""
    obj = stored_object(driver, size)
    return driver.download_object(obj, str(folder / "file"), overwrite_existing=True)
