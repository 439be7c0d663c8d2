"""The hashes of a statement's files, by which whoever holds one finds out whether it is genuine."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final

from booking.settings import REPOSITORY
from booking.subsidies.exports.files import statement_file
from booking.subsidies.exports.paper import TEMPLATE, Paper
from booking.subsidies.rules.explanation import Language

_BOTH: Final[tuple[Language, ...]] = ("zh", "en")
# JSON is the document itself: its hash is the one that was locked.
_MADE: Final[tuple[tuple[str, tuple[Language, ...]], ...]] = (
    ("pdf", _BOTH),
    ("xlsx", ("zh",)),
    ("csv", ("zh",)),
)
_PROGRAMS: Final = ("segno", "typst", "xlsxwriter")
_WORDS: Final = ("kernel/money.py", "web/downloads.py", "web/qr.py")
_RULES: Final = ("amount_in_words.py", "document.py", "explanation.py", "words.py")


@dataclass(frozen=True, slots=True)
class Print:
    """The hash of one file; a table says both languages, and counts as Chinese."""

    kind: str
    language: Language
    sha256: str


def prints_of(number: str, content: str, public_url: str) -> list[Print]:
    """The hashes of every file of a locked document."""
    papers = {language: Paper(public_url=public_url, language=language) for language in _BOTH}
    return [
        Print(kind, language, _hash(number, content, kind, paper=papers[language]))
        for kind, languages in _MADE
        for language in languages
    ]


@cache
def maker(public_url: str) -> str:
    """What bytes depend on besides the document: what we print with, and the address on it."""
    made = hashlib.sha256(public_url.encode())
    for name in _PROGRAMS:
        made.update(f"{name} {version(name)}\n".encode())
    for path in _sources():
        made.update(path.read_bytes())
    return made.hexdigest()


def _sources() -> Iterator[Path]:
    ours = REPOSITORY / "booking"
    yield TEMPLATE
    yield from sorted((ours / "subsidies" / "exports").glob("*.py"))
    yield from (ours / "subsidies" / "rules" / name for name in _RULES)
    yield from (ours / name for name in _WORDS)


def _hash(number: str, content: str, kind: str, *, paper: Paper) -> str:
    return hashlib.sha256(statement_file(number, content, kind, paper=paper)[1]).hexdigest()
