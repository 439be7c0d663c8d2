"""Settlement of a month: the whole deed, against the engine alone and the bare insert of its lines.

    python -m bench.settlement [--uses 100000] [--only sqlite|postgresql] [--what-if]

Uses of one month by 200 companies on 100 instruments, under the example programme for users and the
one for providers: two lines a use. Then a what-if over the same uses.
"""

import argparse
import gc
import resource
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from bench.harness import KINDS, Fresh, fresh_database
from booking.db.bulk import Value, write_many
from booking.db.transactions import unit_of_work
from booking.instruments.models.instrument import Instrument
from booking.instruments.models.policy import BookingPolicy
from booking.instruments.models.tariff import Tariff
from booking.instruments.models.unit import Unit
from booking.kernel.periods import Period
from booking.organisations.models import Lab, Organisation
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.actions.simulate import Asked, what_if
from booking.subsidies.models.statement import StatementLine
from booking.subsidies.queries.past_uses import past_uses
from booking.subsidies.queries.uses import unsettled_uses
from booking.subsidies.rules.evaluation import evaluate
from booking.subsidies.rules.line import Line
from booking.subsidies.rules.reading import read_programme
from booking.subsidies.rules.what_if import Chunk, Trial
from tests.factories.accounts import make_user
from tests.factories.instruments import make_instrument, make_lab
from tests.factories.settled_uses import make_company, make_programme, seeded_programme
from tests.support.clock import moment

COMPANIES, INSTRUMENTS, LABS = 200, 100, 10
MONTH = Period.parse("2026-10")
NOW = moment("2026-11-01T02:00")
PROGRAMMES = ("usage_2026", "provider_2026")

_RESERVATION = (
    "id",
    "number",
    "instrument_id",
    "unit_id",
    "organisation_id",
    "holder_id",
    "mode",
    "purpose",
    "samples",
    "starts_at",
    "ends_at",
    "state",
    "version",
    "external",
    "customer_class",
    "policy_id",
    "tariff_id",
    "quote",
    "quoted_fen",
    "fee_fen",
    "missed_from",
    "free_cancel_until",
    "override_reason",
    "state_reason",
    "late",
    "created_by",
    "created_at",
    "updated_at",
)
_CHARGE = (
    "number",
    "reservation_id",
    "kind",
    "organisation_id",
    "provider_id",
    "instrument_id",
    "amount_fen",
    "lines",
    "tariff_id",
    "vat_rate",
    "basis",
    "ordered_at",
    "service_started_at",
    "service_ended_at",
    "confirmed_at",
    "flags",
)


def main() -> None:
    """Measure on each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uses", type=int, default=100_000)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--what-if", action="store_true", help="leave the settlement out")
    asked = parser.parse_args()
    for kind in [asked.only] if asked.only else KINDS:
        with fresh_database(kind) as fresh:
            _measure(fresh, asked.uses, settles=not asked.what_if)


def _measure(fresh: Fresh, uses: int, *, settles: bool) -> None:
    engine = fresh.engine(patient=True)
    _load(engine, uses)
    print(f"{fresh.kind}: {uses:,} confirmed uses in {MONTH}")
    if settles:
        _measure_settlement(engine)
    _measure_what_if(engine, uses)
    if settles:
        again, _ = _settled(engine)
        print(f"  drawn up again  {again:7.2f} s")
    engine.dispose()


def _measure_settlement(engine: Engine) -> None:
    took, lines = _settled(engine)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  settlement      {took:7.2f} s   {lines:,} lines, peak memory {peak} MB")
    alone = _engine_alone(engine)
    print(f"  engine alone    {alone:7.2f} s   settlement : engine = {took / alone:.1f}")
    bare = _bare_insert(engine)
    print(f"  bare insert     {bare:7.2f} s   settlement : insert = {took / bare:.1f}")


def _settled(engine: Engine) -> tuple[float, int]:
    begun = time.perf_counter()
    with unit_of_work(engine, {}) as uow:
        view = settle_period(uow, MONTH, actor_id=None, now=NOW)
    return time.perf_counter() - begun, view.totals["line_count"]


def _engine_alone(engine: Engine) -> float:
    """The engine over the same lines."""
    terms = [read_programme(seeded_programme(name)) for name in PROGRAMMES]
    with Session(engine) as session:
        session.execute(sa.delete(StatementLine))
        lines = unsettled_uses(session, {"any": [terms[0]]}, until=MONTH.until).lines["any"]
        session.rollback()
    return _timed(terms, lines)


def _measure_what_if(engine: Engine, uses: int) -> None:
    """A draft tried on the month: the stream alone, a plain loop over it, the draft alone; then the
    whole what-if beside today's rule."""
    terms = read_programme(seeded_programme(PROGRAMMES[0]))
    with Session(engine) as session:
        stream = _streamed(session, lambda _: None)
        plain = _streamed(session, _Plain().take) - stream
        trial = Trial([terms], period=MONTH)
        one = _streamed(session, trial.take)
        begun = time.perf_counter()
        trial.end_pass()
        one += time.perf_counter() - begun
        begun = time.perf_counter()
        what_if(session, Asked(MONTH, [seeded_programme(PROGRAMMES[0])]))
        both = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  what-if, draft  {one:7.2f} s   {one / uses * 1e6:.1f} µs a use, peak {peak} MB")
    print(f"    of it stream  {stream:7.2f} s   engine : plain loop = {(one - stream) / plain:.1f}")
    print(f"  beside today's  {both:7.2f} s   {both / uses * 1e6:.1f} µs a use")


