import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.addresses import AllowList, is_only_numbers, is_public, why_refused


def words(table: str) -> list[str]:
    return table.split()


REFUSED = words("""
0.0.0.0 0.1.2.3 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1
127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.8 192.0.0.192
192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255
198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::127.0.0.1 ::8.8.8.8
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1
64:ff9b:1:ffff::1 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1
2001:1ff:ffff::1 2001:db8::1 2002:7f00:1:: 2002:808:808::1 2620:4f:8000::1 3ffe::1 3fff::1 3fff:fff::1 4000::1 5f00::1
8000::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 fe80::1%eth0 febf::1 fec0::1 feff::1 ff02::1 ff0e::1
2606:4700:4700::1111%eth0
""")

PUBLIC = words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.1 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
223.255.255.255 2001:200::1 2001:4860:4860::8888 2003::1 2400:cb00::1 2606:4700:4700::1111 2620:4f:7fff::1
2a00:1450::1 3fff:1000::1
""")

# Spellings that some resolvers read as an address. None may pass for one, and none may be taken for the name of a host.
ODD_SPELLINGS = words("""
2130706433 017700000001 0x7f000001 0x7f.1 0x7F.0x0.0x0.0x1 0177.0.0.1 0177.0.0.01 127.1 127.0.1 127.000.000.001
00000000177.0.0.1 3232235521 0xa9fea9fe 0251.0376.0251.0376 10.1 0 0x 127.0.0.1.1
""")


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_leads_inside_or_nowhere_is_refused_with_a_reason(address: str) -> None:
    assert not is_public(address)
    assert why_refused(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_taken(address: str) -> None:
    assert is_public(address)
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("spelling", ODD_SPELLINGS)
def test_an_odd_spelling_of_an_address_is_no_address_and_no_name(spelling: str) -> None:
    assert why_refused(spelling) == "not an address"
    assert is_only_numbers(spelling)
    with pytest.raises(ValueError, match="neither an address"):
        AllowList.parse(f"{spelling}:80")


@pytest.mark.parametrize("spelling", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1"])
def test_what_the_system_makes_of_an_odd_spelling_is_refused_as_well(spelling: str) -> None:
    resolved = str(socket.getaddrinfo(spelling, None, type=socket.SOCK_STREAM)[0][4][0])
    assert why_refused(resolved) == "loopback"


@pytest.mark.parametrize("text", ["", "localhost", "example.org", "[::1]", "127.0.0.1:80", "১২৭.০.০.১", "::1 "])
def test_what_is_no_address_at_all_is_refused(text: str) -> None:
    assert not is_public(text)


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_becomes_public_by_being_put_into_ipv6(number: int) -> None:
    for prefix in ("::ffff:0:0", "::", "64:ff9b::", "::ffff:0:0:0"):
        assert not is_public(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | number))
    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1))


@given(st.ip_addresses())
def test_nothing_that_the_standard_library_calls_private_is_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert address.is_global or not is_public(address)


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("127.0.0.1:9001", "127.0.0.1", 9001),
        ("127.0.0.1:9001, 10.0.0.0/8:8080, [::1]:9000", "10.20.30.40", 8080),
        ("127.0.0.1:9001,10.0.0.0/8:8080,[::1]:9000", "::1", 9000),
        ("10.0.0.0/8", "10.0.0.1", 80),
        ("10.0.0.0/8", "10.0.0.1", 443),
        ("10.0.0.0/8", "10.0.0.1", 8443),
        ("::1", "::1", 443),
        ("[::1]", "0:0:0:0:0:0:0:1", 443),
        ("fd00::/8", "fd12::1", 443),
        ("[fd00::/8]:9000", "fd12::1", 9000),
        (" ,, 127.0.0.1:1 ,", "127.0.0.1", 1),
        ("127.0.0.1:65535", "127.0.0.1", 65535),
    ],
)
def test_the_allow_list_permits_what_it_names(text: str, address: str, port: int) -> None:
    assert AllowList.parse(text).permits(address, port)


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("", "127.0.0.1", 80),
        (" , ", "127.0.0.1", 80),
        ("127.0.0.1:9001", "127.0.0.1", 9002),
        ("127.0.0.1:9001", "127.0.0.2", 9001),
        ("127.0.0.1:9001", "::ffff:127.0.0.1", 9001),
        ("127.0.0.1:9001", "::1", 9001),
        ("10.0.0.0/8", "10.0.0.1", 6379),
        ("10.0.0.0/8", "10.0.0.1", 22),
        ("10.0.0.0/8:8080", "11.0.0.1", 8080),
        ("receiver:9000", "127.0.0.1", 9000),
    ],
)
def test_the_allow_list_permits_nothing_else(text: str, address: str, port: int) -> None:
    assert not AllowList.parse(text).permits(address, port)


def test_a_name_on_the_allow_list_covers_whatever_it_resolves_to_on_its_port_only() -> None:
    allow = AllowList.parse("Receiver.internal:9000")
    assert allow.permits("172.18.0.3", 9000, "receiver.internal")
    assert allow.permits("172.18.0.3", 9000, "RECEIVER.internal.")
    assert not allow.permits("172.18.0.3", 9001, "receiver.internal")
    assert not allow.permits("172.18.0.3", 9000, "evil.receiver.internal")


@pytest.mark.parametrize(
    "entry",
    [
        "receiver",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:http",
        "127.0.0.1:",
        "10.0.0.1/8",
        "10.0.0.0/33:80",
        "[::1]:",
        "[::1",
        "::1]:80",
        "[fd00::1/8]:80",
        "http://127.0.0.1:80",
        "*:80",
        "host name:80",
        "user@host:80",
        "fe80::zz",
        "a..b:80",
        "-a:80",
        "১২৭.০.০.১:80",
        "127.0.0.1:৮০",
        "127.0.0.1:000080",
    ],
)
def test_an_entry_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="cannot be read as a place that callbacks may reach") as refused:
        AllowList.parse(f"127.0.0.1:80, {entry}")
    assert repr(entry) in str(refused.value)
