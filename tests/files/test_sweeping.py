"""What nobody needs goes, a night after the other; what anybody points at stays."""

import os
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col

from booking.checking.report import broken
from booking.db.transactions import read_session
from booking.files.actions.receive import receive
from booking.files.jobs import sweep_files
from booking.files.models import StoredFile
from booking.files.providers.disk import vault_of
from booking.files.rules.kinds import Use
from tests.factories.files import Chosen, make_file
from tests.support.clock import moment

NOW = moment("2026-11-23T04:15")
DAY = timedelta(days=1)


@pytest.fixture
def vault(engine):
    return vault_of(engine)


@pytest.fixture
def references(engine):
    """A table of tomorrow's, which the code knows nothing of."""
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE TABLE certificate_of_tomorrow "
                "(id INTEGER PRIMARY KEY, paper BIGINT REFERENCES stored_file (id))"
            )
        )
    yield lambda session, file_id: session.execute(
        sa.text("INSERT INTO certificate_of_tomorrow (id, paper) VALUES (:id, :id)"),
        {"id": file_id},
    )
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE certificate_of_tomorrow"))


def aged(path, age=timedelta(days=2)):
    then = (NOW - age).timestamp()
    os.utime(path, (then, then))


def kept(write, vault, *, age=timedelta(days=2)):
    with write() as uow:
        row = make_file(uow)
        row.uploaded_at = NOW - age
        name, key = row.name, row.key
    aged(vault.path(name), age)
    return key, vault.path(name)


def sweep(write, now=NOW):
    with write() as uow:
        return sweep_files(uow, now)


def rows(engine):
    with read_session(engine) as session:
        return set(session.execute(sa.select(col(StoredFile.id))).scalars())


def test_what_nothing_points_at_loses_its_row_and_then_its_bytes(write, engine, vault):
    _, place = kept(write, vault)
    assert sweep(write) == 1
    assert rows(engine) == set()
    assert place.exists()
    assert sweep(write, NOW + DAY) == 1
    assert not place.exists()
    assert sweep(write, NOW + DAY) == 0


def test_what_a_table_points_at_stays_whichever_table_it_is(write, engine, vault, references):
    needed, place = kept(write, vault)
    unneeded, _ = kept(write, vault)
    with write() as uow:
        references(uow.session, needed)
    assert sweep(write) == 1
    assert rows(engine) == {needed}
    assert sweep(write, NOW + DAY) == 1
    assert place.exists()
    assert unneeded not in rows(engine)


def test_what_came_today_is_given_time(write, engine, vault):
    key, place = kept(write, vault, age=timedelta(hours=23))
    loose = receive(vault, Chosen(), Use.EVIDENCE)
    aged(vault.path(loose.name), timedelta(hours=23))
    assert sweep(write) == 0
    assert rows(engine) == {key}
    assert place.exists()
    assert vault.path(loose.name).exists()


def test_bytes_of_a_deed_that_was_undone_go(write, vault):
    loose = receive(vault, Chosen(), Use.EVIDENCE)
    aged(vault.path(loose.name))
    assert sweep(write) == 1
    assert not vault.path(loose.name).exists()


def test_what_a_crash_left_half_written_goes(write, vault):
    with vault.draft() as draft:
        draft.out.write(b"half")
        half = draft.path.with_name("0" * 32)
        half.hardlink_to(draft.path)
    aged(half)
    assert sweep(write) == 1
    assert not half.exists()


def test_a_sweep_that_fails_has_lost_nothing(write, engine, vault):
    key, place = kept(write, vault)
    with write() as uow:
        assert sweep_files(uow, NOW) == 1
        uow.session.rollback()
    assert rows(engine) == {key}
    assert place.exists()


def test_what_is_none_of_ours_is_left_alone(write, vault):
    stranger = vault.directory / "ab" / "report.pdf"
    stranger.parent.mkdir(parents=True, exist_ok=True)
    stranger.write_bytes(b"mine")
    aged(stranger)
    assert sweep(write) == 0
    assert stranger.exists()


# SQLite has one writer at a time: nobody is about to do anything.
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_file_that_somebody_is_about_to_point_at_stays(write, engine, vault, references):
    key, _ = kept(write, vault)
    with Session(engine) as other:
        references(other, key)
        assert sweep(write) == 0
        other.commit()
    assert sweep(write) == 0
    assert rows(engine) == {key}


def test_the_check_names_files_that_are_gone_or_altered(write, engine, vault):
    whole, _ = kept(write, vault)
    gone, place = kept(write, vault)
    place.unlink()
    altered, place = kept(write, vault)
    place.write_bytes(b"%PDF-1.7 another")
    with read_session(engine) as session:
        found = {finding.row["file"]: finding.row["what"] for finding in broken(session)}
    assert found == {gone: "gone", altered: "altered"}
    assert whole not in found
