"""Pages: a programme as a form with its plain reading beside it, as YAML, and beside another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

import yaml
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from booking.access.actor import Actor
from booking.access.guards import requires
from booking.access.permissions import Permission
from booking.db.transactions import UnitOfWork
from booking.kernel.errors import BookingError, NotFound, Violation
from booking.subsidies.actions.publish_programme import draft_programme, draft_version
from booking.subsidies.queries.programmes import VersionRow, versions
from booking.subsidies.rules.changes import changes
from booking.subsidies.rules.documents import read_document
from booking.subsidies.rules.editing import (
    ROWS,
    compacted,
    document_of,
    fields_of,
    ordered,
    rows_in,
    with_row,
    without_row,
)
from booking.subsidies.rules.explanation import tongue_of
from booking.subsidies.rules.faults import ProgrammeInvalid
from booking.subsidies.rules.reading import read_as_far
from booking.subsidies.rules.summary import summary
from booking.web.clock import ClockDep
from booking.web.downloads import download
from booking.web.forms import Filled
from booking.web.i18n import language
from booking.web.rendering import PageDep
from booking.web.transactions import Reading, Transaction

router = APIRouter()

Reader = Annotated[Actor, requires(Permission.PROGRAMME_READ)]
Keeper = Annotated[Actor, requires(Permission.PROGRAMME_MANAGE)]
_PAGE: Final = "subsidies/programme_editor.html"
_BLANK: Final = {
    "kind": "usage", "version": "1", "dated_by": "service_end", "period": "calendar_year",
    "base": "min_of_all", "settlement": "monthly", "rate.combine": "highest",
}  # fmt: skip
_LONGEST: Final = 50_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form says, the YAML pasted beside it, and the button that was pressed."""

    fields: Mapping[str, str]
    yaml: str
    do: str


async def sent(request: Request) -> Sent:
    form = await request.form(max_files=0)
    texts = {
        name: value.strip()[:_LONGEST] for name, value in form.items() if isinstance(value, str)
    }
    return Sent(texts, str(form.get("yaml", ""))[:_LONGEST], texts.get("do", ""))


