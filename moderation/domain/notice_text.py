"""What a notice says, in the language of whoever reads it. Nothing that a reader of a site wrote is ever in it.

The texts stand here and not in the catalogues of the pages, since no page says them: the worker does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from moderation.domain.notice import NoticeKind, Turn

LONGEST_NAME: Final = 120
"""Characters of a name or a headline that a notice shows."""
_BANGLA_DIGITS: Final = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
# Letters, marks, digits, signs and the two joiners of Bangla stay; what controls, reorders or hides goes.
_UNSHOWN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)


@dataclass(frozen=True, slots=True)
class Text:
    """One line that says it all, and lines below it; the address, if any, is where to see to it."""

    subject: str
    lines: tuple[str, ...]


_Pair = tuple[str, tuple[str, ...]]
_AT: Final = {"bn": "{site}: ", "en": "{site}: "}

TEXTS: Final[Mapping[tuple[NoticeKind, Turn], Mapping[str, _Pair]]] = {
    (NoticeKind.BACKLOG, Turn.OVER): {
        "bn": ("{n}টি মন্তব্য জমে আছে", ("পর্যালোচনার অপেক্ষায় {n}টি মন্তব্য; সীমা {limit}।",)),
        "en": ("{n} comments are waiting", ("{n} comments wait for a person; the limit is {limit}.",)),
    },
    (NoticeKind.BACKLOG, Turn.BACK): {
        "bn": ("জমে থাকা মন্তব্য আবার সীমার নিচে", ("এখন {n}টি মন্তব্য অপেক্ষায়; সীমা {limit}।",)),
        "en": ("The backlog is below its limit again", ("{n} comments wait for a person now; the limit is {limit}.",)),
    },
    (NoticeKind.OLDEST, Turn.OVER): {
        "bn": ("সবচেয়ে পুরোনো মন্তব্য {age} ধরে অপেক্ষায়", ("একটি মন্তব্য {age} ধরে কারও অপেক্ষায় আছে; সীমা {limit}।",)),
        "en": (
            "The oldest comment has waited {age}",
            ("A comment has waited {age} for a person; the limit is {limit}.",),
        ),
    },
    (NoticeKind.OLDEST, Turn.BACK): {
        "bn": ("কোনো মন্তব্য আর বেশিক্ষণ অপেক্ষায় নেই", ("কোনো মন্তব্যের অপেক্ষা আর {limit} ছাড়ায়নি।",)),
        "en": ("No comment waits too long any more", ("None has waited longer than {limit} any more.",)),
    },
    (NoticeKind.RECEIVER_DOWN, Turn.OVER): {
        "bn": (
            "সাইটে সিদ্ধান্ত পৌঁছাচ্ছে না",
            ("{age} ধরে সাইটের ঠিকানায় কিছু পৌঁছাচ্ছে না: {host}", "কিছুই হারায়নি; ঠিক হলে আবার পাঠানো হবে।"),
        ),
        "en": (
            "Decisions do not reach the site",
            ("Nothing has arrived at {host} for {age}.", "Nothing is lost: it is sent again once that is mended."),
        ),
    },
    (NoticeKind.RECEIVER_DOWN, Turn.BACK): {
        "bn": ("সিদ্ধান্ত আবার সাইটে পৌঁছাচ্ছে", ("সাইটের ঠিকানা আবার সাড়া দিচ্ছে: {host}",)),
        "en": ("Decisions reach the site again", ("{host} answers again.",)),
    },
    (NoticeKind.ESCALATION, Turn.EVENT): {
        "bn": ("{n}টি মন্তব্যে মত চাওয়া হয়েছে", ("সর্বশেষ চেয়েছেন {who}।",)),
        "en": ("{n} handed on", ("The last by {who}.",)),
    },
    (NoticeKind.STORY_BREAKER, Turn.OVER): {
        "bn": (
            "একটি খবরে সব মন্তব্য আটকে রাখা হচ্ছে",
            ("“{title}”", "আপত্তিকর মন্তব্যের হার সীমা ছাড়ানোয় নতুন সব মন্তব্য এখন কারও দেখার অপেক্ষায় থাকছে।"),
        ),
        "en": (
            "Everything on a story is being held",
            ("“{title}”", "The share of flagged comments passed its limit, so each new one waits for a person."),
        ),
    },
    (NoticeKind.STORY_BREAKER, Turn.BACK): {
        "bn": ("একটি খবরে আটকে রাখা শেষ হয়েছে", ("“{title}”", "এর নতুন মন্তব্য আবার স্বাভাবিক নিয়মে চলছে।")),
        "en": ("A story is no longer held", ("“{title}”", "Its new comments go by the usual rules again.")),
    },
    (NoticeKind.TEST, Turn.EVENT): {
        "bn": ("পরীক্ষামূলক বার্তা", ("এটি একটি পরীক্ষা: এই পথে বার্তা পৌঁছায়।",)),
        "en": ("A test", ("This is a test: notices arrive by this way.",)),
    },
    (NoticeKind.FORGOTTEN, Turn.EVENT): {
        "bn": (
            "নতুন পাসওয়ার্ডের লিংক",
            (
                "এই লিংকে গিয়ে নতুন পাসওয়ার্ড দিন। এটি একবার কাজ করে, এক ঘণ্টার মধ্যে।",
                "আপনি না চেয়ে থাকলে কিছু করতে হবে না; আপনার পাসওয়ার্ড আগের মতোই আছে।",
            ),
        ),
        "en": (
            "A link for a new password",
            (
                "Choose a new password at the address below. It works once, within an hour.",
                "If you did not ask for it, do nothing: your password stays as it is.",
            ),
        ),
    },
}
_FOOT: Final = {
    "bn": "কোন বার্তা কীভাবে পাবেন, তা আপনার অ্যাকাউন্টের পাতায় বেছে নিন।",
    "en": "Choose on your account page which notices you get, and how.",
}


def text_of(kind: NoticeKind, turn: Turn, values: Mapping[str, object], language: str) -> Text:
    """The notice in words. ``values`` hold what the text names; ``site`` stands before the subject where given."""
    told = {name: _told(value, language) for name, value in values.items()}
    if kind is NoticeKind.ESCALATION and language == "en":
        n = values.get("n", 1)
        told["n"] = "One comment was" if n == 1 else f"{told['n']} comments were"
    subject, lines = TEXTS[kind, turn][language]
    before = _AT[language] if told.get("site") else ""
    return Text((before + subject).format(**told), tuple(line.format(**told) for line in lines))


def foot(language: str) -> str:
    """Where to choose, at the end of a mail."""
    return _FOOT[language]


def plain(written: str) -> str:
    """A name or headline as one harmless line: without what controls, reorders or hides, and clipped."""
    line = " ".join(_UNSHOWN.sub(" ", written).split())
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1].rstrip() + "…"


def for_slack(line: str) -> str:
    """The three signs that Slack's markup begins with, as it wants them written: nothing links, nobody is pinged."""
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _told(value: object, language: str) -> str:
    if isinstance(value, timedelta):
        return _span(value, language)
    if isinstance(value, int):
        return _digits(str(value), language)
    return plain(str(value))


def _span(span: timedelta, language: str) -> str:
    minutes = max(1, round(span.total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    if language == "bn":
        parts = [f"{hours} ঘণ্টা" if hours else "", f"{rest} মিনিট" if rest else ""]
        return _digits(" ".join(part for part in parts if part), language)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest else ""]
    return " ".join(part for part in parts if part)


def _digits(written: str, language: str) -> str:
    return written.translate(_BANGLA_DIGITS) if language == "bn" else written
