"""Reservations as programs read them."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from booking.instruments.models.unit import UnitKind
from booking.kernel.money import yuan
from booking.reservations.models.reservation import Reservation
from booking.reservations.queries.seen import Seen
from booking.reservations.queries.units import Helping, helping_with
from booking.web.json import rfc3339

Answer = dict[str, object]


def answer_of(session: Session, made: Reservation) -> Answer:
    """What a deed answers with."""
    return answers_of(session, [made])[0]


def answers_of(session: Session, made: Sequence[Reservation]) -> list[Answer]:
    """The same of several."""
    helping = helping_with(session, [one.number for one in made])
    return [_answer(one, helping.get(one.number, ())) for one in made]


def answer_of_seen(session: Session, seen: Seen) -> Answer:
    """What a question answers with: with the names around it and what came of it."""
    return answers_of_seen(session, [seen])[0]


def answers_of_seen(session: Session, seen: Sequence[Seen]) -> list[Answer]:
    """The same of several."""
    helping = helping_with(session, [one.number for one in seen])
    return [_answer(one, helping.get(one.number, ())) | _around(one) for one in seen]


def version_of(answer: Mapping[str, object]) -> object:
    """Which version of the reservation an answer shows."""
    return answer["version"]


def _answer(made: Reservation | Seen, helping: Sequence[Helping]) -> Answer:
    return {
        "number": made.number,
        "state": made.state.value,
        "version": made.version,
        "instrument_id": made.instrument_id,
        "unit_id": made.unit_id,
        "organisation_id": made.organisation_id,
        "holder_id": made.holder_id,
        "starts_at": rfc3339(made.starts_at),
        "ends_at": rfc3339(made.ends_at),
        "mode": made.mode.value,
        "purpose": made.purpose,
        "samples": made.samples,
        "consumables": made.consumables,
        "operators": _named(helping, UnitKind.OPERATOR),
        "accessories": _named(helping, UnitKind.ACCESSORY),
        "customer_class": made.customer_class,
        "quote": _quote(made.quote),
        "total": yuan(made.quoted_fen),
        "fee": yuan(made.fee_fen),
        "decide_by": rfc3339(made.decide_by) if made.decide_by else None,
        "free_cancel_until": rfc3339(made.free_cancel_until),
        "override_reason": made.override_reason,
        "state_reason": made.state_reason,
        "created_at": rfc3339(made.created_at),
    }


def _around(seen: Seen) -> Answer:
    return {
        "instrument_name": seen.instrument_name,
        "lab_id": seen.lab_id,
        "organisation_name": seen.organisation_name,
        "holder_name": seen.holder_name,
        "use": None if seen.started_at is None else _use(seen),
    }


def _named(helping: Sequence[Helping], kind: UnitKind) -> list[Answer]:
    return [{"id": one.id, "label": one.label} for one in helping if one.kind is kind]


def _use(seen: Seen) -> Answer:
    moments = {
        "started_at": seen.started_at,
        "ended_at": seen.ended_at,
        "host_confirmed_at": seen.host_confirmed_at,
        "user_confirmed_at": seen.user_confirmed_at,
        "confirm_by": seen.confirm_by,
        "settled_at": seen.settled_at,
    }
    return {name: rfc3339(moment) if moment else None for name, moment in moments.items()} | {
        "preparation_minutes": seen.preparation_minutes,
        "test_minutes": seen.test_minutes,
        "post_minutes": seen.post_minutes,
        "idle_minutes": seen.idle_minutes,
        "samples": seen.used_samples,
        "consumables": seen.used_consumables,
        "note": seen.note,
        "to_be_completed": seen.to_be_completed,
        "overrun_minutes": seen.overrun_minutes,
        "overrun_fee": yuan(seen.overrun_fen or 0),
    }


def _quote(quote: Mapping[str, object]) -> Answer:
    told: Answer = {"lines": quote.get("lines", []), "total": quote.get("total", "0.00")}
    # A kept quote that was cited.
    return told | ({"number": quote["number"]} if "number" in quote else {})
