"""Which addresses are public: every form in which one that is not can be written."""

from __future__ import annotations

import pytest

from saleor_reciprocity.mail.networks import is_public

PUBLIC = (
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.255.255",
    "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
    "2001:4860:4860::8888", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001:82a::200e", "2001:200::1",
    "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2a00:1450:4001:82a:0:5efe:5db8:d822", "2600::1%eth0",
)  # fmt: skip
NOT_PUBLIC = {
    "this network": ("0.0.0.0", "0.1.2.3", "::"),  # noqa: S104
    "this machine": ("127.0.0.1", "127.255.255.254", "::1"),
    "private": ("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd00::1"),
    "shared": ("100.64.0.1", "100.127.255.255"),
    "link-local": ("169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1"),
    "site-local": ("fec0::1", "feff::1"),
    "multicast": ("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),
    "reserved": ("240.0.0.1", "255.255.255.255", "192.0.0.8", "100::1", "4000::1", "5f00::1", "8000::1"),
    "documentation": ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1", "3fff:fff::1"),
    "benchmarks": ("198.18.0.1", "198.19.255.255", "2001:2::1"),
    "IPv4-mapped": ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:0", "::ffff:224.0.0.1"),
    "IPv4-compatible": ("::7f00:1", "::127.0.0.1", "::10.0.0.1", "::93.184.216.34"),
    "IPv4-translated": ("::ffff:0:127.0.0.1",),
    "NAT64": ("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "64:ff9b:1::5db8:d822"),
    "6to4": ("2002:7f00:1::", "2002:a00:1::1", "2002:5db8:d822::1", "192.88.99.1"),
    "Teredo": ("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    "ORCHID": ("2001:10::1", "2001:20::1"),
    "ISATAP": ("2a00:1450:4001:82a:0:5efe:7f00:1", "2a00:1450:4001:82a:200:5efe:a00:1", "fe80::5efe:a00:1"),
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [address for form in NOT_PUBLIC.values() for address in form])
def test_11_21_what_is_not_public_in_any_form(address: str) -> None:
    assert not is_public(address)
