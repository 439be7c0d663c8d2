"""The lives of a need and of an offer: open → published → matched | closed | lapsed.

A matched need stays as it is; whatever was offered besides is declined. An offer is made once and
accepted, declined or withdrawn.
"""

from enum import StrEnum


class NeedState(StrEnum):
    # Only its company reads it.
    OPEN = "open"
    # Labs read what it says, not whose it is.
    PUBLISHED = "published"
    MATCHED = "matched"
    CLOSED = "closed"
    LAPSED = "lapsed"


class NeedStep(StrEnum):
    PUBLISH = "publish"
    MATCH = "match"
    CLOSE = "close"
    LAPSE = "lapse"


TRANSITIONS: dict[tuple[NeedState, NeedStep], NeedState] = {
    (NeedState.OPEN, NeedStep.PUBLISH): NeedState.PUBLISHED,
    (NeedState.OPEN, NeedStep.CLOSE): NeedState.CLOSED,
    (NeedState.OPEN, NeedStep.LAPSE): NeedState.LAPSED,
    (NeedState.PUBLISHED, NeedStep.MATCH): NeedState.MATCHED,
    (NeedState.PUBLISHED, NeedStep.CLOSE): NeedState.CLOSED,
    (NeedState.PUBLISHED, NeedStep.LAPSE): NeedState.LAPSED,
}


def after(state: NeedState, step: NeedStep) -> NeedState | None:
    """Where a step leads, or nothing when it is not allowed from here."""
    return TRANSITIONS.get((state, step))


class OfferState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class OfferStep(StrEnum):
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


OFFER_TRANSITIONS: dict[tuple[OfferState, OfferStep], OfferState] = {
    (OfferState.OFFERED, OfferStep.ACCEPT): OfferState.ACCEPTED,
    (OfferState.OFFERED, OfferStep.DECLINE): OfferState.DECLINED,
    (OfferState.OFFERED, OfferStep.WITHDRAW): OfferState.WITHDRAWN,
}


def offer_after(state: OfferState, step: OfferStep) -> OfferState | None:
    """Where a step leads, or nothing when it is not allowed from here."""
    return OFFER_TRANSITIONS.get((state, step))
