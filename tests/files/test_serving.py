"""How a file is given out: as a download that no browser takes for a page."""

import pytest

from booking.files.actions.receive import receive
from booking.files.errors import FileGone
from booking.files.exports import served
from booking.files.providers.disk import Vault
from booking.files.queries import FileRow
from booking.files.rules.kinds import FileKind, Use
from tests.factories.files import LONG_AGO, Chosen, pdf, png


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "files")


@pytest.fixture
def file(vault):
    got = receive(vault, Chosen(pdf(), '执照 "正本".pdf'), Use.EVIDENCE)
    return FileRow(1, got.name, FileKind.PDF, got.size, got.sha256, got.given_name, LONG_AGO)


def test_it_is_saved_under_its_own_name_and_trusted_with_nothing(vault, file):
    headers = served(vault, file).headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == (
        'attachment; filename="__ ____.pdf"; '
        "filename*=utf-8''%E6%89%A7%E7%85%A7%20_%E6%AD%A3%E6%9C%AC_.pdf"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert headers["cache-control"] == "private, no-store"


def test_a_picture_may_be_looked_at_where_that_is_asked(vault):
    got = receive(vault, Chosen(png(), "正本.png"), Use.EVIDENCE)
    picture = FileRow(1, got.name, got.kind, got.size, got.sha256, got.given_name, LONG_AGO)
    assert served(vault, picture).headers["content-disposition"].startswith("attachment;")
    shown = served(vault, picture, inline=True).headers
    assert shown["content-disposition"].startswith('inline; filename="__.png"')
    assert shown["content-security-policy"].startswith("sandbox;")


def test_a_document_is_never_opened_in_place(vault, file):
    shown = served(vault, file, inline=True).headers["content-disposition"]
    assert shown.startswith("attachment;")


def test_bytes_that_are_gone_are_told_in_words(vault, file):
    vault.drop(file.name)
    with pytest.raises(FileGone):
        served(vault, file)
