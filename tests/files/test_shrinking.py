"""Photos become small, upright and silent about where they were taken."""

import io
import struct

import pytest
from PIL import Image

from booking.files.actions.receive import receive_picture
from booking.files.errors import FileDamaged, FileKindRefused, FileTooLarge, TooManyPixels
from booking.files.providers.disk import Vault
from booking.files.providers.shrinking import LARGE, MOST_BYTES, SMALL
from booking.files.rules.kinds import ALLOWED, FileKind, Use
from tests.factories.files import JPEG, WEBP, WEBP_LOSSLESS, Chosen, pdf, png

_ORIENTATION, _MAKE, _GPS = 0x0112, 0x010F, 0x8825


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "files")


def shot(width=3200, height=2000, *, turned=1, kind="JPEG", **more):
    """A telephone's photo: red to the left, blue to the right, with where and by what."""
    image = Image.new(more.pop("mode", "RGB"), (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_MAKE] = turned, "SECRETCAM"
    exif.get_ifd(_GPS)[1] = "N"
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **more)
    return out.getvalue()


def noise(side):
    """A photo that nothing makes small."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 120).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def opened(vault, received):
    return Image.open(io.BytesIO(vault.path(received.name).read_bytes()))


def test_a_photo_is_kept_in_two_sizes_and_not_as_it_was_sent(vault):
    got = receive_picture(vault, Chosen(shot(), "测试间 正面.png"))
    assert opened(vault, got.large).size == (LARGE, LARGE * 5 // 8)
    assert opened(vault, got.small).size == (SMALL, SMALL * 5 // 8)
    for kept in (got.large, got.small):
        assert (kept.kind, kept.given_name) == (FileKind.JPEG, "测试间 正面.jpg")
        assert kept.size == vault.path(kept.name).stat().st_size <= MOST_BYTES
    assert len(list(vault.names())) == 2


def test_what_the_camera_wrote_is_gone(vault):
    content = shot()
    assert b"SECRETCAM" in content
    got = receive_picture(vault, Chosen(content, "a.jpg"))
    for kept in (got.large, got.small):
        assert b"SECRETCAM" not in vault.path(kept.name).read_bytes()
        assert not opened(vault, kept).getexif()


def test_a_photo_taken_upright_stands_upright(vault):
    got = receive_picture(vault, Chosen(shot(turned=6), "a.jpg"))
    image = opened(vault, got.large)
    assert image.size == (LARGE * 5 // 8, LARGE)
    red, _, blue = image.getpixel((10, 10))
    assert (red > 200, blue < 60) == (True, True)


def test_a_small_picture_is_not_blown_up(vault):
    assert opened(vault, receive_picture(vault, Chosen(png(), "a.png")).large).size == (3, 2)


TAKEN = {"jpeg": JPEG, "webp": WEBP, "lossless": WEBP_LOSSLESS, "png": shot(60, 40, kind="PNG")}


@pytest.mark.parametrize("what", TAKEN)
def test_every_kind_that_is_taken_becomes_a_jpeg(vault, what):
    got = receive_picture(vault, Chosen(TAKEN[what], "a"))
    assert opened(vault, got.large).format == "JPEG"


def test_what_is_seen_through_has_white_behind_it(vault):
    clear = io.BytesIO()
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(clear, "PNG")
    got = receive_picture(vault, Chosen(clear.getvalue(), "a.png"))
    assert opened(vault, got.large).getpixel((5, 5)) == (255, 255, 255)


def test_noise_is_pressed_under_the_limit_of_the_national_platform(vault):
    assert len(noise(2400)) > MOST_BYTES
    assert receive_picture(vault, Chosen(noise(2400), "a.jpg")).large.size <= MOST_BYTES


def noted_wrongly():
    """A photo that says its sharpness in letters, and to be turned."""
    entries = (0x011A, 2, 2, b"a\0\0\0"), (_ORIENTATION, 3, 1, b"\6\0\0\0")
    notes = b"".join(struct.pack("<HHI4s", *entry) for entry in entries)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + notes + bytes(4)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    return out.getvalue()


REFUSED = {
    "notes that cannot be": (noted_wrongly(), FileDamaged),
    "a document": (pdf(), FileKindRefused),
    "a header without a picture": (png(4000, 4000), FileDamaged),
    "cut short": (noise(400)[:-9000], FileDamaged),
    "more than memory holds": (png(8000, 8000), TooManyPixels),
    "too large a file": (png() + bytes(ALLOWED[Use.PHOTO].largest), FileTooLarge),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_leaves_nothing_behind(vault, what):
    content, error = REFUSED[what]
    with pytest.raises(error):
        receive_picture(vault, Chosen(content, "a.png"))
    assert [path for path in vault.directory.rglob("*") if path.is_file()] == []
