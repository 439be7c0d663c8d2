"""Steps in words that a company can follow, in Chinese and in English.

The answer of the engine always carries both languages, so its words live here and not in the
catalogues of one reader's language.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from booking.subsidies.rules.amount_in_words import figures
from booking.subsidies.rules.programme import When, decimal_text
from booking.subsidies.rules.results import LoanResult, Result
from booking.subsidies.rules.scalars import RATE_DIGITS
from booking.subsidies.rules.steps import AMOUNTS, RATES, Step, loan_steps, steps
from booking.subsidies.rules.words import CONDITIONS, NAMES, SENTENCES

Language = Literal["zh", "en"]

# What both readers' locales and the format call the languages.
_TONGUES: Mapping[str, Language] = {"zh_CN": "zh", "zh": "zh", "en": "en"}
UNCOVERED: Mapping[Language, str] = {
    "zh": "，其中 {} 元超出更正后的费用，不予贴息",
    "en": ", {} yuan of it beyond the corrected charge and not eligible",
}
SHORT: Mapping[str, Mapping[Language, str]] = {
    "kept": {
        "zh": "，承诺年度对外机时 {promised} 小时，实际 {delivered} 小时，未达承诺，不予贴息",
        "en": ", not eligible: {delivered} of {promised} promised outside hours",
    },
    "in_proportion": {
        "zh": "，承诺年度对外机时 {promised} 小时，实际 {delivered} 小时，未完成部分不予贴息",
        "en": ", eligible in proportion: {delivered} of {promised} promised outside hours",
    },
}
_JOINTS: Mapping[Language, tuple[str, str, str]] = {
    "zh": ("；", "。", "、"),
    "en": ("; ", ".", ", "),
}


def tongue_of(locale: str) -> Language:
    """The language of a locale; Chinese where in doubt."""
    return _TONGUES.get(locale, "zh")


def explanation(result: Result | LoanResult) -> dict[Language, str]:
    """The whole calculation as one sentence in each language."""
    taken = steps(result) if isinstance(result, Result) else loan_steps(result)
    return {"zh": told(taken, "zh"), "en": told(taken, "en")}


def told(taken: Sequence[Step], language: Language) -> str:
    """Steps as one sentence."""
    between, end, _ = _JOINTS[language]
    sentence = between.join(said(step, language) for step in taken) + end
    return sentence[:1].upper() + sentence[1:]


def said(step: Step, language: Language, *, with_amount: bool = True) -> str:
    """One step in words, with its amount or (where a table shows it beside) without."""
    label = SENTENCES[step.code][language].format(**_facts(step, language))
    if step.amount is None or not with_amount:
        return label
    # "less" and "cut" already say that it is taken away.
    taken_away = step.code == "other_funding" or step.code.startswith("cut:")
    amount = figures(-step.amount if taken_away else step.amount)
    return f"{label} {amount} 元" if language == "zh" else f"{label}: {amount} yuan"


def percent(scaled: int) -> str:
    """A rate for reading: 30%."""
    return decimal_text(scaled * 100, RATE_DIGITS, at_least=0).rstrip(".") + "%"


def name_of(code: str, language: Language) -> str:
    """The name of a qualification, region, flag or scope; an unknown code stands for itself."""
    return NAMES[code][language] if code in NAMES else code


def _facts(step: Step, language: Language) -> dict[str, str]:
    return {key: _fact(key, value, language) for key, value in step.facts.items()} | {
        "held": _held(step, language),
        "measured": _measured(step, language),
    }


def _fact(key: str, value: object, language: Language) -> str:
    if isinstance(value, When):
        return condition_words(value, language)
    if isinstance(value, tuple):
        return _JOINTS[language][2].join(name_of(str(code), language) for code in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and key in AMOUNTS:
        return figures(value)
    if isinstance(value, int) and key in RATES:
        return percent(value)
    return name_of(str(value), language)


def _held(step: Step, language: Language) -> str:
    number, until = step.facts.get("held_number"), step.facts.get("held_to")
    said = ""
    if number:
        said += f"，编号 {number}" if language == "zh" else f", number {number}"
    if isinstance(until, date):
        said += f"，有效至 {until}" if language == "zh" else f", valid to {until}"
    return said


def _measured(step: Step, language: Language) -> str:
    """What a segment is measured against, and what of it is refused."""
    said, told = "", step.facts
    if isinstance(lpr := told.get("lpr"), int):
        said += f"，LPR {percent(lpr)}" if language == "zh" else f", LPR {percent(lpr)}"
    if isinstance(uncovered := told.get("uncovered"), int):
        said += UNCOVERED[language].format(figures(uncovered))
    if (rule := told.get("promised_hours")) in SHORT:
        hours = {key: str(told.get(key)) for key in ("promised", "delivered")}
        said += SHORT[str(rule)][language].format(**hours)
    return said


def condition_words(when: When, language: Language) -> str:
    """A condition in words; one that always holds is the general case."""
    parts = [
        CONDITIONS[key][language].format(figures(value) if isinstance(value, int) else name)
        for key in CONDITIONS
        if (value := getattr(when, key)) is not None and (name := name_of(str(value), language))
    ]
    always = {"zh": "一般情形", "en": "in general"}
    return _JOINTS[language][2].join(parts) or always[language]
