"""Month by month, whatever arrives when, comes to what one computation over the year says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import Session, col

from booking.billing.models import Charge
from booking.checking.report import broken
from booking.db.transactions import UnitOfWork
from booking.kernel.periods import Period
from booking.organisations.models import Organisation, Qualification
from booking.subsidies.actions.review_statement import lock
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.queries.programmes import active_programmes
from booking.subsidies.queries.uses import USE_COLUMNS, line_from, qualifications
from booking.subsidies.rules.evaluation import evaluate
from booking.wiring import REACTIONS
from tests.factories.corrections import now_costs
from tests.factories.instruments import make_instrument
from tests.factories.organisations import make_organisation, make_qualification
from tests.factories.settled_uses import make_programme, settled_use
from tests.subsidies.requests import programme, tiers
from tests.support.clock import moment
from tests.support.databases import Copies

MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")
LAST = "2026-12"
QUALIFIED = {"tiers": [{"when": {"qualification": "tech_sme"}, "rate": "0.50"}, {"rate": "0.20"}]}


@dataclass(frozen=True)
class Use:
    """A use, when it was, when it was confirmed, after which month it arrived, its later price."""

    company: int
    tool: int
    day: int
    confirmed: int
    arrives: int
    price: int
    later_price: int | None
    changes: int


USES = st.builds(
    Use,
    company=st.integers(0, 2),
    tool=st.integers(0, 1),
    day=st.integers(0, 119),
    confirmed=st.integers(0, 9),
    arrives=st.integers(0, 4),
    price=st.integers(1, 200_000),
    later_price=st.none() | st.integers(0, 200_000),
    changes=st.integers(0, 4),
)


def before(at: int) -> datetime:
    """Some hours before the settlement of that day."""
    return moment(f"2027-01-{at + 1:02d}T08:00")


def caps(**amounts: str) -> list[dict[str, str]]:
    return [{"scope": scope, "amount": amount} for scope, amount in amounts.items()]


LIMITS = st.sampled_from(
    [
        {},
        {"caps": caps(user="900.00")},
        {"caps": caps(line="300.00", user="700.00")},
        {"caps": caps(instrument="400.00", user="600.00")},
        {"caps": caps(group="900.00")},
        {"caps": caps(user="800.00", provider="900.00")},
        {"budget": {"amount": "1000.00", "rule": "first_come"}},
        {
            "caps": caps(user="800.00"),
            "budget": {"amount": "1000.00", "rule": "first_come"},
        },
    ]
)
SECOND = st.sampled_from(
    [
        None,
        programme("Q", rate=tiers("0.60")),
        programme("Q", rate=tiers("0.60"), caps=[{"scope": "user", "amount": "500.00"}]),
        programme("Q", kind="provider", rate=tiers("0.70")),
    ]
)


@dataclass
class Year:
    """A year of uses that arrive between settlements."""

    uow: UnitOfWork
    uses: Sequence[Use]
    verified: Sequence[int]
    locks: Sequence[bool]

    def live(self) -> None:
        """Settle month after month; at the end lock what is left and settle once more."""
        make = self.uow
        self.companies = [
            make_organisation(make, controller_key="示例实控人" if n else None) for n in range(3)
        ]
        self.tools = [make_instrument(make) for _ in range(2)]
        self.charges: dict[Use, Charge] = {}
        for at, month in enumerate(MONTHS):
            self._arrive(at)
            self._settle(month, at, lock_all=self.locks[at])
        self._arrive(len(MONTHS))
        for month in MONTHS:
            self._settle(month, len(MONTHS), lock_all=True)
        self._settle(LAST, len(MONTHS) + 1, lock_all=True)

    def _arrive(self, at: int) -> None:
        for use in self.uses:
            if use.arrives == at:
                self.charges[use] = self._charge(use)
            if use.later_price is not None and max(use.changes, use.arrives) == at:
                self._correct(use, at)
        for company, when in zip(self.companies, self.verified, strict=True):
            if when == at:
                self._qualify(company, at)

    def _charge(self, use: Use) -> Charge:
        month, day = divmod(use.day, 30)
        return settled_use(
            self.uow,
            self.companies[use.company],
            f"{use.price / 100:.2f}",
            instrument=self.tools[use.tool],
            ended=f"2026-{8 + month:02d}-{day + 1:02d}T16:00",
            confirmed=f"2026-12-{use.confirmed + 1:02d}T09:00",
        )

    def _correct(self, use: Use, at: int) -> None:
        if use.later_price not in {None, use.price}:
            now_costs(self.uow, self.charges[use], use.later_price, now=before(at))

    def _qualify(self, company: Organisation, at: int) -> None:
        key = make_qualification(self.uow, company.key)
        self.uow.session.execute(
            sa.update(Qualification)
            .where(col(Qualification.id) == key)
            .values(verified_at=before(at))
        )

    def _settle(self, month: str, at: int, *, lock_all: bool) -> None:
        now = moment(f"2027-01-{at + 1:02d}T12:00")
        view = settle_period(self.uow, Period.parse(month), actor_id=None, now=now)
        for row in view.statements if lock_all else ():
            if row.state == "draft":
                lock(self.uow, row.number, actor_id=None, now=now)

    def paid(self) -> dict[tuple[str, str], int]:
        query = (
            sa.select(
                col(StatementLine.programme),
                col(StatementLine.reference),
                sa.func.sum(col(StatementLine.payable_fen)),
            )
            .where(col(StatementLine.live))
            .group_by(col(StatementLine.programme), col(StatementLine.reference))
        )
        return {(code, item): int(fen) for code, item, fen in self.uow.session.execute(query)}

    def at_once(self) -> dict[tuple[str, str], int]:
        """What one computation over all lines says, as they stand at the end."""
        session = self.uow.session
        held = qualifications(session)
        lines = [line_from(row, held) for row in session.execute(USE_COLUMNS)]
        found = evaluate(active_programmes(session), lines)
        return {(one.terms.id, one.item): one.payable for one in found.results}


Years = Callable[..., None]


@pytest.fixture
def one_year(unwritten: Engine, copies: Copies) -> Years:
    """Live it in a transaction of its own, that the next one need not read past what it wrote."""

    def live(terms: list[dict[str, Any]], **facts: Any) -> None:
        copies.sweep()
        with forgotten(unwritten) as uow:
            for one in terms:
                make_programme(uow, one)
            year = Year(uow, **facts)
            year.live()
            assert year.paid() == year.at_once()
            assert [found for found in broken(uow.session) if found.invariant in (4, 6)] == []

    return live


@contextmanager
def forgotten(engine: Engine) -> Iterator[UnitOfWork]:
    """What `uow` is, as often as one likes."""
    with (
        engine.connect() as connection,
        connection.begin() as outer,
        Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session,
    ):
        try:
            yield UnitOfWork(session, REACTIONS)
        finally:
            session.close()
            outer.rollback()


# A failing year is small enough to read, and shrinking it takes minutes.
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
YEARS = {
    "uses": st.lists(USES, min_size=1, max_size=8, unique=True),
    "verified": st.tuples(*[st.integers(0, 5)] * 3),
    "locks": st.tuples(*[st.booleans()] * 4),
    "limits": LIMITS,
    "second": SECOND,
}


def terms_of(limits: dict[str, Any], second: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [programme(rate=QUALIFIED, **limits), *([second] if second else [])]


@example(
    # What the later programme gives back has to be free before the first one is granted more.
    uses=[Use(0, 0, day=0, confirmed=0, arrives=0, price=1, later_price=None, changes=0)],
    verified=(4, 0, 0),
    locks=(False, False, False, True),
    limits={},
    second=programme("Q", rate=tiers("0.60")),
)
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(**YEARS)
def test_months_come_to_what_the_year_comes_to(one_year, uses, verified, locks, limits, second):
    one_year(terms_of(limits, second), uses=uses, verified=verified, locks=locks)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=list(HealthCheck), phases=UNSHRUNK)
@given(**YEARS)
def test_many_years_of_months_do(one_year, uses, verified, locks, limits, second):
    one_year(terms_of(limits, second), uses=uses, verified=verified, locks=locks)
