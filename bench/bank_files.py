"""A bank's file of a hundred thousand rows: how long it takes, and how much memory.

    python -m bench.bank_files [--rows 100000] [--only sqlite|postgresql]

Half of the rows are draws and half repayments of 200 credit lines; one in a hundred is negative and
one in a hundred is of nobody. The file is taken in, and then, a row longer, taken in again.
"""

import argparse
import resource
from collections.abc import Iterator
from datetime import date, timedelta
from time import perf_counter
from typing import Final

from sqlalchemy.engine import Engine

from bench.harness import KINDS, each_kind
from booking.db.transactions import unit_of_work
from booking.loans.models import BankFile
from booking.wiring import REACTIONS
from tests.factories.bank_files import bank_text, columns, run_job, send_bytes
from tests.factories.settled_uses import make_company, make_loan

_LINES: Final = 200
_FIRST: Final = date(2026, 1, 1)


def rows(count: int) -> Iterator[str]:
    """What the bank says, newest last."""
    for n in range(count):
        drawn, line = n % (2 * _LINES) < _LINES, n % _LINES
        on = _FIRST + timedelta(days=n * 300 // count)
        loan = "nobody" if n % 100 == 99 else f"YQD-{line}"
        amount = "-5.00" if n % 100 == 98 else "5.00"
        sides = f"{amount}," if drawn else f",{amount}"
        yield f"T{n},{loan},{on.isoformat()},{sides},示例"


def measure(engine: Engine, count: int) -> None:
    """Print seconds, memory and outcomes."""
    with unit_of_work(engine, REACTIONS) as uow:
        company = make_company(uow)
        for n in range(_LINES):
            make_loan(uow, company, number=f"YQD-{n}")
    text = bank_text(*rows(count))
    for name, content in (("first", text), ("longer", f"{text}T,YQD-1,2026-11-01,5.00,,\n")):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begin = perf_counter()
        with unit_of_work(engine, REACTIONS) as uow:
            sent = send_bytes(uow, content.encode("gb18030"), mapping=columns())
        looked = perf_counter()
        failures = run_job(engine)
        taken = perf_counter()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
        with unit_of_work(engine, REACTIONS) as uow:
            file = uow.session.get_one(BankFile, sent)
            counts = (file.taken, file.known, file.conflicting, file.queued, file.refused)
            assert sum(counts) == file.total == file.done
        print(
            f"{name:7} {file.total} rows: looked over in {looked - begin:5.1f} s, taken in in "
            f"{taken - looked:5.1f} s, {grown} MiB more; taken, known, conflicting, queued, "
            f"refused: {counts} {failures}"
        )


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--only", choices=KINDS)
    told = parser.parse_args()
    for engine in each_kind(told.only):
        measure(engine, told.rows)


if __name__ == "__main__":
    main()
