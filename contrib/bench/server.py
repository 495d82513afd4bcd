"""
The canned server: answers EC2, S3 and Route 53 on loopback, in a process of its own, and counts.

It keeps nothing that is uploaded, and answers for any name. How long its listings are is told by
whoever started it, over its standard input: one line in, one line out, both JSON, see
``Server.obey``.

Its time is not measured. It only has to be the same for everybody, and to do what the real ones do
where a client looks: the MD5 as ETag, pages with a way on, ``100 Continue``, signatures on demand.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import re
import socket
import sys
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

SECRET_KEY = "bench-secret-key"

EC2_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
# 3.9.1 speaks an older version than the others.
ROUTE53_PATH = re.compile(r"/(?P<version>20\d\d-\d\d-\d\d)/.*")

PIECE = 1024 * 1024
KEYS_PER_PAGE = 1000
NODES_PER_PAGE = 1000
RECORDS_PER_PAGE = 300

# A body up to this goes out together with its head.
SMALL = 64 * 1024

NODE = """<item><reservationId>r-%(n)017x</reservationId><ownerId>123456789012</ownerId><groupSet/>
<instancesSet><item><instanceId>i-%(n)017x</instanceId><imageId>ami-0abcdef1234567890</imageId>
<instanceState><code>16</code><name>running</name></instanceState>
<privateDnsName>ip-%(dashed)s.ec2.internal</privateDnsName>
<dnsName>ec2-%(dashed)s.compute-1.amazonaws.com</dnsName><reason/><keyName>operations</keyName>
<amiLaunchIndex>0</amiLaunchIndex><productCodes/><instanceType>t3.small</instanceType>
<launchTime>2025-03-04T05:06:07.000Z</launchTime>
<placement><availabilityZone>us-east-1a</availabilityZone><groupName/><tenancy>default</tenancy>
</placement><monitoring><state>disabled</state></monitoring>
<subnetId>subnet-0123456789abcdef0</subnetId><vpcId>vpc-0123456789abcdef0</vpcId>
<privateIpAddress>%(dotted)s</privateIpAddress><ipAddress>%(dotted)s</ipAddress>
<sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>web</groupName></item></groupSet>
<architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType>
<rootDeviceName>/dev/xvda</rootDeviceName><blockDeviceMapping><item>
<deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-%(n)017x</volumeId><status>attached</status>
<attachTime>2025-03-04T05:06:08.000Z</attachTime><deleteOnTermination>true</deleteOnTermination>
</ebs></item></blockDeviceMapping><virtualizationType>hvm</virtualizationType>
<clientToken>token-%(n)d</clientToken><tagSet><item><key>Name</key><value>node-%(n)d</value></item>
<item><key>team</key><value>platform</value></item></tagSet><hypervisor>xen</hypervisor>
<networkInterfaceSet><item><networkInterfaceId>eni-%(n)017x</networkInterfaceId>
<subnetId>subnet-0123456789abcdef0</subnetId><vpcId>vpc-0123456789abcdef0</vpcId><description/>
<ownerId>123456789012</ownerId><status>in-use</status><macAddress>0a:58:0a:00:00:01</macAddress>
<privateIpAddress>%(dotted)s</privateIpAddress><sourceDestCheck>true</sourceDestCheck>
<groupSet><item><groupId>sg-0123456789abcdef0</groupId><groupName>web</groupName></item></groupSet>
<attachment><attachmentId>eni-attach-%(n)017x</attachmentId><deviceIndex>0</deviceIndex>
<status>attached</status><attachTime>2025-03-04T05:06:07.000Z</attachTime>
<deleteOnTermination>true</deleteOnTermination></attachment><privateIpAddressesSet><item>
<privateIpAddress>%(dotted)s</privateIpAddress><primary>true</primary></item>
</privateIpAddressesSet></item></networkInterfaceSet><ebsOptimized>false</ebsOptimized>
<metadataOptions><state>applied</state><httpTokens>required</httpTokens>
<httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>
</metadataOptions></item></instancesSet></item>"""

# What else is asked for: by the rows, and by 3.9.1 beside nodes.
EC2_SETS = {
    "DescribeAddresses": "<addressesSet/>",
    "DescribeKeyPairs": (
        "<keySet><item><keyPairId>key-0123456789abcdef0</keyPairId><keyType>rsa</keyType>"
        "<keyName>operations</keyName><keyFingerprint>1f:51:ae:28:bf:89:e9:d8</keyFingerprint>"
        "<tagSet/></item></keySet>"
    ),
}

KEY = (
    "<Contents><Key>photos/2025/%(n)09d.jpeg</Key><LastModified>2025-03-04T05:06:07.000Z"
    "</LastModified><ETag>&quot;%(n)032x&quot;</ETag><Size>4096</Size>"
    "<StorageClass>STANDARD</StorageClass></Contents>"
)
KEY_NUMBER = re.compile(r"photos/2025/(\d+)")

RECORD = (
    "<ResourceRecordSet><Name>host-%(n)09d.example.com.</Name><Type>A</Type><TTL>300</TTL>"
    "<ResourceRecords><ResourceRecord><Value>%(dotted)s</Value></ResourceRecord></ResourceRecords>"
    "</ResourceRecordSet>"
)
RECORD_NUMBER = re.compile(r"host-(\d+)")


def main() -> None:
    server = Server()
    print(server.port, flush=True)
    for line in sys.stdin:
        print(json.dumps(server.obey(json.loads(line))), flush=True)


class Server:
    """Listens from the start; a thread a connection."""

    def __init__(self) -> None:
        self.items = 0
        self.checks_signatures = False
        self._lock = threading.Lock()
        self._forget()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def obey(self, order: dict[str, Any]) -> dict[str, int]:
        """
        Answer with the counts since the last order, begin them anew, and change what is asked.

        :param order: ``items``: how many nodes, keys or records a listing has;
            ``check_signatures``: answer 403 to a signature of version 4 that is not right.
        :return: ``requests``; ``connections`` that they came over; ``received`` bytes of bodies;
            ``refused`` signatures.
        """
        self.items = order.get("items", self.items)
        self.checks_signatures = order.get("check_signatures", self.checks_signatures)
        with self._lock:
            counts = {
                "requests": self._requests,
                "connections": len(self._connections),
                "received": self._received,
                "refused": self._refused,
            }
            self._forget()
        return counts

    def count(self, connection: int, received: int, refused: bool) -> None:
        with self._lock:
            self._requests += 1
            self._connections.add(connection)
            self._received += received
            self._refused += refused

    def _forget(self) -> None:
        self._requests = self._received = self._refused = 0
        self._connections: set[int] = set()

    def _accept(self) -> None:
        number = 0
        while True:
            accepted, _ = self._listener.accept()
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number += 1
            exchange = Exchanges(self, accepted, number)
            threading.Thread(target=exchange.serve, daemon=True).start()


class Exchanges:
    """The exchanges over one connection."""

    def __init__(self, server: Server, connection: socket.socket, number: int) -> None:
        self.server = server
        self.connection = connection
        self.number = number
        self.file = connection.makefile("rb", buffering=256 * 1024)

    def serve(self) -> None:
        try:
            with self.connection, self.file:
                while self._exchange():
                    pass
        except (ConnectionError, ValueError):
            pass  # the client went away

    def _exchange(self) -> bool:
        start = self.file.readline()
        if not start:
            return False
        method, target, _ = start.decode("latin-1").split(" ", 2)
        headers = self._read_headers()
        if headers.get("expect") == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        # Forms and documents are looked into, uploads are not.
        body, received, md5 = self._read_body(headers, keep=method == "POST")
        refused = self.server.checks_signatures and not is_signed(method, target, headers)
        # Counted before the answer: whoever has read it may ask for the counts at once.
        self.server.count(self.number, received, refused)
        if refused:
            self._send(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        else:
            self._answer(method, target, headers, body, md5)
        return headers.get("connection", "").lower() != "close"

    # -- reading ----------------------------------------------------------------------------------

    def _read_headers(self) -> dict[str, str]:
        headers = {}
        for line in iter(self.file.readline, b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return headers

    def _read_body(self, headers: dict[str, str], keep: bool) -> tuple[bytes, int, str]:
        """What came, if it is to be kept; how much it was; and its MD5."""
        md5 = hashlib.md5(usedforsecurity=False)
        kept = []
        received = 0
        for piece in self._pieces(headers):
            md5.update(piece)
            received += len(piece)
            if keep:
                kept.append(bytes(piece))
        return b"".join(kept), received, md5.hexdigest()

    def _pieces(self, headers: dict[str, str]) -> Iterator[bytes | memoryview]:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while length := int(self.file.readline().split(b";")[0], 16):
                yield self.file.read(length)
                self.file.readline()
            while self.file.readline() != b"\r\n":
                pass  # trailers
            return
        left = int(headers.get("content-length", 0))
        buffer = memoryview(bytearray(min(left, PIECE)))
        while left:
            count = self.file.readinto(buffer[: min(left, PIECE)])
            if not count:
                raise ConnectionResetError
            left -= count
            yield buffer[:count]

    # -- answering --------------------------------------------------------------------------------

    def _answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes, md5: str
    ) -> None:
        path, _, query = target.partition("?")
        path = unquote(path)
        if path == "/":
            form = dict(parse_qsl(query)) or dict(parse_qsl(body.decode()))
            self._send(200, ec2_answer(form, self.server.items))
        elif at_route53 := ROUTE53_PATH.fullmatch(path):
            namespace = f"https://route53.amazonaws.com/doc/{at_route53['version']}/"
            params = dict(parse_qsl(query))
            self._send(200, route53_answer(path, params, self.server.items, namespace))
        else:
            params = dict(parse_qsl(query, keep_blank_values=True))
            _, _, key = path[1:].partition("/")
            if key:
                self._answer_about_object(method, key, params, headers, md5)
            elif "delete" in params:
                self._send(200, s3_deleted(body))
            elif method == "GET":
                self._send(200, s3_listing(params, self.server.items))
            else:
                self._send(200, b"", more="x-amz-bucket-region: us-east-1\r\n")

    def _answer_about_object(
        self, method: str, key: str, params: dict[str, str], headers: dict[str, str], md5: str
    ) -> None:
        if method == "POST":
            self._send(200, s3_upload_answer(key, params))
        elif method == "PUT":
            self._send(200, b"", more=f'ETag: "{md5}"\r\n')
        elif method == "DELETE":
            self._send(204, b"")
        else:
            self._send_object(method, key, headers)

    def _send_object(self, method: str, key: str, headers: dict[str, str]) -> None:
        """
        ``size-4096`` is an object of so many bytes, ``parts-4096`` the same without an MD5, and the
        content of any other one is its own name.
        """
        kind, _, number = key.partition("-")
        if kind in ("size", "parts") and number.isdigit():
            size, content = int(number), b""
            etag = md5_of_pattern(size) if kind == "size" else f"{'0' * 32}-8"
        else:
            content = key.encode()
            size, etag = len(content), hashlib.md5(content, usedforsecurity=False).hexdigest()
        status, start, end = 200, 0, size
        more = (
            f'ETag: "{etag}"\r\nx-amz-meta-name: {quote(key)}\r\nAccept-Ranges: bytes\r\n'
            "Last-Modified: Tue, 04 Mar 2025 05:06:07 GMT\r\n"
        )
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", headers.get("range", ""))
        if wanted:
            status, start = 206, int(wanted[1])
            end = min(int(wanted[2]) + 1 if wanted[2] else size, size)
            more += f"Content-Range: bytes {start}-{end - 1}/{size}\r\n"
        body: bytes | Iterator[memoryview] = content[start:end] or pattern(start, end)
        if method == "HEAD":
            body = b""
        self._send(status, body, more, end - start, "binary/octet-stream")

    def _send(
        self,
        status: int,
        body: bytes | Iterator[memoryview],
        more: str = "",
        length: int | None = None,
        kind: str = "text/xml;charset=UTF-8",
    ) -> None:
        """Send an answer; ``length`` is that of a body which comes in pieces, or does not come."""
        about_body = ""
        if status != 204:
            length = len(body) if length is None else length  # type: ignore[arg-type]
            about_body = f"Content-Type: {kind}\r\nContent-Length: {length}\r\n"
        head = (
            f"HTTP/1.1 {status} Whatever\r\nDate: Tue, 04 Mar 2025 05:06:07 GMT\r\n"
            f"Server: bench\r\nx-amz-request-id: 4442587FB7D0A2F9\r\n{more}{about_body}\r\n"
        ).encode()
        if not isinstance(body, bytes) and (length or 0) < SMALL:
            body = b"".join(body)
        if isinstance(body, bytes):
            self.connection.sendall(head + body)
            return
        self.connection.sendall(head)
        for piece in body:
            self.connection.sendall(piece)


# -- objects of any size: one pattern, over and over ----------------------------------------------

BLOCK = hashlib.shake_128(b"bench").digest(PIECE)


def pattern(start: int, end: int) -> Iterator[memoryview]:
    """The bytes of an object from ``start`` to ``end``, in pieces."""
    view = memoryview(BLOCK)
    while start < end:
        offset = start % PIECE
        piece = view[offset : offset + min(end - start, PIECE - offset)]
        yield piece
        start += len(piece)


@functools.cache
def md5_of_pattern(size: int) -> str:
    md5 = hashlib.md5(usedforsecurity=False)
    for piece in pattern(0, size):
        md5.update(piece)
    return md5.hexdigest()


# -- documents ------------------------------------------------------------------------------------


def ec2_answer(form: dict[str, str], items: int) -> bytes:
    action = form.get("Action", "")
    if action != "DescribeInstances":
        name = f"{action}Response"
        return f'<{name} xmlns="{EC2_NAMESPACE}">{EC2_SETS[action]}</{name}>'.encode()
    start = int(form.get("NextToken", 0))
    # Whoever does not ask for pages gets everything.
    count = min(int(form["MaxResults"]), NODES_PER_PAGE) if "MaxResults" in form else items
    return ec2_page(start, min(start + count, items), items)


@functools.lru_cache(maxsize=64)
def ec2_page(start: int, end: int, items: int) -> bytes:
    following = f"<nextToken>{end}</nextToken>" if end < items else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<DescribeInstancesResponse xmlns="{EC2_NAMESPACE}">'
        "<requestId>8f7724cf-496f-496e-8fe3-example</requestId>"
        f"<reservationSet>{repeated(NODE, start, end)}</reservationSet>{following}"
        "</DescribeInstancesResponse>"
    ).encode()


def s3_listing(params: dict[str, str], items: int) -> bytes:
    position = params.get("continuation-token") or params.get("marker") or ""
    after = KEY_NUMBER.search(position)
    start = int(after[1]) + 1 if after else 0
    count = min(int(params.get("max-keys", KEYS_PER_PAGE)), KEYS_PER_PAGE)
    encoded = params.get("encoding-type") == "url"
    return s3_page(start, min(start + count, items), items, encoded, "list-type" in params)


@functools.lru_cache(maxsize=256)
def s3_page(start: int, end: int, items: int, encoded: bool, second_version: bool) -> bytes:
    last = f"photos/2025/{end - 1:09d}.jpeg"
    following = ""
    if end < items:
        name = "NextContinuationToken" if second_version else "NextMarker"
        following = f"<{name}>{last}</{name}>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="{S3_NAMESPACE}">'
        f"<Name>bucket</Name><Prefix/><KeyCount>{end - start}</KeyCount><MaxKeys>1000</MaxKeys>"
        f"{'<EncodingType>url</EncodingType>' if encoded else ''}"
        f"<IsTruncated>{'true' if end < items else 'false'}</IsTruncated>{following}"
        f"{repeated(KEY, start, end)}</ListBucketResult>"
    ).encode()


def s3_deleted(body: bytes) -> bytes:
    quiet = b"<Quiet>true</Quiet>" in body
    keys = [] if quiet else re.findall(rb"<Key>(.*?)</Key>", body, re.DOTALL)
    deleted = b"".join(b"<Deleted><Key>%s</Key></Deleted>" % key for key in keys)
    return b'<DeleteResult xmlns="%s">%s</DeleteResult>' % (S3_NAMESPACE.encode(), deleted)


def s3_upload_answer(key: str, params: dict[str, str]) -> bytes:
    if "uploads" in params:
        name, content = "InitiateMultipartUploadResult", "<UploadId>upload-1</UploadId>"
    else:
        name, content = "CompleteMultipartUploadResult", f"<ETag>&quot;{'0' * 32}-8&quot;</ETag>"
    return (
        f'<{name} xmlns="{S3_NAMESPACE}"><Bucket>bucket</Bucket><Key>{key}</Key>{content}</{name}>'
    ).encode()


def route53_answer(path: str, params: dict[str, str], items: int, namespace: str) -> bytes:
    if not path.endswith("/rrset"):
        return (
            f'<GetHostedZoneResponse xmlns="{namespace}"><HostedZone>'
            "<Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>c</CallerReference>"
            "<Config><PrivateZone>false</PrivateZone></Config>"
            f"<ResourceRecordSetCount>{items}</ResourceRecordSetCount></HostedZone>"
            "<DelegationSet><NameServers><NameServer>ns-1.awsdns-1.com</NameServer></NameServers>"
            "</DelegationSet></GetHostedZoneResponse>"
        ).encode()
    at = RECORD_NUMBER.search(params.get("name", ""))
    start = int(at[1]) if at else 0
    count = min(int(params.get("maxitems", RECORDS_PER_PAGE)), RECORDS_PER_PAGE)
    return route53_page(start, min(start + count, items), items, namespace)


@functools.lru_cache(maxsize=256)
def route53_page(start: int, end: int, items: int, namespace: str) -> bytes:
    following = ""
    if end < items:
        following = (
            f"<NextRecordName>host-{end:09d}.example.com.</NextRecordName>"
            "<NextRecordType>A</NextRecordType>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<ListResourceRecordSetsResponse xmlns="{namespace}"><ResourceRecordSets>'
        f"{repeated(RECORD, start, end)}</ResourceRecordSets>"
        f"<IsTruncated>{'true' if end < items else 'false'}</IsTruncated>{following}"
        "<MaxItems>300</MaxItems></ListResourceRecordSetsResponse>"
    ).encode()


def repeated(template: str, start: int, end: int) -> str:
    parts = []
    for number in range(start, end):
        octets = [10, number >> 16 & 255, number >> 8 & 255, number & 255]
        texts = [str(octet) for octet in octets]
        parts.append(template % {"n": number, "dotted": ".".join(texts), "dashed": "-".join(texts)})
    return "".join(parts)


# -- signatures -----------------------------------------------------------------------------------

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=[^/]+/(?P<scope>[^,]+), ?SignedHeaders=(?P<names>[^,]+), ?"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


def is_signed(method: str, target: str, headers: dict[str, str]) -> bool:
    """
    True when a request to S3 has a right signature of version 4.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    given = AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if given is None:
        return False
    path, _, query = target.partition("?")
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in parse_qsl(query, keep_blank_values=True)
    )
    signed = "".join(f"{name}:{headers.get(name, '')}\n" for name in given["names"].split(";"))
    request = "\n".join(
        (
            method,
            path,
            "&".join(f"{name}={value}" for name, value in pairs),
            signed,
            given["names"],
            headers.get("x-amz-content-sha256", ""),
        )
    )
    digest = hashlib.sha256(request.encode("latin-1")).hexdigest()
    to_sign = "\n".join(("AWS4-HMAC-SHA256", headers.get("x-amz-date", ""), given["scope"], digest))
    key = b"AWS4" + SECRET_KEY.encode()
    for part in given["scope"].split("/"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return hmac.digest(key, to_sign.encode(), hashlib.sha256).hex() == given["signature"]


if __name__ == "__main__":
    main()
