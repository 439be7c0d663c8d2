"""Take in a sheet of instruments, slice by slice: a slice and how far it leads are one deed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from booking.access.actor import Actor
from booking.accounts.queries.actors import actor_by_id
from booking.accounts.queries.people import user_for_update
from booking.db.transactions import UnitOfWork
from booking.files.actions.receive import keep
from booking.instruments.actions.compose import must_fit_together
from booking.instruments.actions.look_over_sheet import LookedOver
from booking.instruments.actions.register import CardChanges, Entry, edit, register_all
from booking.instruments.actions.set_calendar import first_weeks, set_week
from booking.instruments.errors import PartsContradict, TooManyImports
from booking.instruments.events import SheetSent, SheetTakenIn
from booking.instruments.models.sheet_import import SheetFault, SheetImport
from booking.instruments.queries.imports import (
    Key,
    KnownCard,
    cards_by_inner_id,
    import_for_update,
    unfinished_imports,
)
from booking.instruments.queries.kept import labs_managed_by
from booking.instruments.rules.card import Card, stored
from booking.instruments.rules.categories import NATIONAL, fits
from booking.instruments.rules.columns import PART_OF
from booking.instruments.rules.ranks import Ranks
from booking.instruments.rules.rows import LabName, Labs, Named, SheetRow
from booking.instruments.rules.spelt_week import same_week
from booking.instruments.states import UNFINISHED, ImportState
from booking.kernel.errors import BookingError, Violation

# How often in a row it may go wrong for reasons that may pass.
MOST_ATTEMPTS: Final = 5
# Of one person at a time: the one run of the job serves everybody in turn.
MOST_UNFINISHED: Final = 2
_FOR_GOOD: Final = frozenset({"invalid", "missing"})


def send_sheet(
    uow: UnitOfWork, sheet: LookedOver, *, lab_id: int | None, actor: Actor, now: datetime
) -> SheetImport:
    """Keep a sheet, to be taken in by the next run of the job; `lab_id` is for rows that say
    none. TooManyImports while as many of this person's as may be are not through."""
    # Whoever sends several at once waits here, so that the number stays what it may be.
    user_for_update(uow.session, actor.id)
    if unfinished_imports(uow.session, actor) >= MOST_UNFINISHED:
        raise TooManyImports(most=MOST_UNFINISHED)
    file = keep(uow, sheet.file, uploaded_by=actor.known_id, now=now)
    row = SheetImport(
        user_id=actor.id,
        lab_id=lab_id,
        file_id=file.key,
        sha256=file.sha256,
        unread=list(sheet.unread),
        total=sheet.total,
        asked_at=now,
    )
    uow.session.add(row)
    uow.session.flush()
    changes = {"state": (None, row.state), "rows": (None, row.total)}
    uow.announce(
        SheetSent(
            at=now,
            actor_id=actor.known_id,
            subject=f"instrument_import:{row.key}",
            import_id=row.key,
            changes=changes,
        )
    )
    return row


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows, how many there were before them, and which instruments those named."""

    rows: Sequence[SheetRow]
    begin: int
    named: Named
    ranks: Ranks = field(default_factory=Ranks)


def take_slice(uow: UnitOfWork, import_id: int, part: Part, *, now: datetime) -> bool:
    """Write what these rows say, and that they are done; False when another run did so before.

    Whose sheet it is counts as they are now: what they keep no more, they import no more.
    """
    sheet = import_for_update(uow.session, import_id)
    if sheet.done != part.begin or sheet.state not in UNFINISHED:
        return False
    actor = actor_by_id(uow.session, sheet.user_id)
    kept = labs_managed_by(uow.session, actor)
    labs = Labs([LabName(lab.id, lab.name) for lab in kept], usual=sheet.lab_id)
    _Slice(uow, sheet, actor, labs, now).take(part)
    sheet.state, sheet.started_at = ImportState.RUNNING, sheet.started_at or now
    sheet.attempts = 0
    if sheet.done == sheet.total:
        _end(uow, sheet, ImportState.DONE, now=now)
    uow.session.flush()
    return True


def give_up(uow: UnitOfWork, import_id: int, error: Exception, *, now: datetime) -> None:
    """Count that it went wrong; after a few times, or when it never will go right, end it."""
    sheet = import_for_update(uow.session, import_id)
    sheet.attempts += 1
    for_good = isinstance(error, BookingError) and error.kind in _FOR_GOOD
    if for_good or sheet.attempts >= MOST_ATTEMPTS:
        sheet.error = error.code if isinstance(error, BookingError) else "import.broke_off"
        _end(uow, sheet, ImportState.FAILED, now=now)


def _end(uow: UnitOfWork, sheet: SheetImport, state: ImportState, *, now: datetime) -> None:
    before, sheet.state, sheet.ended_at = sheet.state, state, now
    counts = ("created", "changed", "unchanged", "faulty")
    told = {name: (None, getattr(sheet, name)) for name in counts}
    uow.announce(
        SheetTakenIn(
            at=now,
            actor_id=sheet.user_id,
            subject=f"instrument_import:{sheet.key}",
            import_id=sheet.key,
            changes={"state": (before, state), **told},
        )
    )


@dataclass(slots=True)
class _Slice:
    uow: UnitOfWork
    sheet: SheetImport
    actor: Actor
    labs: Labs
    now: datetime
    faults: dict[int, list[Violation]] = field(default_factory=dict)
    # Kept apart until the slice is through: what is counted so far adds up to nothing.
    counts: Counter[str] = field(default_factory=Counter)
    # What speaks against new parts of a whole, by its id.
    refused: dict[int, Sequence[Violation]] = field(default_factory=dict)
    known: Mapping[Key, KnownCard] = field(default_factory=dict)
    ranks: Ranks = field(default_factory=Ranks)

    def take(self, part: Part) -> None:
        rows, self.ranks = part.rows, part.ranks
        meant = {row.line: key for row in rows if (key := self._meant(row, part.named))}
        wholes = {(meant[r.line][0], r.whole) for r in rows if r.whole and r.line in meant}
        self.known = cards_by_inner_id(self.uow.session, {*meant.values(), *wholes})
        new: dict[int, list[SheetRow]] = {}
        for row in rows:
            key = meant.get(row.line)
            card = self.known.get(key) if key else None
            self._note(row, _misfit(row, card))
            if key is None or self.faults.get(row.line):
                continue
            linked = self._linked(row, key[0], card)
            if card is not None:
                self._count(linked, card)
            elif not self.faults.get(row.line):
                new.setdefault(key[0], []).append(linked)
        for lab_id, some in new.items():
            self._register(lab_id, some)
        self._keep_faults(rows)
        for name, number in self.counts.items():
            setattr(self.sheet, name, getattr(self.sheet, name) + number)
        self.sheet.done += len(rows)

    def _count(self, row: SheetRow, card: KnownCard) -> None:
        """Change a card as its row says, unless the row is faulty."""
        changed = not self.faults.get(row.line) and self._changed(row, card)
        if not self.faults.get(row.line):
            self.counts["changed" if changed else "unchanged"] += 1

    def _register(self, lab_id: int, rows: Sequence[SheetRow]) -> None:
        entries = [_entry(row) for row in rows]
        ids = register_all(self.uow, lab_id, entries, actor=self.actor, now=self.now)
        weeks = {one: row.week for one, row in zip(ids, rows, strict=True) if row.week}
        first_weeks(self.uow, weeks, actor=self.actor, now=self.now)
        self.counts["created"] += len(entries)

    def _linked(self, row: SheetRow, lab_id: int, card: KnownCard | None) -> SheetRow:
        """The row with its codes beside those of the card, and its whole by id."""
        values = dict(row.values)
        whole = self.known.get((lab_id, row.whole)) if row.whole else None
        if row.codes:
            codes = {**(card.instrument.other_codes if card else {}), **row.codes}
            values["other_codes"] = {scheme: code for scheme, code in codes.items() if code}
        if row.whole is not None:
            values["part_of_id"] = whole.instrument.key if whole else None
        if row.whole:
            self._note(row, self._misplaced(row, card, whole))
        return replace(row, values=values)

    def _misplaced(
        self, row: SheetRow, card: KnownCard | None, whole: KnownCard | None
    ) -> Sequence[Violation]:
        """Why the row cannot be part of its whole; of a card that is there, `edit` judges."""
        if not self.ranks.is_sound(row.line):
            return [Violation(PartsContradict.code, {"field": PART_OF.key})]
        if whole is None:
            return [Violation("import.whole_unknown", {"field": PART_OF.key, "value": row.whole})]
        if card is not None:
            return ()
        one, lab_id = whole.instrument.key, whole.instrument.lab_id
        if one not in self.refused:
            self.refused[one] = _refusal_of(self.uow, one, lab_id=lab_id, now=self.now)
        return self.refused[one]

    def _meant(self, row: SheetRow, named: Named) -> Key | None:
        """Which instrument of which lab; whatever is wrong with the row so far is noted."""
        self._note(row, row.faults)
        lab_id = self.labs.find(row.lab)
        if isinstance(lab_id, Violation):
            self._note(row, [lab_id])
            return None
        if not row.inner_id:
            return None
        first = named.first(row, self.labs)
        if first != row.line:
            self._note(row, [Violation("import.twice", {"field": "inner_id", "line": first})])
        return lab_id, row.inner_id

    def _note(self, row: SheetRow, faults: Sequence[Violation]) -> None:
        if faults:
            self.faults.setdefault(row.line, []).extend(faults)

    def _changed(self, row: SheetRow, card: KnownCard) -> bool:
        week = row.week if row.week is not None and not same_week(row.week, card.week) else None
        if not _differs(row, card) and week is None:
            return False
        changes = CardChanges(values=row.values, units=row.units)
        one = card.instrument.key
        try:
            with self.uow.session.begin_nested():
                edit(self.uow, one, changes, actor=self.actor, now=self.now)
                if week is not None:
                    set_week(self.uow, one, week, actor=self.actor, now=self.now)
        except BookingError as refused:
            self._note(row, refused.violations or [Violation(refused.code, refused.params)])
            return False
        return True

    def _keep_faults(self, rows: Sequence[SheetRow]) -> None:
        for row in rows:
            if faults := self.faults.get(row.line):
                told: list[list[object]] = [[fault.code, _plain(fault.params)] for fault in faults]
                self.uow.session.add(
                    SheetFault(
                        import_id=self.sheet.key, line=row.line, cells=dict(row.cells), faults=told
                    )
                )
                self.counts["faulty"] += 1


def _misfit(row: SheetRow, known: KnownCard | None) -> Sequence[Violation]:
    """A code that its classification does not have."""
    card = known.instrument if known else None
    code = str(row.values.get("category_code", card.category_code if card else ""))
    usual = card.classification_scheme if card else NATIONAL
    if fits(code, str(row.values.get("classification_scheme", usual))):
        return ()
    return (Violation("instrument.category_unknown", {"field": "category_code"}),)


def _refusal_of(
    uow: UnitOfWork, whole_id: int, *, lab_id: int, now: datetime
) -> Sequence[Violation]:
    try:
        must_fit_together(uow.session, None, whole_id, lab_id=lab_id, now=now)
    except BookingError as refused:
        return [Violation(refused.code, {"field": PART_OF.key})]
    return ()


def _entry(row: SheetRow) -> Entry:
    card = Card(**row.values)  # type: ignore[arg-type]  # checked by the fields
    return Entry(card, row.units or 1)


def _differs(row: SheetRow, card: KnownCard) -> bool:
    if row.units is not None and row.units != card.units:
        return True
    said = stored(dict(row.values))
    return any(getattr(card.instrument, name) != value for name, value in said.items())


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, str | int) else str(value)
        for name, value in params.items()
    }
