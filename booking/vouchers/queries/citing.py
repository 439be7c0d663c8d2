"""Which of its vouchers a company may cite, and what one would pay: nothing is locked or held."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from booking.kernel.errors import Violation
from booking.reservations.queries.citable import VoucherShare, VoucherToCite
from booking.vouchers.models import Voucher, VoucherClaim
from booking.vouchers.queries.claims import order_at, orders_at
from booking.vouchers.rules.terms import Order, Terms, against, honoured, in_time, pays
from booking.vouchers.states import ClaimState

_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a voucher would pay of a wish, or every reason why it would not."""

    number: str
    pays_fen: int = 0
    left_fen: int = 0
    valid_to: date | None = None
    refused: tuple[Violation, ...] = ()

    @property
    def rest_fen(self) -> int:
        """What would be left of it for other bookings."""
        return self.left_fen - self.pays_fen


class OwnVouchers:
    """The vouchers as the booking panel asks for them."""

    def citable(
        self, session: Session, organisation_id: int, instrument_id: int, *, day: date
    ) -> Sequence[VoucherToCite]:
        """Those with something left that are honoured here, the one that ends first ahead."""
        # Whether it is honoured does not depend on the price.
        order = order_at(session, instrument_id, organisation_id, price_fen=0)
        query = (
            sa.select(*_COLUMNS)
            .where(
                col(Voucher.organisation_id) == organisation_id,
                col(Voucher.available_fen) > 0,
                col(Voucher.valid_to) >= day,
            )
            .order_by(col(Voucher.valid_to), col(Voucher.number))
            .limit(_MOST)
        )
        return [
            VoucherToCite(row.number, row.available_fen, row.valid_to)
            for row in session.execute(query)
            if order is not None and _fits(row, order, day)
        ]

    def shares(
        self,
        session: Session,
        organisation_id: int,
        number: str,
        *,
        priced: Sequence[tuple[int, int]],
        day: date,
    ) -> Sequence[VoucherShare]:
        """Each takes its share of what those before it leave, as the bookings themselves do."""
        query = sa.select(*_COLUMNS).where(
            col(Voucher.number) == number, col(Voucher.organisation_id) == organisation_id
        )
        row = session.execute(query).one_or_none()
        orders = orders_at(session, {here for here, _ in priced}, organisation_id)
        unknown = VoucherShare(refused=(Violation("voucher.unknown", {"number": number}),))
        if row is None:
            return [unknown for _ in priced]
        terms, days = Terms.of_kept(row.terms), (row.valid_from, row.valid_to)
        found, left = [], row.available_fen
        for here, price_fen in priced:
            order = replace(orders[here], price_fen=price_fen)
            share = VoucherShare(*honoured(terms, order, days, left_fen=left, day=day))
            left -= share.pays_fen
            found.append(share)
        return found


_COLUMNS = (
    *(col(Voucher.number), col(Voucher.available_fen), col(Voucher.terms)),
    *(col(Voucher.valid_from), col(Voucher.valid_to)),
)


def _fits(row: sa.Row[tuple[object, ...]], order: Order, day: date) -> bool:
    in_force = in_time(row.valid_from, row.valid_to, day)
    return in_force and not any(against(Terms.of_kept(row.terms), order))


def offered(
    session: Session,
    number: str,
    *,
    organisation_id: int,
    instrument_id: int,
    price_fen: int,
    day: date,
) -> Offered:
    """What a company's voucher would pay of a use at a price, if it were booked on a day."""
    query = sa.select(*_COLUMNS).where(
        col(Voucher.number) == number, col(Voucher.organisation_id) == organisation_id
    )
    row = session.execute(query).one_or_none()
    order = order_at(session, instrument_id, organisation_id, price_fen=price_fen)
    if row is None or order is None:
        return Offered(number=number, refused=(Violation("voucher.unknown", {"number": number}),))
    days, left_fen = (row.valid_from, row.valid_to), row.available_fen
    amount, broken = honoured(Terms.of_kept(row.terms), order, days, left_fen=left_fen, day=day)
    return Offered(
        number=number, pays_fen=amount, left_fen=left_fen, valid_to=row.valid_to, refused=broken
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a booking has of a voucher, and would have at another price (None: there is none)."""

    number: str
    now_fen: int
    price_fen: int | None
    then_fen: int

    @property
    def own_fen(self) -> int:
        """What the company would pay itself, before subsidies."""
        return (self.price_fen or 0) - self.then_fen


def share_of_booking(
    session: Session, reservation_id: int, *, price_fen: int | None, day: date
) -> Share | None:
    """As `adjust` sets it aside when the booking is moved; None where it cites no voucher."""
    query = (
        sa.select(*_COLUMNS, col(VoucherClaim.encumbered_fen))
        .join(VoucherClaim, col(VoucherClaim.voucher_id) == col(Voucher.id))
        .where(
            col(VoucherClaim.reservation_id) == reservation_id,
            col(VoucherClaim.state) == ClaimState.OPEN,
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    more = row.available_fen if in_time(row.valid_from, row.valid_to, day) else 0
    left_fen = row.encumbered_fen + more
    then = pays(Terms.of_kept(row.terms), price_fen or 0, left_fen=left_fen)
    return Share(number=row.number, now_fen=row.encumbered_fen, price_fen=price_fen, then_fen=then)
