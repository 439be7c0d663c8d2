"""Promised outside hours: agreed once, counted from confirmed use, judged, warned of, told."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from booking.access.actor import HOUSE, Grant
from booking.access.roles import Role
from booking.instruments.states import InstrumentState
from booking.kernel.errors import RulesBroken
from booking.loans.actions.promise_hours import promise_hours
from booking.loans.errors import PromiseMade
from booking.loans.jobs import judge_promises, warn_of_promises
from booking.loans.models import CreditLine, LineKind
from booking.loans.queries.exposure import exposure_on
from booking.loans.queries.lines import loan_values
from booking.loans.queries.promises import promises
from booking.loans.report import promised_on
from booking.loans.rules.balances import PromiseYear
from booking.loans.rules.promises import Progress, Purchase, spans_of
from booking.loans.states import Acquired
from booking.notifications.models import OutboxMessage
from booking.reservations.models.reservation import Reservation
from booking.reservations.models.usage import UsageSession
from tests.factories.accounts import be, bearer, make_actor, make_member, make_staff, open_session
from tests.factories.instruments import make_instrument, make_lab
from tests.factories.settled_uses import ENTERED, make_company, make_loan, settled_use
from tests.support.clock import moment

FIRST = date(2025, 3, 1)
OVER = moment("2026-03-01T00:30")


class Scene:
    """A company that bought an instrument with a loan and promised ten hours a year."""

    def __init__(self, uow, hours=10, **facts):
        self.owner = make_company(uow)
        make_member(uow, self.owner.key, Role.COMPANY_ADMIN)
        make_staff(uow, Role.FINANCE)
        line = uow.session.merge(make_loan(uow, self.owner))
        line.kind = LineKind.PURCHASE
        uow.session.flush()
        self.line = line.key
        self.tool = make_instrument(uow, lab_id=make_lab(uow, organisation_id=self.owner.key).key)
        told = {
            "instrument_id": self.tool.key,
            "acquired": Acquired.BOUGHT,
            "cost_fen": 180_000_000,
            "contract_number": "示例合同1号",
            "hours_a_year": hours,
            "valid_from": FIRST,
            "years": 3,
        }
        self.purchase = Purchase(**{**told, **facts})

    def promise(self, uow):
        promise_hours(uow, "YQD-1", self.purchase, actor=HOUSE, now=ENTERED)
        return self

    def use(self, uow, ended, minutes=120, company=None, *, settled=True):
        who = company or make_company(uow)
        charge = settled_use(uow, who, instrument=self.tool, ended=ended)
        booked = uow.session.get_one(Reservation, charge.reservation_id)
        booked.external = who.key != self.owner.key
        end = moment(ended)
        uow.session.add(
            UsageSession(
                reservation_id=booked.key,
                instrument_id=self.tool.key,
                unit_id=booked.unit_id,
                started_at=end - timedelta(hours=2),
                ended_at=end,
                test_minutes=minutes,
                settled_at=end if settled else None,
            )
        )
        uow.session.flush()

    def years(self, uow):
        return loan_values(uow.session, [self.line])[self.line].promises


def letters(uow):
    query = select(OutboxMessage).where(col(OutboxMessage.fact) == "loan_step")
    return sorted(row.params["step"] for row in uow.session.exec(query))


def test_a_year_counts_confirmed_hours_of_others_within_it(uow):
    scene = Scene(uow).promise(uow)
    scene.use(uow, "2025-06-10T16:00")
    scene.use(uow, "2025-06-11T16:00", minutes=60)
    scene.use(uow, "2025-06-12T16:00", company=scene.owner)
    scene.use(uow, "2025-06-13T16:00", settled=False)
    # Half of it lies in the year before, half of another in the year after.
    scene.use(uow, "2025-03-01T01:00")
    scene.use(uow, "2026-03-01T01:00")
    (told,) = promised_on(uow.session, date(2025, 7, 1))
    assert [(one.delivered_hours, one.is_over) for one in told.years] == [("5.00", False)]
    assert judge_promises(uow, OVER) == 1
    assert scene.years(uow) == (PromiseYear(FIRST, date(2026, 3, 1), 1000, 500),)
    assert letters(uow) == ["loan.promise_short", "loan.promise_short"]
    assert judge_promises(uow, OVER) == 0


def test_what_is_confirmed_late_is_judged_anew(uow):
    scene = Scene(uow, hours=2).promise(uow)
    judge_promises(uow, OVER)
    scene.use(uow, "2025-06-10T16:00", minutes=60)
    assert judge_promises(uow, OVER + timedelta(days=1)) == 1
    assert len(letters(uow)) == 2
    scene.use(uow, "2025-06-11T16:00", minutes=60)
    assert judge_promises(uow, OVER + timedelta(days=2)) == 1
    (year,) = scene.years(uow)
    assert year.is_kept
    assert letters(uow) == ["loan.promise_kept", *["loan.promise_short"] * 2]


def test_a_job_that_was_away_for_years_judges_them_all(uow):
    scene = Scene(uow).promise(uow)
    assert judge_promises(uow, moment("2029-05-01T00:30")) == 3
    assert [year.first for year in scene.years(uow)] == [
        date(2025, 3, 1),
        date(2026, 3, 1),
        date(2027, 3, 1),
    ]


@pytest.mark.parametrize(
    ("now", "used", "warned"),
    [
        ("2025-08-29T08:30", 0, 0),
        ("2025-08-31T08:30", 0, 1),
        ("2025-08-31T08:30", 3, 0),
        ("2026-02-28T08:30", 4, 1),
        ("2026-03-01T08:30", 0, 0),
    ],
)
def test_a_warning_comes_once_from_the_middle_of_the_year_on(uow, now, used, warned):
    scene = Scene(uow).promise(uow)
    for day in range(used):
        scene.use(uow, f"2025-06-1{day}T16:00")
    assert warn_of_promises(uow, moment(now)) == warned
    assert letters(uow) == ["loan.promise_at_risk"] * warned
    assert warn_of_promises(uow, moment(now)) == 0


@pytest.mark.parametrize(
    ("facts", "kind", "codes"),
    [
        ({"cost_fen": 0}, LineKind.PURCHASE, ["loan.cost_nothing"]),
        ({"hours_a_year": 0}, LineKind.PURCHASE, ["loan.hours_outside"]),
        ({"hours_a_year": 8785}, LineKind.PURCHASE, ["loan.hours_outside"]),
        ({"years": 31}, LineKind.PURCHASE, ["loan.years_outside"]),
        ({"instrument_id": 0}, LineKind.PURCHASE, ["loan.card_not_theirs"]),
        ({}, LineKind.USAGE, ["loan.promise_kind"]),
    ],
)
def test_what_cannot_be_promised_is_refused(uow, facts, kind, codes):
    scene = Scene(uow, **facts)
    uow.session.get_one(CreditLine, scene.line).kind = kind
    uow.session.flush()
    with pytest.raises(RulesBroken) as caught:
        scene.promise(uow)
    assert [one.code for one in caught.value.violations] == codes


def test_only_a_public_card_of_the_borrower_is_named(uow):
    scene, other = Scene(uow), make_instrument(uow)
    scene.tool.state = InstrumentState.DRAFT
    uow.session.merge(scene.tool)
    uow.session.flush()
    for one in (scene.purchase.instrument_id, other.key):
        scene.purchase = Purchase(
            **{name: getattr(scene.purchase, name) for name in Purchase.__dataclass_fields__}
            | {"instrument_id": one}
        )
        with pytest.raises(RulesBroken):
            scene.promise(uow)


def test_a_promise_is_made_once_and_never_rewritten(uow):
    scene = Scene(uow).promise(uow)
    with pytest.raises(PromiseMade):
        scene.promise(uow)
    assert promises(uow.session)[0].hours_a_year == 10
    with pytest.raises(sa.exc.IntegrityError):
        uow.session.execute(sa.text("UPDATE purchase_promise SET hours_a_year = 1"))


def test_the_database_keeps_what_was_judged(uow):
    Scene(uow).promise(uow)
    judge_promises(uow, OVER)
    with pytest.raises(sa.exc.IntegrityError):
        uow.session.execute(sa.text("DELETE FROM promise_judgement"))


def test_exposure_tells_what_is_short(uow):
    scene = Scene(uow).promise(uow)
    scene.use(uow, "2025-06-10T16:00")
    judge_promises(uow, OVER)
    (bank,) = exposure_on(uow.session, date(2026, 3, 2))
    assert (bank.short_loans, bank.short_hours) == (1, 800)


def test_years_of_a_promise_follow_each_other():
    assert spans_of(date(2024, 2, 29), 5)[-1] == (date(2028, 2, 29), date(2029, 3, 1))
    spans = spans_of(date(2023, 8, 31), 30)
    assert all(a.until == b.first for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("delivered", "day", "missing", "at_pace"),
    [
        (0, date(2025, 1, 1), 1000, 1000),
        (250, date(2025, 4, 2), 750, 0),
        (100, date(2025, 7, 2), 900, 800),
        (1000, date(2025, 2, 1), 0, 0),
        (999, date(2026, 1, 1), 1, 1),
    ],
)
def test_pace(delivered, day, missing, at_pace):
    year = PromiseYear(date(2025, 1, 1), date(2026, 1, 1), 1000, delivered)
    one = Progress(year, day)
    assert (one.missing, one.missing_at_pace) == (missing, at_pace)


def test_finance_enters_it_on_the_page_and_the_company_reads_it(client, write, clock):
    with write() as uow:
        scene = Scene(uow)
        finance = open_session(uow, make_staff(uow, Role.FINANCE), now=clock.now())
        lender = bearer(uow, make_staff(uow, Role.FINANCE), now=clock.now())
        admin = make_member(uow, scene.owner.key, Role.COMPANY_ADMIN)
        company = open_session(uow, admin, now=clock.now())
        mine = bearer(uow, admin, now=clock.now())
    form = {
        "instrument_id": str(scene.tool.key),
        "acquired": "leased",
        "cost": "1800000.00",
        "contract_number": "示例合同1号",
        "hours_a_year": "0",
        "valid_from": "2025-03-01",
        "years": "3",
    }
    be(client, finance)
    refused = client.post("/loans/YQD-1/purchase", data=form)
    assert refused.status_code == 422
    assert 'value="1800000.00"' in refused.text
    client.post("/loans/YQD-1/purchase", data={**form, "hours_a_year": "800"})
    assert scene.tool.name in client.get("/loan-exposure").text
    assert ",0,0.00" in client.get("/loan-exposure.csv").text
    be(client, company)
    page = client.get("/loans/YQD-1").text
    assert "800.00" in page
    assert 'action="http://testserver/loans/YQD-1/purchase"' not in page
    told = client.get("/api/v1/loans/YQD-1", headers=mine).json()["purchase"]
    assert (told["acquired"], told["promise_years"][0]["promised"]) == ("leased", "800.00")
    body = {**form, "hours_a_year": 800, "years": 3, "instrument_id": scene.tool.key}
    url = "/api/v1/loans/YQD-1/purchase"
    assert client.post(url, json=body, headers=mine).status_code == 403
    assert client.post(url, json=body, headers=lender).json()["code"] == "loan.promise_made"


def test_the_lab_is_advised_how_much_more_a_week_keeps_it(write, client):
    with write() as uow:
        scene = Scene(uow, hours=100).promise(uow)
        scene.use(uow, "2026-06-10T16:00")
        lab = make_actor(uow, Grant(Role.LAB_MANAGER, lab_id=scene.tool.lab_id))
        token = bearer(uow, lab, now=moment("2026-11-23T09:00"))
        session = open_session(uow, lab, now=moment("2026-11-23T09:00"))
    told = client.get("/api/v1/utilisation/advice", headers=token).json()
    (one,) = [item for item in told["items"] if item["kind"] == "promise"]
    assert one["instrument_id"] == scene.tool.key
    # 267 days of the year are over, 98 are left: 98 hours in 14 weeks, beside two so far.
    assert one["figures"] == {
        "more_hours": round(7 - 2 * 7 / 267, 4),
        "weekly_hours": round(2 * 7 / 267, 4),
        "promised_hours": 100,
        "external_hours": 2,
        "last": "2027-02-28",
    }
    page = be(client, session).get("/utilisation/advice")
    assert "即可兑现购置贷款到 2027-02-28 为止承诺的 100.0 小时" in page.text
