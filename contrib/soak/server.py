"""
The server: it answers EC2, S3, Route 53 and PowerDNS, and breaks a share of its answers.

    python3 server.py SEED SHARE STALL

It prints its port, serves until its standard input ends, and then prints as JSON what it has seen:
above all what was done twice, and what was sent that no call had in it.
"""

from __future__ import annotations

import collections
import json
import re
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from plan import NOT_DONE, Plan, content_of, etag_of, parts_of

CALL = re.compile(r"call-\d+")
HTML = b"<html><body><h1>Welcome to this hotel's network</h1></body></html>"


class Request(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def call(self) -> str:
        """The call that it belongs to, which is somewhere in what it says."""
        found = CALL.search(f"{self.path} {self.query} {self.body[:4000].decode('latin-1')}")
        return found.group() if found else "call-none"


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: dict[str, str] = {}


class Asked(NamedTuple):
    """What a request is: see ``plan.Step``; ``do`` does it, and returns the right answer."""

    label: str
    answer: str
    do: Any


class Provider:
    """What the providers have in common: they remember what they did, and how often."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.done: collections.Counter[str] = collections.Counter()
        self.tokens: dict[str, str] = {}
        self.wrong: list[str] = []

    def did(self, what: str, token: str | None = None) -> None:
        """Do something, unless it was done under this token."""
        with self.lock:
            if token is not None:
                if token in self.tokens:
                    return
                self.tokens[token] = what
            self.done[what] += 1

    def summary(self) -> dict[str, Any]:
        twice = sorted(what for what, count in self.done.items() if count > 1)
        return {"writes": sum(self.done.values()), "twice": twice, "wrong": self.wrong}


class S3(Provider):
    def __init__(self) -> None:
        super().__init__()
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.objects: dict[str, str] = {}
        self.began = 0

    def read(self, request: Request) -> Asked:
        call, method, query = request.call, request.method, request.query
        if "uploads" in query:
            return Asked(f"{call} begin", "document", lambda: self._begin(call))
        if "partNumber" in query:
            label = f"{call} part {query['partNumber']}"
            return Asked(label, "etag", lambda: self._part(call, request))
        if "uploadId" in query and method == "POST":
            return Asked(f"{call} complete", "document", lambda: self._complete(call, request))
        if "uploadId" in query:
            return Asked(f"{call} abort", "nothing", lambda: self._abort(request))
        if "list-type" in query:
            token = query.get("continuation-token", "")
            return Asked(f"{call} list {token}", "document", lambda: self._list(call, token))
        if method == "PUT":
            return Asked(f"{call} put", "etag", lambda: self._put(call, request))
        if method == "DELETE":
            return Asked(f"{call} delete", "nothing", lambda: Answer(204))
        if method == "HEAD":
            return Asked(f"{call} head", "nothing", lambda: self._get(call, request))
        kind = "file" if request.path.endswith(".file") else "stream"
        return Asked(f"{call} get", kind, lambda: self._get(call, request))

    def _get(self, call: str, request: Request) -> Answer:
        content = content_of(call)
        headers = {"ETag": self.objects.get(call, etag_of(content)), "Content-Type": "text/plain"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if wanted is None:
            return Answer(200, content, headers)
        start, end = int(wanted[1]), int(wanted[2] or len(content) - 1)
        headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
        return Answer(206, content[start : end + 1], headers)

    def _put(self, call: str, request: Request) -> Answer:
        if request.body != content_of(call):
            self.wrong.append(f"{call}: other content was uploaded")
        return Answer(200, b"", {"ETag": etag_of(request.body)})

    def _list(self, call: str, token: str) -> Answer:
        page = int(token or 1)
        contents = "".join(
            f"<Contents><Key>{call}%2F{page}-{number}</Key><Size>{page}</Size>"
            "<LastModified>2020-10-12T17:50:30.000Z</LastModified>"
            f"<ETag>&quot;{number:032x}&quot;</ETag></Contents>"
            for number in range(5)
        )
        more = page < 3
        text = (
            f"<ListBucketResult><EncodingType>url</EncodingType>{contents}"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>"
            + (f"<NextContinuationToken>{page + 1}</NextContinuationToken>" if more else "")
            + "</ListBucketResult>"
        )
        return _xml(text)

    def _begin(self, call: str) -> Answer:
        with self.lock:
            self.began += 1
            upload_id = f"upload-{self.began}"
            self.uploads[upload_id] = {}
        return _xml(
            "<InitiateMultipartUploadResult>"
            f"<UploadId>{upload_id}</UploadId></InitiateMultipartUploadResult>"
        )

    def _part(self, call: str, request: Request) -> Answer:
        upload = self.uploads.get(request.query["uploadId"])
        if upload is None:
            return _no_such_upload()
        upload[int(request.query["partNumber"])] = request.body
        return Answer(200, b"", {"ETag": etag_of(request.body)})

    def _complete(self, call: str, request: Request) -> Answer:
        with self.lock:
            upload = self.uploads.pop(request.query["uploadId"], None)
        if upload is None:
            return _no_such_upload()
        parts = [upload[number] for number in sorted(upload)]
        if parts != parts_of(content_of(call, 5000)):
            self.wrong.append(f"{call}: the parts are not its content")
        self.did(f"{call} complete")
        digests = b"".join(bytes.fromhex(etag_of(part).strip('"')) for part in parts)
        etag = f'"{etag_of(digests)[1:-1]}-{len(parts)}"'
        self.objects[call] = etag
        return _xml(
            "<CompleteMultipartUploadResult>"
            f"<ETag>{etag.replace(chr(34), '&quot;')}</ETag></CompleteMultipartUploadResult>"
        )

    def _abort(self, request: Request) -> Answer:
        with self.lock:
            found = self.uploads.pop(request.query["uploadId"], None)
        return _no_such_upload() if found is None else Answer(204)

    def summary(self) -> dict[str, Any]:
        return {**super().summary(), "open uploads": len(self.uploads)}


class EC2(Provider):
    CREATE = {"RunInstances": "i", "CreateVolume": "vol", "CreateKeyPair": "key"}

    def read(self, request: Request) -> Asked:
        form = dict(parse_qsl(request.body.decode()))
        call, action = request.call, form["Action"]
        token = form.get("NextToken", "")
        label = f"{call} {action} {token}"
        return Asked(label, "document", lambda: self._do(call, action, token, form))

    def _do(self, call: str, action: str, token: str, form: dict[str, str]) -> Answer:
        if action in self.CREATE:
            self.did(f"{call} {action}", form.get("ClientToken"))
        instance = (
            f"<instanceId>i-{call}{{}}</instanceId><imageId>ami-1</imageId><instanceState>"
            "<code>16</code><name>running</name></instanceState><tagSet><item><key>Name</key>"
            f"<value>{call}</value></item></tagSet>"
        )
        if action == "DescribeInstances":
            page = int(token.rpartition(".")[2] or 1)
            content = "<reservationSet>" + "".join(
                f"<item><instancesSet><item>{instance.format(f'-{page}-{number}')}</item>"
                "</instancesSet></item>"
                for number in range(3)
            )
            content += "</reservationSet>"
            if page < 3:
                content += f"<nextToken>{call}.{page + 1}</nextToken>"
        elif action == "RunInstances":
            content = f"<instancesSet><item>{instance.format('')}</item></instancesSet>"
        elif action == "CreateVolume":
            content = (
                f"<volumeId>vol-{call}</volumeId><size>{form['Size']}</size>"
                "<status>creating</status><createTime>2013-06-24T11:19:42.000Z</createTime>"
            )
        elif action == "CreateKeyPair":
            content = (
                f"<keyName>{form['KeyName']}</keyName><keyFingerprint>1f</keyFingerprint>"
                f"<keyMaterial>PEM {call}</keyMaterial>"
            )
        else:
            content = "<return>true</return>"
        namespace = "http://ec2.amazonaws.com/doc/2016-11-15/"
        return _xml(f'<{action}Response xmlns="{namespace}">{content}</{action}Response>')


class Route53(Provider):
    def read(self, request: Request) -> Asked:
        call = request.call
        if request.path.endswith("/rrset") and request.method == "POST":
            return Asked(f"{call} change", "document", lambda: self._change(call, request))
        if request.path.endswith("/rrset"):
            name = request.query.get("name", "")
            return Asked(f"{call} sets {name}", "document", lambda: self._sets(call, name))
        return Asked(f"{call} zone", "document", lambda: self._zone(call, request))

    def _sets(self, call: str, name: str) -> Answer:
        # Asked for by name: the records of a page, or the one that a call has made.
        names = [f"r{page}.{call}.com." for page in (1, 2, 3)]
        if f"{call} change" in self.done:
            names = sorted([*names, f"new.{call}.com."])
        rest = [found for found in names if found >= name.replace("\\055", "-")]
        more = len(rest) > 1
        following = (
            f"<NextRecordName>{rest[1]}</NextRecordName><NextRecordType>A</NextRecordType>"
            if more
            else ""
        )
        sets = "".join(
            f"<ResourceRecordSet><Name>{found}</Name><Type>A</Type><TTL>300</TTL><ResourceRecords>"
            "<ResourceRecord><Value>192.0.2.9</Value></ResourceRecord></ResourceRecords>"
            "</ResourceRecordSet>"
            for found in rest[:1]
        )
        return _xml(
            "<ListResourceRecordSetsResponse>"
            f"<ResourceRecordSets>{sets}</ResourceRecordSets>"
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{following}"
            "</ListResourceRecordSetsResponse>"
        )

    def _change(self, call: str, request: Request) -> Answer:
        with self.lock:
            if f"{call} change" in self.done:
                text = (
                    f"Tried to create resource record set [name='new.{call}.com.', type='A'] but "
                    "it already exists"
                )
                return Answer(
                    400,
                    "<ErrorResponse><Error><Code>InvalidChangeBatch</Code>"
                    f"<Message>[{text}]</Message></Error></ErrorResponse>".encode(),
                    {"Content-Type": "text/xml"},
                )
            self.done[f"{call} change"] += 1
        content = "<ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status></ChangeInfo>"
        return _xml(
            f"<ChangeResourceRecordSetsResponse>{content}</ChangeResourceRecordSetsResponse>"
        )

    def _zone(self, call: str, request: Request) -> Answer:
        tag = "GetHostedZoneResponse"
        reference = "none"
        if request.method == "POST":
            tag = "CreateHostedZoneResponse"
            found = re.search(rb"<CallerReference>(.*?)<", request.body)
            reference = found.group(1).decode() if found else "none"
            with self.lock:
                known = self.tokens.get(reference)
            if known:
                return Answer(
                    409,
                    b"<ErrorResponse><Error><Code>HostedZoneAlreadyExists</Code>"
                    b"<Message>It exists</Message></Error></ErrorResponse>",
                    {"Content-Type": "text/xml"},
                )
            self.did(f"{call} zone", reference)
        if request.path.endswith("hostedzonesbyname"):
            tag = "ListHostedZonesByNameResponse"
            with self.lock:
                by_call = {what: token for token, what in self.tokens.items()}
            reference = by_call.get(f"{call} zone", "none")
        zone = (
            f"<HostedZone><Id>/hostedzone/Z{call}</Id><Name>{call}.com.</Name>"
            f"<CallerReference>{reference}</CallerReference></HostedZone>"
        )
        if "List" in tag:
            zone = f"<HostedZones>{zone}</HostedZones><IsTruncated>false</IsTruncated>"
        return _xml(f"<{tag}>{zone}</{tag}>")


class PowerDNS(Provider):
    def read(self, request: Request) -> Asked:
        call = request.call
        if request.method == "PATCH":
            return Asked(f"{call} patch", "nothing", lambda: self._patch(call, request))
        if request.method == "POST":
            return Asked(f"{call} create", "document", lambda: self._create(call))
        return Asked(f"{call} zone", "document", lambda: self._zone(call))

    def _patch(self, call: str, request: Request) -> Answer:
        # The same change again does nothing.
        self.did(f"{call} patch", f"{call} {request.body!r}")
        return Answer(204)

    def _create(self, call: str) -> Answer:
        self.did(f"{call} create")
        return self._zone(call)

    def _zone(self, call: str) -> Answer:
        record = {"content": "192.0.2.1", "disabled": False}
        sets = [
            {"name": f"r{n}.{call}.com.", "type": "A", "ttl": 300, "records": [record]}
            for n in (1, 2, 3)
        ]
        name = f"{call}.com."
        zone = {"id": name, "name": name, "kind": "Native", "serial": 1, "rrsets": sets}
        return Answer(200, json.dumps(zone).encode(), {"Content-Type": "application/json"})


def _xml(text: str) -> Answer:
    return Answer(200, text.encode(), {"Content-Type": "text/xml"})


def _no_such_upload() -> Answer:
    body = b"<Error><Code>NoSuchUpload</Code><Message>Gone</Message></Error>"
    return Answer(404, body, {"Content-Type": "application/xml"})


class Server:
    """
    :param plan: What goes wrong.
    :param stall: Seconds that a stalled answer does not come: more than the clients' time-out.
    """

    def __init__(self, plan: Plan, stall: float) -> None:
        self.plan = plan
        self.stall = stall
        self.providers = {"s3": S3(), "ec2": EC2(), "route53": Route53(), "powerdns": PowerDNS()}
        self.lock = threading.Lock()
        self.sent: collections.Counter[str] = collections.Counter()
        self.faults: collections.Counter[str] = collections.Counter()
        self.connections = 0
        self.lost_beginnings = 0

    def serve(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        print(listener.getsockname()[1], flush=True)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        sys.stdin.read()
        summary: dict[str, Any] = {
            "requests": sum(self.sent.values()),
            "connections": self.connections,
            "faults": dict(sorted(self.faults.items())),
            "lost beginnings": self.lost_beginnings,
        }
        for name, provider in self.providers.items():
            summary[name] = provider.summary()
        print(json.dumps(summary), flush=True)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self._serve_client, args=(client,), daemon=True).start()

    def _serve_client(self, client: socket.socket) -> None:
        with suppress(OSError, ValueError), client, client.makefile("rb") as stream:
            while request := _read_request(stream):
                if not self._answer(client, request):
                    stream.close()
                    return

    def _answer(self, client: socket.socket, request: Request) -> bool:
        """Do what is asked, and answer, or what the plan says; False ends the connection."""
        asked = self._provider(request).read(request)
        with self.lock:
            attempt = self.sent[asked.label]
            self.sent[asked.label] += 1
        fault = self.plan.fault(asked.label, asked.answer, attempt)
        if fault is not None:
            with self.lock:
                self.faults[fault] += 1
                if asked.label.endswith(" begin") and fault not in NOT_DONE:
                    self.lost_beginnings += 1
        answer = None if fault in NOT_DONE else asked.do()
        if fault is None or answer is None or answer.status >= 400:
            # An error stays what it is: the plan is about good answers.
            fault = fault if answer is None else None
        return _send(client, request, answer or Answer(503), fault, self.stall)

    def _provider(self, request: Request) -> Provider:
        if request.path.startswith("/api/v1/"):
            return self.providers["powerdns"]
        if request.path.startswith("/2013-04-01/"):
            return self.providers["route53"]
        return self.providers["ec2" if request.path == "/" else "s3"]


def _read_request(stream: Any) -> Request | None:
    line = stream.readline()
    if not line:
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = stream.read(int(headers.get("content-length", 0)))
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Request(method, unquote(parts.path), query, headers, body)


def _send(
    client: socket.socket, request: Request, answer: Answer, fault: str | None, stall: float
) -> bool:
    if fault in ("lost request", "lost answer"):
        return _reset(client)
    if fault == "closed":
        return False
    if fault == "stall":
        time.sleep(stall)
        return False
    body, headers, length = answer.body, dict(answer.headers), len(answer.body)
    status, half = answer.status, answer.body[: len(answer.body) // 2]
    if fault in ("503", "429"):
        status, body, length, headers = int(fault), b"", 0, {"Retry-After": "0"}
    elif fault == "html":
        status, body, length, headers = 200, HTML, len(HTML), {"Content-Type": "text/html"}
    elif fault == "gzip":
        headers["Content-Encoding"] = "gzip"
    elif fault == "short":
        length = len(half)
    elif fault == "broken chunks":
        client.sendall(
            _head(status, {**headers, "Transfer-Encoding": "chunked"}, None)
            + b"%x\r\n%s\r\nnonsense\r\n" % (len(half), half)
        )
        return False
    elif fault in ("truncated", "reset in body"):
        client.sendall(_head(status, headers, length) + half)
        if fault == "truncated":
            return False
        time.sleep(0.02)  # or the reset overtakes the beginning of the body
        return _reset(client)
    head = _head(status, headers, None if status == 204 else length)
    client.sendall(head if request.method == "HEAD" else head + body)
    return True


def _head(status: int, headers: dict[str, str], length: int | None) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in headers.items())]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _reset(client: socket.socket) -> bool:
    """Make the end of the connection a RST instead of a FIN."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


if __name__ == "__main__":
    sys.setswitchinterval(0.001)
    Server(Plan(int(sys.argv[1]), float(sys.argv[2])), float(sys.argv[3])).serve()
