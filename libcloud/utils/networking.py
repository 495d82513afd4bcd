"""IP addresses."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

__all__ = [
    "increment_ipv4_segments",
    "is_private_subnet",
    "is_public_subnet",
    "is_valid_ip_address",
    "join_ipv4_segments",
]

# https://www.rfc-editor.org/rfc/rfc1918 and https://www.rfc-editor.org/rfc/rfc4193; IPv6 link-local
# addresses count as private too, since nobody outside can reach them.
PRIVATE_NETWORKS = (
    ipaddress.ip_network("10.0.0.0/8"),
    ipaddress.ip_network("172.16.0.0/12"),
    ipaddress.ip_network("192.168.0.0/16"),
    ipaddress.ip_network("fc00::/7"),
    ipaddress.ip_network("fe80::/10"),
)


def is_private_subnet(ip: str) -> bool:
    """
    Whether an address, IPv4 or IPv6, is of a network reserved for private use.

    :raises OSError: it is not an IP address.
    """
    _require_text(ip)
    try:
        address = ipaddress.ip_address(ip)
    except ValueError as error:
        raise OSError(f"illegal IP address string: {ip!r}") from error
    return any(address in network for network in PRIVATE_NETWORKS)


def is_public_subnet(ip: str) -> bool:
    """
    Whether an address, IPv4 or IPv6, is not of a network reserved for private use.

    :raises OSError: it is not an IP address.
    """
    return not is_private_subnet(ip)


def is_valid_ip_address(address: str, family: int = socket.AF_INET) -> bool:
    """
    Whether a text is an address of the family, with all its parts and without a scope or a mask.

    :param family: ``socket.AF_INET`` or ``socket.AF_INET6``; nothing is valid in any other one.
    """
    _require_text(address)
    try:
        if family == socket.AF_INET:
            ipaddress.IPv4Address(address)
            return True
        if family == socket.AF_INET6:
            return ipaddress.IPv6Address(address).scope_id is None
    except ValueError:
        return False
    return False


def join_ipv4_segments(segments: Sequence[int | str]) -> str:
    """``[192, 168, 0, 1]`` -> ``"192.168.0.1"``."""
    return ".".join(str(segment) for segment in segments)


def increment_ipv4_segments(segments: Sequence[int | str]) -> list[int]:
    """
    The address that follows: ``[10, 0, 0, 255]`` -> ``[10, 0, 1, 0]``.

    :raises ValueError: these are not the four parts of an address, or no address follows.
    """
    following = ipaddress.IPv4Address(join_ipv4_segments(segments)) + 1
    return list(following.packed)


def _require_text(address: object) -> None:
    # ipaddress takes numbers and packed bytes for addresses too.
    if not isinstance(address, str):
        raise TypeError(f"an IP address must be a str, not {type(address).__name__}")
