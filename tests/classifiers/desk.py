"""Comments and bundles made up for these tests: a tiny language in which some words are abusive."""

import csv
import random
from functools import cache
from pathlib import Path

from classifiers import LABELS, Bundle
from classifiers.examples import PoolExample, read_pool
from classifiers.pool import train
from classifiers.training import Example

CIVIL = (
    "আজ বৃষ্টি হবে কাল রোদ উঠবে বাজারে দাম কমেছে নদীর পানি বাড়ছে স্কুল খুলেছে ভালো খবর ধন্যবাদ সবাইকে "
    "train late today bus price river school open bhalo khobor dhonnobad shobai kalke bajar"
).split()
RUDE = {
    "insult": "গাধাটা বোকাটা gadhata bokata".split(),
    "threat": "পিটাবো ভাঙবো pitabo bhangbo".split(),
    "profanity": "ছিঃপচা পচাকথা pochakotha chhipocha".split(),
    "identity_attack": "ওইজাত নিচুজাত oijat nichujat".split(),
    "sexually_explicit": "নোংরাছবি খোলাছবি nongrachobi kholachobi".split(),
}


def comment(chance: random.Random, extra: tuple[str, ...] = ()) -> str:
    words = [*chance.choices(CIVIL, k=6), *extra]
    chance.shuffle(words)
    return " ".join(words)


def make_data_folder(folder: Path, rows: int = 700) -> Path:
    """A folder as ``train`` wants it, with names of real sources and invented comments."""
    chance = random.Random(5)
    with (folder / "training.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "lang", "split", "labels", "source"])
        writer.writerows(_row(chance, number) for number in range(rows))
    import gzip  # noqa: PLC0415

    (folder / "training.csv.gz").write_bytes(gzip.compress((folder / "training.csv").read_bytes()))
    return folder


def _row(chance: random.Random, number: int) -> list[str]:
    kinds = {
        "insult": "toxic;insult",
        "profanity": "toxic;obscene",
        "threat": "toxic;threat",
        "identity_attack": "toxic;racism",
    }
    match number % 4:
        case 0:
            return [comment(chance), "bn", "none", "none", "bangla-abusive-aiman"]
        case 1:
            kind = chance.choice(list(kinds))
            return [
                comment(chance, tuple(chance.choices(RUDE[kind], k=2))),
                "bn",
                "none",
                kinds[kind],
                "bangla-abusive-aiman",
            ]
        case 2:
            bad = chance.random() < 0.5
            text = comment(chance, tuple(chance.choices(RUDE["sexually_explicit"], k=2)) if bad else ())
            return [
                text,
                "bn-latn",
                "none",
                "hate=Yes;type=Sexual" if bad else "hate=No;type=Not Hate",
                "banglish-hate-srikta",
            ]
        case _:
            bad = chance.random() < 0.5
            return [
                comment(chance, ("win", "free", "http://x.example")[: 3 * bad]),
                "bn",
                "none",
                "spam" if bad else "ham",
                "bangla-spam-telegram",
            ]


@cache
def pool(folder: Path) -> tuple[PoolExample, ...]:
    return tuple(read_pool(make_data_folder(folder) / "training.csv.gz"))


def small_bundle(folder: Path) -> Bundle:
    return train(pool(folder), name="small", seed=1)


def example(text: str, group: str = "", **values: float) -> Example:
    return Example(text, tuple(values.get(label) for label in LABELS), group=group)


def decisions(count: int, word: str = "পোকামাকড়") -> list[Example]:
    """A desk that finds one word toxic which no classifier has ever seen."""
    chance = random.Random(9)
    return [
        example(comment(chance, (word,) if number % 2 else ()), toxicity=float(number % 2), insult=float(number % 2))
        for number in range(count)
    ]
