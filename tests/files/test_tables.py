"""Sheets from strangers: what is not taken, and what reading one never does."""

import io
import zipfile

import pytest

from booking.files.actions.receive import receive
from booking.files.errors import (
    FileDamaged,
    FileKindRefused,
    FileKindUnknown,
    FileRefersOutside,
    FileSwells,
)
from booking.files.providers.disk import Vault
from booking.files.providers.tables import rows_of
from booking.files.rules.kinds import FileKind, Use
from booking.kernel.errors import BookingError
from tests.factories.files import Chosen, pdf, png, workbook

SHEET = workbook(("名称", "编号"), ("电镜", 1))
DECLARED = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
HIDDEN = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "bb">]><a/>'


def with_part(name: str, content: bytes, *, of: bytes = SHEET) -> bytes:
    """The sheet with one of its parts replaced, or one more."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(of)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def archive_of(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, b"<a/>")
    return out.getvalue()


@pytest.fixture
def vault(tmp_path) -> Vault:
    return Vault(tmp_path)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (pdf(), FileKindRefused),
        (png(), FileKindRefused),
        (b"<html><body>1,2</body></html>", FileKindRefused),
        (bytes(range(256)), FileKindUnknown),
        (archive_of("[Content_Types].xml", "word/document.xml"), FileKindRefused),
        (SHEET[:-40], FileKindRefused),
        (SHEET[:200] + b"\xff" * 30 + SHEET[230:], FileDamaged),
        (with_part("xl/worksheets/sheet1.xml", DECLARED + b"<a>&b;</a>"), FileRefersOutside),
        (with_part("xl/worksheets/sheet1.xml", HIDDEN.encode("utf-16")), FileRefersOutside),
    ],
    ids=[
        *("document", "picture", "page", "noise", "letter", "cut short", "damaged"),
        *("entity", "hidden entity"),
    ],
)
def test_what_is_no_sound_sheet_is_not_taken(
    content: bytes, error: type[BookingError], vault: Vault
) -> None:
    with pytest.raises(error):
        receive(vault, Chosen(content, "仪器.xlsx"), Use.SHEET)
    assert not list(vault.names())


def test_a_sheet_that_would_fill_the_disk_is_not_taken(vault: Vault) -> None:
    bomb = with_part("xl/media/bomb.bin", bytes(150_000_000))
    with pytest.raises(FileSwells):
        receive(vault, Chosen(bomb, "仪器.xlsx"), Use.SHEET)
    assert not list(vault.names())


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_a_sheet_that_contradicts_itself_is_damaged_and_no_accident(
    name: str, vault: Vault
) -> None:
    got = receive(vault, Chosen(with_part(name, b"<a><b/></a>"), "仪器.xlsx"), Use.SHEET)
    try:
        rows = list(rows_of(vault.path(got.name), got.kind))
    except FileDamaged:
        rows = []
    assert rows == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_tables_of_text_are_read_however_they_are_written(
    encoding: str, delimiter: str, vault: Vault
) -> None:
    text = f'名称{delimiter}编号\r\n"电镜，{delimiter}\n双束"{delimiter}1\r\n'
    got = receive(vault, Chosen(text.encode(encoding), "仪器.csv"), Use.SHEET)
    assert (got.kind, got.given_name) == (FileKind.CSV, "仪器.csv")
    rows = [list(row) for row in rows_of(vault.path(got.name), got.kind)]
    assert rows == [["名称", "编号"], [f"电镜，{delimiter}\n双束", "1"]]


def inline(*texts: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def first_sheet(rows: str) -> bytes:
    """A workbook with these rows, and one long text for all cells that refer to it."""
    parts = {
        "xl/worksheets/sheet1.xml": f"<sheetData>{rows}</sheetData>",
        "xl/sharedStrings.xml": f"<si><t>{'长' * 32_000}</t></si>",
    }
    with zipfile.ZipFile(io.BytesIO(SHEET)) as old:
        types = old.read("[Content_Types].xml").decode()
    told = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/></Types>'
    made = with_part("[Content_Types].xml", types.replace("</Types>", told).encode())
    for name, content in parts.items():
        made = with_part(name, f'<a xmlns="{SPACE}">{content}</a>'.encode(), of=made)
    return made


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (f"<row>{'<c/>' * 16_385}</row>", FileDamaged),
        (f"<row>{inline('长' * 32_768)}</row>", FileDamaged),
        (("<row>" + '<c t="s"><v>0</v></c>' * 200 + "</row>") * 21, FileSwells),
    ],
    ids=["endless row", "endless text", "many long texts"],
)
def test_a_small_file_does_not_become_a_large_table(
    rows: str, error: type[BookingError], vault: Vault
) -> None:
    got = receive(vault, Chosen(first_sheet(rows), "仪器.xlsx"), Use.SHEET)
    with pytest.raises(error):
        list(rows_of(vault.path(got.name), got.kind))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (first_sheet("<row/>" * 10_000_001), FileSwells),
        (with_part("xl/worksheets/sheet1.dat", DECLARED + b"<a>&b;</a>"), FileRefersOutside),
        (with_part("xl/sheet.dat", HIDDEN.encode("utf-16")), FileRefersOutside),
    ],
    ids=["countless rows", "entity under another name", "hidden entity under another name"],
)
def test_what_would_become_endless_is_not_taken(
    content: bytes, error: type[BookingError], vault: Vault
) -> None:
    with pytest.raises(error):
        receive(vault, Chosen(content, "仪器.xlsx"), Use.SHEET)
