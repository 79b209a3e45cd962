"""Which hosts and addresses belong to the public internet."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from bot.articles.public_addresses import is_public, may_name


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_near_the_bot_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "223.5.5.5",
        "2606:4700::1111",
        "2400:3200::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_addresses_of_the_internet_are(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "a.localhost",
        "printer.local",
        "metadata.google.internal",
        "intranet",
        "router.lan",
        "1.0.0.127.in-addr.arpa",
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "134744072",
        "8.8.8",
        "08.8.8.8",
        "8.8.8.8.8",
        "1.2.3.256",
        "127.0.0.1",
        "::1",
        "fe80::1%25eth0",
        "::ffff:127.0.0.1",
        "exa%6dple.com",
        "a b.com",
        "-.com",
        "exa_mple..com",
        "x" * 64 + ".com",
        "a." * 130 + "com",
        "example.com/..",
        "example.com:80",
    ],
)
def test_hosts_that_are_not_even_looked_up(host: str) -> None:
    assert not may_name(host, is_public)


@pytest.mark.parametrize(
    "host",
    ["example.com", "EXAMPLE.com.", "a-b.example.co.uk", "xn--fsqu00a.xn--0zwm56d", "8.8.8.8", "2606:4700::1111"],
)
def test_hosts_that_are(host: str) -> None:
    assert may_name(host, is_public)
