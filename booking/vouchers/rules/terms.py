"""What a voucher pays of an order, and why it would not be honoured."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from booking.kernel.errors import Violation
from booking.kernel.money import half_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was promised when a voucher was issued; nothing said, nothing asked."""

    share: Decimal
    per_order_fen: int | None = None
    # Where a provider has to be (通用通兑); with none named, anywhere.
    districts: tuple[str, ...] = ()
    resource_kinds: tuple[str, ...] = ()
    # Flags of a use: internal_use, related_party.
    exclude: tuple[str, ...] = ()
    # Whether it also pays the fee of a booking that was given back late or missed.
    pays_fees: bool = False

    def kept(self) -> dict[str, object]:
        """As a voucher keeps them."""
        return {
            "share": str(self.share),
            "per_order_fen": self.per_order_fen,
            "districts": list(self.districts),
            "resource_kinds": list(self.resource_kinds),
            "exclude": list(self.exclude),
            "pays_fees": self.pays_fees,
        }

    @classmethod
    def of_kept(cls, kept: Mapping[str, object]) -> "Terms":
        """As they were kept."""
        limit = kept.get("per_order_fen")
        return cls(
            share=Decimal(str(kept["share"])),
            per_order_fen=limit if isinstance(limit, int) else None,
            districts=_words(kept, "districts"),
            resource_kinds=_words(kept, "resource_kinds"),
            exclude=_words(kept, "exclude"),
            pays_fees=kept.get("pays_fees") is True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody would like a voucher to pay for."""

    price_fen: int
    district: str
    resource_kind: str
    flags: frozenset[str] = frozenset()


def pays(terms: Terms, price_fen: int, *, left_fen: int) -> int:
    """The share of an order, up to the limit for one and what the voucher has left."""
    wanted = half_up(terms.share * price_fen)
    limits = [wanted, price_fen, left_fen]
    if terms.per_order_fen is not None:
        limits.append(terms.per_order_fen)
    return max(min(limits), 0)


def against(terms: Terms, order: Order) -> Iterator[Violation]:
    """Every reason why a voucher is not honoured for an order."""
    if terms.districts and order.district not in terms.districts:
        yield Violation("voucher.district", {"districts": list(terms.districts)})
    if terms.resource_kinds and order.resource_kind not in terms.resource_kinds:
        yield Violation("voucher.resource_kind", {})
    for flag in sorted(order.flags & frozenset(terms.exclude)):
        yield Violation(f"voucher.excluded_{flag}", {})


def honoured(
    terms: Terms, order: Order, days: tuple[date, date], *, left_fen: int, day: date
) -> tuple[int, tuple[Violation, ...]]:
    """What a voucher pays of an order on a day, or every reason why it pays nothing.

    The same for the estimate as for the booking itself: what is shown is what is set aside.
    """
    broken = list(against(terms, order))
    if not in_time(*days, day):
        broken.append(Violation("voucher.not_in_time", {"last_day": days[1]}))
    amount = pays(terms, order.price_fen, left_fen=left_fen)
    if not broken and not amount:
        broken.append(Violation("voucher.nothing_left", {}))
    return (0, tuple(broken)) if broken else (amount, ())


def valid_days(today: date, *, days: int | None, until: date) -> tuple[date, date]:
    """The first and the last day of a voucher issued today: so many days, while they pay."""
    last = until if days is None else min(until, today + timedelta(days=days - 1))
    return today, last


def in_time(first: date, last: date, day: date) -> bool:
    """Whether it can be used on a day; both ends are days of use."""
    return first <= day <= last


@dataclass(frozen=True, slots=True)
class Issued:
    """What one programme has given away, less what expired: that is free again."""

    to_company_fen: int = 0
    in_all_fen: int = 0
    # To all companies of one controller, and who that is; a company without one is its own.
    to_group_fen: int = 0
    group: str = ""


def issuable(
    face_fen: int,
    issued: Issued,
    *,
    cap_fen: int | None,
    budget_fen: int | None,
    group_cap_fen: int | None = None,
) -> Iterator[Violation]:
    """Why another voucher would be too much: for a company's or its group's year, or for the
    budget."""
    if cap_fen is not None and issued.to_company_fen + face_fen > cap_fen:
        yield Violation(
            "voucher.cap", {"left_fen": max(cap_fen - issued.to_company_fen, 0), "cap_fen": cap_fen}
        )
    if group_cap_fen is not None and issued.to_group_fen + face_fen > group_cap_fen:
        left_fen = max(group_cap_fen - issued.to_group_fen, 0)
        yield Violation("voucher.group_cap", {"left_fen": left_fen, "cap_fen": group_cap_fen})
    if budget_fen is not None and issued.in_all_fen + face_fen > budget_fen:
        yield Violation("voucher.budget", {"left_fen": max(budget_fen - issued.in_all_fen, 0)})


def _words(kept: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = kept.get(key)
    return tuple(str(one) for one in found) if isinstance(found, Collection) else ()
