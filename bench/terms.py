"""Term lists: the matcher over a batch of 256 comments, against a search for each term in each comment.

``PYTHONPATH=. python bench/terms.py``. The peer is what stood here before: ``str.find`` for every term, whole words
only, no endings and no other spellings. Words are remembered between comments, as in a worker; each round sees other
comments. The terms are made up of syllables, so that next to none is hit; the comments are the demo's.
"""

import json
import random
import statistics
import time
import unicodedata
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

from classifiers import normalise
from moderation.domain.term_lists import Term, TermList, TermMatcher
from moderation.domain.term_readings import readings
from moderation.domain.vocabulary import ListAction

DISCUSSION = Path(__file__).parent.parent / "moderation" / "demo" / "discussion.json"
BATCH, ROUNDS = 256, 7
SIZES = (100, 1_000, 5_000, 10_000)
_SYLLABLES = ("কা", "খি", "গু", "চে", "টো", "ন", "পা", "মি", "রু", "লা", "শি", "হা", "ka", "khi", "ta", "ro", "ma", "lu")


def main() -> None:
    comments = _comments()
    print(f"batches of {BATCH}, {statistics.mean(map(len, comments)):.0f} characters on average, median of {ROUNDS}")
    for size in SIZES:
        terms = _terms(size)
        start = time.perf_counter()
        matcher = TermMatcher([TermList("bench", ListAction.HOLD, tuple(map(Term, terms)))])
        compiled = time.perf_counter() - start
        readings.cache_clear()
        cold = _seconds(matcher.hits, comments[:BATCH])
        ours = statistics.median(_seconds(matcher.hits, batch) for batch in _batches(comments))
        naive = statistics.median(_seconds(_search(terms), batch) for batch in islice(_batches(comments), 3))
        print(
            f"{size:>6,} terms: {ours * 1e3:6.1f} ms a batch (first one {cold * 1e3:.1f}), search {naive * 1e3:8.1f}"
            f" ms, ratio {naive / ours:6.1f}; compiled once in {compiled * 1e3:.0f} ms"
        )


def _comments() -> list[str]:
    """The demo's comments, then their words shuffled into new ones."""
    shuffled = random.Random(7)
    bodies = [normalise(one["body"]) for one in json.loads(DISCUSSION.read_text(encoding="utf-8"))["comments"]]
    words = [word for body in bodies for word in body.split()]
    return [" ".join(shuffled.sample(words, len(body.split()))) for body in islice(cycle(bodies), BATCH * ROUNDS)]


def _batches(comments: Sequence[str]) -> list[Sequence[str]]:
    return [comments[at : at + BATCH] for at in range(0, BATCH * ROUNDS, BATCH)]


def _terms(size: int) -> list[str]:
    drawn = random.Random(11)
    made: dict[str, None] = {}
    while len(made) < size:
        half = _SYLLABLES[:12] if drawn.random() < 0.5 else _SYLLABLES[12:]
        made["".join(drawn.choices(half, k=drawn.randint(3, 6)))] = None
    return list(made)


def _seconds(find: Callable[[str], object], batch: Sequence[str]) -> float:
    start = time.perf_counter()
    for text in batch:
        find(text)
    return time.perf_counter() - start


def _search(terms: Sequence[str]) -> Callable[[str], list[str]]:
    return lambda text: [term for term in terms if _occurs(term, text)]


def _occurs(term: str, text: str) -> bool:
    start = text.find(term)
    while start != -1:
        end = start + len(term)
        if not _in_word(text[start - 1 : start]) and not _in_word(text[end : end + 1]):
            return True
        start = text.find(term, start + 1)
    return False


def _in_word(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] in "LMN"


if __name__ == "__main__":
    main()