@router.get("/programmes/editor", name="programme_editor")
def edit(
    session: Reading,
    page: PageDep,
    actor: Keeper,
    like: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """An empty form, or one that starts from a version (`ID:2`) and becomes the next one."""
    return page.render(_PAGE, **_shown(_started(session, like) if like else _BLANK))


@router.post("/programmes/editor", name="edit_programme")
def edited(
    asked: Annotated[Sent, Depends(sent)],
    uow: Transaction,
    page: PageDep,
    clock: ClockDep,
    actor: Keeper,
) -> Response:
    """Add or remove a row, read it aloud, read YAML into it, or enter it as a draft."""
    fields = compacted(asked.fields)
    verb, _, rest = asked.do.partition(":")
    if verb == "read":
        return _from_yaml(page, asked, fields)
    if verb == "add" and rest in ROWS:
        fields = with_row(fields, rest)
    elif verb == "remove":
        name, _, at = rest.partition(":")
        fields = without_row(fields, name, int(at)) if at.isdecimal() else fields
    elif verb == "enter":
        page.if_refused(_PAGE, **_shown(fields))
        return _entered(uow, page, fields, actor_id=actor.known_id, now=clock.now())
    part = page.target("editor", "reading") or "editor"
    return page.render(_PAGE, fragment=part, **_shown(fields, checked=verb != "remove"))


@router.get("/programmes/{code}/versions/{version}.yaml", name="programme_yaml")
def as_yaml(code: str, version: int, session: Reading, actor: Reader) -> Response:
    """A version as the file it would be entered from."""
    row = _version(session, code, version)
    return download(
        _yaml({**row.terms, "document": row.document}),
        filename=f"{code}-v{version}.yaml",
        media_type="application/yaml",
    )


@router.get("/programmes/{code}/changes", name="programme_changes")
def compare(
    code: str, session: Reading, page: PageDep, actor: Reader, one: int = 0, other: int = 0
) -> Response:
    """What one version says differently from another, in words; the last two, if none is named."""
    rows = versions(session, code)
    if not rows:
        raise NotFound(programme=code)
    numbers = [row.version for row in rows]
    chosen = (one or numbers[max(0, len(numbers) - 2)], other or numbers[-1])
    left, right = (_version(session, code, number) for number in chosen)
    return page.render(
        "subsidies/programme_changes.html",
        code=code,
        numbers=[(number, f"v{number}") for number in numbers],
        form=Filled({"one": [str(left.version)], "other": [str(right.version)]}),
        left=left,
        right=right,
        changes=changes(left.programme, right.programme, tongue_of(language())),
    )


def _entered(
    uow: UnitOfWork, page: PageDep, fields: Mapping[str, str], *, actor_id: int | None, now: Any
) -> Response:
    document = document_of(fields)
    code = str(document.get("id", ""))
    try:
        if any(row.code == code for row in versions(uow.session)):
            draft_version(uow, code, document, actor_id=actor_id, now=now)
        else:
            draft_programme(uow, document, actor_id=actor_id, now=now)
    except ProgrammeInvalid as refused:
        # The whole form again, with every fault at its field.
        page.if_refused(_PAGE, **_shown(fields, faults=refused.violations))
        raise
    return page.redirect("programme", code)


def _from_yaml(page: PageDep, asked: Sent, fields: Mapping[str, str]) -> Response:
    try:
        document = read_document(asked.yaml, is_json=False)
        _, faults = read_as_far(document)
    except BookingError as refused:
        faults, document = list(refused.violations), None
    # What the form has no field for would be lost in it: it stays in the text.
    lost = not isinstance(document, dict) or any(_unknown(fault) for fault in faults)
    if lost or not isinstance(document, dict):
        shown = {**_shown(fields, faults=faults), "yaml": asked.yaml}
        return page.render(_PAGE, fragment="editor", status=422, **shown)
    return page.render(_PAGE, fragment="editor", **_shown(compacted(fields_of(document))))


def _unknown(fault: Violation) -> bool:
    return fault.code in {
        "programme.unknown_key",
        "programme.not_a_mapping",
        "programme.not_a_list",
    }


def _shown(
    fields: Mapping[str, str],
    *,
    checked: bool = True,
    faults: Sequence[Violation] | None = None,
) -> dict[str, Any]:
    """The form with its faults at its fields, its plain reading, and its YAML."""
    document = document_of(fields)
    terms, found = read_as_far(document)
    wrong = list(found if faults is None else faults)
    at: dict[str, list[Violation]] = {}
    for fault in wrong:
        at.setdefault(_field(str(fault.params["path"])), []).append(fault)
    return {
        "form": Filled({name: [text] for name, text in fields.items()}, None, at),
        "rows": {name.replace(".", "_"): range(rows_in(fields, name)) for name in ROWS},
        "name": terms.name[tongue_of(language())],
        "sentences": summary(replace(terms), tongue_of(language())),
        "faults": wrong if checked else [],
        "yaml": _yaml(document),
    }


def _field(path: str) -> str:
    """The field at which a fault is shown: some paths are of more than one field."""
    return {"valid": "valid.from", "discount": "discount.value"}.get(path, path)


def _started(session: Session, like: str) -> dict[str, str]:
    """The form of the version after all others of its programme."""
    code, _, number = like.rpartition(":")
    if not number.isdecimal():
        raise NotFound(programme=like)
    row = _version(session, code, int(number))
    last = versions(session, code)[-1].version
    return {**_BLANK, **fields_of({**row.terms, "version": last + 1, "document": ""})}


def _version(session: Session, code: str, version: int) -> VersionRow:
    found = [row for row in versions(session, code) if row.version == version]
    if not found:
        raise NotFound(programme=code, version=version)
    return found[0]


def _yaml(document: Mapping[str, object]) -> str:
    text: str = yaml.safe_dump(ordered(document), allow_unicode=True, sort_keys=False)
    return text
