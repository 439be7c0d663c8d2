"""Forms as people fill them in: parsed into a model, or shown again with every fault and word kept.

    def create(form: Annotated[Filled[CardForm], filled_in(CardForm)], page: PageDep, …):
        page.if_refused("instruments/new.html", fragment="card", form=form)
        register(uow, form.checked, …)     # FormInvalid → the same page, 422, faults at the fields

A GET shows `blank(name="…")`. Templates use `ui.field(form, "name", …)`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Final, Generic, TypeVar, get_args, get_origin

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData, UploadFile

from booking.kernel.errors import BookingError, Violation
from booking.web.formats import field_moment
from booking.web.json import YuanStr
from booking.web.moments import NOT_A_TIME, is_day, local_instant, parsed, within_reach
from booking.web.problems import FORM_INVALID, field_of, violation_of
from booking.web.texts import prose, text
from booking.web.words import words

M = TypeVar("M", bound=BaseModel)
Typed = str | UploadFile
_MOST_FILES: Final = 20


class FormInvalid(BookingError):
    """Something in the form is missing or cannot be read."""

    code = FORM_INVALID

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__()
        self.violations = tuple(violations)


@dataclass(frozen=True)
class Filled(Generic[M]):
    """A form as it was filled in, whether or not it makes sense."""

    typed: Mapping[str, Sequence[Typed]]
    model: M | None = None
    faults: Mapping[str, Sequence[Violation]] = field(default_factory=dict)

    @property
    def checked(self) -> M:
        """The model; FormInvalid when there is none."""
        if self.model is None:
            raise FormInvalid([fault for faults in self.faults.values() for fault in faults])
        return self.model

    def value(self, name: str) -> str:
        """What stands in a field."""
        return next((text for text in self.values(name)), "")

    def values(self, name: str) -> list[str]:
        """What is chosen in a field of many."""
        return [text for text in self.typed.get(name, ()) if isinstance(text, str)]

    def chosen(self, name: str) -> str:
        """What the file is called that was chosen; a page shown again cannot choose it itself."""
        files = [file for file in self.typed.get(name, ()) if isinstance(file, UploadFile)]
        return next((file.filename for file in files if file.filename), "")

    def problems(self, name: str) -> list[str]:
        """What is wrong with a field, in words."""
        return [words(fault.code, fault.params) for fault in self.faults.get(name, ())]


def blank(**values: object) -> Filled[BaseModel]:
    """A form nobody has sent yet, with what it starts from."""
    return Filled({name: _shown(value) for name, value in values.items()})


def filled_in(model: type[M]) -> Any:
    """A dependency: the form of this request read as `model`."""

    takes_files = any(_is_file(known.annotation) for known in model.model_fields.values())

    async def read(request: Request) -> Filled[M]:
        return parse(model, await request.form(max_files=0))

    async def read_with_files(request: Request) -> AsyncIterator[Filled[M]]:
        async with request.form(max_files=_MOST_FILES) as form:
            yield parse(model, form)

    return Depends(read_with_files if takes_files else read)


def parse(model: type[M], form: FormData) -> Filled[M]:
    """Read a form; empty fields count as not filled in."""
    typed = {name: form.getlist(name) for name in form}
    given = {
        name: _of_field(model, name, present)
        for name, texts in typed.items()
        if (present := [text for text in texts if not _is_empty(text)])
    }
    try:
        return Filled(typed, model.model_validate(given))
    except ValidationError as broken:
        faults: dict[str, list[Violation]] = {}
        for finding in broken.errors(include_url=False):
            faults.setdefault(field_of(finding).split(".")[0], []).append(violation_of(finding))
        return Filled(typed, None, faults)


def _of_field(model: type[BaseModel], name: str, texts: list[Typed]) -> object:
    known = model.model_fields.get(name)
    return texts if known is not None and _is_many(known.annotation) else texts[-1]


def _is_file(annotation: object) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, UploadFile):
        return True
    return any(_is_file(inner) for inner in get_args(annotation))


def _is_many(annotation: object) -> bool:
    origin = get_origin(annotation)
    if origin in {list, tuple, set, frozenset}:
        return True
    return any(_is_many(inner) for inner in get_args(annotation)) if origin else False


def _is_empty(text: Typed) -> bool:
    return not text.strip() if isinstance(text, str) else not text.filename


def _shown(value: object) -> list[str]:
    if isinstance(value, list | tuple | set | frozenset):
        return [text for one in value for text in _shown(one)]
    if value is None or value is False:
        return []
    if isinstance(value, datetime):
        return [field_moment(value)]
    return ["on" if value is True else str(value.value if isinstance(value, Enum) else value)]


def _local_moment(value: object) -> datetime:
    # A day alone is no time: nobody means the midnight at which it begins.
    if not isinstance(value, str) or is_day(value):
        raise PydanticCustomError(NOT_A_TIME, "not a time")
    return local_instant(parsed(value))


# A time typed by a person: local unless it says otherwise.
LocalMoment = Annotated[datetime, BeforeValidator(_local_moment), AfterValidator(within_reach)]
# An amount typed by a person, in yuan; fen inside.
YuanField = YuanStr
# A line of text; a longer one; both without blanks around.
Line = Annotated[str, text(200, shortest=1)]
Prose = Annotated[str, prose(4000, shortest=1)]
