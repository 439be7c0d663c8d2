"""Reading programmes strictly: every fault is named with its path, then all are refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations

from booking.kernel.errors import Violation
from booking.subsidies.rules import scalars
from booking.subsidies.rules.claims import KEYS as CLAIM_KEYS
from booking.subsidies.rules.claims import Claims, read_claims
from booking.subsidies.rules.discount_reading import KEYS as DISCOUNT_KEYS
from booking.subsidies.rules.discount_reading import read_discount
from booking.subsidies.rules.faults import Faults
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.programme import (
    ACADEMIC_YEAR,
    CALENDAR_YEAR,
    WHEN_KEYS,
    Base,
    Bracket,
    Budget,
    BudgetRule,
    Cap,
    Combine,
    Cycle,
    DatedBy,
    Discount,
    Eligibility,
    Gift,
    Kind,
    Programme,
    Rate,
    Scope,
    Tier,
    When,
)

KINDS: Mapping[str, Kind] = {
    "usage": "usage",
    "provider": "provider",
    "interest": "interest",
    "voucher": "voucher",
}
DATED_BY: Mapping[str, DatedBy] = {
    "order": "order",
    "service_end": "service_end",
    "invoice": "invoice",
    "payment": "payment",
}
BASES: Mapping[str, Base] = {
    "min_of_all": "min_of_all",
    "contract": "contract",
    "invoice": "invoice",
    "paid": "paid",
}
COMBINES: Mapping[str, Combine] = {"highest": "highest", "first": "first", "sum": "sum"}
CYCLES: Mapping[str, Cycle] = {
    "monthly": "monthly",
    "quarterly": "quarterly",
    "yearly": "yearly",
}
USE_SCOPES: Mapping[str, Scope] = {
    "line": "line",
    "instrument": "instrument",
    "user": "user",
    "group": "group",
    "provider": "provider",
}
LOAN_SCOPES: Mapping[str, Scope] = {"loan": "loan", "user": "user", "group": "group"}
VOUCHER_SCOPES: Mapping[str, Scope] = {"user": "user", "group": "group"}
BUDGET_RULES: Mapping[str, BudgetRule] = {"first_come": "first_come", "pro_rata": "pro_rata"}
NO_WORDS: tuple[str, ...] = ()

_IDENTITY = ("id", "version", "kind", "name", "document", "valid")
_SHARED_KEYS = (*_IDENTITY, "period", "settlement", "caps", "budget")
_USE_KEYS = (*_SHARED_KEYS, "dated_by", "base", "eligibility", "rate", "brackets", *CLAIM_KEYS)
_LOAN_KEYS = (*_SHARED_KEYS, *DISCOUNT_KEYS)
_VOUCHER_KEYS = (*_IDENTITY, "period", "eligibility", "voucher", "caps", "budget")
_KEYS_OF = {"interest": _LOAN_KEYS, "voucher": _VOUCHER_KEYS}
_SCOPES_OF = {"interest": LOAN_SCOPES, "voucher": VOUCHER_SCOPES}
_LISTS = ("qualifications_any", "regions", "provider_regions", "resource_kinds", "exclude")
_ELIGIBILITY_KEYS = (*_LISTS, "min_original_value", "min_amount")
_RATE_KEYS = ("combine", "tiers", "bonus", "ceiling", "full_offset_up_to")


def read_programme(raw: object, *, path: str = "") -> Programme:
    """One programme, or ProgrammeInvalid with every fault in it."""
    faults = Faults()
    programme = _programme(raw, path, faults)
    faults.refuse_if_any()
    return programme


def read_as_far(raw: object) -> tuple[Programme, Sequence[Violation]]:
    """A programme as far as it can be read, and what is wrong with it: to look at, not to keep."""
    faults = Faults()
    return _programme(raw, "", faults), faults.found


def read_programmes(raw: Sequence[object], faults: Faults) -> tuple[Programme, ...]:
    """Programmes under `programmes`; versions of one of them may not overlap."""
    found = tuple(_programme(item, f"programmes[{i}]", faults) for i, item in enumerate(raw))
    for i, one in enumerate(found):
        # Vouchers are given and redeemed; there is nothing to evaluate.
        if one.kind == "voucher":
            faults.add(f"programmes[{i}].kind", "not_reckoned")
    for (_, one), (j, other) in combinations(enumerate(found), 2):
        if one.id == other.id and overlapping(one, other):
            faults.add(f"programmes[{j}].valid", "overlapping", {"version": one.version})
        elif one.id == other.id and one.kind != other.kind:
            faults.add(f"programmes[{j}].kind", "kind_changed")
    return found


def overlapping(one: Programme, other: Programme) -> bool:
    """Whether two versions claim the same day."""
    return one.valid_from <= other.valid_to and other.valid_from <= one.valid_to


def _programme(raw: object, path: str, faults: Faults) -> Programme:
    kind = raw.get("kind") if isinstance(raw, Mapping) else None
    keys = _KEYS_OF.get(str(kind), _USE_KEYS)
    node = Node(raw, path, faults=faults, allowed=keys)
    read = Reader(node)
    first, last = read.validity()
    loan, gift = kind == "interest", kind == "voucher"
    identity = node.need("id", scalars.slug, otherwise="?")
    return Programme(
        id=identity,
        version=node.get("version", scalars.count(scalars.MOST_VERSIONS), default=1),
        kind=node.need("kind", scalars.one_of(KINDS), otherwise="usage"),
        name=read.name(identity),
        document=node.get("document", scalars.text, default="").strip(),
        valid_from=first,
        valid_to=last,
        dated_by=node.get("dated_by", scalars.one_of(DATED_BY), default="service_end"),
        period_starts=read.period(),
        base=node.get("base", scalars.one_of(BASES), default="min_of_all"),
        settlement=node.get("settlement", scalars.one_of(CYCLES), default="monthly"),
        eligibility=Eligibility() if loan else read.eligibility(),
        rate=Rate() if loan or gift else read.rate(),
        discount=read_discount(node) if loan else Discount(),
        caps=read.caps(_SCOPES_OF.get(str(kind), USE_SCOPES)),
        budget=read.budget(),
        claims=Claims() if loan or gift else read_claims(node, str(kind)),
        gift=read.gift() if gift else None,
    )


class Reader:
    """The parts of a programme, each under its key."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def name(self, otherwise: str) -> Mapping[str, str]:
        node = self.node.child("name", ("zh", "en"))
        zh = node.get("zh", scalars.word, default=otherwise)
        return {"zh": zh, "en": node.get("en", scalars.word, default=zh)}

    def validity(self) -> tuple[date, date]:
        node = self.node.child("valid", ("from", "to"))
        first = node.get("from", scalars.day, default=date.min)
        last = node.get("to", scalars.day, default=date.max)
        if first > last:
            node.fault("to", "ends_before_start")
        return first, last

    def period(self) -> tuple[int, int]:
        raw = self.node.raw.get("period")
        if isinstance(raw, Mapping):
            node = self.node.child("period", ("starts",))
            return node.need("starts", scalars.month_day, otherwise=CALENDAR_YEAR)
        named = {"calendar_year": CALENDAR_YEAR, "academic_year": ACADEMIC_YEAR}
        return self.node.get("period", scalars.one_of(named), default=CALENDAR_YEAR)

    def eligibility(self) -> Eligibility:
        node = self.node.child("eligibility", _ELIGIBILITY_KEYS)
        return Eligibility(
            qualifications_any=node.get("qualifications_any", scalars.words, default=NO_WORDS),
            regions=node.get("regions", scalars.words, default=NO_WORDS),
            provider_regions=node.get("provider_regions", scalars.words, default=NO_WORDS),
            resource_kinds=node.get("resource_kinds", scalars.words, default=NO_WORDS),
            min_original_value=node.get("min_original_value", _amount_or_none, default=None),
            exclude=node.get("exclude", scalars.words, default=NO_WORDS),
            min_amount=node.get("min_amount", scalars.amount, default=0),
        )

    def rate(self) -> Rate:
        node = self.node.child("rate", _RATE_KEYS)
        tiers, brackets = self._tiers(node, "tiers"), self._brackets()
        if not tiers and not brackets:
            node.fault("tiers", "empty")
        return Rate(
            combine=node.get("combine", scalars.one_of(COMBINES), default="highest"),
            tiers=tiers,
            bonus=self._tiers(node, "bonus"),
            ceiling=node.get("ceiling", scalars.rate, default=scalars.RATE_ONE),
            full_offset_up_to=node.get("full_offset_up_to", scalars.amount, default=0),
            brackets=brackets,
        )

    def _tiers(self, node: Node, key: str) -> tuple[Tier, ...]:
        return tuple(
            Tier(_when(item.child("when", WHEN_KEYS)), item.need("rate", scalars.rate, otherwise=0))
            for item in node.children(key, ("when", "rate"))
        )

    def _brackets(self) -> tuple[Bracket, ...]:
        nodes = self.node.children("brackets", ("up_to", "rate"))
        below, bands = 0, []
        for i, item in enumerate(nodes):
            up_to = item.get("up_to", _amount_or_none, default=None)
            if up_to is None and i < len(nodes) - 1:
                item.fault("up_to", "missing")
            if up_to is not None and up_to <= below:
                item.fault("up_to", "not_rising")
            below = up_to or below
            bands.append(Bracket(up_to, item.need("rate", scalars.rate, otherwise=0)))
        return tuple(bands)

    def gift(self) -> Gift:
        node = self.node.child("voucher", ("face", "share", "per_order", "days", "fees"))
        if not self.node.has("voucher"):
            self.node.fault("voucher", "missing")
        return Gift(
            face=node.need("face", scalars.amount, otherwise=0),
            share=node.need("share", scalars.rate, otherwise=0),
            per_order=node.get("per_order", _amount_or_none, default=None),
            days=node.get("days", _days_or_none, default=None),
            fees=node.get("fees", scalars.truth, default=False),
        )

    def caps(self, scopes: Mapping[str, Scope]) -> tuple[Cap, ...]:
        return tuple(
            Cap(
                item.need("scope", scalars.one_of(scopes), otherwise="user"),
                item.need("amount", scalars.amount, otherwise=0),
            )
            for item in self.node.children("caps", ("scope", "amount"))
        )

    def budget(self) -> Budget | None:
        if not self.node.has("budget"):
            return None
        node = self.node.child("budget", ("amount", "rule"))
        return Budget(
            node.need("amount", scalars.amount, otherwise=0),
            node.need("rule", scalars.one_of(BUDGET_RULES), otherwise="first_come"),
        )


def _when(node: Node) -> When:
    return When(
        qualification=node.get("qualification", _word_or_none, default=None),
        user_region=node.get("user_region", _word_or_none, default=None),
        provider_region=node.get("provider_region", _word_or_none, default=None),
        flag=node.get("flag", _word_or_none, default=None),
        base_over=node.get("base_over", _amount_or_none, default=None),
    )


def _amount_or_none(value: object) -> int | None:
    return scalars.amount(value)


def _word_or_none(value: object) -> str | None:
    return scalars.word(value)


def _days_or_none(value: object) -> int | None:
    return scalars.count(scalars.MOST_DAYS)(value)
