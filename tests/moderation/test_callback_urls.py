from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.addresses import AllowList
from moderation.callback_urls import CallbackUrlError, Target, check_url, permitted_addresses, read_url, resolve_host

NOBODY = AllowList()

NAMES = {
    "example.org": ["93.184.216.34"],
    "both.example.org": ["10.0.0.5", "93.184.216.34", "::1"],
    "inside.example.org": ["10.0.0.5"],
    "localhost": ["127.0.0.1", "::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "mapped.example.org": ["::ffff:127.0.0.1"],
    "nat64.example.org": ["64:ff9b::7f00:1"],
    "scoped.example.org": ["fe80::1%eth0"],
    "nonsense.example.org": ["not an address"],
    "xn--94b2g5c.xn--54b7fta0cc": ["93.184.216.34"],
}


def resolve(host: str) -> Sequence[str]:
    if host == "slow-name":
        raise OSError("no such name")
    return NAMES.get(host, [])


def code_of(url: str, *, allow: AllowList = NOBODY, allow_http: bool = False) -> str:
    with pytest.raises(CallbackUrlError) as refused:
        check_url(url, allow=allow, allow_http=allow_http, resolve=resolve)
    assert refused.value.detail
    return refused.value.code


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.0.0.1:443/",
        "https://127.0.0.1./",
        "https://127%2e0.0.1/",
        "https://127.1.2.3:8443/x?y=z",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://100.100.100.200/latest/meta-data/",
        "https://168.63.129.16/",
        "https://169.254.169.254/latest/meta-data/iam/",
        "https://172.16.0.1/",
        "https://172.31.255.254/",
        "https://192.168.1.1/",
        "https://192.0.0.192/opc/v2/",
        "https://198.18.0.1/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[::1]/",
        "https://[0:0:0:0:0:0:0:1]:8443/",
        "https://[::127.0.0.1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::FFFF:A9FE:A9FE]/",
        "https://[64:ff9b::127.0.0.1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001::1]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[fec0::1]/",
        "https://[ff02::1]/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://inside.example.org/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://mapped.example.org/",
        "https://nat64.example.org/",
        "https://scoped.example.org/",
        "https://nonsense.example.org/",
        "http://127.0.0.1:6379/",
    ],
)
def test_a_url_that_leads_inside_is_refused_by_its_address(url: str) -> None:
    assert code_of(url) == "address_refused"
    assert code_of(url, allow_http=True) == "address_refused"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/callback",
        "//example.org/",
        "example.org",
        "example.org:443",
        "https:",
        "https://",
        "https:///path",
        "https:example.org",
        "https:/example.org",
        "https://:443/",
        "file:///etc/passwd",
        "gopher://example.org:70/_x",
        "ftp://example.org/",
        "dict://example.org:11211/",
        "javascript:alert(1)",
        "unix:///var/run/docker.sock",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://@example.org/",
        "https://example.org@127.0.0.1/",
        "https://example.org/#part",
        "https://example.org#@127.0.0.1/",
        "https://example.org\\@127.0.0.1/",
        "https:\\\\127.0.0.1/",
        "https://example.org\t/",
        "https://example.org/\r\nX-Header: 1",
        " https://example.org/",
        "https://example.org/\x00",
        "https://example.org/a b",
        "https://exa mple.org/",
        "https://example..org/",
        "https://.example.org/",
        "https://example.org../",
        "https://-example.org/",
        "https://exa%6dple%00.org/",
        "https://example%2f.org/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:-1/",
        "https://example.org:https/",
        "https://[::1/",
        "https://::1/",
        "https://[::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[127.0.0.1]/",
        "https://[v1.x]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://0000127.0.0.1/",
        "https://127.1/",
        "https://127.0.1/",
        "https://3232235521/",
        "https://0/",
        "https://256.256.256.256/",
        "https://1.2.3.4.5/",
        "https://127。0。0。1/",
        "https://①②⑦.0.0.1/",
        "https://" + "a" * 64 + ".org/",
        "https://" + "a." * 130 + "org/",
        "https://example.org/" + "a" * 2_000,
    ],
)
def test_a_url_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    assert code_of(url) == "bad_url"
    assert code_of(url, allow=AllowList.parse("0.0.0.0/0, ::/0"), allow_http=True) == "bad_url"


