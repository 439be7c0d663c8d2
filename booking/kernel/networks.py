"""Where somebody comes from, as they are counted; where nothing of ours may be sent."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# All of the Internet's IPv6 so far; what translates to IPv4 (NAT64, mapped) lies outside of it.
_GLOBAL_6: Final = IPv6Network("2000::/3")
# Inside of it, what carries an IPv4 address of anybody's choice: Teredo, 6to4.
_TUNNELS: Final = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))
# Protocol assignments and the relays of 6to4, which not every Python counts among the special.
_SPECIAL_4: Final = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))


def network_of(address: str) -> str:
    """What an address is counted by: itself for IPv4, the /64 that one IPv6 customer gets."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        parsed = parsed.ipv4_mapped or ip_network((parsed, 64), strict=False).network_address
    return str(parsed)


def networks(text: str) -> tuple[Network, ...]:
    """Networks and single addresses, apart by commas or blanks."""
    return tuple(ip_network(one) for one in text.replace(",", " ").split())


def is_public(address: Address) -> bool:
    """Whether this is a place on the Internet: no private, local, multicast or reserved one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address not in _GLOBAL_6 or any(address in tunnel for tunnel in _TUNNELS):
            return False
    elif any(address in special for special in _SPECIAL_4):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def is_among(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether one of these networks holds it; a mapped address counts as what it maps to."""
    plain = (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
    return any(plain in network for network in allowed)
