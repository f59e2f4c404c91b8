"""How much work a regular expression does on a text, counted: a backtracking matcher, step by step as ``re`` goes.

A clock says little on a busy machine; that steps grow as the text does can be asserted. The matcher reads the patterns'
parse trees from the standard library, so it counts the very patterns of the code; what it finds is compared with what
``re`` finds.
"""

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

# Parts of the standard library that type stubs do not know.
ops: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")

Then = Callable[[int], int]
"""What follows: from a place on, the end of the whole match, or -1."""

_ONE = {ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY}
"""What takes one character."""


def _here(at: int) -> int:
    return at


class Matcher:
    """Finds what ``pattern`` finds, and counts each look at a character in ``steps``."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._parsed = _parser.parse(pattern.pattern, pattern.flags)
        self._text = ""
        self._groups: dict[int, tuple[int, int]] = {}
        self.steps = 0
        self._steps: dict[Any, Callable[[Any, int, Then], int]] = {
            ops.MAX_REPEAT: self._repeat, ops.POSSESSIVE_REPEAT: self._possessive, ops.BRANCH: self._branch,
            ops.SUBPATTERN: self._subpattern, ops.AT: self._edge, ops.GROUPREF: self._reference,
            ops.ASSERT: self._must, ops.ASSERT_NOT: self._must_not,
        }  # fmt: skip

    def found(self, text: str) -> list[tuple[int, int]]:
        """Begin and end of each match, from left to right, as ``finditer`` has them."""
        self._text, matches, at = text, [], 0
        while at <= len(text):
            end = self._from(at)
            if end >= 0:
                matches.append((at, end))
            at = max(end, at + 1)
        return matches

    def _from(self, at: int) -> int:
        self._groups = {}
        return self._run(list(self._parsed), at, _here)

    def _run(self, items: Sequence[Any], at: int, then: Then) -> int:
        if not items:
            return then(at)
        (op, value), rest = items[0], items[1:]
        following: Then = (lambda place: self._run(rest, place, then)) if rest else then
        if op in _ONE:
            return following(at + 1) if self._holds(op, value, at) else -1
        found: int = self._steps[op](value, at, following)
        return found

    def _possessive(self, value: Any, at: int, following: Then) -> int:
        end = self._repeat(value, at, _here)
        return following(end) if end >= 0 else -1

    def _branch(self, value: Any, at: int, following: Then) -> int:
        return next((end for each in value[1] if (end := self._run(list(each), at, following)) >= 0), -1)

    def _subpattern(self, value: Any, at: int, following: Then) -> int:
        return self._run(list(value[3]), at, lambda place: self._noted(value[0], at, place, following))

    def _edge(self, value: Any, at: int, following: Then) -> int:
        self.steps += 1
        return following(at) if at == (0 if value is ops.AT_BEGINNING else len(self._text)) else -1

    def _reference(self, value: Any, at: int, following: Then) -> int:
        begin, end = self._groups[value]
        self.steps += 1
        return following(at + end - begin) if self._text.startswith(self._text[begin:end], at) else -1

    def _look_around(self, value: Any, at: int, *, wanted: bool) -> bool:
        direction, inner = value
        start = at if direction > 0 else at - inner.getwidth()[0]
        return (start >= 0 and self._run(list(inner), start, _here) >= 0) == wanted

    def _must(self, value: Any, at: int, following: Then) -> int:
        return following(at) if self._look_around(value, at, wanted=True) else -1

    def _must_not(self, value: Any, at: int, following: Then) -> int:
        return following(at) if self._look_around(value, at, wanted=False) else -1

    def _noted(self, group: int | None, begin: int, end: int, following: Then) -> int:
        if group is not None:
            self._groups[group] = (begin, end)
        return following(end)

    def _repeat(self, value: Any, at: int, following: Then) -> int:
        least, most, inner = value
        items = list(inner)
        if len(items) == 1 and items[0][0] in _ONE:
            return self._repeat_one(items[0], least, most, at, following)

        def again(count: int, place: int) -> int:
            if count < most:
                end = self._run(items, place, lambda new: again(count + 1, new) if new > place else -1)
                if end >= 0:
                    return end
            return following(place) if count >= least else -1

        return again(0, at)

    def _repeat_one(self, item: Any, least: int, most: int, at: int, following: Then) -> int:
        end = at
        op, value = item
        while end - at < most and self._holds(op, value, end):
            end += 1
        for place in range(end, at + least - 1, -1):
            self.steps += 1
            if (found := following(place)) >= 0:
                return found
        return -1

    def _holds(self, op: Any, value: Any, at: int) -> bool:
        self.steps += 1
        if at >= len(self._text):
            return False
        character = self._text[at]
        if op is ops.ANY:
            return character != "\n"
        if op is not ops.IN:
            same = character == chr(value)
            return same == (op is ops.LITERAL)
        negated: bool = value[0][0] is ops.NEGATE
        return any(self._in(kind, each, character) for kind, each in value[negated:]) != negated

    @staticmethod
    def _in(op: Any, value: Any, character: str) -> bool:
        if op is ops.LITERAL:
            return bool(ord(character) == value)
        if op is ops.RANGE:
            return bool(value[0] <= ord(character) <= value[1])
        kinds = {
            ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_NOT_DIGIT: r"\D", ops.CATEGORY_SPACE: r"\s",
            ops.CATEGORY_NOT_SPACE: r"\S", ops.CATEGORY_WORD: r"\w", ops.CATEGORY_NOT_WORD: r"\W",
        }  # fmt: skip
        return re.match(kinds[value], character) is not None
