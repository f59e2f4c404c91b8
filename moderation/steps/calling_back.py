"""Step 6: tells the sites. Claims what is due, posts it outside any transaction, records what came of it.

A message leaves at least once: a crash between the post and its record repeats it, with the same webhook id and a
signature of its own time. Order is not kept; the version in each message tells which is the latest word.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from moderation import signing
from moderation.callback_client import Delivered, DeliveryFailure, PermanentFailure, TemporaryFailure
from moderation.domain.backoff import BREAKER_FAILURES, breaker_open_for, is_given_up, next_attempt_delay
from moderation.domain.jobs import Job
from moderation.store import audit_log, callbacks, deliveries, enrolments, figures
from moderation.store.deliveries import Attempt, Claimed
from moderation.store.unit_of_work import UnitOfWork, Work
from moderation.vault import VaultError

AT_ONCE: Final = 8
"""Posts that one job has under way."""
AT_ONCE_EACH: Final = 4
"""Of these, the most to one endpoint: one that swallows its requests leaves half of them to the others."""
STARTS_WITHIN: Final = 10.0
"""Seconds in which a job starts posts; with the client's 15 for the last of them it mostly ends before 26."""
SOFT_LIMIT: Final = 32
HARD_LIMIT: Final = 36
"""Seconds after which a job is ended, for one whose database or whose clock stood still."""
LEASE: Final = timedelta(seconds=40)
"""Longer than the hard limit, so that a lease never ends under a job that still posts; no longer, since what a killed
job had claimed waits for its end."""

_log = structlog.get_logger(__name__)


class Client(Protocol):
    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Delivered: ...


class Decrypts(Protocol):
    def decrypt(self, encrypted: bytes) -> str: ...


@dataclass(frozen=True, slots=True)
class _Tried:
    """A callback and what came of its post."""

    claimed: Claimed
    result: Delivered | DeliveryFailure


def deliver_due(
    work: Work, client: Client, vault: Decrypts, *, now: Callable[[], datetime], jitter: Callable[[], float]
) -> int:
    """Posts what is due until nothing is left or the job's time is over; returns how many attempts were made.

    ``jitter`` gives a number in [0, 1) for each retry, which spreads retries that failed together.
    """
    return _Round(work, client, vault, now, jitter).run()


def replay(
    work: Work, site_id: int, callback_ids: Collection[int] | None = None, *, now: datetime, by: str = "operator"
) -> int:
    """Sends parked callbacks again, all of the site's where no ids are given; returns how many.

    Asking twice sends once: what is pending already is left alone. The site's endpoints are switched on again.
    """
    with work() as unit:
        deliveries.enable_endpoints(unit.connection, site_id)
        count = callbacks.replay(unit.connection, site_id, callback_ids, now=now)
        slug = next(site.slug for site in enrolments.sites(unit.connection) if site.id == site_id)
        audit_log.record(unit.connection, actor=by, act="callbacks.replayed", subject=slug, details={"count": count})
        if count:
            unit.note(Job.DELIVER_CALLBACKS)
    return count


