"""Which PostgreSQL processes work on a data folder, told by where they stand and not by a number in a file alone.

A killed machine leaves ``postmaster.pid`` behind, and its number may be another process's by now, or a zombie's.
PostgreSQL itself would refuse to start then.
"""

import contextlib
import signal
from pathlib import Path
from typing import Final

import psutil

from moderation.embedded.errors import EmbeddedServerError

_ORPHANS_SECONDS: Final = 3.0
"""What processes have whose postmaster was killed: they notice it, and end by themselves unless they are busy."""


def postmaster_of(folder: Path) -> int | None:
    """The process that runs ``folder``'s server now; ``None`` where the file is missing, stale or somebody else's."""
    try:
        number = abs(int((folder / "postmaster.pid").read_text().splitlines()[0]))
        process = psutil.Process(number)
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return number if _works_on(process, folder) else None


def is_ready(folder: Path, number: int) -> bool:
    """Whether the postmaster wrote that it takes connections."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0] == str(number) and lines[7].strip() == "ready"


def clear_leftovers(folder: Path) -> None:
    """Ends what a killed postmaster left working on ``folder``, then removes its file.

    Raises:
        EmbeddedServerError: a postmaster really runs there.
    """
    if (running := postmaster_of(folder)) is not None:
        raise EmbeddedServerError(
            f"A PostgreSQL (process {running}) already runs on {folder}. Stop what started it, for example another "
            "`make run` or a command that is still at work, and try again."
        )
    _end([process for process in psutil.process_iter() if _works_on(process, folder)])
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _end(orphans: list[psutil.Process]) -> None:
    _, busy = psutil.wait_procs(orphans, timeout=_ORPHANS_SECONDS)
    for process in busy:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(busy, timeout=_ORPHANS_SECONDS)


def stop_postmaster(number: int, seconds: float) -> None:
    """A fast shutdown: running transactions are rolled back. What takes longer than ``seconds`` is ended at once."""
    try:
        process = psutil.Process(number)
        for sent in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            process.send_signal(sent)
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(seconds)
                return
    except psutil.NoSuchProcess:
        return


def _works_on(process: psutil.Process, folder: Path) -> bool:
    try:
        return (
            process.name().startswith("postgres")
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == folder.resolve()
        )
    except (psutil.Error, OSError):
        return False