@pytest.mark.parametrize("port", [1, 22, 25, 80, 6379, 8080, 65_535])
def test_a_port_that_is_not_for_https_is_refused_unless_the_allow_list_names_it(port: int) -> None:
    url = f"https://example.org:{port}/"
    assert code_of(url) == "port_refused"
    check_url(url, allow=AllowList.parse(f"example.org:{port}"), allow_http=False, resolve=resolve)
    check_url(url, allow=AllowList.parse(f"93.184.216.0/24:{port}"), allow_http=False, resolve=resolve)


def test_plain_http_needs_the_setting_or_the_allow_list() -> None:
    url = "http://example.org/callback"
    assert code_of(url) == "https_required"
    assert code_of("http://example.org:8080/", allow_http=True) == "port_refused"
    check_url(url, allow=NOBODY, allow_http=True, resolve=resolve)
    check_url(url, allow=AllowList.parse("example.org:80"), allow_http=False, resolve=resolve)


def test_an_inside_address_is_taken_only_where_the_allow_list_names_it() -> None:
    allow = AllowList.parse("127.0.0.1:9001")
    check_url("http://127.0.0.1:9001/callback", allow=allow, allow_http=False, resolve=resolve)
    assert code_of("http://127.0.0.1:9002/callback", allow=allow) == "address_refused"
    assert code_of("http://localhost:9002/callback", allow=allow) == "address_refused"


def test_a_refusal_names_the_setting_and_the_entry_that_would_allow_it() -> None:
    with pytest.raises(CallbackUrlError, match=r"add inside.example.org:9000 to the setting ALOCHONA_CALLBACK_ALLOW"):
        check_url("https://inside.example.org:9000/", allow=NOBODY, allow_http=False, resolve=resolve)


@pytest.mark.parametrize("host", ["unknown.example.org", "slow-name"])
def test_a_host_without_an_address_is_told_as_such(host: str) -> None:
    assert code_of(f"https://{host}/") == "unresolvable_host"


def test_of_a_host_inside_and_outside_only_the_outside_addresses_are_left() -> None:
    target = read_url("https://both.example.org/")
    left = permitted_addresses(target, NAMES["both.example.org"], allow=NOBODY, allow_http=False)
    assert left == ["93.184.216.34"]


@pytest.mark.parametrize(
    ("url", "target", "host_header"),
    [
        ("https://example.org", Target(True, "example.org", 443, "/"), "example.org"),
        ("https://example.org:/x", Target(True, "example.org", 443, "/x"), "example.org"),
        ("HTTPS://Example.ORG.:8443/A?b=c", Target(True, "example.org", 8443, "/A?b=c"), "example.org:8443"),
        ("http://example.org:443/", Target(False, "example.org", 443, "/"), "example.org:443"),
        ("http://example.org", Target(False, "example.org", 80, "/"), "example.org"),
        ("https://[2606:4700::1]:8443/", Target(True, "2606:4700::1", 8443, "/"), "[2606:4700::1]:8443"),
        ("https://আলো.বাংলা/প?q=ক", Target(True, "xn--94b2g5c.xn--54b7fta0cc", 443, "/%E0%A6%AA?q=%E0%A6%95"), ""),
        ("https://a_b.example.org/?", Target(True, "a_b.example.org", 443, "/?"), "a_b.example.org"),
    ],
)
def test_a_good_url_is_taken_apart(url: str, target: Target, host_header: str) -> None:
    assert read_url(url) == target
    assert read_url(url).host_header == (host_header or target.host)


def test_a_bangla_name_is_as_good_as_any() -> None:
    check_url("https://আলো.বাংলা/", allow=NOBODY, allow_http=False, resolve=resolve)


@given(st.text(max_size=60).map(lambda tail: "https://" + tail) | st.text(max_size=60))
def test_no_text_whatever_raises_anything_but_a_callback_url_error(url: str) -> None:
    with suppress(CallbackUrlError):
        target = read_url(url)
        assert target.host.isascii()
        assert target.path.isascii()
        assert target.path.startswith("/")


def test_the_systems_resolver_finds_loopback_under_its_name() -> None:
    assert set(resolve_host("localhost")) & {"127.0.0.1", "::1"}
