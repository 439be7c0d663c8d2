"""Tell the search what else a thing is called; questions are read by it, cards stay as filed."""

from collections.abc import Sequence
from hashlib import blake2b

import sqlalchemy as sa

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.models.search import Synonym
from booking.instruments.models.tables import SYNONYM
from booking.instruments.rules.lexicon import Relation
from booking.instruments.rules.searching import sounds_of

Words = tuple[str, str, Relation]


def set_synonyms(uow: UnitOfWork, pairs: Sequence[Words]) -> int:
    """Make these all the pairs there are; how many."""
    uow.session.execute(sa.delete(SYNONYM))
    return len(insert_unless_exists(uow.session, Synonym, [_row(*pair) for pair in pairs]))


def _row(word: str, other: str, relation: Relation) -> dict[str, object]:
    sounds = " ".join(sound for sound in sounds_of(word) if len(sound) > len("abc"))[:400]
    said = "\n".join((word, other, relation, sounds))
    mark = int.from_bytes(blake2b(said.encode(), digest_size=5).digest())
    return {"word": word, "same_as": other, "relation": relation, "sounds": sounds, "mark": mark}
