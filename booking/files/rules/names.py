"""What a file is called: the name it was given, made harmless to read and to save anywhere."""

import re
import unicodedata
from typing import Final

from booking.files.rules.kinds import EXTENSIONS, FileKind

LONGEST: Final = 80
_NAMELESS: Final = "file"
# Of what is left of a path; what Windows cannot save; what pages or headers might trip over.
_UNFIT: Final = re.compile(r'[<>:"/\\|?*;%\x7f]')
_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$")
# Controls, what only says how others are shown (bidi, joiners), surrogates, what has no meaning.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DEVICES: Final = re.compile(
    r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)"
)


def clean_name(given: str, kind: FileKind) -> str:
    """The last part of the name it was given, with the extension of what it really is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _UNSEEN)
    stem = _EXTENSION.sub("", _UNFIT.sub("_", " ".join(seen.split())))
    stem = stem.strip(". ")[:LONGEST].strip(". ") or _NAMELESS
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    return stem + EXTENSIONS[kind]
