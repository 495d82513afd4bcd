import socket

import pytest

from libcloud.utils.networking import (
    increment_ipv4_segments,
    is_private_subnet,
    is_public_subnet,
    is_valid_ip_address,
    join_ipv4_segments,
)


@pytest.mark.parametrize(
    "ip", ["10.0.0.1", "172.16.0.0", "172.31.255.255", "192.168.1.100", "fd00::1", "fe80::1"]
)
def test_is_private_subnet(ip):
    assert is_private_subnet(ip) is True
    assert is_public_subnet(ip) is False


@pytest.mark.parametrize("ip", ["8.8.8.8", "172.32.0.1", "127.0.0.1", "2001:4860:4860::8888"])
def test_is_public_subnet(ip):
    assert is_public_subnet(ip) is True
    assert is_private_subnet(ip) is False


@pytest.mark.parametrize(
    ("ip", "error"), [("bad", OSError), ("10.0.0.0/8", OSError), (None, TypeError), (5, TypeError)]
)
def test_is_private_subnet_of_what_is_no_address(ip, error):
    with pytest.raises(error):
        is_private_subnet(ip)


@pytest.mark.parametrize(
    ("address", "v4", "v6"),
    [
        ("1.2.3.4", True, False),
        ("::1", False, True),
        ("::ffff:1.2.3.4", False, True),
        ("fe80::1%eth0", False, False),
        ("01.2.3.4", False, False),
        ("1.2.3", False, False),
        ("256.1.1.1", False, False),
        ("1.2.3.4\n", False, False),
        ("", False, False),
    ],
)
def test_is_valid_ip_address(address, v4, v6):
    assert is_valid_ip_address(address) is v4
    assert is_valid_ip_address(address, socket.AF_INET6) is v6
    assert is_valid_ip_address(address, socket.AF_UNIX) is False


def test_is_valid_ip_address_refuses_numbers():
    with pytest.raises(TypeError):
        is_valid_ip_address(5)


def test_join_ipv4_segments():
    assert join_ipv4_segments([192, 168, "0", 1]) == "192.168.0.1"


@pytest.mark.parametrize(
    ("segments", "following"),
    [
        ((10, 0, 0, 1), [10, 0, 0, 2]),
        (["10", "0", "0", "255"], [10, 0, 1, 0]),
        ([10, 255, 255, 255], [11, 0, 0, 0]),
    ],
)
def test_increment_ipv4_segments(segments, following):
    assert increment_ipv4_segments(segments) == following


@pytest.mark.parametrize("segments", [[255, 255, 255, 255], [1, 2], [1, 2, 3, 256]])
def test_increment_ipv4_segments_of_what_has_no_next(segments):
    with pytest.raises(ValueError):
        increment_ipv4_segments(segments)
