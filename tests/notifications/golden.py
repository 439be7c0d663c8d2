"""What every letter says, in files that people can read: `golden/<letter>.<language>.txt`.

`python -m tests.notifications.golden` writes them anew; look at the difference before it is kept.
"""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from booking.notifications.composing import compose, compose_daily
from booking.web.i18n import LANGUAGES
from tests.notifications.letters import LETTERS, letter, looked_up
from tests.support.serving import test_settings as settings_for

GOLDEN: Final = Path(__file__).with_name("golden")
DAILY: Final = "daily"
_BUNDLED: Final = ("booking-moved", "waitlist_lapsed", "training_asked")
# A signature is other for every key, and says nothing to a reader.
_SIGNED: Final = re.compile(r"(/links/\w+/|/saved-searches/letter/)\S+")


def cases() -> Iterator[tuple[str, str]]:
    """Every way in which a letter reads, in every language."""
    for name in (*LETTERS, DAILY):
        for locale in LANGUAGES:
            yield name, locale


def path_of(name: str, locale: str) -> Path:
    return GOLDEN / f"{name}.{locale}.txt"


def composed(name: str, locale: str) -> str:
    """Its subject and its text."""
    settings = settings_for("sqlite://")
    if name == DAILY:
        rows = [letter(one, locale, key=key) for key, one in enumerate(_BUNDLED, 1)]
        known = {row.key: looked_up(one) for row, one in zip(rows, _BUNDLED, strict=True)}
        return _text(compose_daily(rows, settings, known))
    return _text(compose(letter(name, locale), settings, looked_up(name)))


def _text(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    return _SIGNED.sub(r"\1…", f"{message['Subject']}\n\n{text}")


def main() -> None:
    wanted = {path_of(name, locale): composed(name, locale) for name, locale in cases()}
    for path in set(GOLDEN.glob("*.txt")) - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
