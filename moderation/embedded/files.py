"""Files that only their owner may read."""

import contextlib
import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str, owner: tuple[int, int] | None = None) -> None:
    """Puts ``text`` in the place of what ``path`` held, whole or not at all, with mode 0600."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        if owner is not None:
            os.fchown(file.fileno(), *owner)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_private(path: Path) -> str | None:
    """What stands in ``path``, without the line's end; ``None`` where there is nothing."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8").strip() or None
    return None


def new_password() -> str:
    """One that needs no quoting in a URL, in SQL or in a configuration file."""
    return secrets.token_hex(24)


def open_log(path: Path) -> int:
    """A descriptor that appends to a log which only its owner reads."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
