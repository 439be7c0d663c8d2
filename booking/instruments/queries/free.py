"""Free time on one instrument: open windows less what is held, at a booking's distance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from booking.instruments.queries.holds import Held, spans_by_unit, taken_between
from booking.instruments.queries.terms import booking_terms
from booking.instruments.rules.availability import FreePiece, free_pieces
from booking.instruments.rules.terms import BookingTerms
from booking.kernel.timespan import TimeSpan


@dataclass(frozen=True, slots=True)
class Availability:
    """The free pieces of a span, the years nobody knows, and what they were reckoned from."""

    pieces: tuple[FreePiece, ...]
    missing_years: tuple[int, ...]
    terms: BookingTerms
    taken: Mapping[int, Sequence[Held]]


def availability(session: Session, instrument_id: int, span: TimeSpan) -> Availability:
    """When an instrument is free within a span."""
    terms = booking_terms(session, instrument_id, span)
    distance = terms.policy.distance
    # What lies just outside keeps its distance too.
    around = span.widened(distance.before + distance.after, distance.before + distance.after)
    taken = taken_between(session, instrument_id, around)
    pieces = free_pieces(terms.windows_in(span), spans_by_unit(taken), distance)
    return Availability(pieces, terms.missing_years, terms, taken)
