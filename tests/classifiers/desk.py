"""Comments and bundles made up for these tests: a tiny language in which some words are abusive."""

import csv
import gzip
import random
from pathlib import Path

from classifiers import LABELS, Bundle
from classifiers.examples import read_pool
from classifiers.pool import train
from classifiers.training import Example


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CIVIL = _words(
    "আজ বৃষ্টি হবে কাল রোদ উঠবে বাজারে দাম কমেছে নদীর পানি বাড়ছে স্কুল খুলেছে ভালো খবর ধন্যবাদ সবাইকে "
    "train late today bus price river school open bhalo khobor dhonnobad shobai kalke bajar"
)
RUDE = {
    "insult": _words("গাধাটা বোকাটা gadhata bokata"),
    "threat": _words("পিটাবো ভাঙবো pitabo bhangbo"),
    "profanity": _words("ছিঃপচা পচাকথা pochakotha chhipocha"),
    "identity_attack": _words("ওইজাত নিচুজাত oijat nichujat"),
    "sexually_explicit": _words("নোংরাছবি খোলাছবি nongrachobi kholachobi"),
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
    (folder / "training.csv.gz").write_bytes(gzip.compress((folder / "training.csv").read_bytes()))
    return folder


_KINDS = {
    "insult": "toxic;insult",
    "profanity": "toxic;obscene",
    "threat": "toxic;threat",
    "identity_attack": "toxic;racism",
}


def _row(chance: random.Random, number: int) -> list[str]:
    """Text, language, split, labels and source, from one of three sources in turn."""
    bad = chance.random() < 0.5
    if number % 4 < 2:
        kind = chance.choice(list(_KINDS))
        text = comment(chance, tuple(chance.choices(RUDE[kind], k=2)) if bad else ())
        return [text, "bn", "none", _KINDS[kind] if bad else "none", "bangla-abusive-aiman"]
    if number % 4 == 2:
        text = comment(chance, tuple(chance.choices(RUDE["sexually_explicit"], k=2)) if bad else ())
        return [
            text,
            "bn-latn",
            "none",
            f"hate={'Yes;type=Sexual' if bad else 'No;type=Not Hate'}",
            "banglish-hate-srikta",
        ]
    text = comment(chance, ("win", "free", "http://x.example")[: 3 * bad])
    return [text, "bn", "none", "spam" if bad else "ham", "bangla-spam-telegram"]


def small_bundle(folder: Path) -> Bundle:
    return train(read_pool(folder / "training.csv.gz"), name="small", seed=1).bundle


def example(text: str, group: str = "", **values: float) -> Example:
    return Example(text, tuple(values.get(label) for label in LABELS), group=group)


def decisions(count: int, bad: str = "আকাশটা", good: str = "বাতাসটা") -> list[Example]:
    """A desk that finds one word toxic and another civil, neither of which any classifier has ever seen."""
    chance = random.Random(9)
    return [
        example(comment(chance, (bad if number % 2 else good,)), toxicity=number % 2, insult=number % 2)
        for number in range(count)
    ]
