"""Figures by the names that programs know them by: in JSON and in files of the command line."""

from booking.utilisation.rules.hours import fen_per_hour, hours, ratio, waterfall_hours
from booking.utilisation.rules.indicators import Indicators

Number = int | float | None


def told(of: Indicators, *, income: bool, subsidy: bool) -> dict[str, Number]:
    """Hours, ratios and counts; money in fen, for those who may know of it."""
    return _counted(of) | money(of, income=income, subsidy=subsidy)


def _counted(of: Indicators) -> dict[str, Number]:
    ratios = (
        "utilisation_rated utilisation_rated_mean utilisation_open utilisation_open_mean"
        " sharing_rate sharing_rate_mean openness booked_used no_show_rate filing_rate"
    )
    counts = "instruments reservations missed uses samples faults filing_due filed users"
    return {
        **{f"{name}_hours": part for name, part in waterfall_hours(of.waterfall).items()},
        **{name: ratio(getattr(of, name)) for name in ratios.split()},
        **{name: getattr(of, name) for name in counts.split()},
        "effective_hours": hours(of.effective),
        "external_hours": hours(of.external),
        "average_effective_hours": hours(of.average_effective),
        "average_in_service_hours": hours(of.average_in_service),
        "average_external_hours": hours(of.average_external),
        "mean_hours_between_faults": hours(of.mean_between_faults),
        "mean_repair_hours": hours(of.mean_repair),
    }


def money(of: Indicators, *, income: bool, subsidy: bool) -> dict[str, int | None]:
    """In fen."""
    return {
        "income": of.income_fen if income else None,
        "income_per_hour": fen_per_hour(of.income_per_hour) if income else None,
        "subsidy": of.subsidy_fen if subsidy else None,
        "subsidy_per_hour": fen_per_hour(of.subsidy_per_hour) if subsidy else None,
    }
