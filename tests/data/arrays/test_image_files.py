"""Only the formats that are documented are decoded, and none that would take too much memory."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modelspec.data.arrays.image_files import FORMATS, MOST_PIXELS, PictureError, Pictures, decode
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


@pytest.mark.parametrize("ending", ["png", "tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_16_bits_are_scaled_by_their_own_range(channels: int, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"deep.{ending}"
    numbers = np.array([[0, 1000], [20000, 65535]], np.uint16)
    Image.fromarray(numbers).save(path)
    found = decode(str(path), (2, 2), channels, "stretch")
    for channel in range(min(channels, 3)):
        np.testing.assert_allclose(found[..., channel], numbers / 257, rtol=1e-6)
    if channels == 4:
        assert (found[..., 3] == 255).all()
    resized = decode(str(path), (4, 4), channels, "pad")
    assert resized.shape == (4, 4, channels)
    assert resized[..., 0].max() == pytest.approx(255)


def test_16_bits_of_a_model_of_integers_are_rounded(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    Image.fromarray(np.array([[20000]], np.uint16)).save(path)
    pictures = Pictures(np.array([str(path)]), (1, 1), 1, "none", "stretch", "uint8")
    assert pictures.take(np.array([0])).ravel().tolist() == [78]


@pytest.mark.parametrize("dtype", [np.int32, np.float32])
def test_numbers_without_a_range_are_refused(dtype: type, tmp_path: Path) -> None:
    path = tmp_path / "numbers.tiff"
    Image.fromarray(np.array([[0, 7]], dtype)).save(path)
    with pytest.raises(PictureError, match="no range of their own; save it with 8 or 16 bits"):
        decode(str(path), (1, 2), 1, "stretch")


TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}
"""What a camera stores of a picture, by its EXIF orientation."""


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_pictures_stand_as_the_camera_was_held(
    orientation: int, format: str, tmp_path: Path
) -> None:
    seen = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3) * 10
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(TURNS[orientation](seen))
    options = {"lossless": True} if format == "WEBP" else {}
    Image.fromarray(stored).save(tmp_path / "turned", format, exif=exif, **options)
    found = decode(str(tmp_path / "turned"), (2, 3), 3, "stretch")
    np.testing.assert_array_equal(found, seen)


CLEAR, HALF, SOLID = 0, 128, 255
COLOR = (200, 100, 50)
GREY = 124


def transparent(mode: str, path: Path) -> list[int]:
    """Writes one row of pixels, and says the alpha of each."""
    if mode == "P":
        picture = Image.new("P", (2, 1))
        picture.putpalette([*COLOR, *COLOR])
        picture.putdata([0, 1])
        picture.save(path, "PNG", transparency=0)
        return [CLEAR, SOLID]
    if mode == "RGB":
        Image.new("RGB", (1, 1), COLOR).save(path, "PNG", transparency=COLOR)
        return [CLEAR]
    pixel = COLOR if mode == "RGBA" else (GREY,)
    alphas = [CLEAR, HALF, SOLID]
    row = np.array([[[*pixel, alpha] for alpha in alphas]], np.uint8)
    Image.fromarray(row, mode).save(path, "PNG")
    return alphas


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "RGB"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_what_is_transparent_lies_on_white(mode: str, channels: int, tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    alphas = transparent(mode, path)
    found = decode(str(path), (1, len(alphas)), channels, "stretch", "white")[0]
    hidden = decode(str(path), (1, len(alphas)), channels, "stretch")[0]
    if channels == 4:
        assert found[:, 3].tolist() == alphas
        np.testing.assert_array_equal(found, hidden)
        return
    color = np.array([GREY] * 3 if mode == "LA" else COLOR)
    if channels == 1:
        color = np.array([GREY])
    share = np.array(alphas)[:, None] / 255
    np.testing.assert_allclose(found, color * share + 255 * (1 - share), atol=1)
    np.testing.assert_allclose(hidden, np.tile(color, (len(alphas), 1)), atol=1)


def test_the_first_of_several_pictures_is_read(tmp_path: Path) -> None:
    red, green = (Image.new("RGB", (2, 2), color) for color in ("red", "lime"))
    for format in ("GIF", "TIFF", "WEBP", "PNG"):
        red.save(tmp_path / "several", format, save_all=True, append_images=[green])
        found = decode(str(tmp_path / "several"), (2, 2), 3, "stretch")
        np.testing.assert_allclose(found[0, 0], [255, 0, 0], atol=3)


@pytest.mark.parametrize(
    ("mode", "color", "found"),
    [("1", 1, [255, 255, 255]), ("CMYK", (0, 255, 0, 0), [255, 0, 255]), ("L", 7, [7, 7, 7])],
)
def test_other_modes_are_colours(
    mode: str, color: object, found: list[int], tmp_path: Path
) -> None:
    Image.new(mode, (2, 2), color).save(tmp_path / "other", "TIFF")  # type: ignore[arg-type]
    assert decode(str(tmp_path / "other"), (2, 2), 3, "stretch")[0, 0].tolist() == found


@pytest.mark.parametrize("format", ["PNG", "JPEG", "BMP", "WEBP", "TIFF"])
def test_a_file_that_is_cut_off_is_refused_wherever_it_ends(format: str, tmp_path: Path) -> None:
    path = tmp_path / "cut"
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    Image.fromarray(noise).save(path, format)
    whole = path.read_bytes()
    for part in (0.02, 0.2, 0.5, 0.8):
        path.write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(PictureError):
            decode(str(path), (16, 16), 3, "stretch")
