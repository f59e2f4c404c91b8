"""How words sound, coarsely, in either script: «মাদার», "madar" and "maadhar" come out the same.

Aspirates, sibilants, dentals and retroflexes are merged, doubled sounds squeezed; vowels are dropped in the first
skeleton, and kept as three classes (a, i, u) in the second. What is learned from comments in Bangla script so carries
over to romanized ones.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Sounds = NDArray[np.uint8]
Places = NDArray[np.int64]

_SPACE, _SILENT = 32, 0
_CONSONANTS = {
    "k": "kqxকখ", "g": "gগঘ", "c": "cচছ", "j": "jzজঝয", "t": "tটঠতথৎ", "d": "dডঢদধ\u09dc\u09dd", "n": "nনণঙঞং",
    "p": "pfপফ", "b": "bvwবভ", "m": "mম", "r": "rরৃঋ", "l": "lল", "s": "sশষস", "h": "hহ",
}  # fmt: skip
_VOWELS = {"a": "aআা", "i": "ieyইঈিীএেঐৈ\u09df", "u": "uউঊুূ"}
_HIGHEST = 0x0A00
_NUKTA, _VIRAMA = 0x09BC, 0x09CD
_LATIN_H, _YA, _AFTER_VIRAMA = 1, 2, 3
"""Classes of their own for what sounds differently after a neighbour; all others have their sound for a class."""


def skeletons(codes: Codes) -> list[tuple[Sounds, Places]]:
    """For each of the two skeletons: its sounds, with single spaces between words, and where in ``codes`` each comes
    from.
    """
    sounds = _heard(codes)
    consonants = (sounds >= ord("a")) | (sounds == _SPACE)  # vowels are capitals
    return [_squeezed(sounds, consonants), _squeezed(sounds, sounds != _SILENT)]


def _squeezed(sounds: Sounds, kept: NDArray[np.bool_]) -> tuple[Sounds, Places]:
    """Of a run of one sound the last stands: the last of several spaces is that of the text which follows."""
    places = kept.nonzero()[0]
    heard = sounds[places]
    last = np.ones(len(heard), dtype=bool)
    np.not_equal(heard[1:], heard[:-1], out=last[:-1])
    return heard[last], places[last]


def _heard(codes: Codes) -> Sounds:
    """Sounds place by place, after what a neighbour changes: aspirates, «ড়», "ng", ya-phala."""
    classes = _classes().take(codes, mode="clip")
    pairs = classes.astype(np.uint16)
    pairs[1:] |= pairs[:-1] << np.uint16(7)
    sounds: Sounds = _after().take(pairs, mode="clip")
    dotted = (codes[1:] == _NUKTA).nonzero()[0]
    if len(dotted):
        changed = _dotted()[classes[dotted]]
        sounds[dotted] = np.where(changed > 0, changed, sounds[dotted])
    return sounds


@cache
def _classes() -> Sounds:
    table = np.zeros(_HIGHEST, dtype=np.uint8)
    for sound, letters in _CONSONANTS.items():
        table[[ord(letter) for letter in letters]] = ord(sound)
    for sound, letters in _VOWELS.items():
        table[[ord(letter) for letter in letters]] = ord(sound.upper())
    table[_SPACE] = _SPACE
    table[ord("h")], table[ord("য")], table[_VIRAMA] = _LATIN_H, _YA, _AFTER_VIRAMA
    return table


@cache
def _after() -> Sounds:
    """The sound of a class after another: 128 · the class before + the class."""
    alone = np.arange(128, dtype=np.uint8)
    alone[[_LATIN_H, _YA, _AFTER_VIRAMA]] = ord("h"), ord("j"), _SILENT
    table = np.tile(alone, (128, 1))
    table[[*range(ord("a"), ord("z") + 1), _YA], _LATIN_H] = _SILENT
    table[_AFTER_VIRAMA, _YA] = _SILENT
    table[ord("n"), ord("g")] = _SILENT
    return table.reshape(-1)


@cache
def _dotted() -> Sounds:
    """The sound of a class with a dot below, where that changes it: «ড়», «ঢ়», «য়»."""
    table = np.zeros(128, dtype=np.uint8)
    table[[ord("d"), _YA]] = ord("r"), ord("I")
    return table
