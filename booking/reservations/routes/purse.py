"""Where the booking panel's vouchers come from: the application names the room that keeps them."""

from typing import Annotated

from fastapi import Depends, Request

from booking.reservations.queries.citable import VoucherSource


def _source(request: Request) -> VoucherSource:
    source: VoucherSource = request.app.state.voucher_source
    return source


PurseDep = Annotated[VoucherSource, Depends(_source)]
