"""Chinese first and complete, English second and complete: catalogues and the language in force.

Every `locale/<language>/*.po` is read at start and merged, one file per room; nothing is compiled
to disk. Sentences are English msgids; codes of errors, rules and states are msgids `code:<code>`.
"""

import io
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

Language = Literal["zh_CN", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("zh_CN", "en")
DEFAULT: Final[Language] = "zh_CN"
LOCALE_DIR: Final = Path(__file__).parent / "locale"


@dataclass(slots=True)
class Tongue:
    """The language of one request or run; doors run in other threads and still change it here."""

    language: Language = DEFAULT


_tongue: ContextVar[Tongue | None] = ContextVar("tongue", default=None)


def language() -> Language:
    """The language of the answer being made."""
    tongue = _tongue.get()
    return DEFAULT if tongue is None else tongue.language


def begin_speaking(chosen: Language) -> None:
    """A new request or run, in this language until something better is known."""
    _tongue.set(Tongue(chosen))


def speak(chosen: Language) -> None:
    """Answer in this language from here on, for this request or run."""
    tongue = _tongue.get()
    if tongue is None:
        begin_speaking(chosen)
    else:
        tongue.language = chosen


def gettext(message: str) -> str:
    """A sentence in the language in force."""
    return str(translations(language()).gettext(message))


def ngettext(one: str, many: str, number: int) -> str:
    """A sentence that counts."""
    return str(translations(language()).ngettext(one, many, number))


def catalogue_files(chosen: Language) -> list[Path]:
    """The catalogues of a language, one per room."""
    return sorted((LOCALE_DIR / chosen).glob("*.po"))


@cache
def translations(chosen: Language) -> Translations:
    """All catalogues of a language as one, compiled in memory."""
    merged = Catalog(locale=chosen)
    for path in catalogue_files(chosen):
        with path.open("rb") as file:
            for message in read_po(file, locale=chosen):
                if message.id and message.string:
                    merged.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)
