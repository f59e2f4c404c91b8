"""A forgotten password: a one-time link goes to the account's address. The answer tells nobody who has an account.

The link is made as its mail is sent (``steps.sending_notices``); here only the wish for it is stored.
"""

from datetime import datetime, timedelta
from typing import Final

from moderation.domain.email_address import normal_email
from moderation.domain.jobs import Job
from moderation.domain.notice import NoticeKind, Turn, Way
from moderation.steps import braking
from moderation.store import moderators, notices
from moderation.store.notices import NewNotice
from moderation.store.unit_of_work import Work
from moderation.vault import Vault

ONE_IN: Final = timedelta(minutes=5)
"""However often somebody asks, an account gets no more than one mail in this time."""

_NOBODY: Final = 0
"""The id of no account: for nobody the same is asked of the database as for somebody."""


def ask_for_link(work: Work, vault: Vault, *, email: str, address: str, now: datetime) -> None:
    """Has a link sent to who has this e-mail address; to nobody where nobody has, and nothing tells which it was.

    Raises:
        LoginDelayedError: too many wishes of late from this network address, whoever they were for.
    """
    with work() as unit:
        braking.count_attempt(unit, [vault.keyed_digest("forgotten-address", address)], now)
        account = moderators.by_email(unit.connection, normal_email(email.replace("\0", "\ufffd")) or "")
        to = account.id if account else _NOBODY
        new = NewNotice(None, to, Way.EMAIL, NoticeKind.FORGOTTEN, Turn.EVENT, "", {}, due_at=now)
        if not notices.lately(unit.connection, new, since=now - ONE_IN) and account is not None:
            notices.add(unit.connection, [new], at=now)
        # Always: the way to the broker takes longest, and how long the answer takes must not tell either.
        unit.note(Job.SEND_NOTICES)
