"""Who could operate for a booking: on duty by roster, and not at another one."""

from dataclasses import replace

from sqlmodel import Session

from booking.instruments.queries.holds import free_units
from booking.instruments.queries.rosters import on_duty_throughout
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.timespan import TimeSpan
from booking.reservations.rules.crew import Crew, pool


def crew_of(
    session: Session,
    crew: Crew | None,
    *,
    span: TimeSpan,
    held: TimeSpan,
    but: str = "",
) -> Crew | None:
    """The same crew with who is on duty in the span and free for all that is held: two statements.

    `but` is the booking that they serve already.
    """
    if crew is None:
        return None
    asked = pool(crew.wanted, crew.others)
    return replace(
        crew,
        on_duty=on_duty_throughout(session, asked, span),
        free=frozenset(free_units(session, asked, held, but=but)),
    )


def crew_needed(
    terms: BookingTerms, mode: str, operators: tuple[int, ...], *, serving: bool
) -> Crew | None:
    """Whom a booking needs: those named, those `serving` it already, or one where the mode does."""
    needed = max(len(operators), 1 if terms.operators_for(mode) else 0)
    if not needed:
        return None
    others = terms.operator_ids if serving or not operators else ()
    return Crew(needed=needed, wanted=operators, others=others)
