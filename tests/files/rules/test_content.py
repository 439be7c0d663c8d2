"""What a file is by its content, whatever it is called."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.files.rules.content import Fault, fault_in, looks_like
from booking.files.rules.kinds import FileKind
from tests.factories.files import JPEG, WEBP, WEBP_LOSSLESS, einvoice_xml, ofd, pdf, png, workbook

GOOD = {
    FileKind.PDF: pdf(),
    FileKind.PNG: png(),
    FileKind.JPEG: JPEG,
    FileKind.WEBP: WEBP,
    FileKind.XLSX: workbook(("名称", "编号"), ("电镜", 1)),
    FileKind.OFD: ofd(),
}
# Nothing at its beginning says what a table of text is; its use does.
ANY = GOOD | {
    FileKind.CSV: "名称,编号\n电镜,1\n".encode("gb18030"),
    FileKind.XML: einvoice_xml(),
}
SCRIPT = b"<script>alert(1)</script>"


def archive(comment: bytes = b"") -> bytes:
    """A ZIP whose one entry unfolds to a thousand times its size."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bomb", bytes(10_000_000))
        made.comment = comment
    return out.getvalue()


@pytest.mark.parametrize("kind", GOOD)
def test_what_is_whole_is_taken_for_what_it_is(kind):
    assert looks_like(GOOD[kind]) == kind
    assert fault_in(GOOD[kind], kind) is None


def test_all_pictures_of_a_kind_are_that_kind():
    assert looks_like(WEBP_LOSSLESS) is FileKind.WEBP
    assert fault_in(WEBP_LOSSLESS, FileKind.WEBP) is None
    # A camera appends what it likes: a film of the moment, a picture for the right eye.
    assert fault_in(JPEG + b"film" * 1000, FileKind.JPEG) is None


@pytest.mark.parametrize(
    ("content", "looks"),
    [
        (b"<html><body>hello", "HTML"),
        (b"\n\n <!DOCTYPE html><p>", "HTML"),
        (b"text first, then " + SCRIPT, "HTML"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "SVG"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', "XML"),
        (archive(), "Office / ZIP"),
        (b"MZ\x90\0\3\0\0\0", "EXE"),
        (b"GIF89a\1\0\1\0", "GIF"),
        (b"just words", ""),
        (b"\0", ""),
        (b"%!PS", ""),
    ],
)
def test_what_only_pretends_is_seen_for_what_it_is(content, looks):
    found = looks_like(content)
    assert found not in list(FileKind)
    assert found == looks or not looks


@pytest.mark.parametrize("kind", GOOD)
def test_what_breaks_off_is_damaged(kind):
    whole = GOOD[kind]
    for length in (len(whole) // 3, len(whole) // 2, len(whole) - 8):
        assert fault_in(whole[:length], kind) is Fault.DAMAGED


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("comment", [b"", b"startxref\n9\n%%EOF\n"])
def test_an_archive_behind_it_is_found(kind, comment):
    assert fault_in(GOOD[kind] + archive(comment), kind) is not None


def test_a_document_that_is_an_archive_too_is_twofold():
    both = pdf(before_the_end=archive())[:-6]
    hidden = both + archive(b"startxref\n9\n%%EOF")
    assert fault_in(hidden, FileKind.PDF) is Fault.TWOFOLD


@pytest.mark.parametrize("kind", [FileKind.PNG, FileKind.WEBP])
def test_a_page_behind_a_picture_is_found(kind):
    assert fault_in(GOOD[kind] + SCRIPT * 100, kind) is Fault.TWOFOLD


def test_a_page_in_front_of_a_document_is_found():
    page = pdf().replace(b"\n", b"\n" + SCRIPT + b"\n", 1)
    assert looks_like(page) is FileKind.PDF
    assert fault_in(page, FileKind.PDF) is Fault.TWOFOLD


def test_a_page_that_only_begins_as_a_document_is_damaged():
    assert fault_in(b"%PDF-1.7\n<html>" + SCRIPT, FileKind.PDF) is Fault.DAMAGED


@pytest.mark.parametrize("size", [(100_000, 100_000), (2**31, 2**31), (1, 2**31)])
def test_a_picture_of_absurd_size_is_not_opened(size):
    assert fault_in(png(*size), FileKind.PNG) is Fault.TOO_MANY_PIXELS


def test_a_picture_of_no_size_is_damaged():
    assert fault_in(png(0, 5), FileKind.PNG) is Fault.DAMAGED


@given(kind=st.sampled_from(list(ANY)), content=st.binary(max_size=300), whole=st.booleans())
def test_no_bytes_trouble_the_judge(kind, content, whole):
    start = ANY[kind][:40] if whole else b""
    looks_like(start + content)
    assert fault_in(start + content, kind) in {None, *Fault}


@given(kind=st.sampled_from(list(ANY)), data=st.data())
def test_no_change_of_a_byte_troubles_the_judge(kind, data):
    changed = bytearray(ANY[kind])
    place = data.draw(st.integers(0, len(changed) - 1))
    changed[place] = data.draw(st.integers(0, 255))
    assert fault_in(bytes(changed), kind) in {None, *Fault}


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"../OFD.xml": b"<a/>"}, Fault.DAMAGED),
        ({"/etc/OFD.xml": b"<a/>"}, Fault.DAMAGED),
        ({"Doc_0/..": b""}, Fault.DAMAGED),
        ({"Doc_0\\Page.xml": b"<a/>"}, Fault.DAMAGED),
        ({"Doc_0/bomb.bin": bytes(200_000_000)}, Fault.SWELLS),
        ({"Doc_0/a.xml": b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'}, Fault.REFERS_OUTSIDE),
        ({"Doc_0/a.xml": '<?xml version="1.0"?><a/>'.encode("utf-16")}, Fault.REFERS_OUTSIDE),
        ({"Doc_0/Attachs/original_invoice.xml": b"<a/>"}, None),
    ],
)
def test_an_ofd_keeps_to_itself(parts, fault):
    assert looks_like(ofd(parts)) is FileKind.OFD
    assert fault_in(ofd(parts), FileKind.OFD) is fault


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (einvoice_xml(), None),
        (b"\xef\xbb\xbf" + einvoice_xml(), None),
        (einvoice_xml()[:-3], Fault.DAMAGED),
        (b"<a><b></a></b>", Fault.DAMAGED),
        (b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', Fault.REFERS_OUTSIDE),
        (
            b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
            Fault.REFERS_OUTSIDE,
        ),
        (b'<?xml version="1.0" encoding="UTF-16"?><a/>', Fault.REFERS_OUTSIDE),
        ("<a/>".encode("utf-16"), Fault.REFERS_OUTSIDE),
    ],
)
def test_an_xml_is_whole_and_declares_nothing(content, fault):
    assert fault_in(content, FileKind.XML) is fault
