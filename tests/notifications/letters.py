"""One fixed set of facts for every way in which a letter can read: what the golden files are of."""

from collections.abc import Iterator, Mapping
from typing import Final

from booking.notifications.models import OutboxMessage
from booking.notifications.rules.standing import Audience
from booking.reservations.states import State
from tests.notifications.letters_about_money import credit, money
from tests.notifications.told import (
    COMPANY,
    END,
    NEW_END,
    NEW_START,
    NOW,
    NUMBER,
    REASON,
    SEM,
    START,
    UNTIL,
    Facts,
)

_BOOKED: Final = {"number": NUMBER, "version": 1, "starts_at": START, "ends_at": END}
# What is looked up when a letter about a booking leaves.
BOOKING: Final = {
    "instrument": SEM,
    "instrument_en": "",
    "address": "示例大学材料楼 101",
    "lab": "电镜室",
    "state": State.CONFIRMED,
    "who": "示例甲",
    "organisation": COMPANY,
}
_ON_SEM: Final = {"instrument": SEM, "instrument_id": 7}
_TIMES: Final = [
    "2026-11-24T04:00:00+00:00/2026-11-24T06:00:00+00:00",
    "2026-11-25T04:00:00+00:00/2026-11-25T06:00:00+00:00",
]
_HELD: Final = {**_ON_SEM, "start_at": START, "end_at": END}
_SERIES: Final = {
    "number": "Q20261123-0001",
    "instrument": SEM,
    "count": 2,
    "times": _TIMES,
    "waits": False,
    "skipped": 0,
    "total_fen": None,
    "fee_fen": 0,
    "reason": "",
}
_SHEET: Final = {"file": "仪器.xlsx", "import_id": 5, "total": 3, "created": 1, "changed": 1}
_QUALIFIED: Final = {
    "organisation": COMPANY,
    "organisation_id": 4,
    "code": "hnte",
    "number": "GR202661000123",
    "valid_to": "2026-12-01",
    "days": None,
    "reason": "",
}


def _bookings() -> Iterator[tuple[str, Facts]]:
    steps = ("requested", "confirmed", "moved", "rejected", "expired", "cancelled")
    for step in (*steps, "handed_over", "handed_on"):
        reason = REASON if step == "rejected" else ""
        yield f"booking-{step}", {**_BOOKED, "what": f"reservation.{step}", "reason": reason}
    late = {"what": "reservation.cancelled", "reason": "", "fee_fen": 16_000}
    yield "booking-cancelled_late", {**_BOOKED, **late}
    yield "booking_reminder", _BOOKED
    yield from _fees_and_disputes()
    yield "request_waiting", {**_BOOKED, "what": "reservation.requested", "reason": ""}
    whose = {"who": "示例甲", "organisation": COMPANY, "instrument": SEM}
    yield "request_waiting-series", {**whose, "what": "series", "count": 2, "times": _TIMES}
    yield from _of_several()
    yield "waitlist_offer", {**_HELD, "until_at": START}
    yield "waitlist_lapsed", _HELD
    yield "waitlist_without", {**_HELD, "gone": ["原位加热台", "示例能谱仪"]}
    yield from _asks()
    free = {"time": _TIMES[1], "path": f"/reservations/{NUMBER}/move", "here": True}
    other = {"time": _TIMES[0], "path": "/instruments/8/booking", "here": False}
    closed = {**_BOOKED, "instrument": SEM, "expected_at": END}
    yield "fault_closed", {**closed, "instead": []}
    yield "fault_closed-instead", {**closed, "instead": [free, other]}
    yield "fault_repaired", {**_BOOKED, "instrument": SEM}


def _of_several() -> Iterator[tuple[str, Facts]]:
    yield "series_step-asked", {**_SERIES, "step": "series.reserved", "waits": True}
    priced = {"total_fen": 320_000, "skipped": 1}
    yield "series_step-reserved", {**_SERIES, "step": "series.reserved", **priced}
    for step in ("approved", "moved"):
        yield f"series_step-{step}", {**_SERIES, "step": f"series.{step}"}
    yield "series_step-rejected", {**_SERIES, "step": "series.rejected", "reason": REASON}
    yield "series_step-cancelled", {**_SERIES, "step": "series.cancelled", "fee_fen": 16_000}
    steps = [[SEM, _TIMES[0], False], ["离子减薄仪", _TIMES[1], True]]
    joint = {"number": "J20261123-0001", "steps": steps, "total_fen": None, "reason": ""}
    yield "joint_step-reserved", {**joint, "step": "joint.reserved", "fee_fen": 0, **priced}
    yield "joint_step-moved", {**joint, "step": "joint.moved", "fee_fen": 0}
    given_back = {"step": "joint.cancelled", "fee_fen": 16_000, "steps": steps[:1]}
    yield "joint_step-cancelled", {**joint, **given_back}
    ahead = [[SEM, "Example SEM", _TIMES[0], False], ["离子减薄仪", "", _TIMES[1], True]]
    every = {"organisation": COMPANY, "bookings": ahead, "numbers": [NUMBER], "reason": ""}
    ended = {"step": "bookings.ended", "reason": "the organisation was suspended"}
    yield "bookings_step-ended", {**every, **ended}
    for step in ("handed_over", "handed_on"):
        yield f"bookings_step-{step}", {**every, "step": f"bookings.{step}"}


