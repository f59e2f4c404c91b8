"""The gettext catalogues of the pages: English and Bangla phrases out of ``moderation/web/translations``.

The ``.po`` files are read at the first use in each process, by Babel, so that there is nothing to compile and no binary
to keep in step: a fresh clone, the tests and the image have the same catalogues. Reading both takes some 20 ms. A
phrase's id is its English wording with ``{places}``.
"""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES: Final = ("bn", "en")
FOLDER: Final = Path(__file__).parents[1] / "translations"


def po_file(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """The catalogue as it is written, with what is missing or fuzzy in it."""
    with po_file(language).open("rb") as file:
        return read_po(file, locale=language)


@cache
def translations(language: str) -> GNUTranslations:
    """The phrases ready for use."""
    compiled = BytesIO()
    write_mo(compiled, read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def phrases(language: str) -> frozenset[str]:
    """The ids of all phrases that the catalogue translates."""
    return frozenset(
        message.id if isinstance(message.id, str) else message.id[0] for message in read(language) if message.id
    )