class _Round:
    """One job's run: a pool of threads that post, and this thread, which alone talks to the database."""

    def __init__(
        self,
        work: Work,
        client: Client,
        vault: Decrypts,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        self._work = work
        self._client = client
        self._vault = vault
        self._now = now
        self._jitter = jitter
        self._under_way: dict[Future[_Tried], int] = {}

    def run(self) -> int:
        made = 0
        ends = time.monotonic() + STARTS_WITHIN
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="callback") as pool:
            while True:
                in_time = time.monotonic() < ends
                if in_time:
                    self._start_due(pool)
                if not self._under_way:
                    break
                made += self._record_finished()
        if not in_time:
            with self._work() as unit:
                unit.note(Job.DELIVER_CALLBACKS)
        return made

    def _start_due(self, pool: ThreadPoolExecutor) -> None:
        room = AT_ONCE - len(self._under_way)
        if not room:
            return
        now = self._now()
        with self._work() as unit:
            claimed = deliveries.claim_due(
                unit.connection,
                now=now,
                lease_until=now + LEASE,
                most=room,
                most_each=AT_ONCE_EACH,
                wary_from=BREAKER_FAILURES,
                busy=Counter(self._under_way.values()),
            )
            sites = {one.site_id for one in claimed}
            sealed = deliveries.signing_ciphertexts(unit.connection, sites, now) if sites else {}
        for one in claimed:
            future = pool.submit(self._try, one, sealed.get(one.site_id, ()))
            self._under_way[future] = one.endpoint_id

    def _try(self, claimed: Claimed, sealed: Sequence[bytes]) -> _Tried:
        try:
            return _Tried(claimed, self._post(claimed, sealed))
        except DeliveryFailure as failure:
            return _Tried(claimed, failure)
        except Exception:  # noqa: BLE001 - one callback's trouble must not keep the others' results from the record
            _log.exception("callback_failed", callback=claimed.id)
            detail = "The attempt failed within this service. Its log says more."
            return _Tried(claimed, TemporaryFailure("internal_error", detail))

    def _post(self, claimed: Claimed, sealed: Sequence[bytes]) -> Delivered:
        body = message(claimed)
        secrets = _opened(self._vault, sealed)
        headers = signing.sign(body, webhook_id=claimed.webhook_id, at=self._now(), secrets=secrets)
        return self._client.post(claimed.url, body, headers)

    def _record_finished(self) -> int:
        finished, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
        tried = [future.result() for future in finished]
        with self._work() as unit:
            deliveries.lock_endpoints(unit.connection, {one.claimed.endpoint_id for one in tried})
            for one in tried:
                self._record(unit, one)
        for future in finished:
            del self._under_way[future]
        return len(tried)

    def _record(self, unit: UnitOfWork, tried: _Tried) -> None:
        claimed, now = tried.claimed, self._now()
        match tried.result:
            case Delivered(status=status, milliseconds=milliseconds):
                attempt = Attempt(status=status, milliseconds=milliseconds)
                if deliveries.record_delivered(unit.connection, claimed, attempt, now=now):
                    _count_delivered(unit, claimed, now)
            case failure:
                self._record_failure(unit, claimed, failure, now)

    def _record_failure(self, unit: UnitOfWork, claimed: Claimed, failure: DeliveryFailure, now: datetime) -> None:
        attempt = Attempt(status=failure.status, code=failure.reason_code, detail=failure.detail)
        delay = self._delay(claimed, failure)
        if delay is not None:
            due_at = now + timedelta(seconds=delay)
            recorded = deliveries.record_retry(unit.connection, claimed, attempt, due_at=due_at, now=now)
        else:
            recorded = deliveries.record_parked(unit.connection, claimed, attempt, now=now)
        if not recorded:
            return
        parked = int(delay is None) + _judge_endpoint(unit, claimed, failure, now)
        figures.add(unit.connection, {("parked", claimed.site_id): parked, ("failed_attempts", claimed.site_id): 1})
        _log.info(
            "callback_refused", callback=claimed.id, code=failure.reason_code, status=failure.status, retry_in=delay
        )

    def _delay(self, claimed: Claimed, failure: DeliveryFailure) -> float | None:
        if not isinstance(failure, TemporaryFailure):
            return None
        return next_attempt_delay(
            claimed.attempts, retry_after=failure.retry_after, slow=failure.slow, jitter=self._jitter()
        )


def message(claimed: Claimed) -> bytes:
    """The body: the same bytes at every attempt, so that a receiver may also compare them."""
    document = {"type": claimed.type, "timestamp": claimed.created_at.isoformat(), "data": claimed.payload}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _opened(vault: Decrypts, sealed: Sequence[bytes]) -> list[str]:
    if not sealed:
        detail = "The site has no valid callback secret. Make one: python -m moderation secrets rotate."
        raise PermanentFailure("no_callback_secret", detail)
    try:
        return [vault.decrypt(one) for one in sealed]
    except VaultError as error:
        raise PermanentFailure("unreadable_callback_secret", str(error)) from error


def _judge_endpoint(unit: UnitOfWork, claimed: Claimed, failure: DeliveryFailure, now: datetime) -> int:
    """Counts the failure against the endpoint, leaves it alone for a while or for good; returns what that parked."""
    failures, since = deliveries.count_failure(unit.connection, claimed.endpoint_id, now)
    pause = breaker_open_for(failures)
    if pause:
        deliveries.open_breaker(unit.connection, claimed.endpoint_id, until=now + timedelta(seconds=pause))
    if failure.status == 410:
        reason = failure.detail
    elif is_given_up(failures, (now - since).total_seconds()):
        reason = f"Nothing has arrived since {since.isoformat(timespec='minutes')}. {failure.detail}"
    else:
        return 0
    parked = deliveries.disable_endpoint(unit.connection, claimed.endpoint_id, reason=reason, now=now)
    _log.error("endpoint_disabled", endpoint=claimed.endpoint_id, site=claimed.site_id, reason=reason, parked=parked)
    return parked


def _count_delivered(unit: UnitOfWork, claimed: Claimed, now: datetime) -> None:
    amounts: dict[tuple[str, int | None], int] = {("delivered", claimed.site_id): 1}
    waited = (now - claimed.due_at).total_seconds()
    for name, count in figures.latency_buckets("delivered_seconds", [waited]).items():
        amounts[name, None] = count
    figures.add(unit.connection, amounts)
