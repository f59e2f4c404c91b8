"""The research data sets that the starter learns from: their licences, their weight, and what their labels say about
our seven.

A label is 1, 0 or unknown (None). What a source states counts fully; what only follows from «nothing was found»
counts less.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from classifiers.labels import LABELS

Values = tuple[float | None, ...]
INFERRED = 0.3
"""Weight of a zero that is inferred: a comment without hate is taken to be without threat too."""

_ABUSE = tuple(label for label in LABELS if label != "spam")


@dataclass(frozen=True)
class Reading:
    """What one row says: a value for each label, and a weight for each (0 where unknown)."""

    values: Values
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Source:
    name: str
    licence: str
    read: Callable[[str], Reading]
    weight: float = 1.0
    typical: bool = False
    """Its rows count as from no source in particular: what they teach is not put down to where they are from."""
    written_by_us: bool = False
    """No reader's comments: how often a word stands in it tells nothing, so it does not count in log-count ratios."""
    permissive: bool = False
    """Its licence, as stated, lets the data be used commercially and asks for no more than naming."""


def reading(stated: dict[str, float], inferred: Iterable[str] = (), weight: float = 1.0) -> Reading:
    """``stated`` values, and a light zero for the ``inferred`` labels among those not stated."""
    light = {label for label in inferred if label not in stated}
    values = tuple(stated.get(label, 0.0 if label in light else None) for label in LABELS)
    weights = tuple(weight if label in stated else weight * INFERRED if label in light else 0.0 for label in LABELS)
    return Reading(values, weights)


UNKNOWN = reading({})


def _clean(_: str = "") -> Reading:
    return reading({"toxicity": 0.0}, LABELS)


def _hate_or_not(labels: str) -> Reading:
    return _clean() if labels.startswith("not-hate") else reading({"toxicity": 1.0}, ["spam"])


def _multi(labels: str, clean: str, names: dict[str, str]) -> Reading:
    """Several labels to a row; ``names`` tells which of ours each of theirs is, and what is not named by a row is
    stated to be 0.
    """
    if labels == clean:
        return reading(dict.fromkeys(["toxicity", *names.values()], 0.0), LABELS)
    found = {names[part] for part in labels.split(";") if part in names}
    stated = {label: float(label in found) for label in names.values()}
    return reading({"toxicity": 1.0} | stated, ["spam"] if "profanity" in found else ["spam", "sexually_explicit"])


def _aiman(labels: str) -> Reading:
    return _multi(
        labels, "none", {"insult": "insult", "obscene": "profanity", "threat": "threat", "racism": "identity_attack"}
    )


def _belal(labels: str) -> Reading:
    read = _multi(
        labels,
        "non-toxic",
        {"vulgar": "profanity", "threat": "threat", "religious": "identity_attack", "insult": "insult"},
    )
    hidden = {"hate": "identity_attack", "troll": "insult"}
    unsure = {hidden[part] for part in labels.split(";") if part in hidden}
    return _without(read, {label for label in unsure if read.values[LABELS.index(label)] == 0.0})


def _without(read: Reading, unsure: set[str]) -> Reading:
    pairs = [
        (None, 0.0) if label in unsure else pair
        for label, pair in zip(LABELS, zip(read.values, read.weights, strict=True), strict=True)
    ]
    return Reading(tuple(value for value, _ in pairs), tuple(weight for _, weight in pairs))


def _hate_bert(labels: str) -> Reading:
    if labels.startswith("not-hate"):
        return _clean()
    kinds = set(labels.rpartition("cat=")[2].split("_"))
    stated = (
        {"toxicity": 1.0}
        | ({"threat": 1.0} if "th" in kinds else {})
        | ({"insult": 1.0} if kinds & {"in", "pe"} else {})
    )
    return reading(stated | ({"identity_attack": 1.0} if kinds & {"re", "se", "cu"} else {}), ["spam"])


def _hate_type(labels: str) -> Reading:
    stated = {"Personal": {"insult": 1.0, "identity_attack": 0.0}, "Religious": {"identity_attack": 1.0}}
    return UNKNOWN if labels == "nan" else reading({"toxicity": 1.0} | stated.get(labels, {}))


def _cyberbully(labels: str) -> Reading:
    parts = set(labels.split(";"))
    if parts == {"none"}:
        return reading({"toxicity": 0.0, "threat": 0.0, "sexually_explicit": 0.0, "spam": 0.0}, LABELS)
    stated = {
        "spam": float("spam" in parts),
        "threat": float("threat" in parts),
        "sexually_explicit": float("sexual" in parts),
    }
    if parts & {"bully", "threat"}:
        stated |= {"toxicity": 1.0} | ({"identity_attack": 1.0} if "religious" in parts else {})
    return reading(stated)


