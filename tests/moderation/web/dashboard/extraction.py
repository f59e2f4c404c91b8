"""Finds every phrase of the pages: in the templates, in the dashboard's modules, in the errors that reach a page.

``python -m tests.moderation.web.dashboard.extraction`` writes new phrases into both catalogues, Bangla empty, and takes
out those that are used no more.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from moderation.domain import errors
from moderation.web.dashboard.catalogues import LANGUAGES, po_file, read

ROOT: Final = Path(errors.__file__).parents[2]
PACKAGE: Final = ROOT / "moderation"
ERRORS: Final = tuple(name for name in vars(errors) if name.endswith("Error"))
KEYWORDS: Final = {
    **dict.fromkeys(("_", "N_", "translated", "__init__", *ERRORS)),
    "ngettext": (1, 2),
    "counted": (1, 2),
}
OPERATORS: Final = frozenset(
    {"calling_back", "enrolling", "freezing", "gathering", "gating", "promoting", "receiving", "retraining"}
)
"""Steps whose errors reach sites and operators only."""
SAYING: Final = (
    PACKAGE / "domain" / "errors.py",
    PACKAGE / "domain" / "keyboard.py",
    PACKAGE / "domain" / "policy_changes.py",
    PACKAGE / "domain" / "term_lines.py",
    PACKAGE / "store" / "policies.py",
    PACKAGE / "store" / "term_lists.py",
    PACKAGE / "passwords.py",
    *sorted(path for path in (PACKAGE / "steps").glob("*.py") if path.stem not in OPERATORS),
    *sorted((PACKAGE / "web" / "dashboard").glob("*.py")),
)
"""The modules whose messages can reach a page."""
TEMPLATES: Final = sorted((PACKAGE / "web" / "dashboard" / "templates").glob("*.html"))


def _extracted() -> Iterator[tuple[str, tuple[int, str | tuple[str, ...]]]]:
    for paths, method in ((SAYING, "python"), (TEMPLATES, "jinja2.ext:babel_extract")):
        for path in paths:
            for line, phrase, _, _ in extract_from_file(method, path, keywords=KEYWORDS):
                yield path.relative_to(ROOT).as_posix(), (line, phrase)


def phrases() -> Catalog:
    """All phrases as a catalogue without translations."""
    found = Catalog(project="Alochona", charset="utf-8")
    for name, (_, phrase) in _extracted():
        # Without line numbers: a catalogue should differ only where a phrase does.
        found.add(phrase, locations=[(name, None)], flags=())  # type: ignore[list-item]
    return found


def main() -> None:
    """Brings both catalogues up to date; English says what the phrase itself says."""
    found = phrases()
    for language in LANGUAGES:
        catalogue = read(language) if po_file(language).exists() else Catalog(locale=language, project="Alochona")
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if language == "en":
            for message in catalogue:
                if message.id and not "".join(message.string or ""):
                    message.string = message.id
        po_file(language).parent.mkdir(parents=True, exist_ok=True)
        with po_file(language).open("wb") as file:
            write_po(file, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)


if __name__ == "__main__":
    main()