def _fees_and_disputes() -> Iterator[tuple[str, Facts]]:
    held = {"number": NUMBER, "instrument": SEM, "start_at": START, "end_at": END}
    cost = {**held, "minutes": 0, "fee_fen": 16_000, "who": ""}
    yield "booking_fee-missed", {**cost, "what": "reservation.missed"}
    yield "booking_fee-missed_free", {**cost, "what": "reservation.missed", "fee_fen": 0}
    ran_over = {"what": "reservation.overran", "minutes": 45, "who": "示例乙"}
    yield "booking_fee-overran", {**cost, **ran_over}
    yield "booking_fee-cancelled", {**cost, "what": "reservation.cancelled", "who": "示例乙"}
    dispute = {**held, "final": False, "reason": ""}
    for step in ("dispute_answered", "centre_asked"):
        yield f"dispute_step-{step}", {**dispute, "step": f"use.{step}"}
    for step in ("disputed", "dispute_resolved"):
        yield f"dispute_step-{step}", {**dispute, "step": f"use.{step}", "reason": "机时不符"}
    final = {"step": "use.dispute_resolved", "final": True, "reason": "以日志为准"}
    yield "dispute_step-decided_by_centre", {**dispute, **final}


def _asks() -> Iterator[tuple[str, Facts]]:
    yield "hindered", {"number": NUMBER, "instrument": SEM, "start_at": START}
    new = {"new_start_at": NEW_START, "new_end_at": NEW_END}
    proposed = {"number": NUMBER, "instrument": SEM, "reason": "", **new}
    made = {"until_at": UNTIL, "reason": "上午的使用要延长"}
    yield "proposal_step-made", {**proposed, "step": "proposal.made", **made}
    for step in ("accepted", "declined", "lapsed", "withdrawn"):
        told = {"step": f"proposal.{step}", "until_at": None}
        yield f"proposal_step-{step}", {**proposed, **told}
    held = {"number": NUMBER, "instrument": SEM, "start_at": START, "end_at": END}
    for step in ("asked", "declined", "lapsed", "withdrawn"):
        until = UNTIL if step == "asked" else None
        told = {"step": f"swap.{step}", "until_at": until}
        yield f"swap_step-{step}", {**held, **new, **told}


def _orders() -> Iterator[tuple[str, Facts]]:
    order = {
        "number": "E20261123-0001",
        "instrument": SEM,
        "company": COMPANY,
        "reason": "",
        "by_clock": False,
        "day": "",
    }
    steps = ("asked", "quoted", "quote_accepted", "message_sent", "report_accepted", "closed")
    for step in steps:
        yield f"order_step-{step}", {**order, "step": f"order.{step}"}
    for step in ("declined", "quote_refused", "withdrawn", "called_off", "report_objected"):
        told = {"step": f"order.{step}", "reason": REASON}
        yield f"order_step-{step}", {**order, **told}
    moved = {"labels": ["S1", "S2"], "station": "received"}
    yield "order_step-samples_moved", {**order, "step": "order.samples_moved", **moved}
    yield "order_step-reported", {**order, "step": "order.reported", "day": "2026-12-07"}
    clock = {"by_clock": True}
    yield "order_step-quote_expired", {**order, "step": "order.quote_expired", **clock}
    yield "order_step-untouched", {**order, "step": "order.report_accepted", **clock}


def _instruments() -> Iterator[tuple[str, Facts]]:
    yield "fault_reported", {**_ON_SEM, "what": "真空漏气"}
    for name, overdue in (("filing_due", False), ("filing_due-overdue", True)):
        yield name, {**_ON_SEM, "due": "2026-12-31", "is_overdue": overdue}
    report = {"due": "2026-10-15", "period": "2026-Q3", "organisation_id": 3}
    yield "report_due", {**report, "kind": "service", "organisation": "示例大学"}
    yield "report_due-zone", {**report, "kind": "monitoring", "organisation": "", "period": "2025"}
    for step in ("submitted", "returned", "published"):
        reason = "缺少照片" if step == "returned" else ""
        told = {"step": f"instrument.{step}", "lab": "电镜室", "reason": reason}
        yield f"instrument_step-{step}", {**_ON_SEM, **told}
    whole = {**_SHEET, "broke_off": False, "unchanged": 1, "faulty": 0}
    yield "sheet_taken_in", whole
    yield "sheet_taken_in-faulty", {**whole, "unchanged": 0, "faulty": 1}
    yield "sheet_taken_in-broke_off", {**whole, "broke_off": True}


