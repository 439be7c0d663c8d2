"""Tell the search what else a thing is called; questions are read by it, cards stay as filed."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

import sqlalchemy as sa

from booking.access.actor import Actor
from booking.access.permissions import Permission
from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.instruments.errors import PairExists, PairMeaningless
from booking.instruments.events import WordsPaired, WordsParted
from booking.instruments.models.search import Synonym
from booking.instruments.models.tables import SYNONYM
from booking.instruments.rules.lexicon import Relation
from booking.instruments.rules.searching import sounds_of, words_of
from booking.kernel.errors import NotFound

Words = tuple[str, str, Relation]


def set_synonyms(uow: UnitOfWork, pairs: Sequence[Words]) -> int:
    """Make these all the pairs there are; how many."""
    uow.session.execute(sa.delete(SYNONYM))
    return len(insert_unless_exists(uow.session, Synonym, [_row(*pair) for pair in pairs]))


def add_pair(uow: UnitOfWork, words: Words, *, actor: Actor, now: datetime) -> int:
    """Add a pair; PairExists when it is there."""
    actor.must(Permission.INSTRUMENT_PUBLISH)
    word, other, relation = words
    if not words_of(word) or not words_of(other) or words_of(word) == words_of(other):
        raise PairMeaningless
    if not (made := insert_unless_exists(uow.session, Synonym, [_row(*words)])):
        raise PairExists(word=word)
    uow.announce(
        WordsPaired(
            at=now,
            actor_id=actor.known_id,
            subject=f"word_pair:{made[0]}",
            changes={"word": (None, word), "same_as": (None, other), "relation": (None, relation)},
        )
    )
    return made[0]


def remove_pair(uow: UnitOfWork, pair_id: int, *, actor: Actor, now: datetime) -> str:
    """Forget a pair; its word."""
    actor.must(Permission.INSTRUMENT_PUBLISH)
    pair = uow.session.get(Synonym, pair_id)
    if pair is None:
        raise NotFound(pair_id=pair_id)
    word, other, relation = pair.word, pair.same_as, pair.relation
    uow.session.delete(pair)
    uow.session.flush()
    uow.announce(
        WordsParted(
            at=now,
            actor_id=actor.known_id,
            subject=f"word_pair:{pair_id}",
            changes={"word": (word, None), "same_as": (other, None), "relation": (relation, None)},
        )
    )
    return word


def _row(word: str, other: str, relation: Relation) -> dict[str, object]:
    sounds = " ".join(sound for sound in sounds_of(word) if len(sound) > len("abc"))[:400]
    said = "\n".join((word, other, relation, sounds))
    mark = int.from_bytes(blake2b(said.encode(), digest_size=5).digest())
    return {"word": word, "same_as": other, "relation": relation, "sounds": sounds, "mark": mark}
