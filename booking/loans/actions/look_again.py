"""Look again at the draw for a charge that came to another amount."""

from fractions import Fraction

from booking.billing.events import ChargeCorrected
from booking.db.transactions import UnitOfWork
from booking.loans.events import DrawCovered, DrawExceeded
from booking.loans.queries.draws import live_draw_of
from booking.loans.queries.excess import redeemed_before
from booking.loans.rules.drawing import beyond


def look_again(uow: UnitOfWork, fact: ChargeCorrected) -> None:
    """Tell whoever owes and whoever keeps the line what of the draw is for nothing any more.

    Nothing is written: what is beyond the charge follows from the entries against it.
    """
    row = live_draw_of(uow.session, fact.charge_id)
    if row is None:
        return
    drawn, share = row.amount_fen if row.paid_fen is None else row.paid_fen, Fraction(row.share)
    # A voucher that pays a part of the charge was looked at ahead of this.
    redeemed = redeemed_before(uow.session, fact.charge_id, fact.at)
    before = beyond(drawn, fact.total_fen - fact.amount_fen - redeemed, share)
    after = beyond(drawn, row.charge_now_fen, share)
    if before == after:
        return
    told = DrawExceeded if after else DrawCovered
    uow.announce(
        told(
            at=fact.at,
            actor_id=fact.actor_id,
            subject=f"loan:{row.loan}",
            cause=fact.cause,
            changes={"draw": (None, row.number), "beyond_fen": (before, after)},
            loan=row.loan,
            organisation_id=row.organisation_id,
            bank=row.bank,
            draw=row.number,
            charge=row.charge,
            amount_fen=after,
        )
    )
