"""Mails to a real server: encrypted or not at all, and failures that say whether trying again can help."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from moderation.mail_client import MailClient, MailFailure, address
from tests.moderation.mail_server import PASSWORD, USER, mail_server
from tests.moderation.receivers import Authority, Evil, never_answers


def _mail(to: str = "nasrin@desk.example") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "খবর", "desk@khobor.example", to
    message.set_content("৩টি মন্তব্য\n")
    return message


@pytest.mark.parametrize(("security", "from_the_start"), [("starttls", False), ("tls", True)])
def test_a_mail_goes_encrypted_and_after_a_log_in(tmp_path: Path, security: str, *, from_the_start: bool) -> None:
    authority = Authority(tmp_path)
    with mail_server(authority.server_context("localhost"), from_the_start=from_the_start) as box:
        known = {} if from_the_start else {"user": USER, "password": PASSWORD}  # this server knows no other way
        smtp = box.smtp(security=security, **known)
        MailClient(smtp, authorities=authority.file).send(_mail())
    assert from_the_start or box.secured == [True]
    assert (box.got[0]["Subject"], box.got[0].get_content().strip()) == ("খবর", "৩টি মন্তব্য")


def _refusal(client: MailClient, message: EmailMessage | None = None) -> tuple[str, bool, bool]:
    with pytest.raises(MailFailure) as refused:
        client.send(message or _mail())
    return refused.value.reason_code, refused.value.temporary, refused.value.server


def test_a_wrong_password_is_told_as_such(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with mail_server(authority.server_context("localhost")) as box:
        smtp = box.smtp(security="starttls", user=USER, password="wrong")
        assert _refusal(MailClient(smtp, authorities=authority.file)) == ("mail_login_refused", True, True)
    assert box.got == []


def test_nothing_goes_to_a_server_whose_certificate_is_not_trusted(tmp_path: Path) -> None:
    with mail_server(Authority(tmp_path).server_context("localhost")) as box:
        assert _refusal(MailClient(box.smtp(security="starttls")))[0] == "mail_bad_certificate"
    assert box.got == []


def test_nothing_goes_in_clear_where_the_server_offers_no_encryption() -> None:
    with mail_server() as box:
        assert _refusal(MailClient(box.smtp(security="starttls")))[0] == "mail_not_secure"
        assert _refusal(MailClient(box.smtp(security="tls")))[0] == "mail_not_secure"
    assert box.got == []


@pytest.mark.parametrize(
    ("refuses", "told"),
    [
        ({"RCPT": "550 no such user"}, ("mail_address_refused", False, False)),
        ({"RCPT": "450 later"}, ("mail_busy", True, False)),
        ({"DATA": "451 later"}, ("mail_busy", True, True)),
        ({"DATA": "554 no"}, ("mail_refused", True, True)),
    ],
)
def test_a_refusal_says_whether_to_come_again(refuses: dict[str, str], told: tuple[str, bool, bool]) -> None:
    with mail_server() as box:
        box.refuses = refuses
        assert _refusal(MailClient(box.smtp())) == told


def test_a_server_that_is_away_or_silent_is_no_reason_to_give_up() -> None:
    with mail_server() as box:
        gone = box.smtp()
    assert _refusal(MailClient(gone)) == ("mail_unreachable", True, True)
    with Evil(never_answers) as silent:
        box.port = silent.port
        assert _refusal(MailClient(box.smtp(), timeout=0.2)) == ("mail_timed_out", True, True)


@pytest.mark.parametrize("written", ["a@b.example\r\nBcc: c@d.example", "a@b, c@d", "", "<a@b.example>", "নাম"])
def test_what_is_no_address_gets_into_no_header(written: str) -> None:
    with pytest.raises(MailFailure):
        address(written)
