"""`booking check` at the terminal: quiet and 0, or the rows and 1."""

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from booking.cli import app
from tests.factories.reservations import make_reservation, make_scene


@pytest.fixture
def check(engine, monkeypatch):
    monkeypatch.setenv("BOOKING_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    return lambda: CliRunner().invoke(app, ["check"])


def test_it_says_how_many_proofs_hold(check):
    answer = check()
    assert answer.exit_code == 0
    assert "proofs hold" in answer.stdout


def test_it_ends_with_one_and_names_the_row(check, write, clock):
    with write() as uow:
        made = make_reservation(uow, make_scene(uow), now=clock.now())
        uow.session.execute(sa.text("DELETE FROM slot_hold"))
    answer = check()
    assert answer.exit_code == 1
    assert f"a reservation holds nothing: number={made.number}" in answer.stdout
    assert "1 rows break an invariant" in answer.stderr
