"""Files on their way in: onto a real disk, or refused in clear words with nothing left behind."""

import hashlib
import io
import stat
import sys
from types import SimpleNamespace

import pytest

from booking.files.actions.receive import keep, receive
from booking.files.errors import (
    FileDamaged,
    FileEmpty,
    FileKindRefused,
    FileKindUnknown,
    FileTooLarge,
    ScanRefused,
    ScanUnavailable,
)
from booking.files.models import ScanState
from booking.files.providers.disk import Vault
from booking.files.providers.scanner import scanned
from booking.files.queries import file_row
from booking.files.rules.kinds import ALLOWED, FileKind, Use
from booking.web.problems import problem_of
from tests.factories.files import LONG_AGO, WEBP, Chosen, pdf, png


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "files")


def lying(vault):
    return [path for path in vault.directory.rglob("*") if path.is_file()]


def test_what_arrives_lies_under_a_random_name_as_it_came(vault):
    received = receive(vault, Chosen(pdf(), "../../执照.exe"), Use.EVIDENCE)
    again = receive(vault, Chosen(pdf(), "执照.pdf"), Use.EVIDENCE)
    place = vault.path(received.name)
    assert place.read_bytes() == pdf()
    assert lying(vault) == sorted({place, vault.path(again.name)}, key=lying(vault).index)
    assert received.name != again.name
    assert "执照" not in str(place)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert received.given_name == "执照.pdf"
    assert (received.size, received.kind) == (len(pdf()), FileKind.PDF)
    assert received.sha256 == hashlib.sha256(pdf()).hexdigest()
    assert received.scan is ScanState.NOT_SCANNED


def test_its_row_says_who_sent_it_and_when(uow, vault):
    received = receive(vault, Chosen(), Use.EVIDENCE)
    kept = keep(uow, received, uploaded_by=7, now=LONG_AGO)
    row = file_row(uow.session, kept.key)
    assert (row.name, row.sha256, row.given_name) == (received.name, received.sha256, "执照.pdf")
    assert (kept.uploaded_by, row.uploaded_at) == (7, LONG_AGO)


REFUSED = {
    "empty": (b"", FileEmpty),
    "words": (b"just words", FileKindUnknown),
    "page as document": (b"<html><script>1</script>", FileKindRefused),
    "picture with script": (b"<svg xmlns='x'><script>1</script></svg>", FileKindRefused),
    "photo where papers are meant": (WEBP, FileKindRefused),
    "cut short": (pdf()[:-30], FileDamaged),
    "too large": (pdf() + bytes(ALLOWED[Use.EVIDENCE].largest), FileTooLarge),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_leaves_nothing_behind(vault, what):
    content, error = REFUSED[what]
    with pytest.raises(error):
        receive(vault, Chosen(content), Use.EVIDENCE)
    assert lying(vault) == []


def test_what_is_too_large_is_not_read_to_its_end(vault):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return bytes(size)

    source = Endless()
    sent = SimpleNamespace(file=source, filename="endless.png")
    with pytest.raises(FileTooLarge):
        receive(vault, sent, Use.PHOTO)
    assert source.given <= ALLOWED[Use.PHOTO].largest + 128 * 1024


def test_a_refusal_says_what_it_is_what_is_accepted_and_how_large_it_may_be(vault):
    with pytest.raises(FileKindRefused) as refused:
        receive(vault, Chosen(b"<html>hello"), Use.EVIDENCE)
    assert problem_of(refused.value).detail == "文件内容看起来是 HTML，这里只接受 PDF、PNG、JPEG"
    with pytest.raises(FileTooLarge) as too_large:
        receive(vault, Chosen(png() + bytes(ALLOWED[Use.PHOTO].largest)), Use.PHOTO)
    assert "15 MB" in problem_of(too_large.value).detail


def test_a_name_is_given_once(vault):
    received = receive(vault, Chosen(), Use.EVIDENCE)
    with vault.draft() as draft, pytest.raises(FileExistsError):
        vault.put(draft, name=received.name)
    assert vault.path(received.name).read_bytes() == pdf()


@pytest.mark.parametrize("name", ["", "..", "../" * 10 + "aa", "A" * 32, "a" * 31 + "/"])
def test_no_name_leads_out_of_the_directory(vault, name):
    with pytest.raises(ValueError, match="no name"):
        vault.path(name)


# ── the scanner ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scanner(tmp_path):
    """A command that finds what is marked; its own path has a blank in it."""
    script = tmp_path / "a scanner.py"
    script.write_text(
        "import pathlib, sys\n"
        "assert sys.argv[1] == '--quiet'\n"
        "sys.exit(b'EICAR' in pathlib.Path(sys.argv[2]).read_bytes())\n"
    )
    return f"'{sys.executable}' '{script}' --quiet"


def test_what_the_scanner_finds_clean_is_noted_as_such(vault, scanner):
    received = receive(Vault(vault.directory, scanner), Chosen(), Use.EVIDENCE)
    assert received.scan is ScanState.CLEAN


def test_what_the_scanner_finds_is_not_kept(vault, scanner):
    with pytest.raises(ScanRefused):
        receive(
            Vault(vault.directory, scanner),
            Chosen(pdf(before_the_end=b"EICAR")),
            Use.EVIDENCE,
        )
    assert lying(vault) == []


@pytest.mark.parametrize("command", ["/nowhere/scanner", f"'{sys.executable}' -c 'input(1)' ;"])
def test_without_an_answer_nothing_is_taken(vault, command):
    with pytest.raises((ScanUnavailable, ScanRefused)):
        receive(Vault(vault.directory, command), Chosen(), Use.EVIDENCE)
    assert lying(vault) == []


def test_a_scanner_is_not_waited_for_without_end(tmp_path):
    slow = f"'{sys.executable}' -c 'import time; time.sleep(60)'"
    with pytest.raises(ScanUnavailable):
        scanned(slow, tmp_path, seconds=0.2)
