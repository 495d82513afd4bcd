"""
Route 53: what moto does not do on demand, and what goes over the wire.

Requests and answers are checked against the description that botocore carries. Error codes are
those of https://docs.aws.amazon.com/Route53/latest/APIReference/CommonErrors.html and of the
operations' own pages. How the driver and a whole service get along is in
``tests/conformance/test_dns_route53.py``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

import pytest

from libcloud.common.aws import AWSTokenConnection
from libcloud.common.errors import (
    ConflictError,
    InvalidCredsError,
    LibcloudError,
    MalformedResponseError,
    NetworkError,
    PermissionDeniedError,
    RateLimitReachedError,
    ResourceNotFoundError,
    ServiceUnavailableError,
)
from libcloud.common.polling import WaitTimeoutError
from libcloud.common.retry import RetryPolicy
from libcloud.common.xml import parse_xml
from libcloud.dns.base import Record, Zone
from libcloud.dns.drivers.route53 import (
    InvalidChangeBatch,
    Route53Connection,
    Route53DNSDriver,
    Route53HealthCheck,
)
from libcloud.dns.drivers.route53.connection import CURRENT_NAMESPACE
from libcloud.dns.drivers.route53.escapes import (
    from_wire_name,
    from_wire_text,
    to_wire_name,
    to_wire_text,
)
from libcloud.dns.drivers.route53.sets import batches
from libcloud.dns.names import unquote_text
from libcloud.dns.providers import get_driver
from libcloud.dns.record_sets import RecordSet, RecordSetChanged, SetKey, Value
from libcloud.dns.types import (
    Provider,
    RecordAlreadyExistsError,
    RecordDoesNotExistError,
    ZoneAlreadyExistsError,
    ZoneDoesNotExistError,
)
from libcloud.testing.http import HTTPDouble
from libcloud.testing.specs import aws
from tests.faults.server import FaultServer, truncate

ZONES = "/2013-04-01/hostedzone"
ZONE = f"{ZONES}/Z1"
RRSET = f"{ZONE}/rrset"
FROM_WWW = {"name": "www.example.com.", "type": "A", "maxitems": 10}

NOT_FOUND = (
    "[Tried to delete resource record set [name='www.example.com.', type='A'] but it was not found]"
)
CHANGED = (
    "[Tried to delete resource record set [name='www.example.com.', type='A'] "
    "but the values provided do not match the current values]"
)
EXISTS = (
    "[Tried to create resource record set [name='www.example.com.', type='A'] "
    "but it already exists]"
)
ALIEN = (
    "[RRSet with DNS name www.example.com., type A, SetIdentifier x cannot be created as other "
    "RRSets exist with the same name and type.]"
)


def document(name: str, content: str) -> str:
    return f'<?xml version="1.0"?>\n<{name} xmlns="{CURRENT_NAMESPACE}">{content}</{name}>'


def error(code: str, message: str) -> str:
    inner = f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    return document("ErrorResponse", f"<Error>{inner}</Error><RequestId>r-1</RequestId>")


def hosted_zone(zone_id: str = "Z1", reference: str = "ref", name: str = "example.com.") -> str:
    return (
        f"<HostedZone><Id>/hostedzone/{zone_id}</Id><Name>{name}</Name>"
        f"<CallerReference>{reference}</CallerReference>"
        "<Config><Comment>ours</Comment><PrivateZone>false</PrivateZone></Config>"
        "<ResourceRecordSetCount>2</ResourceRecordSetCount></HostedZone>"
    )


def record_set(name: str, type: str, *values: str, ttl: int = 300, policy: str = "") -> str:
    records = "".join(
        f"<ResourceRecord><Value>{escape(value)}</Value></ResourceRecord>" for value in values
    )
    return (
        f"<ResourceRecordSet><Name>{name}</Name><Type>{type}</Type>{policy}<TTL>{ttl}</TTL>"
        f"<ResourceRecords>{records}</ResourceRecords></ResourceRecordSet>"
    )


def listing(*sets: str, following: str = "", per_page: int = 10) -> str:
    truncated = "true" if following else "false"
    return document(
        "ListResourceRecordSetsResponse",
        f"<ResourceRecordSets>{''.join(sets)}</ResourceRecordSets>"
        f"<IsTruncated>{truncated}</IsTruncated>{following}<MaxItems>{per_page}</MaxItems>",
    )


def www(*values: str, ttl: int = 300) -> str:
    return record_set("www.example.com.", "A", *values, ttl=ttl)


def batch(*changes: tuple[str, str]) -> str:
    content = "".join(
        f"<Change><Action>{action}</Action>{what}</Change>" for action, what in changes
    )
    inner = f"<ChangeBatch><Changes>{content}</Changes></ChangeBatch>"
    return document("ChangeResourceRecordSetsRequest", inner)


DONE = document(
    "ChangeResourceRecordSetsResponse",
    "<ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status>"
    "<SubmittedAt>2026-11-21T12:00:00.000Z</SubmittedAt></ChangeInfo>",
)


@pytest.fixture
def double() -> Iterator[HTTPDouble]:
    with HTTPDouble(spec=aws("route53")) as double:
        yield double


@pytest.fixture
def driver(double: HTTPDouble) -> Route53DNSDriver:
    retry = RetryPolicy(delay=0, max_delay=0)
    return double.attach(Route53DNSDriver("AKID", "secret", retry=retry))


@pytest.fixture
def zone(driver: Route53DNSDriver) -> Zone:
    return Zone("Z1", "example.com", "master", None, driver)


def address(zone: Zone, value: str = "192.0.2.1") -> Record:
    return Record(None, "www", "A", value, zone, zone.driver)


# The driver itself


def test_driver_is_registered() -> None:
    assert get_driver(Provider.ROUTE53) is Route53DNSDriver
    assert issubclass(Route53Connection, AWSTokenConnection)


def test_constructor_loads_neither_requests_nor_lxml() -> None:
    program = (
        "import sys; from libcloud.dns.providers import get_driver; "
        "get_driver('route53')('key', 'secret'); "
        "sys.exit(bool({'requests', 'lxml', 'xml', 'dns'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(
    ("region", "host", "signed_for"),
    [
        (None, "route53.amazonaws.com", "us-east-1"),
        ("eu-west-1", "route53.amazonaws.com", "us-east-1"),
        ("cn-north-1", "route53.amazonaws.com.cn", "cn-northwest-1"),
        ("us-gov-east-1", "route53.us-gov.amazonaws.com", "us-gov-west-1"),
    ],
)
def test_requests_are_signed_for_the_region_of_the_partition(
    double: HTTPDouble, region: str | None, host: str, signed_for: str
) -> None:
    driver = double.attach(Route53DNSDriver("AKID", "secret", region=region, token="session"))
    url = f"https://{host}{ZONE}"
    double.on("GET", url, headers={"X-Amz-Security-Token": "session"}).reply(
        text=document("GetHostedZoneResponse", hosted_zone())
    )
    driver.get_zone("Z1")
    signature = double.requests[0].headers["Authorization"]
    assert signature.startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert f"/{signed_for}/route53/aws4_request" in signature
    assert "x-amz-security-token" in signature


# Zones


def test_list_zones_follows_the_marker(driver: Route53DNSDriver, double: HTTPDouble) -> None:
    def page(content: str, rest: str) -> str:
        zones = f"<HostedZones>{content}</HostedZones>"
        return document("ListHostedZonesResponse", zones + rest + "<MaxItems>100</MaxItems>")

    more = "<Marker></Marker><IsTruncated>true</IsTruncated><NextMarker>Z2</NextMarker>"
    last = "<Marker>Z2</Marker><IsTruncated>false</IsTruncated>"
    double.on("GET", ZONES, query={"maxitems": 100}).reply(text=page(hosted_zone(), more))
    double.on("GET", ZONES, query={"maxitems": 100, "marker": "Z2"}).reply(
        text=page(hosted_zone("Z2", name="0\\05725.2.0.192.in-addr.arpa."), last)
    )
    zones = driver.list_zones()
    assert [(zone.id, zone.domain, zone.type) for zone in zones] == [
        ("Z1", "example.com", "master"),
        ("Z2", "0/25.2.0.192.in-addr.arpa", "master"),
    ]
    assert zones[0].extra == {
        "Comment": "ours",
        "ResourceRecordSetCount": 2,
        "CallerReference": "ref",
        "PrivateZone": False,
    }


def test_get_zone_takes_the_id_as_the_api_writes_it(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", ZONE).reply(text=document("GetHostedZoneResponse", hosted_zone()))
    assert driver.get_zone("/hostedzone/Z1").id == "Z1"


def test_get_zone_that_is_absent_raises_zone_does_not_exist(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    body = error("NoSuchHostedZone", "No hosted zone found with ID: Z1")
    double.on("GET", ZONE).reply(404, text=body)
    with pytest.raises(ZoneDoesNotExistError) as caught:
        driver.get_zone("Z1")
    raised = caught.value
    assert (raised.zone_id, raised.provider_code, raised.request_id, raised.http_code) == (
        "Z1",
        "NoSuchHostedZone",
        "r-1",
        404,
    )


def created(zone: str) -> str:
    return document(
        "CreateHostedZoneResponse",
        f"{zone}<ChangeInfo><Id>/change/C1</Id><Status>PENDING</Status>"
        "<SubmittedAt>2026-11-21T12:00:00.000Z</SubmittedAt></ChangeInfo>"
        "<DelegationSet><NameServers><NameServer>ns-1.awsdns-00.com</NameServer></NameServers>"
        "</DelegationSet>",
    )


def test_create_zone_sends_what_extra_says(driver: Route53DNSDriver, double: HTTPDouble) -> None:
    wanted = document(
        "CreateHostedZoneRequest",
        "<Name>example.com</Name><VPC><VPCRegion>eu-west-1</VPCRegion><VPCId>vpc-1</VPCId></VPC>"
        "<CallerReference>ref</CallerReference><HostedZoneConfig><Comment>a &lt; b</Comment>"
        "<PrivateZone>true</PrivateZone></HostedZoneConfig><DelegationSetId>N1</DelegationSetId>",
    )
    location = {"Location": "https://route53.amazonaws.com/2013-04-01/hostedzone/Z1"}
    double.on("POST", ZONES, xml=wanted).reply(201, text=created(hosted_zone()), headers=location)
    extra = {
        "Comment": "a < b",
        "CallerReference": "ref",
        "VPC": {"VPCRegion": "eu-west-1", "VPCId": "vpc-1"},
        "DelegationSetId": "N1",
    }
    zone = driver.create_zone("example.com.", extra=extra)
    assert zone.extra["NameServers"] == ["ns-1.awsdns-00.com"]
    aws("route53").check_request(double.requests[0])


def test_create_zone_with_a_used_reference_raises_zone_already_exists(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    body = error("HostedZoneAlreadyExists", "A hosted zone has already been created with ...")
    double.on("POST", ZONES).reply(409, text=body).exactly(1)
    with pytest.raises(ZoneAlreadyExistsError) as caught:
        driver.create_zone("example.com", extra={"CallerReference": "ref"})
    assert caught.value.provider_code == "HostedZoneAlreadyExists"


def test_create_zone_whose_answer_was_lost_finds_the_zone(
    driver: Route53DNSDriver, double: HTTPDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uuid.uuid4", lambda: "our-reference")
    body = error("HostedZoneAlreadyExists", "A hosted zone has already been created with ...")
    double.on("POST", ZONES).fail().reply(409, text=body).exactly(2)
    zones = hosted_zone("Z9", "other") + hosted_zone("Z1", "our-reference")
    by_name = document(
        "ListHostedZonesByNameResponse",
        f"<HostedZones>{zones}</HostedZones><DNSName>example.com</DNSName>"
        "<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>",
    )
    double.on(
        "GET", "/2013-04-01/hostedzonesbyname", query={"dnsname": "example.com", "maxitems": 100}
    ).reply(text=by_name)
    assert driver.create_zone("example.com").id == "Z1"
    first, second = (request.body for request in double.requests[:2])
    assert first == second


# Records


def test_list_records_follows_name_type_and_identifier(zone: Zone, double: HTTPDouble) -> None:
    weighted = "<SetIdentifier>blue</SetIdentifier><Weight>1</Weight>"
    other = "<SetIdentifier>green</SetIdentifier><Weight>2</Weight>"
    following = (
        "<NextRecordName>w.example.com.</NextRecordName><NextRecordType>A</NextRecordType>"
        "<NextRecordIdentifier>green</NextRecordIdentifier>"
    )
    first = listing(
        record_set("\\052.example.com.", "A", "192.0.2.1"),
        record_set("w.example.com.", "A", "192.0.2.2", policy=weighted),
        following=following,
        per_page=300,
    )
    second = listing(
        record_set("w.example.com.", "A", "192.0.2.2", policy=other),
        record_set("t.example.com.", "TXT", r'"gr\303\274n" " \"x\""'),
        per_page=300,
    )
    double.on("GET", RRSET, query={"maxitems": 300}).reply(text=first)
    place = {"name": "w.example.com.", "type": "A", "identifier": "green", "maxitems": 300}
    double.on("GET", RRSET, query=place).reply(text=second)
    assert [(record.id, record.name, record.data) for record in zone.list_records()] == [
        ("A:*", "*", "192.0.2.1"),
        ("A:w:192.0.2.2:blue", "w", "192.0.2.2"),
        ("A:w:192.0.2.2:green", "w", "192.0.2.2"),
        ("TXT:t", "t", r'"gr\195\188n" " \"x\""'),
    ]


ONE_VALUE = [
    record_set("example.com.", "A", "192.0.2.1"),
    record_set("WWW.Example.com.", "AAAA", "2001:DB8::1"),
    record_set("\\052.example.com.", "MX", "10 mail.example.com."),
    record_set("0\\05725.example.com.", "SRV", "1 2 3 sip.example.com."),
    record_set("a:b.example.com.", "TXT", r'"gr\303\274n" "x"'),
    record_set("caa.example.com.", "CAA", '0 issue "ca.example"'),
    record_set("broken.example.com.", "MX", "nonsense at that"),
]


def facts(records: Iterable[Record]) -> list[dict[str, object]]:
    return [{**vars(record), "zone": record.zone.id, "driver": None} for record in records]


@pytest.mark.parametrize("namespace", [CURRENT_NAMESPACE, "https://other.example/doc/", ""])
def test_list_records_reads_a_page_of_single_values_like_any_other(
    driver: Route53DNSDriver, zone: Zone, namespace: str
) -> None:
    def read(*sets: str) -> list[dict[str, object]]:
        text = listing(*sets).replace(
            f' xmlns="{CURRENT_NAMESPACE}"', namespace and f' xmlns="{namespace}"'
        )
        return facts(driver._to_records(parse_xml(text), zone))

    several = record_set("z.example.com.", "A", "192.0.2.1", "192.0.2.2")
    assert read(*ONE_VALUE) == read(*ONE_VALUE, several)[:-2]


@pytest.mark.parametrize(
    "odd",
    [
        "<Name>al.example.com.</Name><Type>A</Type><AliasTarget><HostedZoneId>Z2</HostedZoneId>"
        "<DNSName>lb.</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>",
        "<Name>x.example.com.</Name><Type>A</Type><TTL>1</TTL><ResourceRecords><ResourceRecord>"
        "<Value>192.0.2.7</Value></ResourceRecord></ResourceRecords><HealthCheckId>h</HealthCheckId>",
    ],
)
def test_list_records_shows_what_a_set_among_plain_ones_has_besides(
    driver: Route53DNSDriver, zone: Zone, odd: str
) -> None:
    text = listing(*ONE_VALUE[:2], f"<ResourceRecordSet>{odd}</ResourceRecordSet>", *ONE_VALUE[2:])
    extra = driver._to_records(parse_xml(text), zone)[2].extra
    assert "alias" in extra or extra["routing"] == {"HealthCheckId": "h"}


def test_ids_have_the_value_in_them_where_a_set_has_several(zone: Zone, double: HTTPDouble) -> None:
    page = listing(www("192.0.2.1", "192.0.2.2"), record_set("x.example.com.", "A", "192.0.2.1"))
    double.on("GET", RRSET, query={"maxitems": 300}).reply(text=page.replace(">10<", ">300<"))
    ids = [record.id for record in zone.list_records()]
    assert ids == ["A:www:192.0.2.1", "A:www:192.0.2.2", "A:x"]


def test_get_record_finds_what_is_left_of_several_by_its_old_id(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", ZONE).reply(text=document("GetHostedZoneResponse", hosted_zone()))
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing(www("192.0.2.2")))
    assert driver.get_record("Z1", "A:www:192.0.2.2").id == "A:www"
    with pytest.raises(RecordDoesNotExistError):
        driver.get_record("Z1", "A:www:192.0.2.1")


@pytest.mark.parametrize("record_id", ["A:www:192.0.2.2", "A:www"])
def test_get_record_takes_the_short_id_too(
    driver: Route53DNSDriver, double: HTTPDouble, record_id: str
) -> None:
    double.on("GET", ZONE).reply(text=document("GetHostedZoneResponse", hosted_zone()))
    double.on("GET", RRSET, query=FROM_WWW).reply(
        text=listing(www("192.0.2.2", "192.0.2.3"), record_set("x.example.com.", "A", "192.0.2.9"))
    )
    record = driver.get_record("Z1", record_id)
    assert (record.id, record.extra["_multi_value"]) == ("A:www:192.0.2.2", True)
    assert record.extra["_other_records"] == [
        {"name": "www", "data": "192.0.2.3", "type": "A", "extra": {"ttl": 300}}
    ]


def test_update_record_writes_the_others_as_they_were(zone: Zone, double: HTTPDouble) -> None:
    place = {"name": "t.example.com.", "type": "TXT", "maxitems": 10}
    health = "<HealthCheckId>h-1</HealthCheckId>"

    def texts(*values: str) -> str:
        whole = record_set("t.example.com.", "TXT", *values)
        return whole.replace("</ResourceRecordSet>", f"{health}</ResourceRecordSet>")

    odd, old, new = r'"a\040b" "c"', '"old"', r'"n\303\251w"'
    double.on("GET", RRSET, query=place).reply(text=listing(texts(odd, old)))
    wanted = batch(("DELETE", texts(odd, old)), ("CREATE", texts(odd, new)))
    double.on("POST", RRSET, xml=wanted).reply(text=DONE)
    record = Record(None, "t", "TXT", "old", zone, zone.driver)
    assert unquote_text(record.update(data="néw").data) == "néw"


def test_create_record_loses_nothing_that_others_write_meanwhile(
    zone: Zone, double: HTTPDouble
) -> None:
    reads = double.on("GET", RRSET, query=FROM_WWW)
    reads.reply(text=listing()).reply(text=listing(www("192.0.2.8", ttl=60)))
    reads.reply(text=listing(www("192.0.2.8", "192.0.2.9", ttl=60)))
    double.on("POST", RRSET, xml=batch(("CREATE", www("192.0.2.1")))).reply(
        400, text=error("InvalidChangeBatch", EXISTS)
    )
    second = batch(
        ("DELETE", www("192.0.2.8", ttl=60)), ("CREATE", www("192.0.2.8", "192.0.2.1", ttl=60))
    )
    double.on("POST", RRSET, xml=second).reply(400, text=error("InvalidChangeBatch", CHANGED))
    third = batch(
        ("DELETE", www("192.0.2.8", "192.0.2.9", ttl=60)),
        ("CREATE", www("192.0.2.8", "192.0.2.9", "192.0.2.1", ttl=60)),
    )
    double.on("POST", RRSET, xml=third).reply(text=DONE)
    record = zone.create_record("www", "A", "192.0.2.1")
    assert (record.data, record.ttl) == ("192.0.2.1", 60)


def test_create_record_that_others_write_meanwhile_raises_record_already_exists(
    zone: Zone, double: HTTPDouble
) -> None:
    reads = double.on("GET", RRSET, query=FROM_WWW).reply(text=listing())
    reads.reply(text=listing(www("192.0.2.1", "192.0.2.2")))
    double.on("POST", RRSET).reply(400, text=error("InvalidChangeBatch", EXISTS)).exactly(1)
    with pytest.raises(RecordAlreadyExistsError) as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert caught.value.record_id == "A:www:192.0.2.1"


def test_change_whose_answer_was_lost_is_known_by_its_result(
    zone: Zone, double: HTTPDouble
) -> None:
    reads = double.on("GET", RRSET, query=FROM_WWW).reply(text=listing(www("192.0.2.1")))
    reads.reply(text=listing())
    refused = error("InvalidChangeBatch", NOT_FOUND)
    double.on("POST", RRSET).fail().reply(400, text=refused).exactly(2)
    assert address(zone).delete() is True


def test_delete_record_that_others_delete_meanwhile_raises_record_does_not_exist(
    zone: Zone, double: HTTPDouble
) -> None:
    reads = double.on("GET", RRSET, query=FROM_WWW)
    reads.reply(text=listing(www("192.0.2.1", "192.0.2.2"))).reply(text=listing(www("192.0.2.3")))
    double.on("POST", RRSET).reply(400, text=error("InvalidChangeBatch", CHANGED)).exactly(1)
    with pytest.raises(RecordDoesNotExistError):
        address(zone).delete()


def test_change_that_never_gets_its_turn_gives_up(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing(www("192.0.2.2")))
    double.on("POST", RRSET).reply(400, text=error("InvalidChangeBatch", CHANGED)).exactly(10)
    with pytest.raises(RecordSetChanged) as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert isinstance(caught.value, ConflictError)


@pytest.mark.parametrize(
    "body",
    [
        error("InvalidChangeBatch", ALIEN),
        document("InvalidChangeBatch", f"<Messages><Message>{ALIEN}</Message></Messages>"),
    ],
)
def test_refused_change_says_what_route53_says(zone: Zone, double: HTTPDouble, body: str) -> None:
    double.spec = None  # The second form is of the API's examples only.
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing())
    double.on("POST", RRSET).reply(400, text=body).exactly(1)
    with pytest.raises(InvalidChangeBatch, match="other RRSets exist") as caught:
        zone.create_record("www", "A", "192.0.2.1")
    assert (caught.value.http_code, caught.value.provider_code) == (400, "InvalidChangeBatch")


def test_update_record_of_a_policy_to_another_name_takes_the_policy_along(
    zone: Zone, double: HTTPDouble
) -> None:
    policy = "<SetIdentifier>eu</SetIdentifier><Region>eu-west-1</Region>"
    old = record_set("www.example.com.", "A", "192.0.2.1", policy=policy)
    new = record_set("new.example.com.", "A", "192.0.2.1", policy=policy)
    other = record_set("www.example.com.", "A", "192.0.2.1", policy=policy.replace("eu", "us"))
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing(old, other))
    double.on("GET", RRSET, query={**FROM_WWW, "name": "new.example.com."}).reply(text=listing())
    double.on("POST", RRSET, xml=batch(("DELETE", old), ("CREATE", new))).reply(text=DONE)
    record = address(zone)
    record.extra["set_identifier"] = "eu"
    moved = record.update(name="new")
    assert moved.id == "A:new:192.0.2.1:eu"
    assert moved.extra["routing"] == {"Region": "eu-west-1"}


def test_delete_all_records_leaves_the_zones_own(
    driver: Route53DNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    alias = (
        "<ResourceRecordSet><Name>al.example.com.</Name><Type>A</Type><AliasTarget>"
        "<HostedZoneId>Z2</HostedZoneId><DNSName>lb.example.net.</DNSName>"
        "<EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>"
    )
    sub = record_set("sub.example.com.", "NS", "ns1.example.net.")
    own = [
        record_set("example.com.", "NS", "ns-1.awsdns-00.com."),
        record_set("example.com.", "SOA", "ns-1. admin. 1 2 3 4 5"),
    ]
    first = listing(*own, alias, sub, www("192.0.2.1"), per_page=300)
    second = listing(*own, sub, per_page=300)
    double.on("GET", RRSET, query={"maxitems": 300}).reply(text=first).reply(text=second)
    gone = batch(("DELETE", alias), ("DELETE", sub), ("DELETE", www("192.0.2.1")))
    double.on("POST", RRSET, xml=gone).reply(400, text=error("InvalidChangeBatch", NOT_FOUND))
    double.on("POST", RRSET, xml=batch(("DELETE", sub))).reply(text=DONE)
    driver.ex_delete_all_records(zone)


def test_batches_keep_the_limits_of_the_api() -> None:
    key = SetKey("www.example.com.", "TXT")
    wide = RecordSet(key, 60, tuple(Value("x", {}, raw="x" * 300) for _ in range(100)), raw=[])
    many = RecordSet(key, 60, tuple(Value("x", {}, raw="x") for _ in range(400)), raw=[])
    none = RecordSet(key)
    deleted = [(each, none) for each in (wide, wide, many, many, many)]
    assert [len(group) for group in batches(deleted)] == [1, 3, 1]
    assert [len(group) for group in batches([(many, many), (none, many), (none, many)])] == [1, 2]
    assert list(batches([])) == []


# Names and texts


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("*.example.com.", "*.example.com."),
        ("_sip._tcp.example.com.", "_sip._tcp.example.com."),
        ("0/25.example.com.", r"0\05725.example.com."),
        (r"a\.b.example.com.", r"a\056b.example.com."),
        (r"\@.example.com.", r"\100.example.com."),
        (r"a\032b.example.com.", r"a\040b.example.com."),
    ],
)
def test_names_are_octal_on_the_wire(name: str, wire: str) -> None:
    assert to_wire_name(name) == wire
    assert from_wire_name(wire) == name


def test_wildcard_that_is_read_has_no_escape() -> None:
    assert from_wire_name(r"\052.example.com.") == "*.example.com."


def test_wildcard_as_older_versions_gave_it_is_taken(zone: Zone, double: HTTPDouble) -> None:
    place = {**FROM_WWW, "name": "*.example.com."}
    double.on("GET", RRSET, query=place).reply(text=listing())
    wanted = batch(("CREATE", record_set("*.example.com.", "A", "192.0.2.1")))
    double.on("POST", RRSET, xml=wanted).reply(text=DONE)
    assert zone.create_record(r"\052", "A", "192.0.2.1").name == "*"


def test_texts_are_octal_on_the_wire() -> None:
    text, wire = r'"a\"b\\052" "\195\188"', r'"a\"b\\052" "\303\274"'
    assert to_wire_text(text) == wire
    assert from_wire_text(wire) == text


# What goes wrong


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "InvalidClientTokenId", InvalidCredsError),
        (403, "SignatureDoesNotMatch", InvalidCredsError),
        (403, "AccessDenied", PermissionDeniedError),
        (400, "InvalidInput", LibcloudError),
        (500, "InternalFailure", ServiceUnavailableError),
    ],
)
def test_errors_are_typed(
    driver: Route53DNSDriver, double: HTTPDouble, status: int, code: str, expected: type[Exception]
) -> None:
    double.on("GET", ZONE).reply(status, text=error(code, "Some words"))
    with pytest.raises(expected, match="Some words") as caught:
        driver.get_zone("Z1")
    assert (caught.value.provider_code, caught.value.request_id) == (code, "r-1")


@pytest.mark.parametrize("code", ["Throttling", "PriorRequestNotComplete"])
def test_throttling_is_waited_for(zone: Zone, double: HTTPDouble, code: str) -> None:
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing())
    slow = error(code, "Rate exceeded")
    double.on("POST", RRSET).reply(400, text=slow).reply(400, text=slow).reply(text=DONE)
    assert zone.create_record("www", "A", "192.0.2.1").data == "192.0.2.1"


def test_throttling_that_goes_on_raises_rate_limit_reached(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", ZONE).reply(400, text=error("Throttling", "Rate exceeded")).exactly(3)
    with pytest.raises(RateLimitReachedError) as caught:
        driver.get_zone("Z1")
    assert caught.value.provider_code == "Throttling"


@pytest.mark.parametrize("status", [400, 404, 502])
@pytest.mark.parametrize("body", ["", "<html>proxy</html>", "no xml"])
def test_errors_of_others_are_libcloud_errors(
    driver: Route53DNSDriver, double: HTTPDouble, status: int, body: str
) -> None:
    double.spec = None
    double.on("GET", ZONE).reply(status, text=body)
    driver.connection.retry = None
    with pytest.raises(LibcloudError) as caught:
        driver.get_zone("Z1")
    assert caught.value.http_code == status


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no xml",
        "<html/>",
        document("ListHostedZonesResponse", ""),
        document("GetHostedZoneResponse", ""),
        document("GetHostedZoneResponse", "<HostedZone><Id>/hostedzone/Z1</Id></HostedZone>"),
    ],
)
def test_strange_answers_raise_malformed_response(
    driver: Route53DNSDriver, double: HTTPDouble, body: str
) -> None:
    double.spec = None
    double.on("GET", ZONE).reply(text=body)
    with pytest.raises(MalformedResponseError):
        driver.get_zone("Z1")


@pytest.mark.parametrize(
    "what",
    [
        "<Name>x.</Name>",
        "<Type>A</Type>",
        "<TTL>x</TTL>",
        "text",
        "<Name/><Type>A</Type>",
        "<Name>x.</Name><Type>A</Type><AliasTarget/>",
        "<Name>x.</Name><Type>A</Type><Weight>x</Weight><TTL>1</TTL><ResourceRecords>"
        "<ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords>",
    ],
)
def test_strange_record_sets_raise_malformed_response(
    zone: Zone, double: HTTPDouble, what: str
) -> None:
    double.spec = None
    body = listing(f"<ResourceRecordSet>{what}</ResourceRecordSet>")
    double.on("GET", RRSET, query={"maxitems": 300}).reply(text=body)
    with pytest.raises(MalformedResponseError):
        zone.list_records()


def test_listing_that_was_cut_short_is_no_listing() -> None:
    body = listing(www("192.0.2.1"), per_page=300).encode()
    with FaultServer() as server:
        driver = Route53DNSDriver(
            "AKID", "secret", secure=False, host="127.0.0.1", port=server.port, retry=None
        )
        server.script(truncate(body, len(body) + 1, "text/xml"))
        with pytest.raises(NetworkError):
            driver.list_records(Zone("Z1", "example.com", "master", None, driver))


def test_answer_that_defines_entities_is_refused(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    double.spec = None
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><GetHostedZoneResponse>&b;'
    double.on("GET", ZONE).reply(text=f"{bomb}</GetHostedZoneResponse>")
    with pytest.raises(MalformedResponseError):
        driver.get_zone("Z1")


def test_connection_that_stays_cut_raises_network_error(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", ZONE).fail().exactly(3)
    with pytest.raises(NetworkError):
        driver.get_zone("Z1")


# Aliases and routing policies

FROM_AL = {**FROM_WWW, "name": "al.example.com."}


def alias(target: str = "lb.example.net.", policy: str = "", health: str = "false") -> str:
    return (
        f"<ResourceRecordSet><Name>al.example.com.</Name><Type>A</Type>{policy}<AliasTarget>"
        f"<HostedZoneId>Z2</HostedZoneId><DNSName>{target}</DNSName>"
        f"<EvaluateTargetHealth>{health}</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>"
    )


def alias_record(zone: Zone) -> Record:
    target = {"Type": "A", "HostedZoneId": "Z2", "DNSName": "lb.example.net."}
    return Record(
        None, "al", "ALIAS", "lb.example.net.", zone, zone.driver, extra={"alias": target}
    )


def test_create_alias_record(driver: Route53DNSDriver, zone: Zone, double: HTTPDouble) -> None:
    policy = "<SetIdentifier>eu</SetIdentifier><Region>eu-west-1</Region>"
    double.on("GET", RRSET, query=FROM_AL).reply(text=listing())
    wanted = batch(("CREATE", alias(policy=policy, health="true")))
    double.on("POST", RRSET, xml=wanted).reply(text=DONE)
    extra = {"set_identifier": "eu", "routing": {"Region": "eu-west-1"}}
    record = driver.ex_create_alias_record("al", zone, "A", "lb.example.net", "Z2", True, extra)
    assert (record.type, record.data, record.ttl) == ("ALIAS", "lb.example.net.", None)
    target = {"Type": "A", "HostedZoneId": "Z2", "DNSName": "lb.example.net."}
    assert record.extra == {"alias": {**target, "EvaluateTargetHealth": True}, **extra}


@pytest.mark.parametrize("there", [alias("other.example.net."), www("192.0.2.1")])
def test_create_alias_record_where_one_is_raises_record_already_exists(
    driver: Route53DNSDriver, zone: Zone, double: HTTPDouble, there: str
) -> None:
    there = there.replace("www.", "al.")
    double.on("GET", RRSET, query=FROM_AL).reply(text=listing(there))
    with pytest.raises(RecordAlreadyExistsError):
        driver.ex_create_alias_record("al", zone, "A", "lb.example.net", "Z2")


def test_update_record_of_an_alias_leads_elsewhere(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", RRSET, query=FROM_AL).reply(text=listing(alias()))
    wanted = batch(("DELETE", alias()), ("CREATE", alias("x.example.net.", health="true")))
    double.on("POST", RRSET, xml=wanted).reply(text=DONE)
    extra = {"alias": {"EvaluateTargetHealth": True}}
    updated = alias_record(zone).update(name="al", data="x.example.net", extra=extra)
    assert updated.data == "x.example.net."


def test_update_record_of_an_alias_that_others_change_meanwhile_is_made_anew(
    zone: Zone, double: HTTPDouble
) -> None:
    reads = double.on("GET", RRSET, query=FROM_AL).reply(text=listing(alias()))
    reads.reply(text=listing(alias(health="true")))
    new = alias("x.example.net.")
    first = batch(("DELETE", alias()), ("CREATE", new))
    double.on("POST", RRSET, xml=first).reply(400, text=error("InvalidChangeBatch", CHANGED))
    second = batch(
        ("DELETE", alias(health="true")), ("CREATE", alias("x.example.net.", health="true"))
    )
    double.on("POST", RRSET, xml=second).reply(text=DONE)
    assert alias_record(zone).update(data="x.example.net").extra["alias"]["EvaluateTargetHealth"]


def test_update_record_of_an_alias_to_another_name_is_refused(zone: Zone) -> None:
    with pytest.raises(LibcloudError, match="ALIAS"):
        alias_record(zone).update(name="new")


@pytest.mark.parametrize(
    ("policy", "xml"),
    [
        ({"Weight": 10}, "<Weight>10</Weight>"),
        ({"Region": "eu-west-1"}, "<Region>eu-west-1</Region>"),
        (
            {"GeoLocation": {"CountryCode": "US", "SubdivisionCode": "CA"}},
            "<GeoLocation><CountryCode>US</CountryCode><SubdivisionCode>CA</SubdivisionCode>"
            "</GeoLocation>",
        ),
        ({"Failover": "PRIMARY"}, "<Failover>PRIMARY</Failover>"),
        ({"MultiValueAnswer": True}, "<MultiValueAnswer>true</MultiValueAnswer>"),
    ],
)
def test_create_record_with_a_routing_policy(
    zone: Zone, double: HTTPDouble, policy: dict[str, object], xml: str
) -> None:
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing())
    wanted = record_set(
        "www.example.com.", "A", "192.0.2.1", policy=f"<SetIdentifier>a</SetIdentifier>{xml}"
    ).replace("</ResourceRecordSet>", "<HealthCheckId>h-1</HealthCheckId></ResourceRecordSet>")
    double.on("POST", RRSET, xml=batch(("CREATE", wanted))).reply(text=DONE)
    extra = {"set_identifier": "a", "routing": {**policy, "HealthCheckId": "h-1"}}
    record = zone.create_record("www", "A", "192.0.2.1", extra)
    assert record.id == "A:www:192.0.2.1:a"
    assert record.extra["routing"] == extra["routing"]


def test_update_record_changes_what_is_given_of_a_policy(zone: Zone, double: HTTPDouble) -> None:
    def weighted(weight: int, rest: str = "") -> str:
        policy = f"<SetIdentifier>a</SetIdentifier><Weight>{weight}</Weight>"
        whole = record_set("www.example.com.", "A", "192.0.2.1", policy=policy)
        return whole.replace("</ResourceRecordSet>", f"{rest}</ResourceRecordSet>")

    old = weighted(1, "<HealthCheckId>h-1</HealthCheckId>")
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing(old))
    wanted = batch(("DELETE", old), ("CREATE", weighted(5)))
    double.on("POST", RRSET, xml=wanted).reply(text=DONE)
    record = address(zone)
    record.extra.update(set_identifier="a", routing={"Weight": 1, "HealthCheckId": "h-1"})
    updated = record.update(extra={"routing": {"Weight": 5, "HealthCheckId": None}})
    assert updated.extra["routing"] == {"Weight": 5}


def test_create_record_with_an_unknown_policy_is_refused(zone: Zone, double: HTTPDouble) -> None:
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing())
    with pytest.raises(ValueError, match="no Wieght"):
        zone.create_record("www", "A", "192.0.2.1", {"routing": {"Wieght": 1}})


# Waiting for changes

CHANGE = "/2013-04-01/change/C1"


def change_info(status: str) -> str:
    return document(
        "GetChangeResponse",
        f"<ChangeInfo><Id>/change/C1</Id><Status>{status}</Status>"
        "<SubmittedAt>2026-11-21T12:00:00.000Z</SubmittedAt></ChangeInfo>",
    )


def test_in_sync_waits_for_what_was_changed(
    driver: Route53DNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing())
    double.on("POST", RRSET).reply(text=DONE)
    states = double.on("GET", CHANGE).reply(text=change_info("PENDING"))
    states.reply(text=change_info("INSYNC")).exactly(2)
    with driver.ex_in_sync(interval=0) as changes:
        zone.create_record("www", "A", "192.0.2.1")
    assert changes == ["C1"]
    with driver.ex_in_sync() as changes:
        pass
    assert changes == []


def test_in_sync_that_takes_too_long_raises_wait_timeout(
    driver: Route53DNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing())
    double.on("POST", RRSET).reply(text=DONE)
    double.on("GET", CHANGE).reply(text=change_info("PENDING"))
    with pytest.raises(WaitTimeoutError, match="change C1"), driver.ex_in_sync(timeout=0):
        zone.create_record("www", "A", "192.0.2.1")


def test_in_sync_leaves_other_drivers_alone(
    driver: Route53DNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    double.on("GET", RRSET, query=FROM_WWW).reply(text=listing())
    double.on("POST", RRSET).reply(text=DONE)
    with Route53DNSDriver("other", "secret").ex_in_sync() as changes:
        zone.create_record("www", "A", "192.0.2.1")
    assert changes == []


def test_get_change_says_what_became_of_it(driver: Route53DNSDriver, double: HTTPDouble) -> None:
    double.on("GET", CHANGE).reply(text=change_info("PENDING"))
    assert driver.ex_get_change("/change/C1") == {
        "Id": "C1",
        "Status": "PENDING",
        "SubmittedAt": "2026-11-21T12:00:00.000Z",
        "Comment": None,
    }


# More of zones


def by_name(*zones: str, following: str = "") -> str:
    truncated = "true" if following else "false"
    return document(
        "ListHostedZonesByNameResponse",
        f"<HostedZones>{''.join(zones)}</HostedZones><DNSName>example.com</DNSName>"
        f"<IsTruncated>{truncated}</IsTruncated>{following}<MaxItems>100</MaxItems>",
    )


BY_NAME = "/2013-04-01/hostedzonesbyname"
FROM_EXAMPLE = {"dnsname": "example.com", "maxitems": 100}


def test_zones_by_name_end_where_other_domains_begin(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    more = "<NextDNSName>example.com.</NextDNSName><NextHostedZoneId>Z2</NextHostedZoneId>"
    double.on("GET", BY_NAME, query=FROM_EXAMPLE).reply(text=by_name(hosted_zone(), following=more))
    place = {"dnsname": "example.com.", "hostedzoneid": "Z2", "maxitems": 100}
    other = hosted_zone("Z3", name="example.org.")
    double.on("GET", BY_NAME, query=place).reply(
        text=by_name(hosted_zone("Z2"), other, following=more)
    )
    assert [zone.id for zone in driver.ex_iterate_zones_by_name("Example.com.")] == ["Z1", "Z2"]


def test_get_zone_by_name_finds_the_private_one(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    private = hosted_zone("Z2").replace("false</PrivateZone>", "true</PrivateZone>")
    double.on("GET", BY_NAME, query=FROM_EXAMPLE).reply(
        text=by_name(hosted_zone(), private)
    ).exactly(3)
    assert driver.ex_get_zone_by_name("example.com", private=True).id == "Z2"
    assert driver.ex_get_zone_by_name("example.com", private=False).id == "Z1"
    with pytest.raises(ConflictError, match="Z1, Z2"):
        driver.ex_get_zone_by_name("example.com")


def test_get_zone_by_name_that_is_absent_raises_zone_does_not_exist(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", BY_NAME, query=FROM_EXAMPLE).reply(text=by_name())
    with pytest.raises(ZoneDoesNotExistError):
        driver.ex_get_zone_by_name("example.com")


def test_update_zone_comment(driver: Route53DNSDriver, zone: Zone, double: HTTPDouble) -> None:
    wanted = document("UpdateHostedZoneCommentRequest", "<Comment>ours</Comment>")
    answer = document("UpdateHostedZoneCommentResponse", hosted_zone())
    double.on("POST", ZONE, xml=wanted).reply(text=answer)
    assert driver.ex_update_zone_comment(zone, "ours").extra["Comment"] == "ours"


VPC = "<VPC><VPCRegion>eu-west-1</VPCRegion><VPCId>vpc-1</VPCId></VPC>"


def test_get_zone_that_is_private_has_its_vpcs(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    answer = document("GetHostedZoneResponse", f"{hosted_zone()}<VPCs>{VPC}</VPCs>")
    double.on("GET", ZONE).reply(text=answer)
    extra = driver.get_zone("Z1").extra
    assert extra["VPCs"] == [{"VPCRegion": "eu-west-1", "VPCId": "vpc-1"}]
    assert extra["NameServers"] == []


@pytest.mark.parametrize("verb", ["Associate", "Disassociate"])
def test_vpcs_of_a_private_zone(
    driver: Route53DNSDriver, zone: Zone, double: HTTPDouble, verb: str
) -> None:
    operation = f"{verb}VPC{'With' if verb == 'Associate' else 'From'}HostedZone"
    wanted = document(f"{operation}Request", f"{VPC}<Comment>why</Comment>")
    answer = DONE.replace("ChangeResourceRecordSetsResponse", f"{operation}Response")
    double.on("POST", f"{ZONE}/{verb.lower()}vpc", xml=wanted).reply(text=answer)
    call = driver.ex_associate_vpc if verb == "Associate" else driver.ex_disassociate_vpc
    assert call(zone, "vpc-1", "eu-west-1", "why") is True


def test_disassociate_vpc_that_is_the_last_one_raises_conflict(
    driver: Route53DNSDriver, zone: Zone, double: HTTPDouble
) -> None:
    refused = error("LastVPCAssociation", "The VPC is the last one")
    double.on("POST", f"{ZONE}/disassociatevpc").reply(400, text=refused)
    with pytest.raises(ConflictError):
        driver.ex_disassociate_vpc(zone, "vpc-1", "eu-west-1")


DELEGATION = (
    "<DelegationSet><Id>/delegationset/N1</Id><CallerReference>ref</CallerReference>"
    "<NameServers><NameServer>ns-1.awsdns-00.com</NameServer></NameServers></DelegationSet>"
)
DELEGATIONS = "/2013-04-01/delegationset"


def test_delegation_sets(driver: Route53DNSDriver, zone: Zone, double: HTTPDouble) -> None:
    expected = {"Id": "N1", "CallerReference": "ref", "NameServers": ["ns-1.awsdns-00.com"]}
    page = (
        f"<DelegationSets>{DELEGATION}</DelegationSets><Marker></Marker>"
        "<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>"
    )
    double.on("GET", DELEGATIONS, query={"maxitems": 100}).reply(
        text=document("ListReusableDelegationSetsResponse", page)
    )
    assert list(driver.ex_iterate_delegation_sets()) == [expected]
    body = "<CallerReference>ref</CallerReference><HostedZoneId>Z1</HostedZoneId>"
    double.on("POST", DELEGATIONS, xml=document("CreateReusableDelegationSetRequest", body)).reply(
        201,
        text=document("CreateReusableDelegationSetResponse", DELEGATION),
        headers={"Location": "https://route53.amazonaws.com/2013-04-01/delegationset/N1"},
    )
    assert driver.ex_create_delegation_set(zone, "ref") == expected
    gone = document("DeleteReusableDelegationSetResponse", "")
    double.on("DELETE", f"{DELEGATIONS}/N1").reply(text=gone)
    assert driver.ex_delete_delegation_set("N1") is True


# Health checks and tags

CHECKS = "/2013-04-01/healthcheck"
CHECK = (
    "<HealthCheck><Id>h-1</Id><CallerReference>ref</CallerReference><HealthCheckConfig>"
    "<IPAddress>192.0.2.1</IPAddress><Port>443</Port><Type>HTTPS</Type>"
    "<ResourcePath>/up</ResourcePath><Inverted>false</Inverted>"
    "<Regions><Region>us-east-1</Region><Region>eu-west-1</Region><Region>us-west-1</Region>"
    "</Regions></HealthCheckConfig><HealthCheckVersion>3</HealthCheckVersion></HealthCheck>"
)
CONFIG = {
    "IPAddress": "192.0.2.1",
    "Port": 443,
    "Type": "HTTPS",
    "ResourcePath": "/up",
    "Inverted": False,
    "Regions": ["us-east-1", "eu-west-1", "us-west-1"],
}


def health_check(driver: Route53DNSDriver) -> Route53HealthCheck:
    return Route53HealthCheck("h-1", CONFIG, 3, "ref", driver)


def test_create_health_check(driver: Route53DNSDriver, double: HTTPDouble) -> None:
    config = CHECK[CHECK.index("<HealthCheckConfig>") : CHECK.index("<HealthCheckVersion>")]
    body = f"<CallerReference>ref</CallerReference>{config}"
    double.on("POST", CHECKS, xml=document("CreateHealthCheckRequest", body)).reply(
        201,
        text=document("CreateHealthCheckResponse", CHECK),
        headers={"Location": "https://route53.amazonaws.com/2013-04-01/healthcheck/h-1"},
    )
    check = driver.ex_create_health_check(CONFIG, "ref")
    assert (check.id, check.config, check.version) == ("h-1", CONFIG, 3)


def test_health_checks_are_listed_and_got(driver: Route53DNSDriver, double: HTTPDouble) -> None:
    def page(following: str) -> str:
        content = f"<HealthChecks>{CHECK}</HealthChecks><Marker></Marker>{following}"
        return document("ListHealthChecksResponse", f"{content}<MaxItems>100</MaxItems>")

    more = "<IsTruncated>true</IsTruncated><NextMarker>h-2</NextMarker>"
    double.on("GET", CHECKS, query={"maxitems": 100}).reply(text=page(more))
    double.on("GET", CHECKS, query={"maxitems": 100, "marker": "h-2"}).reply(
        text=page("<IsTruncated>false</IsTruncated>")
    )
    double.on("GET", f"{CHECKS}/h-1").reply(text=document("GetHealthCheckResponse", CHECK))
    listed = driver.ex_list_health_checks()
    assert [vars(check) for check in listed] == [vars(driver.ex_get_health_check("h-1"))] * 2


def test_get_health_check_that_is_absent_raises_resource_not_found(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    double.on("GET", f"{CHECKS}/h-1").reply(404, text=error("NoSuchHealthCheck", "None"))
    with pytest.raises(ResourceNotFoundError):
        driver.ex_get_health_check("h-1")


def test_update_health_check_names_the_version_it_knows(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    body = (
        "<HealthCheckVersion>3</HealthCheckVersion><Port>80</Port><Disabled>true</Disabled>"
        "<ResetElements><ResettableElementName>Regions</ResettableElementName></ResetElements>"
    )
    wanted = document("UpdateHealthCheckRequest", body)
    changed = {"Port": 80, "Disabled": True, "ResetElements": ["Regions"]}
    double.on("POST", f"{CHECKS}/h-1", xml=wanted).reply(
        text=document("UpdateHealthCheckResponse", CHECK)
    ).reply(409, text=error("HealthCheckVersionMismatch", "It was changed"))
    assert driver.ex_update_health_check(health_check(driver), changed).id == "h-1"
    with pytest.raises(ConflictError):
        driver.ex_update_health_check(health_check(driver), changed)
    with pytest.raises(ValueError, match="Type"):
        driver.ex_update_health_check(health_check(driver), {"Type": "TCP"})


def test_health_check_of_an_alarm_is_read_back(
    driver: Route53DNSDriver, double: HTTPDouble
) -> None:
    config = {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Region": "us-east-1", "Name": "alarm"},
        "InsufficientDataHealthStatus": "Healthy",
    }
    answer = (
        "<HealthCheck><Id>h-2</Id><CallerReference>ref</CallerReference><HealthCheckConfig>"
        "<Type>CLOUDWATCH_METRIC</Type><AlarmIdentifier><Region>us-east-1</Region>"
        "<Name>alarm</Name></AlarmIdentifier><InsufficientDataHealthStatus>Healthy"
        "</InsufficientDataHealthStatus></HealthCheckConfig>"
        "<HealthCheckVersion>1</HealthCheckVersion></HealthCheck>"
    )
    double.on("POST", CHECKS).reply(
        201,
        text=document("CreateHealthCheckResponse", answer),
        headers={"Location": "https://route53.amazonaws.com/2013-04-01/healthcheck/h-2"},
    )
    assert driver.ex_create_health_check(config).config == config


def test_status_and_end_of_a_health_check(driver: Route53DNSDriver, double: HTTPDouble) -> None:
    seen = (
        "<HealthCheckObservations><HealthCheckObservation><Region>us-east-1</Region>"
        "<IPAddress>198.51.100.1</IPAddress><StatusReport><Status>Success: 200</Status>"
        "<CheckedTime>2026-11-21T12:00:00Z</CheckedTime></StatusReport>"
        "</HealthCheckObservation></HealthCheckObservations>"
    )
    answer = document("GetHealthCheckStatusResponse", seen)
    double.on("GET", f"{CHECKS}/h-1/status").reply(text=answer)
    assert driver.ex_get_health_check_status(health_check(driver)) == [
        {
            "Region": "us-east-1",
            "IPAddress": "198.51.100.1",
            "Status": "Success: 200",
            "CheckedTime": "2026-11-21T12:00:00Z",
        }
    ]
    double.on("DELETE", f"{CHECKS}/h-1").reply(text=document("DeleteHealthCheckResponse", ""))
    assert driver.ex_delete_health_check(health_check(driver)) is True


@pytest.mark.parametrize("kind", ["hostedzone", "healthcheck"])
def test_tags(driver: Route53DNSDriver, zone: Zone, double: HTTPDouble, kind: str) -> None:
    resource = zone if kind == "hostedzone" else health_check(driver)
    path = f"/2013-04-01/tags/{kind}/{resource.id}"
    tags = (
        f"<ResourceTagSet><ResourceType>{kind}</ResourceType><ResourceId>{resource.id}</ResourceId>"
        "<Tags><Tag><Key>env</Key><Value>prod</Value></Tag><Tag><Key>x</Key><Value></Value></Tag>"
        "</Tags></ResourceTagSet>"
    )
    double.on("GET", path).reply(text=document("ListTagsForResourceResponse", tags))
    assert driver.ex_describe_tags(resource) == {"env": "prod", "x": ""}
    done = document("ChangeTagsForResourceResponse", "")
    add = "<AddTags><Tag><Key>env</Key><Value>prod</Value></Tag></AddTags>"
    double.on("POST", path, xml=document("ChangeTagsForResourceRequest", add)).reply(text=done)
    assert driver.ex_create_tags(resource, {"env": "prod"}) is True
    remove = "<RemoveTagKeys><Key>env</Key></RemoveTagKeys>"
    double.on("POST", path, xml=document("ChangeTagsForResourceRequest", remove)).reply(text=done)
    assert driver.ex_delete_tags(resource, ["env"]) is True