def _streamed(session: Session, take: Callable[[Chunk], None]) -> float:
    gc.collect()
    begun = time.perf_counter()
    for chunk in past_uses(session, MONTH, ["service_end"]):
        take(chunk)
    return time.perf_counter() - begun


class _Plain:
    """What one would write without an engine: eligibility, a rate, four caps, sums; no reasons."""

    def __init__(self) -> None:
        self.left: dict[tuple[str, str], int] = {}
        self.months: dict[str, int] = {}

    def take(self, chunk: Chunk) -> None:
        for line in chunk.lines:
            day = line.service_end
            if day is None or line.flags or line.user_region != "xixian":
                continue
            held = {q.code for q in line.qualifications if q.first <= day <= (q.last or day)}
            rate = 30 if "tech_sme" in held else 20 if "hnte" in held else 0
            base = min(line.contract_amount, line.invoice_amount, line.paid_amount)
            paid = min((base * rate + 50) // 100, 2_000_000)
            keys = (("i", line.user + line.instrument), ("u", line.user), ("g", line.group))
            for key, most in zip(keys, (30_000_000, 120_000_000, 150_000_000), strict=True):
                paid = min(paid, self.left.get(key, most))
            for key, most in zip(keys, (30_000_000, 120_000_000, 150_000_000), strict=True):
                self.left[key] = self.left.get(key, most) - paid
            self.months[line.user] = self.months.get(line.user, 0) + paid


def _timed(terms: object, lines: list[Line]) -> float:
    gc.collect()
    begun = time.perf_counter()
    evaluate(terms, lines)  # type: ignore[arg-type]
    return time.perf_counter() - begun


def _bare_insert(engine: Engine) -> float:
    """The same rows once more, out of the table itself, and back."""
    table = "statement_line"
    columns = [c.name for c in StatementLine.__table__.columns if c.name != "id"]  # type: ignore[attr-defined]
    plain = ", ".join("false" if name == "live" else name for name in columns)
    begun = time.perf_counter()
    with engine.connect() as connection, connection.begin() as outer:
        connection.exec_driver_sql(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {plain} FROM {table}"
        )
        outer.rollback()
    return time.perf_counter() - begun


def _load(engine: Engine, uses: int) -> None:
    with unit_of_work(engine, {}) as uow:
        for name in PROGRAMMES:
            make_programme(uow, seeded_programme(name))
        companies = [make_company(uow, controller_key=f"k{i // 2}") for i in range(COMPANIES)]
        labs = [make_lab(uow) for _ in range(LABS)]
        tools = [make_instrument(uow, lab_id=labs[i % LABS].key) for i in range(INSTRUMENTS)]
        holder = make_user(uow).key
        session = uow.session
        write_many(
            session,
            "reservation",
            _RESERVATION,
            rows=list(
                _reservations(session, uses, companies=companies, tools=tools, holder=holder)
            ),
        )
        write_many(
            session,
            "charge",
            _CHARGE,
            rows=list(_charges(session, uses, companies=companies, tools=tools)),
        )
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def _at(session: Session, at: datetime) -> Value:
    if session.get_bind().dialect.name == "sqlite":
        return int(at.timestamp()) * 1_000_000
    return at.isoformat()


def _spans(uses: int) -> Iterator[tuple[int, datetime, datetime]]:
    step = timedelta(days=30) / uses
    for n in range(uses):
        begun = MONTH.span.start + n * step
        yield n, begun, begun + timedelta(hours=2)


def _reservations(
    session: Session,
    uses: int,
    *,
    companies: list[Organisation],
    tools: list[Instrument],
    holder: int,
) -> Iterator[tuple[Value, ...]]:
    units = {u.instrument_id: u.key for u in session.exec(select(Unit))}
    policies = {p.instrument_id: p.key for p in session.exec(select(BookingPolicy))}
    tariffs = {t.instrument_id: t.key for t in session.exec(select(Tariff))}
    for n, start, end in _spans(uses):
        tool, company = tools[n % INSTRUMENTS].key, companies[n % COMPANIES].key
        begun, ended = _at(session, start), _at(session, end)
        yield (
            *(n + 1, f"R-{n:07d}", tool, units[tool], company, holder, "self_operated", "示例", 0),
            *(begun, ended, "settled", 1, True, "enterprise", policies[tool], tariffs[tool]),
            *("{}", 0, 0, begun, begun, "", "", False, holder, begun, ended),
        )


def _charges(
    session: Session, uses: int, *, companies: list[Organisation], tools: list[Instrument]
) -> Iterator[tuple[Value, ...]]:
    owners = {lab.key: lab.organisation_id for lab in session.exec(select(Lab))}
    tariffs = {t.instrument_id: t.key for t in session.exec(select(Tariff))}
    for n, start, end in _spans(uses):
        tool, company = tools[n % INSTRUMENTS], companies[n % COMPANIES].key
        begun, ended = _at(session, start), _at(session, end)
        yield (
            *(f"C-R-{n:07d}", n + 1, "use", company, owners[tool.lab_id], tool.key),
            *(10_000 + n * 7919 % 490_000, "[]", tariffs[tool.key], "0.06", "reserved"),
            *(begun, begun, ended, ended, "[]"),
        )


if __name__ == "__main__":
    main()