def _trainings() -> Iterator[tuple[str, Facts]]:
    yield "training_asked", {**_ON_SEM, "who": "示例甲", "organisation": COMPANY}
    met = {"start_at": START, "end_at": END, "place": "101 室", "trainer": "示例教员"}
    told = {**_ON_SEM, "reason": ""}
    yield "training_step-scheduled", {**told, "step": "training.scheduled", **met}
    yield "training_step-granted", {**told, "step": "training.granted", "valid_to": "2027-11-23"}
    yield "training_step-granted_for_good", {**told, "step": "training.granted", "valid_to": ""}
    for step in ("revoked", "declined"):
        yield f"training_step-{step}", {**told, "step": f"training.{step}", "reason": REASON}
    for why in ("cancelled", "taken_off", "not_passed"):
        held = {"step": f"training.put_back.{why}", "start_at": START, "end_at": END}
        yield f"training_step-{why}", {**told, **held}
    for by in ("disuse", "term"):
        for name, days in (("soon", 30), ("over", 0)):
            ends = {"last_day": "2026-12-23", "days": days, "by": by}
            yield f"training_ending-{by}_{name}", {**_ON_SEM, **ends}


def _needs() -> Iterator[tuple[str, Facts]]:
    need = {"need_id": 3, "what": "断口形貌", "lab": "电镜室"}
    yield "need_offer-made", {**need, "step": "need.offer_made"}
    whose = {"company": COMPANY, "contact": "示例甲", "email": "a@example.com"}
    yield "need_offer-accepted", {**need, "step": "need.offer_accepted", **whose}
    yield "need_offer-declined", {**need, "step": "need.offer_declined"}
    yield "needs_digest", {"lab": "电镜室", "needs": [[3, "断口形貌", "2026-12-01"]]}
    searches = [["电镜", "1.1", [[7, SEM]], 2]]
    yield "new_cards", {"searches": searches, "number": 3}


def _organisations() -> Iterator[tuple[str, Facts]]:
    place = {"organisation": COMPANY, "organisation_id": 4}
    for state in ("verified", "returned", "suspended"):
        reason = "" if state == "verified" else "名称不符"
        yield f"organisation_state-{state}", {**place, "state": state, "reason": reason}
    yield "qualification-verified", {**_QUALIFIED, "state": "verified"}
    yield "qualification-returned", {**_QUALIFIED, "state": "returned", "reason": "看不清"}
    yield "qualification-expiring", {**_QUALIFIED, "state": "verified", "days": 30}
    yield "registration_waiting", {"organisation": COMPANY}
    hook = {"organisation": COMPANY, "host": "lims.invalid", "webhook_id": 2, "days": 3}
    yield "webhook_failing", hook


def _people() -> Iterator[tuple[str, Facts]]:
    for unused in (False, True):
        name = "account_closed-unused" if unused else "account_closed"
        yield name, {"until_at": END, "unused": unused}
    spell = {"first": "2026-12-01", "last": "2026-12-05", "reason": "年假"}
    yield "delegation", {**spell, "who": "示例乙", "role": "lab_manager"}
    left = {"who": "示例甲", "organisation": COMPANY, "successor": "示例乙"}
    yield "departure", {**left, "taking_over": False}
    yield "departure-successor", {**left, "taking_over": True}
    invited = {"inviter": "示例乙", "ends_at": END, "link": ["invitation", 1]}
    in_lab = {"role": "operator", "organisation": "示例大学", "lab": "电镜室"}
    yield "invitation", {**invited, **in_lab}
    yield "invitation-centre", {**invited, "role": "finance", "organisation": "", "lab": ""}
    yield "password_changed", {"changed_at": START}
    yield "password_link", {"ends_at": END, "link": ["password", 1]}
    yield "sign_in_changed", {"what": "user.second_factor_set_up", "changed_at": START}
    yield "sign_up", {"organisation": COMPANY, "ends_at": END, "link": ["sign_up", 1]}
    yield "sign_up_known", {"organisation": COMPANY}
    yield "token_expiring", {"token": "采集程序", "ends_at": END}
    viewed = {"viewer": "示例管理员", "reason": "核对", "from_at": START, "until_at": END}
    yield "viewed_as", viewed


_FAMILIES: Final = (
    *(_bookings, _orders, credit, money, _instruments),
    *(_trainings, _needs, _organisations, _people),
)
LETTERS: Final[Mapping[str, Facts]] = {
    name: facts for family in _FAMILIES for name, facts in family()
}
_LOOKED_UP: Final = {"booking", "booking_reminder", "request_waiting"}


def fact_of(name: str) -> str:
    """`booking-moved` is a letter about `booking`."""
    return name.partition("-")[0]


def letter(name: str, locale: str, *, key: int = 1) -> OutboxMessage:
    """A row as the reactions write it."""
    facts = LETTERS[name]
    return OutboxMessage(
        id=key,
        fact=fact_of(name),
        user_id=1,
        email="reader@example.com",
        locale=locale,
        params={"name": "示例甲", **facts},
        audience=Audience.HOLDER,
        about=str(facts.get("number", "")),
        created_at=NOW,
        due_at=NOW,
    )


def looked_up(name: str) -> Facts:
    """What its row does not hold."""
    asked = name in {"booking-requested", "request_waiting"}
    state = State.REQUESTED if asked else State.CONFIRMED
    known = {**BOOKING, "state": state} if fact_of(name) in _LOOKED_UP else {}
    return {"name": "示例甲", **known}
