"""The files that the project consists of, as a checkout has them: without what is made on the way and git ignores."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
_MADE: Final = {"var", "__pycache__", "node_modules"}
_HIDDEN_BUT_OURS: Final = {".ci", ".github", ".dockerignore", ".gitignore"}


def files() -> Iterator[Path]:
    """Every file of the project, its folders in order."""
    yield from _below(ROOT)


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _MADE or (path.name.startswith(".") and path.name not in _HIDDEN_BUT_OURS):
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.suffix != ".pyc":
            yield path


def texts() -> Iterator[tuple[Path, str]]:
    """The files that are text, with what they say."""
    for path in files():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def documents() -> list[Path]:
    """What people read."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def modules(*folders: str) -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]
