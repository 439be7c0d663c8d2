"""What the clock does with subsidies."""

from booking.subsidies.jobs.exporting import export_statements, forget_exports
from booking.subsidies.jobs.printing import keep_prints
from booking.subsidies.jobs.settling import prove_statements, redraw_stale, settle_last_month
from booking.subsidies.jobs.simulating import run_simulations

__all__ = [
    "export_statements",
    "forget_exports",
    "keep_prints",
    "prove_statements",
    "redraw_stale",
    "run_simulations",
    "settle_last_month",
]