def _vitd(labels: str) -> Reading:
    if labels == "Non-Violence":
        return reading({"toxicity": 0.0, "threat": 0.0}, ["identity_attack", "sexually_explicit", "spam"])
    return reading({"toxicity": 1.0, "threat": float(labels.startswith("Direct"))}, ["spam"])


def _tb_olid(labels: str) -> Reading:
    if labels.startswith("offensive=N"):
        return _clean()
    return reading({"toxicity": 1.0} | ({"insult": 1.0} if labels.endswith("target=I") else {}), ["spam"])


def _olid(labels: str) -> Reading:
    if labels == "NOT":
        return _clean()
    return reading({"toxicity": 1.0} | ({"insult": 1.0} if labels.endswith("IND") else {}), ["spam"])


def _trac(labels: str) -> Reading:
    parts = set(labels.split(";"))
    gendered = {"identity_attack": 1.0} if "GEN" in parts else {}
    if "NAG" in parts:
        return reading(gendered) if gendered else _clean()
    return reading({"toxicity": 1.0} | gendered, ["spam"], weight=0.6 if "CAG" in parts else 1.0)


def _srikta(labels: str) -> Reading:
    if labels.startswith("hate=No"):
        return _clean()
    kinds = {
        "Sexual": "sexually_explicit",
        "Slang": "profanity",
        "Appearance": "insult",
        "Religious": "identity_attack",
        "Racial": "identity_attack",
    }
    kind = kinds.get(labels.rpartition("type=")[2])
    return reading({"toxicity": 1.0} | ({kind: 1.0} if kind else {}), ["spam"])


def _davidson(labels: str) -> Reading:
    if labels == "neither":
        return _clean()
    hateful = labels == "hate_speech"
    return reading(
        {"toxicity": 1.0, "identity_attack": float(hateful)} | ({} if hateful else {"profanity": 1.0}),
        ["spam"],
    )


def _cat_context(labels: str) -> Reading:
    return reading({"toxicity": 1.0}, ["spam"]) if labels.startswith("toxic") else _clean()


def _spam(labels: str) -> Reading:
    return reading({"spam": float(not labels.startswith(("ham", "normal")))})


def _sentiment(labels: str) -> Reading:
    return UNKNOWN if labels.lower().endswith("negative") else _clean()


def _bd_shs(labels: str) -> Reading:
    if labels.startswith("not-hate"):
        return reading(dict.fromkeys(("toxicity", "insult", "identity_attack", "threat"), 0.0))
    kinds = set(labels.rpartition("type=")[2].split("_"))
    return reading({
        "toxicity": 1.0, "threat": float("callToViolence" in kinds), "insult": float("slander" in kinds),
        "identity_attack": float(bool(kinds & {"gender", "religion"})),
    })  # fmt: skip


_NC = "CC BY-NC-SA 4.0 (non-commercial)"
_NONE = "none stated"
SOURCES = {
    source.name: source
    for source in (
        Source("abirmondal-merged", "MIT (mirror; components carry their own terms)", _hate_or_not),
        Source("romim-balanced10k", "MIT (mirror)", _hate_or_not, permissive=True),
        Source("multilabel-toxic-belal", _NONE, _belal, 0.7),
        Source("bangla-abusive-aiman", _NONE, _aiman),
        Source("banglahatebert", _NONE, _hate_bert),
        Source("karim-v2", "MIT", _hate_type, permissive=True),
        Source("deephateexplainer", "MIT", _hate_type, permissive=True),
        Source("cyberbully-multilabel", "MIT badge, no licence file", _cyberbully, 0.6, permissive=True),
        Source("vitd", _NONE, _vitd, 7.5),
        Source("tb-olid", "AGPL-3.0", _tb_olid, 2.0),
        Source("trac2-iben", _NC, _trac, 2.0),
        Source("banglish-hate-srikta", _NONE, _srikta),
        Source("bangla-spam-telegram", "MIT (README)", _spam, permissive=True),
        Source("banglabarta-sms", "MIT (mirror)", _spam, permissive=True),
        Source("bangla-news-comments", "GPL-3.0 (repository)", _clean, 6.0, typical=True),
        Source("blp23-sentiment", _NC, _sentiment, 0.4),
        Source("bn-youtube-sazzed", _NONE, _sentiment, 0.4),
        Source("olid", "none in the mirror", _olid),
        Source("davidson", "MIT", _davidson, 0.5, permissive=True),
        Source("trac1-en", _NC, _trac),
        Source("trac2-eng", _NC, _trac),
        Source("cat-context", "Apache-2.0", _cat_context, 0.5, permissive=True),
        Source("youtube-spam", "none in the mirror", _spam),
        Source("sms-spam", "none in the mirror", _spam),
        Source("bd-shs", "for evaluation only", _bd_shs),
        Source("banglacheck", "Apache-2.0 (this repository)", lambda _: UNKNOWN, 34.0, True, True, True),
        Source("made-up", "Apache-2.0 (this repository)", lambda _: UNKNOWN, 34.0, True, True, True),
    )
}
