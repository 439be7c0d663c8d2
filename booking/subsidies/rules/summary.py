"""A programme in plain sentences, for those who will not read its document."""

from collections.abc import Iterator

from booking.subsidies.rules.amount_in_words import figures
from booking.subsidies.rules.explanation import Language, condition_words, name_of, percent
from booking.subsidies.rules.programme import Gift, Programme
from booking.subsidies.rules.words import SUMMARIES


def summary(terms: Programme, language: Language) -> list[str]:
    """What a programme pays, to whom, and up to what."""
    return [
        SUMMARIES[code][language].format(**facts) for code, facts in _sentences(terms, language)
    ]


def _sentences(terms: Programme, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    yield f"kind:{terms.kind}", {}
    yield from _given(terms.gift) if terms.gift else _shares(terms, language)
    asked = terms.eligibility
    for code, names in (
        ("qualifications", asked.qualifications_any),
        ("regions", asked.regions),
        ("provider_regions", asked.provider_regions),
        ("exclude", asked.exclude),
    ):
        if names:
            yield code, {"names": _names(names, language)}
    if asked.min_original_value:
        yield "least_value", {"amount": figures(asked.min_original_value)}
    if asked.min_amount:
        yield "minimum", {"amount": figures(asked.min_amount)}
    for cap in terms.caps:
        yield "cap", {"scope": name_of(cap.scope, language), "amount": figures(cap.amount)}
    if terms.budget:
        yield f"budget:{terms.budget.rule}", {"amount": figures(terms.budget.amount)}
    if terms.gift is None:
        yield f"settlement:{terms.settlement}", {}


def _given(gift: Gift) -> Iterator[tuple[str, dict[str, str]]]:
    yield "gift", {"face": figures(gift.face), "rate": percent(gift.share)}
    if gift.per_order is not None:
        yield "gift_limit", {"amount": figures(gift.per_order)}


def _shares(terms: Programme, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    rate, discount = terms.rate, terms.discount
    if terms.kind == "interest":
        yield f"discount:{discount.method}", {"rate": percent(discount.value)}
        if discount.max_days:
            yield "max_days", {"days": str(discount.max_days)}
        return
    if rate.brackets:
        for band in rate.brackets:
            limit = "∞" if band.up_to is None else figures(band.up_to)
            yield "band", {"rate": percent(band.rate), "amount": limit}
        return
    for tier in rate.tiers:
        yield "tier", {"rate": percent(tier.rate), "when": condition_words(tier.when, language)}
    for extra in rate.bonus:
        yield "bonus", {"rate": percent(extra.rate), "when": condition_words(extra.when, language)}
    if rate.full_offset_up_to:
        yield "full_offset", {"amount": figures(rate.full_offset_up_to)}


def _names(codes: tuple[str, ...], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(name_of(code, language) for code in codes)
