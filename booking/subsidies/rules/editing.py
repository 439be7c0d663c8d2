"""A programme's document as the fields of a form, each named by its path, and back again."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from booking.subsidies.rules.claims import KEYS as CLAIM_KEYS

Document = Mapping[str, object]
Fields = Mapping[str, str]

# Lists of rows, by path, with the fields of a row.
_WHEN: Final = tuple(
    f"when.{key}"
    for key in ("qualification", "user_region", "provider_region", "flag", "base_over")
)
ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "rate.tiers": ("rate", *_WHEN),
    "rate.bonus": ("rate", *_WHEN),
    "brackets": ("up_to", "rate"),
    "caps": ("scope", "amount"),
    "windows": ("from", "to"),
    "evidence": ("code", "mandatory", "min_count", "applies_if"),
}
_WORDS: Final = frozenset(
    f"eligibility.{key}"
    for key in ("qualifications_any", "regions", "provider_regions", "resource_kinds", "exclude")
) | {"loan_kinds"}
_WHOLE: Final = frozenset({"version", "max_days", "claim_within_days", "min_count", "voucher.days"})
_TRUTHS: Final = frozenset({"exclude_overdue", "mandatory", "voucher.fees"})
_OF_USES: Final = ("dated_by", "base", "eligibility", "rate", "brackets", *CLAIM_KEYS)
_OF_LOANS: Final = (
    *("discount", "day_count", "max_days", "exclude_overdue", "promised_hours"),
    "loan_kinds",
)
_OF_VOUCHERS: Final = ("voucher",)
# What is not said of a kind; of uses and providers, what is of loans and of vouchers.
_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "interest": (*_OF_USES, *_OF_VOUCHERS),
    "voucher": (
        *("dated_by", "base", "rate", "brackets", "settlement"),
        *CLAIM_KEYS,
        *_OF_LOANS,
    ),
}
SINGLE: Final = (
    *("id", "version", "kind", "name.zh", "name.en", "document", "valid.from", "valid.to"),
    *("dated_by", "period", "period.starts", "base", "settlement"),
    *sorted(_WORDS - {"loan_kinds"}),
    *("eligibility.min_original_value", "eligibility.min_amount"),
    *("rate.combine", "rate.ceiling", "rate.full_offset_up_to"),
    *("discount.method", "discount.value", *_OF_LOANS[1:]),
    *("voucher.face", "voucher.share", "voucher.per_order", "voucher.days", "voucher.fees"),
    *("budget.amount", "budget.rule", "application", "claim_within_days"),
)
MOST_ROWS: Final = 40
_ORDER: Final = (
    *("id", "version", "kind", "name", "document", "valid", "dated_by", "period", "base"),
    *("eligibility", "rate", "brackets", *_OF_LOANS),
    *(
        "voucher",
        "settlement",
        "caps",
        "budget",
        "application",
        "windows",
        "claim_within_days",
        "evidence",
    ),
)
_ROW = re.compile(r"(?P<list>[a-z_.]+)\[(?P<at>\d{1,3})\]\.(?P<key>[a-z_.]+)")
_STARTS: Final = "starts"


def document_of(fields: Fields) -> dict[str, object]:
    """What the form says; what was left empty is not said, and what is for another kind is not."""
    made: dict[str, object] = {}
    for path, text in fields.items():
        if text and path in SINGLE and not path.startswith("period"):
            _put(made, path.split("."), _value(path, text))
    for name in ROWS:
        rows = [_row(row) for row in _rows(fields, name)]
        if rows:
            _put(made, name.split("."), rows)
    _period(made, fields)
    other = _OTHERS.get(fields.get("kind", ""), (*_OF_LOANS, *_OF_VOUCHERS))
    return ordered({key: value for key, value in made.items() if key not in other})


def fields_of(document: Document) -> dict[str, str]:
    """A document as it stands in the form."""
    return dict(_flat("", document))


def compacted(fields: Fields) -> dict[str, str]:
    """The fields, with rows that say nothing left out, as `document_of` numbers them."""
    kept = {path: text for path, text in fields.items() if path in SINGLE}
    for name in ROWS:
        for at, row in enumerate(_rows(fields, name)):
            kept |= {f"{name}[{at}].{key}": text for key, text in row.items()}
    return kept


def rows_in(fields: Fields, name: str) -> int:
    """How many rows a list has."""
    places = [
        int(match["at"])
        for path in fields
        if (match := _ROW.fullmatch(path))
        if match["list"] == name
    ]
    return max(places, default=-1) + 1


def without_row(fields: Fields, name: str, at: int) -> dict[str, str]:
    """The fields without one row of a list."""
    return compacted({p: t for p, t in fields.items() if not p.startswith(f"{name}[{at}].")})


def with_row(fields: Fields, name: str) -> dict[str, str]:
    """The fields with an empty row at the end of a list."""
    at = rows_in(fields, name)
    return {**fields, **{f"{name}[{at}].{key}": "" for key in ROWS[name]}}


def ordered(document: Document) -> dict[str, object]:
    """A document in the order in which its format is told."""
    known = [key for key in _ORDER if key in document]
    return {key: document[key] for key in (*known, *(k for k in document if k not in known))}


def _rows(fields: Fields, name: str) -> Iterator[dict[str, str]]:
    """The rows of a list that say something."""
    for at in range(min(rows_in(fields, name), MOST_ROWS)):
        row = {key: fields.get(f"{name}[{at}].{key}", "") for key in ROWS[name]}
        if any(row.values()):
            yield row


def _row(fields: Fields) -> dict[str, object]:
    made: dict[str, object] = {}
    for key, text in fields.items():
        if text:
            _put(made, key.split("."), _value(key, text))
    return made


def _put(made: dict[str, object], keys: Sequence[str], value: object) -> None:
    *inner, last = keys
    place = made
    for key in inner:
        below = place.setdefault(key, {})
        if not isinstance(below, dict):
            return
        place = below
    place[last] = value


def _value(path: str, text: str) -> object:
    if path in _WORDS:
        return [word for word in re.split(r"[\s,，、;；]+", text) if word]
    if path in _WHOLE and text.isascii() and text.isdecimal():
        return int(text)
    if path in _TRUTHS and text in {"true", "false"}:
        return text == "true"
    return text


def _period(made: dict[str, object], fields: Fields) -> None:
    named = fields.get("period", "")
    if named == _STARTS:
        made["period"] = {_STARTS: fields.get("period.starts", "")}
    elif named:
        made["period"] = named


def _flat(path: str, value: object) -> Iterator[tuple[str, str]]:
    if path in _WORDS and isinstance(value, list | tuple):
        yield path, ", ".join(str(word) for word in value)
    elif path == "period" and isinstance(value, Mapping):
        yield "period", _STARTS
        yield "period.starts", str(value.get(_STARTS, ""))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list | tuple):
        yield from _of_list(path, value)
    elif value is not None:
        yield path, _text(value)


def _of_list(path: str, items: Iterable[object]) -> Iterator[tuple[str, str]]:
    for at, item in enumerate(items):
        if isinstance(item, Mapping) and path in ROWS:
            blank = {f"{path}[{at}].{key}": "" for key in ROWS[path]}
            yield from {**blank, **dict(_flat(f"{path}[{at}]", item))}.items()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
