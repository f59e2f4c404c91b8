"""Stand-ins at our own seams: a classifier that scores by words, so that a test can say which comment is what."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from sqlalchemy import insert

from classifiers import LABELS, Scored, normalise
from moderation.store.schema import Bundle
from moderation.store.unit_of_work import Work

CIVIL = (0.05, 0.02, 0.01, 0.01, 0.01, 0.01, 0.02)


class PoisonError(Exception):
    """What the fake classifier raises on a text that contains the word ``poison``."""


@dataclass(frozen=True)
class ScoresByWord:
    """Gives a text the scores of the first listed word that it contains, else civil ones; chokes on ``poison``."""

    words: Mapping[str, Sequence[float]]
    name: str = "by-word"

    def score(self, texts: Sequence[str]) -> list[Scored]:
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Scored:
        if "poison" in text:
            raise PoisonError(text)
        scores = next((scores for word, scores in self.words.items() if word in text), CIVIL)
        assert len(scores) == len(LABELS)
        return Scored(normalise(text), "bn", tuple(scores))


@dataclass(frozen=True)
class FixedLive:
    """A live classifier that never changes; ``None`` as its bundle means that there is none to use."""

    bundle_id: int
    bundle: ScoresByWord

    @classmethod
    def registered(cls, work: Work, bundle: ScoresByWord) -> Self:
        with work() as unit:
            bundle_id = unit.connection.execute(
                insert(Bundle)
                .values(
                    name=f"{bundle.name}-{uuid.uuid4().hex[:8]}",
                    digest="0" * 64,
                    content=b"",
                    card="",
                    metrics={},
                    origin="test",
                )
                .returning(Bundle.id)
            ).scalar_one()
        return cls(bundle_id, bundle)

    def current(self) -> Self:
        return self
