"""Draws for another process: a line of JSON in, a line of JSON out. Ends with the other, or after idle minutes."""

import json
import select
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from moderation.drawing.days import days_picture
from moderation.drawing.scores import dots_picture, scores_picture

_PICTURES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "scores": scores_picture,
    "dots": dots_picture,
    "days": days_picture,
}
_IDLE_SECONDS: Final = 600.0


def _answer(line: str) -> dict[str, str]:
    try:
        order = json.loads(line)
        return {"svg": _PICTURES[order["kind"]](order["document"])}
    except Exception as error:  # noqa: BLE001 - whatever goes wrong with one picture must not end the next
        return {"error": f"{type(error).__name__}: {error}"}


def _serve() -> None:
    while select.select([sys.stdin], [], [], _IDLE_SECONDS)[0]:
        line = sys.stdin.readline()
        if not line:
            return
        sys.stdout.write(json.dumps(_answer(line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
