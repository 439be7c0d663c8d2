"""Enter programmes, versions of them and caps that they share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import select

from booking.db.inserts import insert_unless_exists
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import Violation
from booking.subsidies.errors import ProgrammeExists, VersionExists
from booking.subsidies.events import ProgrammeDrafted
from booking.subsidies.models.programme import JointCapEntry, ProgrammeEntry, ProgrammeVersion
from booking.subsidies.queries.ends import last_days
from booking.subsidies.queries.programmes import programme_entry, version_rows
from booking.subsidies.rules.faults import Faults, ProgrammeInvalid
from booking.subsidies.rules.joint_caps import read_joint_caps
from booking.subsidies.rules.nodes import Node
from booking.subsidies.rules.programme import Programme
from booking.subsidies.rules.reading import KINDS, overlapping, read_as_far, read_programme
from booking.subsidies.states import ProgrammeState

Document = Mapping[str, object]
Versions = Sequence[ProgrammeVersion]


def draft_programme(
    uow: UnitOfWork, document: Document, *, actor_id: int | None, now: datetime
) -> ProgrammeVersion:
    """Enter a new programme with its first version."""
    terms = _read(document)
    row = {"code": terms.id, "kind": terms.kind, "created_at": now}
    if not insert_unless_exists(uow.session, ProgrammeEntry, [row]):
        raise ProgrammeExists(programme=terms.id)
    return _write_version(uow, document, terms, actor_id=actor_id, now=now)


def draft_version(
    uow: UnitOfWork, code: str, document: Document, *, actor_id: int | None, now: datetime
) -> ProgrammeVersion:
    """Enter another version of a programme; no two may claim the same day."""
    terms = _read({**document, "id": document.get("id", code)})
    if terms.id != code:
        raise _refused("id", "other_programme")
    return _write_version(uow, {**document, "id": code}, terms, actor_id=actor_id, now=now)


def enter_joint_cap(uow: UnitOfWork, document: Document, *, now: datetime) -> int:
    """Enter a joint cap over programmes that are there; a known one keeps its terms."""
    faults = Faults()
    node = Node({"joint_caps": [document]}, "", faults=faults, allowed=("joint_caps",))
    kinds = {entry.code: KINDS[entry.kind] for entry in uow.session.exec(select(ProgrammeEntry))}
    caps = read_joint_caps(node, kinds)
    faults.refuse_if_any()
    name = f"{'+'.join(sorted(caps[0].programmes))}:{caps[0].scope}"
    row = {"name": name, "terms": _plain(document), "created_at": now}
    return len(insert_unless_exists(uow.session, JointCapEntry, [row]))


def _read(document: Document) -> Programme:
    """The document as the engine reads it; what is kept must say from when to when it is valid."""
    terms, found = read_as_far(document)
    missing = [
        Violation("programme.missing", {"path": f"valid.{key}"})
        for key, day in (("from", terms.valid_from), ("to", terms.valid_to))
        if day in {date.min, date.max} and not _said_of(found, f"valid.{key}")
    ]
    nothing = [one for one in _worthless(terms) if not _said_of(found, str(one.params["path"]))]
    if found or missing or nothing:
        raise ProgrammeInvalid([*found, *missing, *nothing])
    return terms


def _worthless(terms: Programme) -> Iterator[Violation]:
    """A voucher that is worth nothing, or never pays, cannot be given."""
    for key in ("face", "share", "per_order"):
        if terms.gift is not None and getattr(terms.gift, key) == 0:
            yield Violation("programme.nothing", {"path": f"voucher.{key}"})


def _said_of(found: Sequence[Violation], path: str) -> bool:
    return any(fault.params["path"] == path for fault in found)


def _write_version(
    uow: UnitOfWork, document: Document, terms: Programme, *, actor_id: int | None, now: datetime
) -> ProgrammeVersion:
    entry = programme_entry(uow.session, terms.id)
    versions = version_rows(uow.session, entry.key)
    _fits(terms, entry, versions, ends=last_days(uow.session, entry.key))
    row = ProgrammeVersion(
        programme_id=entry.key,
        version=terms.version,
        document=terms.document,
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        terms=_plain(document),
        created_by=actor_id,
        created_at=now,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.announce(
        ProgrammeDrafted(
            at=now,
            subject=f"programme:{terms.id}",
            actor_id=actor_id,
            changes={"state": (None, row.state), "version": (None, row.version)},
            programme=terms.id,
            version=terms.version,
        )
    )
    return row


def _fits(
    terms: Programme, entry: ProgrammeEntry, others: Versions, *, ends: Mapping[int, date]
) -> None:
    if terms.kind != entry.kind:
        raise _refused("kind", "kind_changed")
    for other in others:
        if other.version == terms.version:
            raise VersionExists(programme=terms.id, version=terms.version)
        if other.state is ProgrammeState.CLOSED:
            continue
        known = read_programme(other.terms)
        if overlapping(terms, replace(known, valid_to=ends.get(other.key, known.valid_to))):
            raise _refused("valid", "overlapping")


def _refused(path: str, fault: str) -> ProgrammeInvalid:
    return ProgrammeInvalid([Violation(f"programme.{fault}", {"path": path})])


def _plain(value: Document) -> dict[str, object]:
    """A document as JSON keeps it: days as ISO text."""
    return {str(key): _plain_value(inner) for key, inner in value.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, list | tuple):
        return [_plain_value(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
