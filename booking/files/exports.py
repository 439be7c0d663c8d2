"""Giving a file out. Other rooms' routes call this behind their own door; there is none here."""

import logging
from typing import Final

from fastapi import Response
from fastapi.responses import FileResponse

from booking.files.errors import FileGone
from booking.files.providers.disk import Vault
from booking.files.queries import FileRow
from booking.files.rules.kinds import MEDIA_TYPES, FileKind
from booking.web.downloads import attachment

_log = logging.getLogger(__name__)
_CAREFUL: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-store",
    "accept-ranges": "none",
}
# Bytes never change under an address; who may see them may.
_PUBLIC: Final = {"cache-control": "public, max-age=86400"}


def served(
    vault: Vault, file: FileRow, *, inline: bool = False, is_public: bool = False
) -> Response:
    """The file as a download, or to look at in the browser; a public one may be kept for a day.

    A document always is a download: browsers show none in the sandbox that pictures are given in.
    """
    path = vault.path(file.name)
    if not path.is_file():
        _log.error("the bytes of file %s are gone", file.id)
        raise FileGone
    named = attachment(file.given_name)
    if inline and file.kind is not FileKind.PDF:
        named = {name: said.replace("attachment", "inline", 1) for name, said in named.items()}
    kept = _PUBLIC if is_public else {}
    headers = {**_CAREFUL, **kept, **named}
    return FileResponse(path, media_type=MEDIA_TYPES[file.kind], headers=headers)
