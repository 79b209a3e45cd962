"""Which machines a page may be fetched from: the public internet's, and nothing near the bot itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Policy = Callable[[IPv4Address | IPv6Address], bool]
"""Tells whether a connection to an address is allowed."""

# The registries of special addresses at iana.org, written out: what Python counts among them changes with its version.
_NOT_PUBLIC = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT, and one cloud's metadata service
        "127.0.0.0/8",
        "168.63.129.16/32",  # another cloud's own services
        "169.254.0.0/16",  # link-local, most clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = [
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",
    )
]
_TRANSLATED = IPv6Network("64:ff9b::/96")

# Names that never lead to the public internet.
_LOCAL_NAME = re.compile(r"(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home|corp|arpa|onion|test)$")
# What ends in a number is an address in one of its many spellings (decimal, octal, hexadecimal, with parts left out).
_NUMBER = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)$")
_PLAIN_IPV4 = re.compile(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})")
_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,62}")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the public internet; one that wraps an IPv4 address does if that does."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC)
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _TRANSLATED:  # how a network with IPv6 alone reaches the rest
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def may_name(host: str, policy: Policy) -> bool:
    """Whether a URL's host, in ASCII, may be looked up: a full name, or an allowed address in its usual spelling.

    What a name leads to is a second question, to be asked of every address that it has.
    """
    host = host.lower().removesuffix(".")
    if ":" in host or _PLAIN_IPV4.fullmatch(host):
        try:
            return policy(ip_address(host))
        except ValueError:
            return False
    if _NUMBER.search(host) or _LOCAL_NAME.search(host):
        return False
    return _NAME.fullmatch(host) is not None
