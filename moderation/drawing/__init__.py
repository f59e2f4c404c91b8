"""Pictures for the dashboard, drawn by matplotlib in a process of its own.

No process that serves or scores loads matplotlib: it would add some 40 MB to each for a picture a day.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any, Final

_SECONDS: Final = 120.0


def drawn_elsewhere(document: Mapping[str, Any]) -> str:
    """The SVG of a drift measurement's ``profile`` and ``reference``.

    Raises:
        ValueError: the drawing failed; the message has the last line of why.
        OSError: no process could be started.
    """
    command = [sys.executable, "-m", "moderation.drawing"]
    try:
        done = subprocess.run(
            command, input=json.dumps(document), capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"drawing took over {_SECONDS:g} s") from None
    if done.returncode != 0:
        raise ValueError((done.stderr.strip() or "no output").splitlines()[-1])
    return done.stdout
