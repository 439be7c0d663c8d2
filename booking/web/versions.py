"""`ETag` and `If-Match`: whoever changes a record may say which version of it they read."""

from typing import Annotated, Final

from fastapi import Depends, Header

from booking.kernel.errors import BookingError

_ANYTHING: Final = "*"


class RecordStale(BookingError):
    """Somebody else changed the record since it was read."""

    kind = "stale"
    code = "record.stale"


def tag_header(tag: object) -> dict[str, str]:
    """The header that says which version an answer shows."""
    return {"etag": f'"{tag}"'}


async def expected_tag(if_match: Annotated[str | None, Header()] = None) -> str | None:
    """What `If-Match` names; None where anything will do. What is no tag of ours matches none."""
    if if_match is None or if_match.strip() == _ANYTHING:
        return None
    return if_match.strip().removeprefix("W/").strip('"')


IfMatch = Annotated[str | None, Depends(expected_tag)]


def must_match(expected: str | None, tag: object) -> None:
    """Refuse to change what is no longer what was read."""
    if expected is not None and expected != str(tag):
        raise RecordStale
