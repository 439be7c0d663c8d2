"""Time that was asked for and not given is noted once, whichever way it was asked for."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from booking.db.transactions import UnitOfWork
from booking.instruments.errors import SlotTaken
from booking.kernel.errors import Conflict, Violation
from booking.kernel.timespan import TimeSpan
from booking.reservations.actions.note_refusal import note_refusals
from booking.reservations.actions.reserve import reserve
from booking.reservations.models.refusal import Refusal
from booking.reservations.queries.refusals import providers_of
from booking.reservations.rules.opening import ClosedBecause
from booking.reservations.rules.refusal import Asked, Lack, refused
from booking.web.json import rfc3339
from tests.factories.instruments import add_exception
from tests.factories.reservation_values import between
from tests.factories.reservations import NOON, Scene, make_reservation, make_scene
from tests.reservations.conftest import OpenDoors, Write
from tests.reservations.visiting import Visit
from tests.support.clock import FrozenClock

WEEKLY = "FREQ=WEEKLY;COUNT=3"
WEEK = timedelta(days=7)
TAKEN = ["reservation.slot_taken"]
DAY = date(2026, 11, 25)
SHUT = between("11-25 10:00", "12:00")
CLOSED = Violation("opening.closed", {"reason": ClosedBecause.HOURS})
BROKEN = Violation("opening.closed", {"reason": ClosedBecause.FAULT})
QUOTA = Violation("quota.hours")


def noted(session: Session) -> list[tuple[TimeSpan, list[str], Lack]]:
    rows = session.execute(sa.select(Refusal).order_by(col(Refusal.starts_at))).scalars()
    return [(TimeSpan(one.starts_at, one.ends_at), one.codes, one.lack) for one in rows]


def in_vain(write: Write, deed: Callable[[UnitOfWork], None]) -> None:
    """Do what is refused because the time is taken."""

    def whole() -> None:
        with write() as uow:
            deed(uow)

    with pytest.raises(SlotTaken):
        whole()


@pytest.mark.parametrize(
    ("violations", "taken", "lack"),
    [
        ([], (), Lack.OCCUPIED),
        ([], ("occupied", "maintenance"), Lack.OCCUPIED),
        ([], ("maintenance",), Lack.CLOSED),
        ([], ("fault",), Lack.BROKEN),
        ([Violation("operator.none_free")], None, Lack.OCCUPIED),
        ([Violation("guarantee.outside")], None, Lack.OCCUPIED),
        ([Violation("operator.off_duty")], None, Lack.CLOSED),
        ([CLOSED], None, Lack.CLOSED),
        ([CLOSED], ("occupied",), Lack.CLOSED),
        ([BROKEN, CLOSED], None, Lack.BROKEN),
        ([QUOTA], None, Lack.OTHER),
        ([CLOSED, QUOTA], None, Lack.OTHER),
        ([QUOTA], ("occupied",), Lack.OTHER),
    ],
)
def test_only_what_nothing_but_time_spoke_against_is_for_lack_of_time(
    violations: list[Violation], taken: tuple[str, ...] | None, lack: Lack
) -> None:
    held = None if taken is None else [Conflict(NOON, kind) for kind in taken]
    assert refused(Asked(1, 2, NOON), violations, held).lack is lack


def test_a_refused_request_is_noted_for_the_organisation_once(
    open_doors: OpenDoors, write: Write
) -> None:
    doors = open_doors()
    doors.book()
    for who in (doors.scene.admin, doors.scene.member):
        assert doors.post(who, "/reservations", doors.body()).status_code == 409
    with write() as uow:
        assert noted(uow.session) == [(NOON, TAKEN, Lack.OCCUPIED)]
        (row,) = uow.session.execute(sa.select(Refusal)).scalars()
        assert row.organisation_id == doors.scene.company.key
        assert row.external is True


def test_every_rule_that_was_broken_is_noted(open_doors: OpenDoors, write: Write) -> None:
    doors = open_doors({"notice_minutes": 120})
    body = doors.body(between("11-23 10:10", "10:20"))
    with write() as uow:
        add_exception(uow, doors.scene.instrument.key, DAY)
    assert doors.post(doors.scene.member, "/reservations", body).status_code == 422
    assert doors.post(doors.scene.member, "/reservations", doors.body(SHUT)).status_code == 422
    with write() as uow:
        assert [(codes, lack) for _, codes, lack in noted(uow.session)] == [
            (["notice.too_short", "duration.too_short", "grid.off"], Lack.OTHER),
            (["opening.closed"], Lack.CLOSED),
        ]


def test_every_reason_is_kept_and_lack_of_time_counts_once(
    uow: UnitOfWork, clock: FrozenClock
) -> None:
    scene = make_scene(uow)
    asked = Asked(scene.instrument.key, scene.company.key, NOON)
    occupied, shut = [Conflict(NOON, "occupied")], [Conflict(NOON, "maintenance")]
    for violations, taken in (
        ([QUOTA], None),
        ([QUOTA], None),
        ([Violation("notice.too_short")], None),
        ([], occupied),
        ([QUOTA], occupied),
        ([], shut),
    ):
        note_refusals(uow, [refused(asked, violations, taken)], now=clock.now())
    rows = uow.session.execute(sa.select(Refusal).order_by(col(Refusal.id))).scalars()
    assert [(one.codes, one.lack) for one in rows] == [
        (["quota.hours"], Lack.OTHER),
        (["notice.too_short"], Lack.OTHER),
        (TAKEN, Lack.OCCUPIED),
        ([*TAKEN, "quota.hours"], Lack.OTHER),
    ]


def test_time_that_is_given_leaves_nothing(open_doors: OpenDoors, write: Write) -> None:
    open_doors().book()
    with write() as uow:
        assert noted(uow.session) == []


def test_looking_is_not_asking(open_doors: OpenDoors, write: Write) -> None:
    doors = open_doors()
    doors.book()
    seen = doors.post(doors.scene.member, "/reservation-series/preview", doors.body(rrule=WEEKLY))
    assert seen.status_code == 200, seen.text
    with write() as uow:
        assert noted(uow.session) == []


@pytest.mark.parametrize(("on_conflict", "status"), [("fail", 409), ("skip", 201)])
def test_of_a_series_the_occurrences_that_cannot_be_had_are_noted(
    open_doors: OpenDoors, write: Write, on_conflict: str, status: int
) -> None:
    doors = open_doors()
    second = TimeSpan(NOON.start + WEEK, NOON.end + WEEK)
    doors.book(second)
    body = doors.body(rrule=WEEKLY, on_conflict=on_conflict)
    answer = doors.post(doors.scene.member, "/reservation-series", body)
    assert answer.status_code == status, answer.text
    with write() as uow:
        assert noted(uow.session) == [(second, TAKEN, Lack.OCCUPIED)]


def test_of_a_joint_booking_the_steps_that_cannot_be_had_are_noted(
    open_doors: OpenDoors, write: Write
) -> None:
    doors = open_doors()
    doors.book()
    tool = doors.scene.instrument.key
    after = TimeSpan(NOON.end, NOON.end + timedelta(hours=1))
    steps = [
        {"instrument_id": tool, "starts_at": rfc3339(one.start), "ends_at": rfc3339(one.end)}
        for one in (NOON, after)
    ]
    body = {"steps": steps, "purpose": "先制样再测"}
    assert doors.post(doors.scene.member, "/joint-bookings", body).status_code == 409
    with write() as uow:
        assert noted(uow.session) == [(NOON, TAKEN, Lack.OCCUPIED)]


def test_what_is_asked_for_on_a_page_is_noted_as_well(visit: Visit, write: Write) -> None:
    scene = visit.scene()
    with write() as uow:
        add_exception(uow, scene.instrument.key, DAY)
    typed = {
        "starts_at": "2026-11-25T10:00",
        "ends_at": "2026-11-25T12:00",
        "purpose": "断口形貌",
        "mode": "self_operated",
    }
    answer = visit.by(scene.member).post(
        f"/instruments/{scene.instrument.key}/reservations", data=typed
    )
    assert answer.status_code == 422
    with write() as uow:
        assert noted(uow.session) == [(SHUT, ["opening.closed"], Lack.CLOSED)]


def test_a_note_that_cannot_be_written_changes_no_refusal(
    write: Write, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    with write() as uow:
        scene = make_scene(uow)
        make_reservation(uow, scene, now=clock.now())

    def deed(uow: UnitOfWork) -> None:
        uow.when_refused.append(lambda other: other.session.execute(sa.text("SELECT 1 FROM none")))
        reserve(uow, scene.wish(), actor=scene.member, now=clock.now())

    in_vain(write, deed)
    assert "could not be noted" in caplog.text
    with write() as uow:
        assert noted(uow.session) == []


def test_the_refused_deed_leaves_nothing_but_the_note(write: Write, clock: FrozenClock) -> None:
    with write() as uow:
        scene = make_scene(uow)
        make_reservation(uow, scene, now=clock.now())
    later = TimeSpan(NOON.end, NOON.end + timedelta(hours=2))

    def deed(uow: UnitOfWork) -> None:
        reserve(uow, scene.wish(later), actor=scene.member, now=clock.now())
        reserve(uow, scene.wish(), actor=scene.member, now=clock.now())

    in_vain(write, deed)
    with write() as uow:
        assert noted(uow.session) == [(NOON, TAKEN, Lack.OCCUPIED)]
        reserve(uow, scene.wish(later), actor=scene.member, now=clock.now())


def test_ones_own_people_are_told_apart(uow: UnitOfWork, clock: FrozenClock) -> None:
    scene: Scene = make_scene(uow)
    owners = providers_of(uow.session, [scene.instrument.key])
    own = Asked(scene.instrument.key, owners[scene.instrument.key], NOON)
    note_refusals(uow, [refused(own, (), ())], now=clock.now())
    (row,) = uow.session.execute(sa.select(Refusal)).scalars()
    assert row.external is False


@pytest.mark.parametrize("statement", ["UPDATE refusal SET lack = 'other'", "DELETE FROM refusal"])
def test_the_database_refuses_to_rewrite_a_note(
    uow: UnitOfWork, clock: FrozenClock, statement: str
) -> None:
    scene = make_scene(uow)
    asked = Asked(scene.instrument.key, scene.company.key, NOON)
    note_refusals(uow, [refused(asked, (), ())], now=clock.now())
    with pytest.raises(DBAPIError, match="append_only"):
        uow.session.execute(sa.text(statement))
