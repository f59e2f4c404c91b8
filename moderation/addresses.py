"""Which network addresses a callback may reach: public ones, and those that the installation allows by name.

``ipaddress.is_global`` is no filter for this: Python 3.11 calls 64:ff9b::7f00:1, 2002:7f00:1::, fec0::1, 224.0.0.1 and
192.0.0.8 global, although each of them can lead inside. So the refused ranges are written out here, from IANA's
registries of special-purpose addresses, each with the reason that a person is told.
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ORDINARY_PORTS: Final = frozenset({80, 443, 8443})
"""What an entry of the allow-list without a port stands for."""

_REFUSED_V4: Final = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private use"),
    ("100.64.0.0/10", "shared by carriers"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "the host platform of a cloud"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private use"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "name service sink"),
    ("192.52.193.0/24", "multicast tunnelling"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private use"),
    ("192.175.48.0/24", "name service sink"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)

# The first network that holds an address gives the reason, so the narrow ones come before the wide.
_REFUSED_V6: Final = (
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "an IPv4 address in IPv6 clothes"),
    ("::ffff:0:0:0/96", "an IPv4 address in IPv6 clothes"),
    ("::/96", "an IPv4 address in IPv6 clothes"),
    ("64:ff9b::/96", "translation to IPv4"),
    ("64:ff9b:1::/48", "translation to IPv4"),
    ("100::/64", "discard only"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/32", "Teredo tunnel"),
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4 tunnel"),
    ("2620:4f:8000::/48", "name service sink"),
    ("3ffe::/16", "returned test network"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private use"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
    # Only 2000::/3 has ever been given out; the rest of the space is nobody's.
    ("::/3", "not assigned"),
    ("4000::/2", "not assigned"),
    ("8000::/1", "not assigned"),
)

_REFUSED: Final[dict[int, tuple[tuple[Network, str], ...]]] = {
    4: tuple((ipaddress.IPv4Network(network), reason) for network, reason in _REFUSED_V4),
    6: tuple((ipaddress.IPv6Network(network), reason) for network, reason in _REFUSED_V6),
}

_BRACKETED = re.compile(r"\[(?P<host>[^\[\]]+)\](?::(?P<port>[0-9]{1,5}))?")
_PLAIN = re.compile(r"(?P<host>[^\[\]:]+)(?::(?P<port>[0-9]{1,5}))?")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_ONLY_NUMBERS = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*")


def why_refused(address: str | Address) -> str | None:
    """What kind of non-public address this is, or None for a public one. Text that is no address is refused too."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "not an address"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.scope_id:
        return "bound to one network interface"
    return next((reason for network, reason in _REFUSED[parsed.version] if parsed in network), None)


def is_public(address: str | Address) -> bool:
    return why_refused(address) is None


def is_only_numbers(host: str) -> bool:
    """Whether a resolver could read the host as an IPv4 address: 127.0.0.1, 2130706433, 0x7f.1, 0177.0.0.1 …"""
    return _ONLY_NUMBERS.fullmatch(host.lower()) is not None


def is_host_name(host: str) -> bool:
    """Whether this can be the name of a host in ASCII, lower case: labels of letters, digits, '-' and '_'."""
    return len(host) <= 253 and _NAME.fullmatch(host) is not None and not is_only_numbers(host)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A network or the name of a host; without a port it stands for the ordinary ones."""

    place: Network | str
    port: int | None

    def permits(self, address: Address, port: int, host: str | None) -> bool:
        if port != self.port and (self.port is not None or port not in ORDINARY_PORTS):
            return False
        if isinstance(self.place, str):
            return host is not None and host.lower().rstrip(".") == self.place
        return address.version == self.place.version and address in self.place


@dataclass(frozen=True, slots=True)
class AllowList:
    """Where callbacks may go although the address is not public or the port not ordinary. Empty unless configured."""

    entries: tuple[_Entry, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "AllowList":
        """From e.g. ``127.0.0.1:9001, 10.0.0.0/8:8080, [::1]:9000, receiver:9000``.

        An address or a network without a port stands for the ports 80, 443 and 8443; the name of a host needs one.
        ValueError names the entry that cannot be read.
        """
        return cls(tuple(_parse_entry(entry.strip()) for entry in text.split(",") if entry.strip()))

    def permits(self, address: str | Address, port: int, host: str | None = None) -> bool:
        """Whether an entry covers the address, or the name under which it was found, on this port."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(entry.permits(parsed, port, host) for entry in self.entries)


def _parse_entry(entry: str) -> _Entry:
    host, port = _split_port(entry)
    if port is not None and not 1 <= port <= 65_535:
        raise _unreadable(entry, "a port is a number from 1 to 65535")
    network = _network(entry, host)
    if network is not None:
        return _Entry(network, port)
    name = host.lower().rstrip(".")
    if not is_host_name(name):
        raise _unreadable(entry, "it is neither an address, nor a network, nor the name of a host")
    if port is None:
        raise _unreadable(entry, "the name of a host needs a port")
    return _Entry(name, port)


def _split_port(entry: str) -> tuple[str, int | None]:
    if entry.count(":") > 1 and "[" not in entry:
        return entry, None  # IPv6 without brackets can have no port
    match = _BRACKETED.fullmatch(entry) or _PLAIN.fullmatch(entry)
    if match is None:
        raise _unreadable(entry, "write address:port, network/bits:port or [IPv6]:port")
    return match["host"], int(match["port"]) if match["port"] else None


def _network(entry: str, host: str) -> Network | None:
    try:
        return ipaddress.ip_network(host)
    except ValueError as error:
        if "/" in host or ":" in host:
            raise _unreadable(entry, str(error)) from error
        return None


def _unreadable(entry: str, why: str) -> ValueError:
    return ValueError(f"{entry!r} cannot be read as a place that callbacks may reach: {why}.")
