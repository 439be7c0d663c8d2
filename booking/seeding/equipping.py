"""What there is: the statutory calendar, words to search by, instruments with their terms."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from booking.access.actor import HOUSE
from booking.db.transactions import UnitOfWork
from booking.instruments.actions.change_state import change_state
from booking.instruments.actions.enter_calendar import YearNotice, enter_calendar
from booking.instruments.actions.manage_synonyms import set_synonyms
from booking.instruments.actions.register import register
from booking.instruments.actions.set_calendar import set_week
from booking.instruments.actions.set_policy import set_policy
from booking.instruments.actions.set_tariff import PriceList, set_tariff
from booking.instruments.rules.card import Card, ResourceKind, ShareMode, Source
from booking.instruments.rules.lexicon import Relation
from booking.instruments.rules.opening import DayKind
from booking.instruments.rules.tariff import Basis
from booking.instruments.rules.terms import Approval, PolicyTerms, QuotaTerms, ServiceMode
from booking.instruments.states import Action
from booking.kernel.clock import LOCAL
from booking.kernel.money import fen
from booking.seeding import found
from booking.seeding.casting import weekly_hours
from booking.seeding.files import Row, SeedFiles, Table
from booking.seeding.registering import Register

_PLAIN: tuple[str, ...] = ("name", "name_en", "inner_id", "classification_scheme", "category_code")
_PLAIN += ("origin_country", "manufacturer", "model", "specs", "functions", "services")
_PLAIN += ("typical_results", "user_notes", "fee_notes", "address", "district")
_PLAIN += ("contact_name", "contact_phone", "contact_email")


def enter_calendars(
    uow: UnitOfWork, files: SeedFiles, register_: Register, *, now: datetime
) -> None:
    """The years whose notices are known."""
    known = found.calendar_years(uow.session)
    for year, rows in files.calendars.items():
        if year in known:
            continue
        days = {
            date.fromisoformat(row["date"]): (DayKind(row["kind"]), row["name"]) for row in rows
        }
        notice = YearNotice(year=year, days=days, source=rows[0]["source"])
        enter_calendar(uow, notice, actor=HOUSE, now=now)
        register_.written += 1


def enter_synonyms(uow: UnitOfWork, files: SeedFiles, register_: Register) -> None:
    """Other names of things, and what measures which quantity."""
    wanted = [
        (row["word"], row["same_as"], Relation(row["relation"]))
        for row in files.rows("synonyms.csv")
    ]
    if found.synonyms(uow.session) != set(wanted):
        set_synonyms(uow, wanted)
        register_.written += len(wanted)


def publish_instruments(
    uow: UnitOfWork, files: SeedFiles, register_: Register, *, now: datetime
) -> None:
    """Every card that is not there yet, with hours, policy and prices, open to the public."""
    known = found.instrument_ids(uow.session)
    equipping = Equipping(uow, files, now=now)
    for row in files.instruments:
        place = register_.labs[row["lab"]], row["inner_id"]
        if place not in known:
            known[place] = equipping.publish(place[0], row)
            register_.written += 1
        register_.instruments[row["code"]] = known[place]


@dataclass(frozen=True, slots=True)
class Equipping:
    """Brings cards with hours, rules and prices before the public."""

    uow: UnitOfWork
    files: SeedFiles
    now: datetime

    def publish(self, lab_id: int, row: Row, *, part_of_id: int | None = None) -> int:
        """A card as a row of the seed has it; its number."""
        card, units = replace(_card(row), part_of_id=part_of_id), int(row["units"])
        made = register(self.uow, lab_id, card, units=units, actor=HOUSE, now=self.now).key
        week = weekly_hours(self.files, row["hours"])
        set_week(self.uow, made, week, actor=HOUSE, now=self.now)
        policy = _policy(self.files.policies[row["policy"]])
        set_policy(self.uow, made, policy, actor=HOUSE, now=self.now, valid_from=self.now)
        for nth, version in enumerate(self.files.tariffs[row["tariff"]]):
            prices = _prices(version)
            if nth == 0 and self.now < prices.valid_from:
                # The first version has to cover a history that begins before it.
                prices = replace(prices, valid_from=self.now)
            set_tariff(self.uow, made, prices, actor=HOUSE, now=self.now)
        change_state(self.uow, made, Action.SUBMIT, actor=HOUSE, now=self.now)
        change_state(self.uow, made, Action.PUBLISH, actor=HOUSE, now=self.now)
        return made


def _card(row: Row) -> Card:
    return Card(
        **{name: row[name] for name in _PLAIN},  # type: ignore[arg-type]  # these are all texts
        resource_kind=ResourceKind(row["resource_kind"]),
        original_value_fen=fen(row["original_value"]),
        source=Source(row["source"]),
        general_purpose=row["general_purpose"] == "yes",
        customs_supervised=row["customs_supervised"] == "yes",
        start_date=date.fromisoformat(row["start_date"]),
        acceptance_date=date.fromisoformat(row["acceptance_date"]),
        disciplines=tuple(row["disciplines"].split(";")),
        share_mode=ShareMode(row["share_mode"]),
        service_modes=tuple(ServiceMode(mode) for mode in row["service_modes"].split(";")),
        aliases=tuple(row["aliases"].split(";")),
    )


def policy_named(files: SeedFiles, instrument: str, **changes: object) -> PolicyTerms:
    """The policy that an instrument of the seed has, with some terms changed."""
    key = next(row["policy"] for row in files.instruments if row["code"] == instrument)
    return _policy({**files.policies[key], **changes})


def _policy(table: Table) -> PolicyTerms:
    quotas = table["quotas"]
    told = {key: value for key, value in table.items() if key not in {"quotas", "approval"}}
    return PolicyTerms(
        **told,  # type: ignore[arg-type]  # a wrong key or type is caught by the table's checks
        approval=Approval(str(table["approval"])),
        quotas=tuple(QuotaTerms(**quota) for quota in quotas) if isinstance(quotas, list) else (),
    )


def _prices(table: Table) -> PriceList:
    first, peak, classes = table["valid_from"], table["peak"], table["classes"]
    if not (isinstance(first, date) and isinstance(peak, list) and isinstance(classes, Mapping)):
        raise TypeError("not a price list")
    return PriceList(
        valid_from=datetime.combine(first, time.min, LOCAL),
        basis=Basis(str(table["basis"])),
        round_up_minutes=int(str(table["round_up_minutes"])),
        vat_rate=str(table["vat_rate"]),
        vat_included=table.get("vat_included", True) is True,
        peak=peak,
        classes=classes,
    )
