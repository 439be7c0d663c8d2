"""Money: settle a period, try a programme on lines."""

import json
from pathlib import Path
from typing import Annotated

import typer

from booking.commands.setting import CLOCK, database, deed, refusals_told, stop
from booking.kernel.money import yuan
from booking.kernel.periods import Period
from booking.subsidies.actions.settle_period import settle_period
from booking.subsidies.rules.answer import evaluate_request, joined_request
from booking.subsidies.rules.documents import read_document

_FILE = typer.Option(exists=True, dir_okay=False, help="YAML or JSON")


def settle(period: str) -> None:
    """Draw up the statements of a period, as the clock would. 结算一个期间。"""
    wanted = period_of(period)
    with database() as engine, deed(engine) as uow:
        view = settle_period(uow, wanted, actor_id=None, now=CLOCK.now())
    typer.echo(f"{wanted}: {len(view.statements)} statements")
    for name, amount in view.totals.items():
        typer.echo(f"  {name.removesuffix('_fen')}: {yuan(amount) if 'fen' in name else amount}")


def evaluate(
    programme: Annotated[Path, _FILE],
    lines: Annotated[Path, _FILE],
) -> None:
    """Evaluate a programme over lines, storing nothing. 用政策试算若干笔费用，不入库。"""
    with refusals_told():
        answer = evaluate_request(joined_request(_document(programme), _document(lines)))
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def period_of(code: str) -> Period:
    """A period's code, or an honest end."""
    try:
        return Period.parse(code)
    except ValueError:
        stop(f"{code!r} is no period: 2026-10, 2026-Q4, 2026, AY2025")
        raise


def _document(path: Path) -> object:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        stop(f"{path} is not UTF-8 text: save it as UTF-8 and try again")
        raise
    return read_document(text, is_json=path.suffix == ".json")
