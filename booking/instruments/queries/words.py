"""Words the search knows: other names of things, and the Latin words of all cards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session

from booking.instruments.models.tables import SEARCH_WORD, SYNONYM
from booking.instruments.rules.lexicon import Lexicon, Pair, Relation, lexicon
from booking.instruments.rules.searching import words_of
from booking.instruments.rules.spelling import closest, may_be_misspelt

# How many corrections of one question are tried.
_TRIED: Final = 3
_PAIRS: Final = sa.select(
    SYNONYM.c.word, SYNONYM.c.same_as, SYNONYM.c.relation, SYNONYM.c.sounds
).order_by(SYNONYM.c.id)


# Lexicons by what they are made of: the same pairs are read once, in whatever database.
_read: dict[tuple[int, int], Lexicon] = {}
_KEPT: Final = 4
_ALL: Final = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(SYNONYM.c.mark), 0))


def known_lexicon(session: Session) -> Lexicon:
    """Every pair, as the search uses them."""
    count, mark = session.execute(_ALL).one()
    key = (int(count), int(mark))
    if key not in _read:
        if len(_read) >= _KEPT:
            _read.clear()
        rows = session.execute(_PAIRS)
        _read[key] = lexicon([Pair(r[0], r[1], r[2], tuple(r[3].split())) for r in rows])
    return _read[key]


def corrected(session: Session, text: str, known: Lexicon) -> Iterator[str]:
    """The question with one letter put right in each Latin word that no card has."""
    words = words_of(text)
    wrong = [word for word in words if may_be_misspelt(word) and not known.knows((word,))]
    wrong = [word for word in wrong if not _is_known(session, word)]
    meant = {word: _closest(session, word) for word in wrong}
    if not meant or not all(meant.values()):
        return
    for nth in range(min(_TRIED, max(len(near) for near in meant.values()))):
        yield " ".join(_nth(meant[word], nth) if word in meant else word for word in words)


def _nth(near: Sequence[str], nth: int) -> str:
    return near[min(nth, len(near) - 1)]


def _is_known(session: Session, word: str) -> bool:
    known = SEARCH_WORD.c.word.contains(word, autoescape=True)
    return session.execute(sa.select(SEARCH_WORD.c.id).where(known).limit(1)).first() is not None


def _closest(session: Session, word: str) -> list[str]:
    lengths = SEARCH_WORD.c.length.between(len(word) - 1, len(word) + 1)
    # One wrong letter leaves one end of the word as it is; swapped ones may touch both of four.
    begins = SEARCH_WORD.c.word.startswith(word[:2], autoescape=True)
    ends = SEARCH_WORD.c.word.endswith(word[-2:], autoescape=True)
    like = begins | ends if len(word) > len("four") else sa.true()
    known = session.execute(sa.select(SEARCH_WORD.c.word).where(lengths, like)).scalars().all()
    return closest(word, known)


@dataclass(frozen=True, slots=True)
class KnownPair:
    """A pair of words as the centre's list shows it."""

    id: int
    word: str
    same_as: str
    relation: Relation


def pairs_with(session: Session, words: str, *, after_id: int, limit: int) -> Sequence[KnownPair]:
    """The pairs one of whose words contains this text, in order of entry."""
    s = SYNONYM.c
    has = [s.word.icontains(words, autoescape=True) | s.same_as.icontains(words, autoescape=True)]
    found = sa.select(s.id, s.word, s.same_as, s.relation).where(s.id > after_id, *has)
    rows = session.execute(found.order_by(s.id).limit(limit))
    return [KnownPair(*row) for row in rows]
