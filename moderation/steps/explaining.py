"""Why a comment has its scores: which stretches of its text raised a label's score, and which lowered it.

An explanation is worth something only from the bundle that scored. Where that one is not at work any more, none is
given, and the reader is told so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from classifiers import Explanation, Stretch, explain_all, normalise
from moderation.domain.vocabulary import Label
from moderation.live_classifier import LiveBundle

LEAST: Final = 0.2
"""Of a logit. A probability changes by a quarter of what its logit does at most (the logistic function's steepest
slope), so what adds less moves a score by less than 0.05 and would only tire the eye."""
LEAST_PART: Final = 0.15
"""Of what the strongest stretch adds."""
NAMED: Final = 4
"""So many stretches that raised a score are named beside the text, and half as many that lowered it."""
SLURS: Final = (Label.PROFANITY, Label.IDENTITY_ATTACK, Label.SEXUALLY_EXPLICIT)
"""Labels whose words are hard to look at for hours."""
_LIKELY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Told:
    """A stretch ``text[begin:end]`` that moved a score, in code points; ``share`` of all that raised it, or of all that
    lowered it, in (0, 1]."""

    begin: int
    end: int
    raised: bool
    share: float


@dataclass(frozen=True, slots=True)
class Explained:
    """The stretches of one label in the order of the text, and those to mask, whatever the label."""

    label: Label
    score: float
    stretches: Sequence[Told]
    slurs: Sequence[tuple[int, int]]
    window: tuple[int, int] | None
    """The piece of a long text that decided; ``None`` where all of it did."""

    @property
    def strongest(self) -> Sequence[Told]:
        """What a short list names: first what raised the score, then what lowered it, the larger shares first."""
        by_share = sorted(self.stretches, key=attrgetter("share"), reverse=True)
        raised = [one for one in by_share if one.raised]
        lowered = [one for one in by_share if not one.raised]
        return raised[:NAMED] + lowered[: NAMED // 2]


def explain(
    live: LiveBundle | None, scored_by: int | None, text: str, wanted: Label | None, terms: Sequence[str] = ()
) -> Explained | None:
    """The explanation for the wanted label, else for the one with the highest score.

    ``scored_by`` is the id of the bundle that scored the text; ``None`` is returned where that is not the live one.
    ``terms`` are the listed ones that were found; their words are masked too.
    """
    if live is None or live.bundle_id != scored_by:
        return None
    found = explain_all(live.bundle, text)
    label = wanted or max(Label, key=lambda one: found[one].score)
    chosen = found[label]
    window = None if chosen.window == (0, len(text)) else chosen.window
    return Explained(label, chosen.score, telling(chosen.stretches), _slurs(found, text, terms), window)


def telling(stretches: Iterable[Stretch]) -> list[Told]:
    """The stretches that are worth a look, in their order."""
    every = list(stretches)
    strongest = max((abs(one.contribution) for one in every), default=0.0)
    raising = sum(one.contribution for one in every if one.contribution > 0)
    lowering = sum(one.contribution for one in every if one.contribution < 0)
    return [
        Told(
            one.begin,
            one.end,
            raised=one.contribution > 0,
            share=one.contribution / (raising if one.contribution > 0 else lowering),
        )
        for one in every
        if abs(one.contribution) >= max(LEAST, LEAST_PART * strongest)
    ]


def _slurs(found: Mapping[str, Explanation], text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """What raised those labels of SLURS that are more likely than not, and words of terms, in the order of the text."""
    spans = {
        (one.begin, one.end)
        for label in SLURS
        if found[label].score >= _LIKELY
        for one in telling(found[label].stretches)
        if one.raised
    }
    words = {word for term in terms for word in term.split()}
    if words:
        every = {(one.begin, one.end) for explanation in found.values() for one in explanation.stretches}
        spans |= {(begin, end) for begin, end in every if normalise(text[begin:end]) in words}
    return _apart(sorted(spans))


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ascending spans without overlap: labels of a long text may hang on windows that part its words differently."""
    apart: list[tuple[int, int]] = []
    for begin, end in spans:
        if apart and begin < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart
