"""Which URLs a callback may go to: how they are written, and where they lead once the name is resolved.

The same rules hold when an endpoint is saved and at every attempt, on the addresses that the attempt then connects to.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple

from urllib3.exceptions import LocationParseError
from urllib3.util import Url
from urllib3.util import parse_url as split_url

from moderation.addresses import AllowList, is_host_name, is_only_numbers, why_refused

LONGEST_URL: Final = 2_000

_PORTS: Final = {"https": frozenset({443, 8443}), "http": frozenset({80})}
"""The ports that each scheme may use without being on the allow-list; the lowest is its own."""

# urllib3 would quietly repair these, and two readers of one URL must not differ on where it leads.
_UNWRITTEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]")

_USERINFO = re.compile(r"[^/?#]*//[^/?#]*@")

UrlFault = Literal["bad_url", "https_required", "port_refused", "address_refused", "unresolvable_host"]
Resolve = Callable[[str], Sequence[str]]
"""From the name of a host to its addresses; raises OSError where it has none."""


class CallbackUrlError(ValueError):
    """A URL that callbacks must not go to; ``code`` is stable, ``detail`` tells a person what to do."""

    def __init__(self, code: UrlFault, detail: str) -> None:
        super().__init__(detail)
        self.code: UrlFault = code
        self.detail = detail


class Target(NamedTuple):
    """A URL taken apart: ``host`` in ASCII without brackets, ``path`` percent-encoded with its query."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def check_url(url: str, *, allow: AllowList, allow_http: bool, resolve: Resolve) -> None:
    """Raise CallbackUrlError unless a callback may go there now: the check for when an endpoint is saved."""
    target = read_url(url)
    try:
        addresses = addresses_of(target, resolve)
    except (OSError, UnicodeError) as error:
        detail = f"The host {target.host} has no address. Check the spelling, and its entry in the name service."
        raise CallbackUrlError("unresolvable_host", detail) from error
    permitted_addresses(target, addresses, allow=allow, allow_http=allow_http)


def read_url(url: str) -> Target:
    """Take a URL apart, or raise CallbackUrlError with the code ``bad_url``."""
    if len(url) > LONGEST_URL:
        raise _bad(f"it is longer than {LONGEST_URL} characters")
    if _UNWRITTEN.search(url):
        raise _bad("it holds a space, a control character or a backslash")
    try:
        parts = split_url(url)
    except LocationParseError as error:
        raise _bad("it cannot be read") from error
    if parts.scheme not in _PORTS:
        raise _bad("it must begin with https://")
    if parts.auth is not None or _USERINFO.match(url):
        raise _bad("it must not hold a user name or password; callbacks are known by their signature")
    if parts.fragment is not None:
        raise _bad("it must not have a part after '#'")
    port = min(_PORTS[parts.scheme]) if parts.port is None else parts.port
    if port == 0:
        raise _bad("0 is no port")
    return Target(parts.scheme == "https", _read_host(parts), port, parts.request_uri)


def _read_host(parts: Url) -> str:
    host = (parts.host or "").removesuffix(".")
    if host.startswith("["):
        host = host[1:-1]
        if "%" in host:
            raise _bad("an address must not name a network interface")
        return str(ipaddress.IPv6Address(host))
    if is_only_numbers(host):
        return _read_ipv4(host)
    if not is_host_name(host):
        raise _bad("its host is neither a name nor an address")
    return host


def _read_ipv4(host: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as error:
        raise _bad("an IPv4 address is written as four decimal numbers without leading zeros") from error


def _bad(why: str) -> CallbackUrlError:
    return CallbackUrlError(
        "bad_url", f"This is no URL for callbacks: {why}. Give one like https://example.org/callback."
    )


def resolve_host(host: str) -> list[str]:
    """All addresses of a host, in the order in which the system would try them."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def addresses_of(target: Target, resolve: Resolve) -> Sequence[str]:
    """The addresses of the target's host; an address stands for itself and is never looked up."""
    if ":" in target.host or is_only_numbers(target.host):
        return [target.host]
    addresses = resolve(target.host)
    if not addresses:
        raise OSError("no address")
    return addresses


def permitted_addresses(target: Target, addresses: Sequence[str], *, allow: AllowList, allow_http: bool) -> list[str]:
    """Those of the addresses to which a connection may be made, in their order.

    CallbackUrlError says what stands against the first of them if none is left.
    """
    faults = {address: _fault(target, address, allow=allow, allow_http=allow_http) for address in addresses}
    permitted = [address for address, fault in faults.items() if fault is None]
    if not permitted:
        raise next(fault for fault in faults.values() if fault is not None)
    return permitted


def _fault(target: Target, address: str, *, allow: AllowList, allow_http: bool) -> CallbackUrlError | None:
    scheme = "https" if target.secure else "http"
    reason = why_refused(address)
    if allow.permits(address, target.port, target.host):
        return None
    if reason:
        return CallbackUrlError(
            "address_refused",
            f"{target.host} leads to {address} ({reason}), and callbacks go to public addresses only. "
            f"If it is meant, add {target.host_header} to the setting ALOCHONA_CALLBACK_ALLOW, with its port.",
        )
    if scheme == "http" and not allow_http:
        return CallbackUrlError("https_required", "Callbacks go over https. Give an address that begins with https://.")
    if target.port not in _PORTS[scheme]:
        ports = " or ".join(map(str, sorted(_PORTS[scheme])))
        return CallbackUrlError(
            "port_refused",
            f"Callbacks over {scheme} go to port {ports}, not {target.port}. If it is meant, add "
            f"{target.host_header} to the setting ALOCHONA_CALLBACK_ALLOW.",
        )
    return None
