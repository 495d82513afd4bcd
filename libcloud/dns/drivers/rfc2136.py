"""
Any name server that takes dynamic updates (RFC 2136) and gives zone transfers (RFC 5936).

BIND, Knot and PowerDNS among them. All that is needed is the DNS itself, over TCP, signed by a TSIG
key (RFC 8945). dnspython does the protocol: ``pip install apache-libcloud[dns]``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from libcloud.common.base import ConnectionUserAndKey
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    InvalidRequestError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    ProviderError,
    ServiceUnavailableError,
    UnsupportedOperation,
)
from libcloud.dns import names
from libcloud.dns.base import Zone
from libcloud.dns.record_sets import (
    Changes,
    RecordSet,
    RecordSetChanged,
    RecordSetDNSDriver,
    SetKey,
    Value,
    canonical_rdata,
)
from libcloud.dns.types import ZoneDoesNotExistError

if TYPE_CHECKING:
    import dns.message
    import dns.name
    import dns.rdataset
    import dns.rrset
    import dns.update

__all__ = ["RFC2136Connection", "RFC2136DNSDriver"]

T = TypeVar("T")

PORT = 53

# A message over TCP has at most 65,535 bytes; the signature and the header need some.
BYTES_PER_WRITE = 60_000

# Of a record in a message, beside its name and data; an address may be shorter as a text.
_BYTES_OF_A_RECORD = 30

RECORD_TYPES = (
    "A",
    "AAAA",
    "AFSDB",
    "CAA",
    "CERT",
    "CNAME",
    "DNAME",
    "DS",
    "HINFO",
    "HTTPS",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "OPENPGPKEY",
    "PTR",
    "RP",
    "SMIMEA",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
    "URI",
)

# What a server puts into a zone that it signs, and takes from nobody.
_OF_THE_SERVER = frozenset(
    {
        "CDNSKEY",
        "CDS",
        "DNSKEY",
        "NSEC",
        "NSEC3",
        "NSEC3PARAM",
        "RRSIG",
        "TYPE65534",
    }
)

# Prerequisites that are not met (RFC 2136, 3.2.5).
_NOT_AS_IT_WAS = frozenset({"NXDOMAIN", "NXRRSET", "YXDOMAIN", "YXRRSET"})


class RFC2136Connection(ConnectionUserAndKey):
    """Sends DNS messages over TCP, one connection each. Without a user they are not signed."""

    def ask(self, message: dns.message.Message) -> dns.message.Message:
        """
        Send a message and return the answer, whatever its RCODE.

        It may arrive twice: prerequisites keep an update from being done again.
        """
        import dns.query
        import dns.rcode

        def attempt() -> dns.message.Message:
            self._sign(message)
            reply = dns.query.tcp(message, self._address(), timeout=self._timeout(), port=self.port)
            if reply.rcode() == dns.rcode.SERVFAIL:
                raise _error(reply.rcode(), message, self.driver)
            if message.had_tsig and not reply.had_tsig and reply.rcode() == dns.rcode.NOERROR:
                raise MalformedResponseError("The answer is not signed", driver=self.driver)
            return reply

        return self._retried(attempt)

    def transfer(self, origin: dns.name.Name) -> Iterator[dns.message.Message]:
        """
        The messages of a zone transfer, as they come.

        :raises ProviderError: the server gives none.
        """
        import dns.query

        key = self._tsig_key()
        signing = {"keyring": {key.name: key}, "keyalgorithm": key.algorithm} if key else {}

        def start() -> tuple[dns.message.Message, Iterator[dns.message.Message]]:
            messages = dns.query.xfr(
                self._address(),
                origin,
                port=self.port,
                relativize=False,
                timeout=self._timeout(),
                **signing,
            )
            return next(messages), messages

        message: dns.message.Message | None
        message, messages = self._retried(start)
        while message is not None:
            yield message
            last = message
            message = self._translated(lambda: next(messages, None))
        if key and not last.had_tsig:
            raise MalformedResponseError("The transfer is not signed", driver=self.driver)

    def _sign(self, message: dns.message.Message) -> None:
        key = self._tsig_key()
        if key is not None:
            message.use_tsig(key)

    def _tsig_key(self) -> Any:
        import binascii

        import dns.tsig

        if not self.user_id:
            return None
        try:
            return dns.tsig.Key(self.user_id, self.key, self.driver.ex_algorithm)
        except binascii.Error as error:
            raise InvalidCredsError(f"The secret is not base64: {error}", self.driver) from error

    def _address(self) -> str:
        import socket

        return str(socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0][4][0])

    def _timeout(self) -> float:
        from libcloud.http import DEFAULT_REQUEST_TIMEOUT

        return self.timeout or DEFAULT_REQUEST_TIMEOUT

    def _retried(self, attempt: Callable[[], T]) -> T:
        if self.retry is None:
            return self._translated(attempt)
        result: T = self.retry.run(lambda: self._translated(attempt), repeatable=True)
        return result

    def _translated(self, call: Callable[[], T]) -> T:
        """Call something of dnspython, whose errors become those of the library."""
        import dns.exception
        import dns.query
        import dns.tsig

        try:
            return call()
        except dns.query.TransferError as error:
            raise _error(error.rcode, None, self.driver) from error
        except dns.tsig.PeerError as error:
            raise InvalidCredsError(f"The server refuses the key: {error}", self.driver) from error
        except dns.exception.TooBig as error:
            raise InvalidRequestError("The record set is too large", self.driver) from error
        except (dns.exception.Timeout, OSError, EOFError) as error:
            raise self._network_error(error) from error
        except dns.exception.DNSException as error:
            text = f"The answer cannot be understood: {error!r}"
            raise MalformedResponseError(text, driver=self.driver) from error

    def _network_error(self, error: Exception) -> NetworkError:
        import dns.exception
        import requests

        from libcloud.common.network_errors import network_error

        timed_out = isinstance(error, (dns.exception.Timeout, TimeoutError))
        kind = requests.ReadTimeout if timed_out else requests.ConnectionError
        ours = network_error(kind(str(error)), "DNS", f"tcp://{self.host}:{self.port}")
        assert ours is not None
        ours.driver = self.driver
        ours.retryable = not timed_out
        return ours


class RFC2136DNSDriver(RecordSetDNSDriver):
    """
    A name server that takes dynamic updates.

    A change is one message, done as a whole or not at all, and only if the record sets are still
    what they were when the driver read them: a change that somebody else makes meanwhile is never
    lost.

    A zone's ID is its name. The protocol cannot create zones, nor list them: ``ex_zones`` says
    which there are. A zone's ``extra`` has its ``serial``.

    :param key: Name of the TSIG key; None for a server that trusts addresses.
    :param secret: The TSIG key, in base64.
    :param secure: Not looked at: messages are signed, not encrypted.
    :param host: The zones' primary server.
    :param port: 53 if None.
    :param ex_algorithm: Of the key: ``hmac-sha256``, ``hmac-sha512``, ``hmac-sha1`` ...
    :param ex_zones: The zones that :meth:`iterate_zones` gives.
    """

    type = "rfc2136"
    name = "RFC 2136"
    website = "https://www.rfc-editor.org/rfc/rfc2136"
    connectionCls = RFC2136Connection
    RECORD_TYPE_MAP = {record_type: record_type for record_type in RECORD_TYPES}

    def __init__(
        self,
        key: str | None = None,
        secret: str | None = None,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        ex_algorithm: str = "hmac-sha256",
        ex_zones: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        self.ex_algorithm = ex_algorithm
        self.ex_zones = [names.zone_name(domain) for domain in ex_zones]
        super().__init__(key or "", secret or "", secure, host, port or PORT, **kwargs)

    # Zones

    def iterate_zones(self) -> Iterator[Zone]:
        """
        The zones of ``ex_zones``: one request each.

        :raises UnsupportedOperation: the constructor was told of none.
        """
        if not self.ex_zones:
            text = "The DNS does not list zones: name them, as ex_zones of the constructor"
            raise UnsupportedOperation(text, driver=self)
        for domain in self.ex_zones:
            yield self.get_zone(domain)

    def get_zone(self, zone_id: str) -> Zone:
        import dns.rdatatype

        domain = names.zone_name(zone_id)
        reply = self._query(domain, SetKey(f"{domain}.", "SOA"))
        for rrset in reply.answer:
            if rrset.rdtype == dns.rdatatype.SOA and rrset.name == _name(f"{domain}."):
                serial = rrset[0].serial
                return Zone(domain, domain, "master", None, self, {"serial": serial})
        raise ZoneDoesNotExistError("The server does not have it", self, zone_id)

    # Record sets

    def _iterate_sets(self, zone: Zone) -> Iterator[RecordSet]:
        """One request, whose answer is the whole zone, and is passed on while it comes."""
        pending: RecordSet | None = None
        has_begun = False
        for rrset in self._transferred(zone):
            record_set = _to_set(rrset)
            type = record_set.key.type
            # The SOA record is both the first and the last of a transfer.
            if type in _OF_THE_SERVER or (type == "SOA" and has_begun):
                continue
            has_begun = True
            if pending is None or pending.key != record_set.key:
                if pending is not None:
                    yield pending
                pending = record_set
            else:
                # It was cut in two by the end of a message.
                pending = pending._replace(values=(*pending.values, *record_set.values))
        if pending is not None:
            yield pending

    def _transferred(self, zone: Zone) -> Iterator[dns.rrset.RRset]:
        try:
            for message in self.connection.transfer(_origin(zone.domain)):
                yield from message.answer
        except PermissionDeniedError:
            self._check_zone(zone.domain)
            raise
        except ProviderError as error:
            raise self._about_zone(error, zone.domain) from error

    def _read_sets(self, zone: Zone, keys: Collection[SetKey]) -> dict[SetKey, RecordSet]:
        found = {key: self._read_set(zone, key) for key in keys}
        unknown = [key for key, record_set in found.items() if record_set is None]
        if unknown:
            whole = {each.key: each for each in self._iterate_sets(zone)}
            found.update((key, whole.get(key, RecordSet(key))) for key in unknown)
        return {key: record_set or RecordSet(key) for key, record_set in found.items()}

    def _read_set(self, zone: Zone, key: SetKey) -> RecordSet | None:
        """A set by a query; None of what the zone delegates, about which a query is not told."""
        import dns.flags
        import dns.rdataclass
        import dns.rdatatype

        name, type = _name(key.name), dns.rdatatype.from_text(key.type)
        if not name.is_subdomain(_origin(zone.domain)):
            raise ValueError(f"{key.name} is not in the zone {zone.domain}")
        reply = self._query(zone.domain, key)
        if not reply.flags & dns.flags.AA:
            return None
        rrset = reply.get_rrset(reply.answer, name, dns.rdataclass.IN, type)
        # A wildcard answers for names that do not exist.
        return _to_set(rrset) if rrset and self._exists(zone, key) else RecordSet(key)

    def _exists(self, zone: Zone, key: SetKey) -> bool:
        """Whether the zone has a set: an update that demands it, and changes nothing."""
        message = _update(zone.domain)
        message.present(_name(key.name), key.type)
        try:
            self._send_update(message, zone.domain)
        except RecordSetChanged:
            return False
        return True

    def _write_sets(self, zone: Zone, changes: Changes) -> None:
        message = _update(zone.domain)
        # What goes goes first: a CNAME record would keep what comes out of its name.
        for old, new in sorted(changes, key=lambda pair: bool(pair[1].values)):
            self._check_apex(zone, old, new)
            _demand(message, old, new, changes)
            _change(message, old, new, zone)
        try:
            self._send_update(message, zone.domain)
        except RecordSetChanged as error:
            self._check_aliases(zone, changes, error)
            raise

    def _batches(self, changes: Changes) -> Iterator[Changes]:
        batch: list[tuple[RecordSet, RecordSet]] = []
        size = 0
        for pair in changes:
            more = sum(map(_size, pair))
            if batch and size + more > BYTES_PER_WRITE:
                yield batch
                batch, size = [], 0
            batch.append((pair[0], pair[1]))
            size += more
        if batch:
            yield batch

    def _value(self, zone: Zone, key: SetKey, data: str, extra: Mapping[str, Any]) -> Value:
        value = super()._value(zone, key, data, extra)
        return value._replace(rdata=_text(_rdata(key.type, value.rdata)))

    def _check_apex(self, zone: Zone, old: RecordSet, new: RecordSet) -> None:
        """What a server would leave out without a word (RFC 2136, 3.4.2)."""
        if new.key.type == "SOA":
            if not new.values:
                raise UnsupportedOperation("A zone keeps its SOA record", driver=self)
            growth = (_serial(new) - _serial(old)) % 2**32
            if not 0 < growth < 2**31:
                raise ValueError("A new SOA record must have a greater serial than the old one")
        if _is_apex_ns(new.key, zone) and not new.values:
            raise UnsupportedOperation("A zone keeps its last NS record", driver=self)

    def _check_aliases(self, zone: Zone, changes: Changes, error: ProviderError) -> None:
        """
        Why new sets were refused.

        :raises ConflictError: a CNAME record would have been beside others.
        """
        for old, new in changes:
            if old.values or not new.values:
                continue
            alias = self._read_set(zone, new.key._replace(type="CNAME"))
            is_alias, shall_be = bool(alias and alias.values), new.key.type == "CNAME"
            in_use = shall_be and error.provider_code == "YXDOMAIN"
            if (in_use and not is_alias) or (is_alias and not shall_be):
                text = f"{new.key.name} cannot have a CNAME record beside others"
                raise ConflictError(text, None, self) from error

    # Messages

    def _query(self, domain: str, key: SetKey) -> dns.message.Message:
        import dns.flags
        import dns.message
        import dns.rcode

        # RD is off: what is not known here shall not be asked for elsewhere.
        message = dns.message.make_query(_name(key.name), key.type, flags=0)
        reply = self.connection.ask(message)
        if reply.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return reply
        if reply.rcode() == dns.rcode.REFUSED:
            self._check_zone(domain)
        raise self._about_zone(_error(reply.rcode(), message, self), domain)

    def _check_zone(self, domain: str) -> None:
        """
        Whether the server has a zone, of which it said no more than "refused".

        :raises ZoneDoesNotExistError: it has not.
        """
        try:
            self._send_update(_update(domain), domain)
        except PermissionDeniedError:
            return

    def _send_update(self, message: dns.update.UpdateMessage, domain: str) -> None:
        import dns.rcode

        reply = self.connection.ask(message)
        if reply.rcode() != dns.rcode.NOERROR:
            raise self._about_zone(_error(reply.rcode(), message, self), domain)

    def _about_zone(self, error: LibcloudError, domain: str) -> LibcloudError:
        if error.provider_code != "NOTAUTH":
            return error
        return ZoneDoesNotExistError(error.value, self, names.zone_name(domain))


def _error(rcode: Any, message: Any, driver: Any) -> ProviderError:
    """The error for what a server answered, by its RCODE."""
    import dns.rcode

    code = dns.rcode.to_text(rcode)
    text = f"The server answers {code}"
    error: ProviderError
    if code in _NOT_AS_IT_WAS:
        error = RecordSetChanged(f"{text}: the record set is not what it was", None, driver)
    elif code == "REFUSED":
        error = PermissionDeniedError(
            f"{text}: that is not allowed, or not with this key", None, driver
        )
    elif code == "SERVFAIL":
        error = ServiceUnavailableError(text, driver)
    elif code == "NOTIMP":
        error = ProviderError(f"{text}: it takes no updates", None, driver)
    else:
        error = ProviderError(text, None, driver)
    error.http_code = None  # There is no HTTP here.
    error.provider_code = code
    return error


# Updates


def _update(domain: str) -> dns.update.UpdateMessage:
    import dns.update

    return dns.update.UpdateMessage(_origin(domain))


def _demand(
    message: dns.update.UpdateMessage, old: RecordSet, new: RecordSet, changes: Changes
) -> None:
    """The prerequisites of a change: the set is what it was, and its name can have it."""
    name, type = _name(new.key.name), new.key.type
    if old.values:
        message.present(name, _rdataset(old, old.values, ttl=0))
        return
    message.absent(name, type)
    others = {pair[0].key.type for pair in changes if pair[0].key.name == new.key.name} - {type}
    # A server leaves a record out without a word where a CNAME stands in its way.
    if type == "CNAME" and not others:
        message.absent(name)
    elif type != "CNAME" and "CNAME" not in others:
        message.absent(name, "CNAME")


def _change(message: dns.update.UpdateMessage, old: RecordSet, new: RecordSet, zone: Zone) -> None:
    name, type = _name(new.key.name), new.key.type
    if not new.values:
        message.delete(name, type)
        return
    there = {canonical_rdata(type, value.rdata) for value in old.values}
    wanted = {canonical_rdata(type, value.rdata) for value in new.values}
    gone = [value for value in old.values if canonical_rdata(type, value.rdata) not in wanted]
    # To add a record once more is to change its TTL.
    fresh = [
        value
        for value in new.values
        if new.ttl != old.ttl or canonical_rdata(type, value.rdata) not in there
    ]

    def delete() -> None:
        if gone and type != "SOA":
            message.delete(name, _rdataset(old, gone, ttl=0))

    # The apex is never without an NS record, not even between two lines of a message.
    add_first = _is_apex_ns(new.key, zone)
    if not add_first:
        delete()
    if fresh:
        message.add(name, _rdataset(new, fresh, ttl=new.ttl or 0))
    if add_first:
        delete()


def _is_apex_ns(key: SetKey, zone: Zone) -> bool:
    return key.type == "NS" and key.name == names.to_absolute("", zone.domain)


def _serial(record_set: RecordSet) -> int:
    return int(record_set.values[0].rdata.split()[2])


def _size(record_set: RecordSet) -> int:
    """About how many bytes a set takes in a message."""
    each = len(record_set.key.name) + _BYTES_OF_A_RECORD
    return each + sum(each + len(value.rdata) for value in record_set.values)


# Names and values


def _origin(domain: str) -> dns.name.Name:
    return _name(names.to_absolute("", domain))


def _name(absolute: str) -> dns.name.Name:
    """
    :raises ValueError: it cannot be a domain name.
    """
    import dns.exception
    import dns.name

    try:
        return dns.name.from_text(absolute)
    except dns.exception.DNSException as error:
        raise ValueError(f"{absolute!r} is no domain name: {error}") from error


def _rdata(type: str, text: str) -> Any:
    """
    :raises ValueError: the data is not of that type.
    """
    import dns.exception
    import dns.rdata

    try:
        return dns.rdata.from_text("IN", type, text, relativize=False)
    except dns.exception.DNSException as error:
        raise ValueError(f"{text!r} is no data of {type}: {error}") from error


def _rdataset(record_set: RecordSet, values: Iterable[Value], ttl: int) -> dns.rdataset.Rdataset:
    import dns.rdataset

    rdatas = [_rdata(record_set.key.type, value.rdata) for value in values]
    return dns.rdataset.from_rdata_list(ttl, rdatas)


def _to_set(rrset: dns.rrset.RRset) -> RecordSet:
    import dns.rdatatype

    key = SetKey(rrset.name.to_text().lower(), dns.rdatatype.to_text(rrset.rdtype))
    return RecordSet(key, rrset.ttl, tuple(Value(_text(rdata), {}) for rdata in rrset))


def _text(rdata: Any) -> str:
    return str(rdata.to_text(chunksize=0))
