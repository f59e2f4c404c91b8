"""Which measure tells the same comment with small changes from another one, and how surely bands find it.

``PYTHONPATH=. python bench/likeness.py``. The sentences are made up: our own training sentences, one filling of each
template, which also are each other's neighbours in subject, and the sample discussion's comments in Bangla, romanized
Bangla and English. Each is changed as campaigns change theirs. A pair of a comment and its change should be alike; a
pair of two different comments should not. The measures are chosen on the one half of the sentences ("chosen") and told
on the other ("told"), which nothing was chosen by.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path

from classifiers import likeness, normalise
from classifiers.augmenting import made_up
from classifiers.text import words

DISCUSSION = Path(__file__).parent.parent / "moderation" / "demo" / "discussion.json"
Measure = Callable[[str], frozenset[str]]
_ADDED = {"bn": ["ভাই", "একদম", "সবাই দেখুন"], "latin": ["bhai", "please", "sobai"]}
_PAIRS = 60_000


def main() -> None:
    drawn = random.Random(3)
    sentences = sorted({normalise(one) for one in _sentences()})
    drawn.shuffle(sentences)
    half = len(sentences) // 2
    for title, some in (("chosen", sentences[:half]), ("told", sentences[half:])):
        _table(title, some, random.Random(5))
    _by_bands(sentences, random.Random(7))
    _speed(sentences)


def _sentences() -> Iterator[str]:
    """One filling of each template (others of the same template are near-copies), and the sample discussion."""
    seen: set[str] = set()
    for made in made_up():
        template = made.template.removesuffix("/quoted")
        if template not in seen:
            seen.add(template)
            yield made.text
    yield from (one["body"] for one in json.loads(DISCUSSION.read_text(encoding="utf-8"))["comments"])


def _changes(text: str, drawn: random.Random) -> Iterator[tuple[str, str]]:
    parts = text.split()
    script = "bn" if any("\u0980" <= one <= "\u09ff" for one in text) else "latin"
    at = drawn.randrange(len(parts))
    yield "word added", " ".join([*parts[:at], drawn.choice(_ADDED[script]), *parts[at:]])
    yield "word left out", " ".join(parts[:at] + parts[at + 1 :])
    yield "word replaced", " ".join([*parts[:at], drawn.choice(_ADDED[script]), *parts[at + 1 :]])
    yield "two letters mistyped", _mistyped(_mistyped(text, drawn), drawn)
    yield "halves swapped", " ".join([*parts[len(parts) // 2 :], *parts[: len(parts) // 2]])
    yield "signed", f"{text} {drawn.choice(_ADDED[script])} {drawn.randrange(10, 99)}"
    yield "spaced and dotted", "... ".join(parts) + " !!! 👍👍"


def _mistyped(text: str, drawn: random.Random) -> str:
    at = drawn.randrange(1, max(2, len(text) - 1))
    return text[:at] + drawn.choice(text) + text[at + 1 :]


def _letters(n: int, text: str) -> frozenset[str]:
    joined = "".join(words(text))
    return frozenset(joined[at : at + n] for at in range(max(1, len(joined) - n + 1)))


def _words(n: int, text: str) -> frozenset[str]:
    parts = words(text)
    return frozenset(" ".join(parts[at : at + n]) for at in range(max(1, len(parts) - n + 1)))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _table(title: str, sentences: Sequence[str], drawn: random.Random) -> None:
    long = [one for one in sentences if len("".join(words(one))) >= likeness.SHORTEST_NEAR]
    changed = [(one, kind, normalise(other)) for one in long for kind, other in _changes(one, drawn)]
    pairs = list(combinations(long, 2))
    others = drawn.sample(pairs, min(_PAIRS, len(pairs)))
    print(f"\n{title}: {len(long):,} sentences, {len(changed):,} changed ones, {len(others):,} pairs of different ones")
    print("| measure | alike from | changed ones found | different pairs taken for alike | the most alike of these |")
    print("|---|---|---|---|---|")
    measures: dict[str, Measure] = {f"letters, {n} in a row": partial(_letters, n) for n in (3, 4, 5)}
    measures |= {f"words, {n} in a row": partial(_words, n) for n in (1, 2)}
    for name, measure in measures.items():
        sets = {text: measure(text) for text in {*long, *(one[2] for one in changed)}}
        found = [_jaccard(sets[one], sets[other]) for one, _, other in changed]
        wrong = [_jaccard(sets[one], sets[other]) for one, other in others]
        for limit in (0.5, 0.6, 0.7):
            recall = sum(one >= limit for one in found) / len(found)
            taken = sum(one >= limit for one in wrong)
            print(f"| {name} | {limit} | {recall:.1%} | {taken} ({taken / len(wrong):.3%}) | {max(wrong):.2f} |")


def _by_bands(sentences: Sequence[str], drawn: random.Random) -> None:
    """What the bands find of what is alike, by the kind of change, short texts too; and how many look-alikes."""
    kinds: dict[str, list[tuple[bool, bool]]] = {}
    sketched = {one: likeness.sketch(one) for one in sentences}
    for one in sentences:
        for kind, other in _changes(one, drawn):
            changed = likeness.sketch(normalise(other))
            alike = sketched[one].likeness(changed) >= likeness.ALIKE
            kinds.setdefault(kind, []).append((alike, alike and bool({*sketched[one].bands()} & {*changed.bands()})))
    print(f"\n{len(sentences):,} sentences of any length\n| change | alike | found by bands, of all |\n|---|---|---|")
    for kind, rows in kinds.items():
        print(f"| {kind} | {sum(a for a, _ in rows) / len(rows):.1%} | {sum(f for _, f in rows) / len(rows):.1%} |")
    keys = {one: {*sketched[one].bands()} for one in sentences}
    beside = [
        (sketched[one].likeness(sketched[other]), bool(keys[one] & keys[other]))
        for one, other in drawn.sample(list(combinations(sentences, 2)), _PAIRS)
    ]
    found = sum(hit for _, hit in beside)
    wrong = sum(hit and value >= likeness.ALIKE for value, hit in beside)
    print(f"different comments: bands propose {found / len(beside):.3%} of pairs, {wrong} of {len(beside):,} are alike")


def _speed(sentences: Sequence[str]) -> None:
    batch = list(sentences[:256])
    rounds = []
    for _ in range(15):
        start = time.perf_counter()
        for text in batch:
            likeness.sketch(text).bands()
        rounds.append((time.perf_counter() - start) / len(batch) * 1e6)
    print(f"\nsketching: {statistics.median(rounds):.0f} µs a comment")


if __name__ == "__main__":
    main()
