"""Constants and errors of the DNS domain."""

from __future__ import annotations

from typing import Any

from libcloud.common.errors import LibcloudError, ResourceExistsError, ResourceNotFoundError

__all__ = [
    "OLD_CONSTANT_TO_NEW_MAPPING",
    "Provider",
    "RecordAlreadyExistsError",
    "RecordDoesNotExistError",
    "RecordError",
    "RecordType",
    "ZoneAlreadyExistsError",
    "ZoneDoesNotExistError",
    "ZoneError",
]


class Provider:
    """The providers of DNS. The value is what ``get_driver`` takes, and stays what it is."""

    ALIDNS = "alidns"
    AURORADNS = "auroradns"
    AZURE_DNS = "azure_dns"
    BUDDYNS = "buddyns"
    BUNNY = "bunny"
    CLOUDFLARE = "cloudflare"
    CLOUDNS = "cloudns"
    DESEC = "desec"
    DESIGNATE = "designate"
    DIGITAL_OCEAN = "digitalocean"
    DNSIMPLE = "dnsimple"
    DNSPOD = "dnspod"
    DUMMY = "dummy"
    DURABLEDNS = "durabledns"
    EXOSCALE = "exoscale"
    GANDI = "gandi"
    GANDI_LIVE = "gandi_live"
    GODADDY = "godaddy"
    GOOGLE = "google"
    HETZNER = "hetzner"
    HOSTVIRTUAL = "hostvirtual"
    IONOS = "ionos"
    LINODE = "linode"
    LIQUIDWEB = "liquidweb"
    LUADNS = "luadns"
    NAMECHEAP = "namecheap"
    NFSN = "nfsn"
    NSONE = "nsone"
    OCI = "oci"
    ONAPP = "onapp"
    OVH = "ovh"
    POINTDNS = "pointdns"
    PORKBUN = "porkbun"
    POWERDNS = "powerdns"
    RACKSPACE = "rackspace"
    RCODEZERO = "rcodezero"
    RFC2136 = "rfc2136"
    ROUTE53 = "route53"
    SCALEWAY = "scaleway"
    TENCENT = "tencent"
    VULTR = "vultr"
    WORLDWIDEDNS = "worldwidedns"
    ZERIGO = "zerigo"
    ZONOMI = "zonomi"

    # Names that were replaced: see OLD_CONSTANT_TO_NEW_MAPPING.
    RACKSPACE_UK = "rackspace_uk"
    RACKSPACE_US = "rackspace_us"


OLD_CONSTANT_TO_NEW_MAPPING = {
    Provider.RACKSPACE_US: Provider.RACKSPACE,
    Provider.RACKSPACE_UK: Provider.RACKSPACE,
}


class RecordType:
    """
    The types of records that drivers know.

    ALIAS, GEO, REDIRECT and URL are inventions of providers, unknown to the DNS itself.
    """

    A = "A"
    AAAA = "AAAA"
    AFSDB = "A"  # A slip of long ago, which programs have stored: the value cannot change.
    ALIAS = "ALIAS"
    CAA = "CAA"
    CERT = "CERT"
    CNAME = "CNAME"
    DNAME = "DNAME"
    DNSKEY = "DNSKEY"
    DS = "DS"
    GEO = "GEO"
    HINFO = "HINFO"
    HTTPS = "HTTPS"
    KEY = "KEY"
    LOC = "LOC"
    MX = "MX"
    NAPTR = "NAPTR"
    NS = "NS"
    NSEC = "NSEC"
    OPENPGPKEY = "OPENPGPKEY"
    PTR = "PTR"
    REDIRECT = "REDIRECT"
    RP = "RP"
    RRSIG = "RRSIG"
    SOA = "SOA"
    SPF = "SPF"
    SRV = "SRV"
    SSHFP = "SSHFP"
    SVCB = "SVCB"
    TLSA = "TLSA"
    TXT = "TXT"
    URL = "URL"
    WKS = "WKS"


class ZoneError(LibcloudError):
    """
    Something is wrong about a zone.

    :param zone_id: ID of the zone, or its domain where there is no ID.
    """

    error_type = "ZoneError"
    kwargs = ("zone_id",)

    def __init__(self, value: Any, driver: Any, zone_id: Any) -> None:
        self.zone_id = zone_id
        LibcloudError.__init__(self, value=value, driver=driver)

    def __str__(self) -> str:
        return f"<{self.error_type} in {self.driver!r}, zone_id={self.zone_id}, value={self.value}>"


class ZoneDoesNotExistError(ZoneError, ResourceNotFoundError):
    """There is no such zone."""

    error_type = "ZoneDoesNotExistError"


class ZoneAlreadyExistsError(ZoneError, ResourceExistsError):
    """The domain has a zone already."""

    error_type = "ZoneAlreadyExistsError"


class RecordError(LibcloudError):
    """
    Something is wrong about a record.

    :param record_id: ID of the record, or its name where there is no ID.
    """

    error_type = "RecordError"

    def __init__(self, value: Any, driver: Any, record_id: Any) -> None:
        self.record_id = record_id
        LibcloudError.__init__(self, value=value, driver=driver)

    def __str__(self) -> str:
        return (
            f"<{self.error_type} in {self.driver!r}, "
            f"record_id={self.record_id}, value={self.value}>"
        )


class RecordDoesNotExistError(RecordError, ResourceNotFoundError):
    """The zone has no such record."""

    error_type = "RecordDoesNotExistError"


class RecordAlreadyExistsError(RecordError, ResourceExistsError):
    """The zone has that very record already: same name, type and data."""

    error_type = "RecordAlreadyExistsError"
