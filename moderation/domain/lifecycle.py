"""The states of a comment and the only ways from one to another (the table in docs/data_model.md)."""

from typing import Final

from moderation.domain.vocabulary import Action, State, Verdict

_REACHED_FROM: Final = {
    State.WAITING: frozenset({State.WAITING, State.PUBLISHED, State.HELD, State.REJECTED}),
    State.PUBLISHED: frozenset({State.WAITING, State.HELD, State.REJECTED}),
    State.HELD: frozenset({State.WAITING, State.PUBLISHED, State.REJECTED}),
    State.REJECTED: frozenset({State.WAITING, State.HELD, State.PUBLISHED}),
    State.DELETED: frozenset(State),
}

DECIDABLE: Final = frozenset({State.HELD, State.PUBLISHED, State.REJECTED})
"""States in which a person may decide: a waiting comment is the scorer's for a moment, a deleted one is nobody's."""


def may_become(now: State, then: State) -> bool:
    """Whether a comment in state ``now`` may go to ``then``; ``deleted`` is reached from all, again without harm."""
    return now in _REACHED_FROM[then]


def state_of_verdict(verdict: Verdict) -> State:
    return State.PUBLISHED if verdict is Verdict.APPROVE else State.REJECTED


def state_of_action(action: Action) -> State:
    return {Action.PUBLISH: State.PUBLISHED, Action.HOLD: State.HELD, Action.REJECT: State.REJECTED}[action]
