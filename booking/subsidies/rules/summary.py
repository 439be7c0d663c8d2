"""A programme in plain sentences, for those who will not read its document."""

from collections.abc import Iterator
from datetime import date

from booking.subsidies.rules.amount_in_words import figures
from booking.subsidies.rules.claims import Claims, Ends
from booking.subsidies.rules.evidence_words import evidence_name
from booking.subsidies.rules.explanation import Language, condition_words, name_of, percent
from booking.subsidies.rules.programme import Discount, Eligibility, Gift, Programme, Rate
from booking.subsidies.rules.scalars import RATE_ONE
from booking.subsidies.rules.summary_words import SUMMARIES


def summary(terms: Programme, language: Language) -> list[str]:
    """What a programme pays, to whom, and up to what."""
    return [
        SUMMARIES[code][language].format(**facts) for code, facts in _sentences(terms, language)
    ]


def _sentences(terms: Programme, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    yield f"kind:{terms.kind}", {}
    if date.min < terms.valid_from and terms.valid_to < date.max:
        yield "valid", {"from": terms.valid_from.isoformat(), "to": terms.valid_to.isoformat()}
    if terms.gift:
        yield from _given(terms.gift)
    else:
        yield from _basis(terms, language)
        yield from _shares(terms, language)
    yield from _asked(terms.eligibility, language)
    for cap in terms.caps:
        yield "cap", {"scope": name_of(cap.scope, language), "amount": figures(cap.amount)}
    if terms.budget:
        yield f"budget:{terms.budget.rule}", {"amount": figures(terms.budget.amount)}
    yield from _claims(terms.claims, language)
    if terms.gift is None:
        yield f"settlement:{terms.settlement}", {}


def _asked(asked: Eligibility, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    for code, names in (
        ("qualifications", asked.qualifications_any),
        ("regions", asked.regions),
        ("provider_regions", asked.provider_regions),
        ("resource_kinds", asked.resource_kinds),
        ("exclude", asked.exclude),
    ):
        if names:
            yield code, {"names": _names(names, language)}
    if asked.min_original_value:
        yield "least_value", {"amount": figures(asked.min_original_value)}
    if asked.min_amount:
        yield "minimum", {"amount": figures(asked.min_amount)}


def _given(gift: Gift) -> Iterator[tuple[str, dict[str, str]]]:
    yield "gift", {"face": figures(gift.face), "rate": percent(gift.share)}
    if gift.per_order is not None:
        yield "gift_limit", {"amount": figures(gift.per_order)}
    if gift.fees:
        yield "gift_fees", {}


def _claims(claims: Claims, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    if claims.required:
        yield "application", {}
    for window in claims.windows:
        yield "window", {"from": _end(window.first), "to": _end(window.last)}
    if claims.within_days:
        yield "within", {"days": str(claims.within_days)}
    for one in claims.evidence:
        who, count = name_of(one.applies_if, language), str(one.min_count)
        code = "evidence_of" if one.applies_if else "evidence"
        facts = {"code": evidence_name(one.code, language), "count": count, "who": who}
        yield (code if one.mandatory else "evidence_wished"), facts


def _end(end: Ends) -> str:
    return end.isoformat() if isinstance(end, date) else f"{end[0]:02}-{end[1]:02}"


def _basis(terms: Programme, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    if terms.kind != "interest":
        yield "dated_by", {"date": name_of(terms.dated_by, language)}
        yield f"base:{terms.base}", {}
    if terms.caps:
        yield "period", {"month": str(terms.period_starts[0]), "day": str(terms.period_starts[1])}


def _shares(terms: Programme, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    if terms.kind == "interest":
        yield from _discount(terms.discount, language)
    elif terms.rate.brackets:
        for band in terms.rate.brackets:
            limit = "∞" if band.up_to is None else figures(band.up_to)
            yield "band", {"rate": percent(band.rate), "amount": limit}
    else:
        yield from _rates(terms.rate, language)


def _discount(discount: Discount, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    yield f"discount:{discount.method}", {"rate": percent(discount.value)}
    yield f"day_count:{discount.day_count}", {}
    if not discount.exclude_overdue:
        yield "overdue_too", {}
    if discount.loan_kinds:
        yield "loan_kinds", {"names": _names(discount.loan_kinds, language)}
    if discount.promised_hours != "ignored":
        yield f"promised_hours:{discount.promised_hours}", {}
    if discount.max_days:
        yield "max_days", {"days": str(discount.max_days)}


def _rates(rate: Rate, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    if len(rate.tiers) > 1:
        yield f"combine:{rate.combine}", {}
    for code, tiers in (("tier", rate.tiers), ("bonus", rate.bonus)):
        for tier in tiers:
            when = condition_words(tier.when, language)
            yield code, {"rate": percent(tier.rate), "when": when}
    if rate.ceiling < RATE_ONE:
        yield "ceiling", {"rate": percent(rate.ceiling)}
    if rate.full_offset_up_to:
        yield "full_offset", {"amount": figures(rate.full_offset_up_to)}


def _names(codes: tuple[str, ...], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(name_of(code, language) for code in codes)
