"""Which DNS drivers there are, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from libcloud.common.registry import Registry
from libcloud.dns.types import OLD_CONSTANT_TO_NEW_MAPPING, Provider

if TYPE_CHECKING:
    from libcloud.dns.base import DNSDriver

__all__ = ["DRIVERS", "Provider", "get_driver", "set_driver"]

# Provider constant -> (dotted module, class). A module is imported when its driver is asked for.
DRIVERS: dict[str, tuple[str, str]] = {
    Provider.ALIDNS: ("libcloud.dns.drivers.alidns", "AliDNSDriver"),
    Provider.AURORADNS: ("libcloud.dns.drivers.auroradns", "AuroraDNSDriver"),
    Provider.AZURE_DNS: ("libcloud.dns.drivers.azure_dns", "AzureDNSDriver"),
    Provider.BUDDYNS: ("libcloud.dns.drivers.buddyns", "BuddyNSDNSDriver"),
    Provider.BUNNY: ("libcloud.dns.drivers.bunny", "BunnyDNSDriver"),
    Provider.CLOUDFLARE: ("libcloud.dns.drivers.cloudflare", "CloudFlareDNSDriver"),
    Provider.CLOUDNS: ("libcloud.dns.drivers.cloudns", "ClouDNSDNSDriver"),
    Provider.DESEC: ("libcloud.dns.drivers.desec", "DeSECDNSDriver"),
    Provider.DESIGNATE: ("libcloud.dns.drivers.designate", "DesignateDNSDriver"),
    Provider.DIGITAL_OCEAN: ("libcloud.dns.drivers.digitalocean", "DigitalOceanDNSDriver"),
    Provider.DNSIMPLE: ("libcloud.dns.drivers.dnsimple", "DNSimpleDNSDriver"),
    Provider.DNSPOD: ("libcloud.dns.drivers.dnspod", "DNSPodDNSDriver"),
    Provider.DUMMY: ("libcloud.dns.drivers.dummy", "DummyDNSDriver"),
    Provider.DURABLEDNS: ("libcloud.dns.drivers.durabledns", "DurableDNSDriver"),
    Provider.EXOSCALE: ("libcloud.dns.drivers.exoscale", "ExoscaleDNSDriver"),
    Provider.GANDI: ("libcloud.dns.drivers.gandi", "GandiDNSDriver"),
    Provider.GANDI_LIVE: ("libcloud.dns.drivers.gandi_live", "GandiLiveDNSDriver"),
    Provider.GODADDY: ("libcloud.dns.drivers.godaddy", "GoDaddyDNSDriver"),
    Provider.GOOGLE: ("libcloud.dns.drivers.google", "GoogleDNSDriver"),
    Provider.HETZNER: ("libcloud.dns.drivers.hetzner", "HetznerDNSDriver"),
    Provider.HOSTVIRTUAL: ("libcloud.dns.drivers.hostvirtual", "HostVirtualDNSDriver"),
    Provider.IONOS: ("libcloud.dns.drivers.ionos", "IonosDNSDriver"),
    Provider.LINODE: ("libcloud.dns.drivers.linode", "LinodeDNSDriver"),
    Provider.LIQUIDWEB: ("libcloud.dns.drivers.liquidweb", "LiquidWebDNSDriver"),
    Provider.LUADNS: ("libcloud.dns.drivers.luadns", "LuadnsDNSDriver"),
    Provider.NAMECHEAP: ("libcloud.dns.drivers.namecheap", "NamecheapDNSDriver"),
    Provider.NFSN: ("libcloud.dns.drivers.nfsn", "NFSNDNSDriver"),
    Provider.NSONE: ("libcloud.dns.drivers.nsone", "NsOneDNSDriver"),
    Provider.OCI: ("libcloud.dns.drivers.oci", "OCIDNSDriver"),
    Provider.ONAPP: ("libcloud.dns.drivers.onapp", "OnAppDNSDriver"),
    Provider.OVH: ("libcloud.dns.drivers.ovh", "OvhDNSDriver"),
    Provider.POINTDNS: ("libcloud.dns.drivers.pointdns", "PointDNSDriver"),
    Provider.PORKBUN: ("libcloud.dns.drivers.porkbun", "PorkbunDNSDriver"),
    Provider.POWERDNS: ("libcloud.dns.drivers.powerdns", "PowerDNSDriver"),
    Provider.RACKSPACE: ("libcloud.dns.drivers.rackspace", "RackspaceDNSDriver"),
    Provider.RACKSPACE_UK: ("libcloud.dns.drivers.rackspace", "RackspaceUKDNSDriver"),
    Provider.RACKSPACE_US: ("libcloud.dns.drivers.rackspace", "RackspaceUSDNSDriver"),
    Provider.RCODEZERO: ("libcloud.dns.drivers.rcodezero", "RcodeZeroDNSDriver"),
    Provider.RFC2136: ("libcloud.dns.drivers.rfc2136", "RFC2136DNSDriver"),
    Provider.ROUTE53: ("libcloud.dns.drivers.route53", "Route53DNSDriver"),
    Provider.SCALEWAY: ("libcloud.dns.drivers.scaleway", "ScalewayDNSDriver"),
    Provider.TENCENT: ("libcloud.dns.drivers.tencent", "TencentDNSDriver"),
    Provider.VULTR: ("libcloud.dns.drivers.vultr", "VultrDNSDriver"),
    Provider.WORLDWIDEDNS: ("libcloud.dns.drivers.worldwidedns", "WorldWideDNSDriver"),
    Provider.ZERIGO: ("libcloud.dns.drivers.zerigo", "ZerigoDNSDriver"),
    Provider.ZONOMI: ("libcloud.dns.drivers.zonomi", "ZonomiDNSDriver"),
}

_registry = Registry("dns", DRIVERS, Provider, renamed=OLD_CONSTANT_TO_NEW_MAPPING)


def get_driver(provider: str) -> type[DNSDriver]:
    """
    The driver class of a provider.

    :param provider: A constant of :class:`~libcloud.dns.types.Provider`, or its value.
    :raises ProviderNotFoundError: no driver has that name; the text suggests the nearest one.
    :raises ProviderClosedError: the provider is gone, or its constant was renamed.
    :raises DriverNotWrittenError: the constant exists, and no driver for it yet.
    """
    driver: type[DNSDriver] = _registry.get_driver(provider)
    return driver


def set_driver(provider: str, module: str, klass: str) -> type[DNSDriver]:
    """
    Register a driver of your own and return its class.

    :param provider: The name to register it under.
    :param module: Dotted path of the module.
    :param klass: Name of the class in the module.
    :raises AttributeError: the name is taken.
    """
    driver: type[DNSDriver] = _registry.set_driver(provider, module, klass)
    return driver
