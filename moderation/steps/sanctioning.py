"""What a desk does about an author: warns, suspends for a time, bans, and lifts that again.

While a suspension runs each new comment of the author is held; under a ban it is rejected. A suspension ends by itself.
What was decided before stands. The site is told of every act in ``author.sanctioned``: the act, what is in force since,
and the words for the reader; why the desk did it stays in the house.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from moderation.domain import attribution
from moderation.domain.errors import ConflictError, InvalidValueError, NotFoundError
from moderation.domain.jobs import Job
from moderation.domain.sanction import is_meant
from moderation.domain.vocabulary import CallbackType, Mode, Role, Sanction
from moderation.store import audit_log, authors, callbacks, policies
from moderation.store.authors import AuthorPlace
from moderation.store.callbacks import NewCallback
from moderation.store.unit_of_work import UnitOfWork, Work

DAYS: Final = (1, 3, 7, 30)
"""For how long an author can be suspended at a time."""
LONGEST_REASON: Final = 500
LONGEST_NOTICE: Final = 500
_ACTS: Final = {Sanction.WARNING: "warned", Sanction.SUSPENSION: "suspended", Sanction.BAN: "banned"}


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, and the author's ``version`` that they saw."""

    moderator_id: int
    role: Role
    version: int


def warn(work: Work, author_id: int, acting: Acting, *, reason: str, notice: str, now: datetime) -> None:
    """Has the site tell the author something; nothing else changes for them.

    Raises:
        NotFoundError: there is no such author.
        InvalidValueError: the reason or the words for the author are missing or too long; or the site is only observed.
        ConflictError: a colleague acted since the page was loaded.
    """
    if not notice.strip():
        raise InvalidValueError("Write what the author is to be told: a warning without words warns of nothing.")
    _impose(work, author_id, acting, Sanction.WARNING, reason=reason, notice=notice, until=None, now=now)


def suspend(
    work: Work,
    author_id: int,
    acting: Acting,
    *,
    days: int,
    reason: str,
    typed_name: str,
    now: datetime,
    notice: str = "",
) -> datetime:
    """Holds each comment of the author that is scored until then; returns when that is. Replaces what is in force.

    Raises:
        NotFoundError: there is no such author.
        InvalidValueError: not one of DAYS, no reason, another name than the author's; or the site is only observed.
        ConflictError: a colleague acted since the page was loaded.
    """
    if days not in DAYS:
        raise InvalidValueError("Choose for how long: 1, 3, 7 or 30 days.")
    until = now + timedelta(days=days)
    kind = Sanction.SUSPENSION
    _impose(work, author_id, acting, kind, reason=reason, notice=notice, until=until, now=now, typed_name=typed_name)
    return until


def ban(
    work: Work, author_id: int, acting: Acting, *, reason: str, typed_name: str, now: datetime, notice: str = ""
) -> None:
    """Rejects each comment of the author from now on; raises what ``suspend`` does. Replaces what is in force."""
    kind = Sanction.BAN
    _impose(work, author_id, acting, kind, reason=reason, notice=notice, until=None, now=now, typed_name=typed_name)


def lift(work: Work, author_id: int, acting: Acting, *, now: datetime) -> None:
    """Ends the suspension or ban now. What was held or rejected meanwhile stays so until somebody decides.

    Raises:
        NotFoundError: there is no such author.
        ConflictError: nothing is in force any more, or a colleague acted since the page was loaded.
        InvalidValueError: the site is only observed.
    """
    with work() as unit:
        place = _locked(unit, author_id, acting)
        if place.standing(now) is None:
            raise ConflictError("Nothing is in force against this author any more. Load the page again.")
        authors.end_running(unit.connection, place.id, by_id=acting.moderator_id, at=now)
        authors.change(unit.connection, place.id, sanction=None, until=None, version=place.version + 1)
        _tell(unit, place, acting, "lifted", sanction=None, until=None, notice="", now=now)


def _impose(
    work: Work,
    author_id: int,
    acting: Acting,
    kind: Sanction,
    *,
    reason: str,
    notice: str,
    until: datetime | None,
    now: datetime,
    typed_name: str | None = None,
) -> None:
    why, told = _checked(reason, notice)
    with work() as unit:
        place = _locked(unit, author_id, acting)
        if typed_name is not None and not is_meant(typed_name, name=place.name, ext_id=place.ext_id):
            raise InvalidValueError("That is not the author's name. Type it as it stands there, to mean it.")
        if kind is not Sanction.WARNING:
            authors.end_running(unit.connection, place.id, by_id=acting.moderator_id, at=now)
        by_id = acting.moderator_id
        authors.impose(unit.connection, place, kind, reason=why, notice=told, until=until, by_id=by_id, at=now)
        standing = place.standing(now) if kind is Sanction.WARNING else kind
        ends = place.sanctioned_until if kind is Sanction.WARNING and standing else until
        authors.change(unit.connection, place.id, sanction=standing, until=ends, version=place.version + 1)
        _tell(unit, place, acting, _ACTS[kind], sanction=standing, until=ends, notice=told, now=now, reason=why)


def _checked(reason: str, notice: str) -> tuple[str, str]:
    why, told = reason.strip(), notice.strip()
    if not 0 < len(why) <= LONGEST_REASON:
        raise InvalidValueError("Say why, in at most {n} characters: your colleagues will read it.", n=LONGEST_REASON)
    if len(told) > LONGEST_NOTICE:
        raise InvalidValueError("What the author is told has room for {n} characters. Shorten it.", n=LONGEST_NOTICE)
    return why, told


def _locked(unit: UnitOfWork, author_id: int, acting: Acting) -> AuthorPlace:
    place = authors.lock(unit.connection, author_id)
    if place is None:
        raise NotFoundError("There is no such author.")
    if place.version != acting.version:
        raise ConflictError("A colleague acted on this author after you opened the page. Look again, then decide.")
    rules = policies.rules_of(unit.connection, [place.site_id])[place.site_id]
    if rules.mode is Mode.OBSERVE:
        raise InvalidValueError("This site is only observed at present: it is told nothing. Change its mode first.")
    return place


def _tell(
    unit: UnitOfWork,
    place: AuthorPlace,
    acting: Acting,
    act: str,
    *,
    sanction: Sanction | None,
    until: datetime | None,
    notice: str,
    now: datetime,
    reason: str = "",
) -> None:
    """Tells the site, and the audit log."""
    version = place.version + 1
    payload = {
        "site": place.slug,
        "author_id": place.ext_id,
        "version": version,
        "act": act,
        "sanction": sanction,
        "until": until,
        "notice": notice or None,
        "decided_by": attribution.by_moderator(acting.role),
        "decided_at": now,
    }
    new = NewCallback(
        site_id=place.site_id,
        comment_id=None,
        author_id=place.id,
        decision_id=None,
        type=CallbackType.AUTHOR_SANCTIONED,
        version=version,
        payload=payload,
        due_at=now,
    )
    if callbacks.insert_many(unit.connection, [new]):
        unit.note(Job.DELIVER_CALLBACKS)
    details = {"until": until.isoformat() if until else None, "reason": reason}
    subject = f"{place.slug} author {place.id}"
    actor = f"moderator {acting.moderator_id}"
    audit_log.record(unit.connection, actor=actor, act=f"author.{act}", subject=subject, details=details)
