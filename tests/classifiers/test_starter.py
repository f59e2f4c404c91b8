"""Tests of the committed starter bundle: is it sound, and does it tell plain abuse from plain civility?"""

import time
from pathlib import Path

import pytest

from classifiers import LABELS, Bundle, load_bundle
from classifiers.bundle_file import MAX_BYTES
from classifiers.commands.options import STARTER
from classifiers.sources import SOURCES

PERMISSIVE = STARTER.with_name("starter-permissive.alochona")

CIVIL = (
    "আপনার প্রতিবেদনটি পড়ে ভালো লাগলো, ধন্যবাদ।",
    "বৈঠকের পরের খবর জানার অপেক্ষায় রইলাম।",
    "দুই দেশের আলোচনায় সাধারণ মানুষের কী লাভ হবে সেটা জানতে চাই।",
    "Apnar lekhata pore khub bhalo laglo, dhonnobad.",
    "ei bishoye aro tothyo dile amader bujhte subidha hoto",
    "Thank you for explaining this so clearly.",
    "I would like to read more about the agreement.",
)
ABUSIVE = (
    "কুত্তার বাচ্চা, তোর মুখে লাথি মারি",
    "তুই একটা শুয়োর, তোর চৌদ্দগুষ্টি শুয়োর",
    "tui ekta kuttar baccha, magi",
    "You stupid piece of shit, shut the fuck up",
    "you fucking idiot bitch",
)
THREATS = (
    "toke mere felbo, tor lash o keu khuje pabe na",
    "I will come to your house and kill you",
    "তোকে রাস্তায় পেলে জবাই করে ফেলবো",
    "তোর ঘরে আগুন দিয়ে পুড়িয়ে মারবো",
)
SPAM = (
    "Congratulations! You have won a free prize, claim now at http://win.example or call 09061234567",
    "অভিনন্দন! আপনি ৫০০০০ টাকা জিতেছেন, এখনই http://bonus.example লিংকে ক্লিক করুন",
)


def _score(bundle: Bundle, text: str, label: str) -> float:
    return bundle.score([text])[0].scores[LABELS.index(label)]


@pytest.mark.parametrize("text", CIVIL)
def test_a_civil_comment_stays_below_one_half_for_every_label(starter: Bundle, text: str) -> None:
    assert max(starter.score([text])[0].scores) < 0.5


@pytest.mark.parametrize("text", ABUSIVE + THREATS)
def test_plain_abuse_is_toxic(starter: Bundle, text: str) -> None:
    assert _score(starter, text, "toxicity") > 0.5


@pytest.mark.parametrize("text", THREATS)
def test_a_plain_threat_is_a_threat(starter: Bundle, text: str) -> None:
    assert _score(starter, text, "threat") > 0.5


@pytest.mark.parametrize("text", SPAM)
def test_plain_spam_is_spam(starter: Bundle, text: str) -> None:
    assert _score(starter, text, "spam") > 0.9


@pytest.mark.parametrize("text", ABUSIVE)
def test_abuse_with_points_and_hidden_characters_between_its_letters_is_still_toxic(starter: Bundle, text: str) -> None:
    hidden = "\u200b".join(text)
    assert _score(starter, hidden, "toxicity") == _score(starter, text, "toxicity")


def test_the_starter_is_small_and_loads_at_once() -> None:
    content = STARTER.read_bytes()
    started = time.perf_counter()
    load_bundle(content).score(["ভালো"])
    assert len(content) <= min(5_000_000, MAX_BYTES)
    assert time.perf_counter() - started < 5  # some 30 ms; the margin is for a busy machine


@pytest.mark.parametrize("path", [STARTER, PERMISSIVE])
def test_the_card_beside_a_bundle_is_the_one_inside_it(path: Path) -> None:
    assert path.with_suffix(".md").read_text(encoding="utf-8") == load_bundle(path).card


def test_the_permissive_bundle_holds_nothing_but_sources_whose_licence_permits_commercial_use() -> None:
    card = load_bundle(PERMISSIVE).card
    rows = [line for line in card.partition("## What its labels rest on")[0].splitlines() if line.startswith("| ")][1:]
    names = {line.split("|")[1].strip() for line in rows}
    assert names == {name for name, source in SOURCES.items() if source.permissive}
    assert not [word for word in ("NC", "none stated", "none in the mirror", "GPL") if word in "".join(rows)]


def test_the_permissive_bundle_is_small_and_tells_plain_abuse_from_civility() -> None:
    bundle = load_bundle(PERMISSIVE)
    assert PERMISSIVE.stat().st_size <= 5_000_000
    assert _score(bundle, ABUSIVE[0], "toxicity") > 0.5 > _score(bundle, CIVIL[0], "toxicity")


def test_the_card_says_what_a_user_must_know(starter: Bundle) -> None:
    for needed in (
        "licence as stated",
        "non-commercial",
        "none stated",
        "AGPL-3.0",
        "Intended use",
        "Known failures",
        "BD-SHS dev",
        "VITD test",
    ):
        assert needed in starter.card
