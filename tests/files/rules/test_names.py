"""Names that files are given, and what becomes of them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.files.rules.kinds import FileKind
from booking.files.rules.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("given_name", "clean"),
    [
        ("营业执照.pdf", "营业执照.pdf"),
        ("Certificate 2026 (copy).PDF", "Certificate 2026 (copy).pdf"),
        ("photo.png", "photo.pdf"),
        ("no extension", "no extension.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.pdf"),
        ("/", "file.pdf"),
        ("..", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "file.pdf"),
        ("a\x00b\x1f.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ('"; filename="evil.html', "__ filename=_evil.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("zero\u200bwidth\ufeff.pdf", "zerowidth.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com1", "_com1.pdf"),
        ("nul.tar.gz", "_nul.tar.pdf"),
        ("licence.\u0440df", "licence.\u0440df.pdf"),
        ("trailing dots... .pdf", "trailing dots.pdf"),
        ("half \ud800 of a sign", "half of a sign.pdf"),
        ("e\u0301tude.pdf", "\u00e9tude.pdf"),
        ("x" * 5000 + ".pdf", "x" * LONGEST + ".pdf"),
    ],
)
def test_a_name_is_harmless_afterwards(given_name, clean):
    assert clean_name(given_name, FileKind.PDF) == clean


@given(st.text(max_size=200), st.sampled_from(list(FileKind)))
def test_no_name_leads_anywhere_or_hides_anything(given_name, kind):
    clean = clean_name(given_name, kind)
    assert not set(clean) & set('/\\:*?"<>|\0\r\n')
    assert not clean.startswith(".")
    assert not {unicodedata.category(sign) for sign in clean} & {"Cc", "Cf", "Cs"}
    assert len(clean) <= LONGEST + 6
    assert clean_name(clean, kind) == clean
