"""A fault that several people close, or repair, in the same moment."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from booking.db.transactions import UnitOfWork
from booking.instruments.actions.faults import close_for_fault, repair_fault, report_fault
from booking.instruments.models.fault import Fault
from booking.instruments.queries.faults import closing_fault, downtimes
from booking.kernel.errors import BookingError
from tests.races.arena import NOW, Arena, OpenArena
from tests.support.crowd import all_at_once

pytestmark = [pytest.mark.race, pytest.mark.slow]

_CROWD = 4
Deed = Callable[[UnitOfWork], Fault]


def tried(arena: Arena, deed: Deed) -> str:
    """`done`, or the code of the refusal."""
    try:
        with arena.write() as uow:
            deed(uow)
    except BookingError as refused:
        return refused.code
    return "done"


def at_once(arena: Arena, deeds: list[Deed]) -> Counter[str]:
    return Counter(all_at_once([partial(tried, arena, deed) for deed in deeds]))


def test_one_closes_and_one_repairs_and_the_others_are_told(open_arena: OpenArena) -> None:
    arena = open_arena()
    instrument, keeper = arena.scene.instrument.key, arena.scene.manager
    now = NOW
    for _ in range(3):
        with arena.write() as uow:
            report = partial(report_fault, uow, instrument, actor=keeper, now=now)
            one, other = report(what="异响").key, report(what="漏气").key

        def closing(fault_id: int) -> Deed:
            return lambda uow: close_for_fault(uow, fault_id, actor=keeper, now=now)  # noqa: B023

        said = at_once(arena, [closing(one), closing(other)] * _CROWD)
        assert said["done"] == 1
        assert set(said) <= {"done", "fault.illegal_step", "fault.closed_already"}
        with arena.write() as uow:
            out = closing_fault(uow.session, instrument)
            assert out is not None
            broken = out.key
        now += timedelta(days=1)

        def repairing(uow: UnitOfWork) -> Fault:
            return repair_fault(uow, broken, "修好", actor=keeper, now=now)  # noqa: B023

        assert at_once(arena, [repairing] * _CROWD) == {"done": 1, "fault.illegal_step": 3}
        with arena.write() as uow:
            assert closing_fault(uow.session, instrument) is None
            (down, *_) = downtimes(uow.session, instrument, now).downtimes
            assert (down.since, down.until) == (now - timedelta(days=1), now)
        now += timedelta(days=1)
    arena.assert_sound()
