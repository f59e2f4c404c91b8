"""Romanized Bangla has no one spelling: the same sentence written as other people write it."""

import random
import re
from typing import Final

_CHANGES: Final = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (r"sh", ("s", "sh", "s")), (r"\bv", ("bh", "v")), (r"bh", ("v", "b")), (r"ee", ("i",)), (r"oo", ("u",)),
        (r"chh?", ("ch", "c", "chh")), (r"ph", ("f",)), (r"f", ("ph", "f")), (r"kh", ("k", "kh")), (r"th", ("t", "th")),
        (r"z", ("j",)), (r"j", ("z", "j")), (r"w", ("o", "w")), (r"y\b", ("i", "e", "y")),
        (r"iya\b", ("ia", "e", "iye")),
        (r"tese\b", ("tase", "che", "tesa", "tache")), (r"tesi\b", ("tasi", "chi", "tesi")),
        (r"ise\b", ("iche", "ese", "isa")),
        (r"\bkore\b", ("kre", "koira", "kore")), (r"\bkorte\b", ("krte", "korte")), (r"\bna\b", ("na", "naa", "nah")),
        (r"\bamar\b", ("amr", "amar")), (r"\btor\b", ("tr", "tor", "tur")), (r"\btoke\b", ("tore", "tke", "toke")),
        (r"\bvai\b", ("bhai", "bai", "vi")), (r"\bkeno\b", ("kno", "keno")), (r"\bki\b", ("ki", "kii")),
        (r"\bdibo\b", ("dimu", "dbo", "dibo")), (r"\bei\b", ("ai", "ei", "ey")), (r"(?<=[a-z]{3})o\b", ("", "o")),
        (r"(?<=[bcdfghjklmnprst])o(?=[bcdfghjklmnprst])", ("o", "a", "o", "")), (r"er\b", ("r", "er")),
        (r"ri\b", ("ry", "ri")),
    )
)  # fmt: skip
_APPLIED: Final = 0.35


def respelled(text: str, chance: random.Random) -> str:
    """The sentence with some of its spellings changed, each wherever it occurs with the same new one."""
    for pattern, instead in _CHANGES:
        if chance.random() < _APPLIED:
            text = pattern.sub(chance.choice(instead), text)
    return text
