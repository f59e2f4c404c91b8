"""Term lists as people type them: one term a line, then after bars its switches and exceptions, in either language.

    শালা
    বাল | প্রত্যয় | নয় বালাম, বালুচ
    idiot | english
    kutta | exact

A line without switches hits with endings and other spellings. A line that begins with ``#`` and a space is left out.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from moderation.domain.errors import InvalidValueError
from moderation.domain.term_document import LONGEST_TERM, MOST_EXCEPTIONS, MOST_TERMS
from moderation.domain.term_lists import Match, Term, Tongue

_MATCHES: Final[Mapping[str, Match]] = {
    "exact": Match.EXACT,
    "হুবহু": Match.EXACT,
    "endings": Match.ENDINGS,
    "প্রত্যয়": Match.ENDINGS,
}
_TONGUES: Final[Mapping[str, Tongue]] = {
    "english": Tongue.ENGLISH,
    "ইংরেজি": Tongue.ENGLISH,
    "english verb": Tongue.ENGLISH_VERB,
    "ইংরেজি ক্রিয়া": Tongue.ENGLISH_VERB,
}
_NOT: Final = ("not ", "নয় ")
_WORDS: Final[Mapping[str, Mapping[Match | Tongue, str]]] = {
    "en": {
        Match.EXACT: "exact", Match.ENDINGS: "endings", Tongue.ENGLISH: "english", Tongue.ENGLISH_VERB: "english verb",
    },
    "bn": {
        Match.EXACT: "হুবহু", Match.ENDINGS: "প্রত্যয়", Tongue.ENGLISH: "ইংরেজি", Tongue.ENGLISH_VERB: "ইংরেজি ক্রিয়া",
    },
}  # fmt: skip

Normalise = Callable[[str], str]


def terms_in(written: str, normalise: Normalise) -> list[Term]:
    """The terms that a text lists, normalised, each once.

    Raises:
        InvalidValueError: names the first line that cannot be read, and what to do.
    """
    found: dict[str, Term] = {}
    for number, line in enumerate(written.splitlines(), start=1):
        if not line.strip() or line.split()[0] == "#":
            continue
        term = _term(number, line, normalise)
        if found.setdefault(term.text, term) != term:
            raise InvalidValueError(
                "Line {line}: “{term}” is listed before with other switches. Keep one of the two.",
                line=number,
                term=term.text,
            )
    if len(found) > MOST_TERMS:
        raise InvalidValueError("A term list has at most {most} terms. Split it into several.", most=MOST_TERMS)
    return list(found.values())


def _term(number: int, line: str, normalise: Normalise) -> Term:
    first, *switches = (part.strip() for part in line.split("|"))
    text = normalise(first).strip()
    if not text or len(text) > LONGEST_TERM:
        raise InvalidValueError(
            "Line {line}: a term has 1 to {most} characters. Shorten it.", line=number, most=LONGEST_TERM
        )
    match, tongue, exceptions = Match.VARIANTS, Tongue.BANGLA, list[str]()
    for switch in filter(None, switches):
        known = _plain(switch)
        if known in _KNOWN_MATCHES:
            match = _KNOWN_MATCHES[known]
        elif known in _KNOWN_TONGUES:
            tongue = _KNOWN_TONGUES[known]
        elif known.startswith(_KNOWN_NOT):
            exceptions += _exceptions(number, switch.partition(" ")[2], normalise)
        else:
            raise InvalidValueError(
                "Line {line}: “{switch}” is no switch. Use one of those explained beside the list, or take it away.",
                line=number,
                switch=switch,
            )
    return Term(text, match, tongue, tuple(dict.fromkeys(exceptions)))


def _exceptions(number: int, written: str, normalise: Normalise) -> Iterator[str]:
    words = [normalise(one).strip() for one in written.split(",") if one.strip()]
    if len(words) > MOST_EXCEPTIONS:
        raise InvalidValueError("Line {line}: a term has at most {most} exceptions.", line=number, most=MOST_EXCEPTIONS)
    for word in words:
        if not word or len(word) > LONGEST_TERM or " " in word:
            raise InvalidValueError(
                "Line {line}: the exception “{word}” is not one word. Put a comma between exceptions.",
                line=number,
                word=word,
            )
        yield word


def _plain(written: str) -> str:
    """A switch in one form, however the keyboard composes «য়»."""
    return " ".join(written.lower().replace("\u09df", "\u09af\u09bc").split())


_KNOWN_MATCHES: Final = {_plain(word): match for word, match in _MATCHES.items()}
_KNOWN_TONGUES: Final = {_plain(word): tongue for word, tongue in _TONGUES.items()}
_KNOWN_NOT: Final = tuple(f"{_plain(word)} " for word in _NOT)


def line_of(term: Term, language: str) -> str:
    """The line of a term, with the words of ``bn`` or ``en``; ``terms_in`` reads it back."""
    words = _WORDS[language]
    parts = [term.text, *(words[one] for one in (term.match, term.tongue) if one in words)]
    if term.exceptions:
        parts.append((_NOT[1] if language == "bn" else _NOT[0]) + ", ".join(term.exceptions))
    return " | ".join(parts)
