"""How words sound, coarsely, in either script: «মাদার», "madar" and "maadhar" come out the same.

Aspirates, sibilants, dentals and retroflexes are merged, doubled sounds squeezed; vowels are dropped in the first
skeleton, and kept as three classes (a, i, u) in the second. What is learned from comments in Bangla script so carries
over to romanized ones.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]

_SPACE = 32
_DROPPED = 0
_CONSONANTS = {
    "k": "kqxকখ", "g": "gগঘ", "c": "cচছ", "j": "jzজঝয", "t": "tটঠতথৎ", "d": "dডঢদধ\u09dc\u09dd", "n": "nনণঙঞং",
    "p": "pfপফ", "b": "bvwবভ", "m": "mম", "r": "rরৃঋ", "l": "lল", "s": "sশষস", "h": "hহ",
}  # fmt: skip
_VOWELS = {"a": "aআা", "i": "ieyইঈিীএেঐৈ\u09df", "u": "uউঊুূ"}
_HIGHEST = 0x0A00
_NUKTA, _VIRAMA, _YA, _DDA, _DDHA = 0x09BC, 0x09CD, ord("য"), ord("ড"), ord("ঢ")


def skeletons(codes: Codes) -> list[tuple[Codes, Places]]:
    """For each of the two skeletons: its sounds, with single spaces between words, and where in ``codes`` each comes
    from.
    """
    sounds = _with_digraphs(codes)
    return [_squeezed(sounds, (sounds >= ord("a")) | (sounds == _SPACE)), _squeezed(sounds, sounds != _DROPPED)]


def _squeezed(sounds: Codes, kept: NDArray[np.bool_]) -> tuple[Codes, Places]:
    """Of a run of one sound the last stands: the last of several spaces is that of the text which follows."""
    places = np.flatnonzero(kept)
    heard = sounds[places]
    last = np.append(heard[1:] != heard[:-1], True)[: len(heard)]
    return heard[last], places[last]


@cache
def _table() -> Codes:
    """Sound of each code point: consonants as small letters, vowels as capitals (so that one test drops them), 0 for
    what is silent.
    """
    table = np.zeros(_HIGHEST, dtype=np.uint32)
    for sound, letters in _CONSONANTS.items():
        table[[ord(letter) for letter in letters]] = ord(sound)
    for sound, letters in _VOWELS.items():
        table[[ord(letter) for letter in letters]] = ord(sound.upper())
    table[_SPACE] = _SPACE
    return table


def _with_digraphs(codes: Codes) -> Codes:
    """Sounds place by place, after what a neighbour changes: aspirates, «ড়», «ng», ya-phala."""
    sounds = _table()[np.minimum(codes, _HIGHEST - 1)]
    before, here = codes[:-1], codes[1:]
    consonant_before = sounds[:-1] >= ord("a")
    sounds[1:][(here == ord("h")) & consonant_before & (before != ord("h"))] = _DROPPED
    sounds[1:][(sounds[1:] == ord("g")) & (sounds[:-1] == ord("n"))] = _DROPPED
    sounds[1:][(here == _YA) & (before == _VIRAMA)] = _DROPPED
    dotted = here == _NUKTA
    sounds[:-1][dotted & ((before == _DDA) | (before == _DDHA))] = ord("r")
    sounds[:-1][dotted & (before == _YA)] = ord("I")
    return sounds
