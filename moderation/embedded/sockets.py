"""Where the private servers' Unix sockets lie: an address has 107 bytes, and Bangla letters take three each."""

import hashlib
import os
from pathlib import Path
from typing import Final

from moderation.embedded.errors import EmbeddedServerError

LONGEST: Final = 107
"""Bytes of a Unix socket's path: ``sun_path`` has 108 with the closing zero."""
_ELSEWHERE: Final = Path("/tmp")  # noqa: S108 - a folder of our own in it, with mode 0700 and its owner checked


def socket_folder(near: Path, name: str, owner: int | None = None) -> Path:
    """``near`` where a socket ``name`` in it has a usable address, else a folder in /tmp, 0700, of ``owner``.

    Raises:
        EmbeddedServerError: ``near`` cannot be used, and the folder in /tmp cannot be had.
    """
    if len(os.fsencode(near / name)) <= LONGEST and "," not in str(near):  # PostgreSQL's clients split at commas
        return near
    uid = os.geteuid() if owner is None else owner
    folder = _ELSEWHERE / f"alochona-{uid}-{hashlib.sha256(os.fsencode(near)).hexdigest()[:16]}"
    try:
        _make_own(folder, uid)
    except OSError as error:
        raise EmbeddedServerError(
            f"{near} is no path for a socket (over {LONGEST} bytes, or with a comma), and {folder} cannot be used "
            f"instead ({error.strerror}). Set ALOCHONA_VAR to a folder with a shorter path."
        ) from error
    return folder


def _make_own(folder: Path, uid: int) -> None:
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, -1)
    except FileExistsError:
        found = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or found.st_uid != uid or found.st_mode & 0o077:
            raise PermissionError(1, "it belongs to somebody else or is open to others") from None
