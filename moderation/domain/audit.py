"""Which automatic outcomes a person looks at blind: at what probability each is drawn, and by which lot.

A lot is a keyed digest of the revision's id, so a draw can be done again and proved, and no reader can know it before
writing. A draw is at random, to measure; or, once a desk has decided enough, among those near a threshold, to teach:
as many of these as of the others. A first batch of hard cases only would spoil what is learned (docs/classifier.md).
Or it is an ordinary comment, mixed in so that nobody reads only abuse for hours (docs/decisions/0014).
"""

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import Final, NamedTuple

from moderation.domain.policy import BANNED_RULE, Check, Outcome, Policy
from moderation.domain.vocabulary import Action

FIRST_DECISIONS: Final = 250
"""So many decisions of people, and a desk is out of its beginning."""
EARLY_SHARE: Final = 0.05
"""What is drawn at random in a desk's beginning, where the policy has no higher share."""
LARGEST_SHARE: Final = 0.2
"""The most that a policy can ask for: more is no sample, and a desk's whole day."""
_NEAR: Final = 0.10
"""How far below its threshold a score still counts as near it."""
_MOST_UNCERTAIN: Final = 0.5
"""The highest probability of a draw near a threshold, however rare these are."""
LARGEST_MIX: Final = 0.5
"""The most that a policy can ask for: half of what a person reads."""
_MOST_MIXED: Final = 0.5
"""The highest probability of an ordinary comment to be mixed in, however much is held."""
_LOWEST_PLACE: Final = 0.40
_PLACES: Final = 0.70
"""Held comments have priorities from about 0.4 to 1.1 under the default policy; a drawn one takes any place there."""
_DECOYS: Final = 0.10
"""The share of held comments that look like a drawn one, where a site does not hide the reasons of all."""
_NUMBERS: Final = Struct(">QQQQ")
_UNIT: Final = 2.0**-64

KeyedDigest = Callable[[str, str], bytes]
"""32 bytes for a purpose and a value; whoever has not the key cannot foretell them."""


class Lot(NamedTuple):
    """Four numbers in [0, 1), independent of each other and of what was written; a ``mixed`` of 1 never wins."""

    random: float
    uncertain: float
    place: float
    mixed: float = 1.0

    @property
    def priority(self) -> float:
        """A place in the review queue that says nothing of why the comment stands there."""
        return _LOWEST_PLACE + _PLACES * self.place


Lots = Callable[[int], Lot]
"""The lot of a revision, by its id."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Probabilities: of any outcome to be drawn at random, of one near a threshold as such, of an ordinary comment."""

    random: float = 0.0
    uncertain: float = 0.0
    mixed: float = 0.0


def lots(digest: KeyedDigest) -> Lots:
    """The lots under a key."""

    def lot(revision_id: int) -> Lot:
        return Lot(*(number * _UNIT for number in _NUMBERS.unpack(digest("audit", str(revision_id)))))

    return lot


def shares(share: float, *, decided: int, eligible: int, near: int, mix_in: float = 0.0, held: int = 0) -> Shares:
    """At what probabilities a desk's outcomes are drawn now.

    ``share`` and ``mix_in`` are the policy's, ``decided`` counts people's decisions, ``near`` those of the ``eligible``
    outcomes so far that were near a threshold: their frequency says what probability draws as many of them as of the
    others. ``held`` counts what was held: it says of how many ordinary comments one is needed in the review queue.
    """
    if decided < FIRST_DECISIONS:
        return Shares(random=max(share, EARLY_SHARE) if share > 0 else 0.0)
    mixed = _mixed(mix_in, held=held, eligible=eligible, random=share)
    if share <= 0:
        return Shares(mixed=mixed)
    frequency = (near + 1) / (eligible + 2)  # Laplace's rule, so that the first of a desk is no division by zero
    return Shares(random=share, uncertain=min(_MOST_UNCERTAIN, share / frequency), mixed=mixed)


def _mixed(mix_in: float, *, held: int, eligible: int, random: float) -> float:
    """The probability that makes ordinary comments ``mix_in`` of the queue; what is drawn at random counts in."""
    wanted = mix_in / (1.0 - mix_in) * (held + 1) / (eligible + 2)
    return min(_MOST_MIXED, max(0.0, wanted - random))


def is_eligible(outcome: Outcome) -> bool:
    """Whether no person looks at it by itself, and its text had a say: a ban rejects whatever is written."""
    return outcome.action is not Action.HOLD and all(check.rule != BANNED_RULE for check in outcome.fired)


def is_near(outcome: Outcome) -> bool:
    """Whether a slightly other score would have led elsewhere: just under a threshold, or just over that to reject."""
    return any(_near(check, outcome.action) for check in outcome.checks)


def _near(check: Check, action: Action) -> bool:
    if check.label is None or check.value is None or check.threshold is None:
        return False
    if action is Action.REJECT:
        room = min(_NEAR, (1.0 - check.threshold) / 2)
        return check.action is Action.REJECT and check.value - check.threshold <= room
    return check.threshold - check.value <= min(_NEAR, check.threshold / 2)


def is_shown_blind(policy: Policy, digest: KeyedDigest, comment_id: int, *, drawn: bool) -> bool:
    """Whether a comment of the review queue is shown without its scores and reasons until it is decided.

    Every drawn one is. Where the site does not hide them of all, some held ones are too, so that a card without reasons
    does not tell which it is.
    """
    return drawn or policy.blind or _is_decoy(policy, digest, comment_id)


def _is_decoy(policy: Policy, digest: KeyedDigest, comment_id: int) -> bool:
    """As many held comments look drawn as ordinary ones are mixed in, so that a card without reasons may be either."""
    share = max(_DECOYS if policy.audit_share > 0 else 0.0, policy.mix_in)
    place: int = _NUMBERS.unpack_from(digest("without reasons", str(comment_id)))[0]
    return place * _UNIT < share
