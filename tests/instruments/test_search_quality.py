"""How well the seed's instruments are found: `tests/golden/search.yaml`, recall among ten."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from booking.db.transactions import UnitOfWork
from booking.instruments.models.tables import INSTRUMENT
from booking.instruments.queries.search import Wanted, find_ids
from booking.seeding.files import SeedFiles
from booking.seeding.loading import load
from booking.settings import REPOSITORY
from tests.factories.instruments import moment

GOLDEN = Path(__file__).parents[1] / "golden" / "search.yaml"
SHOWN = 10


@pytest.mark.slow
def test_nearly_everything_expected_is_among_the_first_ten(uow: UnitOfWork) -> None:
    load(uow, SeedFiles(REPOSITORY / "seed"), now=moment("2026-01-05T09:00"))
    rows = uow.session.execute(sa.select(INSTRUMENT.c.id, INSTRUMENT.c.inner_id))
    named = {row.id: row.inner_id for row in rows}
    expected: Mapping[str, Sequence[str]] = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    assert len(expected) >= 60
    missed, wanted = {}, 0
    for words, those in expected.items():
        found = find_ids(uow.session, Wanted(words=words), actor=None, limit=SHOWN)
        wanted += len(those)
        if lost := [one for one in those if one not in {named[key] for key in found}]:
            missed[words] = lost
    recall = 1 - sum(len(lost) for lost in missed.values()) / wanted
    assert recall >= 0.95, missed
