"""Which addresses are places on the Internet, and which are somebody's inside."""

from ipaddress import ip_address

import pytest

from booking.kernel.networks import is_among, is_public, networks


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "202.117.0.20", "2400:3200::1", "::ffff:8.8.8.8", "172.32.0.1"]
)
def test_places_on_the_internet(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - this host
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_everything_else_is_refused(address):
    assert not is_public(ip_address(address))


def test_an_installation_names_its_own_networks():
    allowed = networks("10.20.0.0/16, 192.168.1.5 fd00::/8")
    assert is_among(ip_address("10.20.3.4"), allowed)
    assert is_among(ip_address("::ffff:10.20.3.4"), allowed)
    assert is_among(ip_address("fd00::7"), allowed)
    assert not is_among(ip_address("192.168.1.6"), allowed)
    assert not is_among(ip_address("127.0.0.1"), networks(""))
