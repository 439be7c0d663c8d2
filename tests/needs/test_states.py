"""What can become of a need and of an offer, and nothing else."""

import pytest

from booking.needs.states import (
    NeedState,
    NeedStep,
    OfferState,
    OfferStep,
    after,
    offer_after,
)

N, S, F, T = NeedState, NeedStep, OfferState, OfferStep
LIFE = {
    (N.OPEN, S.PUBLISH): N.PUBLISHED,
    (N.OPEN, S.CLOSE): N.CLOSED,
    (N.OPEN, S.LAPSE): N.LAPSED,
    (N.PUBLISHED, S.MATCH): N.MATCHED,
    (N.PUBLISHED, S.CLOSE): N.CLOSED,
    (N.PUBLISHED, S.LAPSE): N.LAPSED,
}
OFFERS = {
    (F.OFFERED, T.ACCEPT): F.ACCEPTED,
    (F.OFFERED, T.DECLINE): F.DECLINED,
    (F.OFFERED, T.WITHDRAW): F.WITHDRAWN,
}


@pytest.mark.parametrize("state", NeedState)
@pytest.mark.parametrize("step", NeedStep)
def test_a_need_moves_only_as_the_table_says(state, step):
    assert after(state, step) is LIFE.get((state, step))


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("step", OfferStep)
def test_an_offer_is_decided_once(state, step):
    assert offer_after(state, step) is OFFERS.get((state, step))
