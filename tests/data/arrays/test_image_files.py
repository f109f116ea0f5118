"""Only the formats that are documented are decoded, and none that would take too much memory."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from modelspec.data.arrays.image_files import FORMATS, MOST_PIXELS, PictureError, decode
from modelspec.data.readers.folder import ENDINGS


def _png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 4) + b"IDAT"


@pytest.mark.parametrize("format", FORMATS)
def test_what_is_documented_is_decoded(format: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (6, 4), (255, 0, 0)).save(path, format)
    picture = decode(str(path), (2, 3), 3, "stretch")
    assert picture.shape == (2, 3, 3)
    assert picture[..., 0].min() > 250
    assert picture[..., 1:].max() < 5


def test_each_ending_of_a_folder_is_of_a_format_that_is_decoded() -> None:
    Image.init()
    assert {Image.EXTENSION[ending] for ending in ENDINGS} == set(FORMATS)


def test_a_format_that_is_not_documented_is_refused_whatever_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(*arguments: object, **named: object) -> None:
        pytest.fail("Ghostscript was started")

    monkeypatch.setattr("subprocess.check_call", start)
    monkeypatch.setattr("subprocess.Popen", start)
    for format in ("EPS", "PPM", "ICO", "TGA", "PDF"):
        path = tmp_path / f"{format}.jpg"
        Image.new("RGB", (6, 4)).save(path, format)
        with pytest.raises(PictureError, match="it is none of PNG, JPEG, GIF, BMP, WEBP, TIFF"):
            decode(str(path), (2, 3), 3, "stretch")


@pytest.mark.parametrize(
    ("width", "height"), [(MOST_PIXELS // 1000 + 1, 1000), (10_000, 10_000), (2**31 - 1, 2**31 - 1)]
)
def test_too_many_pixels_are_refused_by_the_header(width: int, height: int, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(_png_header(width, height))
    with pytest.raises(PictureError, match=r"pixels"):
        decode(str(path), (2, 3), 3, "stretch")


def test_as_many_as_are_allowed_are_read_on(tmp_path: Path) -> None:
    path = tmp_path / "cut_off.png"
    path.write_bytes(_png_header(2**13, MOST_PIXELS // 2**13))
    with pytest.raises(PictureError) as caught:
        decode(str(path), (2, 3), 3, "stretch")
    assert "are allowed" not in str(caught.value)
