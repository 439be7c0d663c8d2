"""`booking check` finds credit that no deed would have written."""

import pytest
import sqlalchemy as sa

from booking.checking.report import broken
from booking.credit.actions.appeal import appeal, decide_appeal
from tests.factories.credit import make_centre, make_no_shows, make_rules
from tests.factories.reservations import make_scene
from tests.support.clock import moment

MONDAY = moment("2026-11-23T09:00")
AFTER = moment("2026-11-25T09:00")


@pytest.fixture
def counted(uow):
    """Two no-shows, one of them taken back."""
    make_rules(uow)
    scene = make_scene(uow)
    make_no_shows(uow, scene, 2, now=MONDAY)
    first = uow.session.execute(sa.text("SELECT MIN(id) FROM credit_entry")).scalar_one()
    made = appeal(uow, first, "停电", actor=scene.admin, now=AFTER)
    decide_appeal(uow, made.key, "属实", grant=True, actor=make_centre(uow), now=AFTER)
    uow.session.flush()
    return uow


def test_honest_credit_breaks_nothing(counted):
    assert [str(finding) for finding in broken(counted.session)] == []


@pytest.mark.parametrize(
    ("lie", "found"),
    [
        (
            "UPDATE reservation SET state = 'settled' WHERE state = 'missed'",
            "a credit entry without the booking that it is about",
        ),
        (
            "UPDATE credit_entry SET points = 1 WHERE annuls_id IS NOT NULL",
            "a credit entry is taken back by another than its opposite",
        ),
        (
            "UPDATE credit_appeal SET state = 'refused'",
            "a credit entry is taken back without a granted appeal, or the other way round",
        ),
        (
            "DELETE FROM credit_entry WHERE annuls_id IS NOT NULL",
            "a credit entry is taken back without a granted appeal, or the other way round",
        ),
    ],
)
def test_a_lie_is_found_and_named(counted, lie, found):
    counted.session.execute(sa.text(lie))
    assert found in {finding.name for finding in broken(counted.session)}
