"""The command line: one table of commands, grouped in `booking.commands`."""

import typer

from booking.commands import clockwork, entering, exporting, keeping, proving, reckoning, serving
from booking.settings import Settings


def _environment() -> str:
    """What the environment may say, for `--help`."""
    lines = ["Environment / 环境变量:"]
    for name, field in Settings.model_fields.items():
        lines.append(f"BOOKING_{name.upper()} — {field.description or name}")
    return "\n\n".join(lines)


app = typer.Typer(
    help="Shared instrument booking, settlement and subsidies. 大型仪器共享预约、结算与补助。",
    epilog=_environment(),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (
    serving.serve,
    serving.worker,
    serving.demo,
    keeping.migrate,
    keeping.backup,
    keeping.restore,
    entering.seed,
    entering.create_admin,
    entering.remove_second_factor,
    entering.token,
    reckoning.settle,
    reckoning.evaluate,
    exporting.export,
    exporting.export_analytics,
    proving.check,
):
    app.command()(command)
app.add_typer(clockwork.app, name="jobs")
