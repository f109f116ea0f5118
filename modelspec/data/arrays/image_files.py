"""Pictures in files, decoded when they are wanted."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from modelspec.data.arrays.lazy_arrays import LazyArray
from modelspec.diagnostics.extras import require
from modelspec.source.special_files import check_regular

if TYPE_CHECKING:
    from PIL import Image

    from modelspec.data.table.table import Array, RowIndices

MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""What Pillow calls pictures of so many channels."""
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
"""The only formats that are decoded: for some others, Pillow starts programs."""
_WITHOUT_RANGE = ("I", "F")
_NO_RANGE = "no range of their own; save it with 8 or 16 bits a channel, or its numbers as NPZ"
MOST_PIXELS = 2**26
"""The most pixels of a picture: 256 MiB once decoded. Pillow warns from 4/3 of that on."""


class PictureError(ValueError):
    """A file that is no picture, or a broken one: says which."""

    def __init__(self, file: str, cause: object) -> None:
        super().__init__(file, cause)
        self.file = file
        self._cause = str(cause)

    def __str__(self) -> str:
        return f"`{self.file}` cannot be read as a picture: {self._cause}"


@dataclass(frozen=True)
class Pictures(LazyArray):
    """Pictures of one size, channels last.

    Attributes:
        files: Their paths.
        size: Height and width that they are resized to.
        channels: 1, 3 or 4.
        scale: `unit` for 0 to 1, `signed` for -1 to 1, `none` for 0 to 255.
        resize: How another aspect ratio is met: `stretch`, `crop` or `pad`.
        kind: The dtype.
        background: The colour that is seen through what is transparent, where there is no channel
            for alpha; empty for pictures whose alpha is left away, and whose hidden colours show.
    """

    files: Array
    size: tuple[int, int]
    channels: int
    scale: str
    resize: str
    kind: str
    background: str = ""

    costly: ClassVar[bool] = True

    @property
    def shape(self) -> tuple[int | None, ...]:
        """`(rows, height, width, channels)`."""
        return (len(self.files), *self.size, self.channels)

    @property
    def dtype(self) -> np.dtype:
        """Of the arrays that are taken."""
        return np.dtype(self.kind)

    def take(self, rows: RowIndices) -> Array:
        """These pictures, decoded.

        Raises:
            PictureError: A file is missing, or no picture.
        """
        out = np.empty((len(rows), *self.size, self.channels), self.kind)
        for place, file in enumerate(self.files[rows]):
            about = (self.size, self.channels, self.resize, self.background)
            picture = scaled(decode(str(file), *about), self.scale)
            out[place] = picture if out.dtype.kind == "f" else np.rint(picture)
        return out

    def subset(self, rows: RowIndices) -> Self:
        """Only these pictures."""
        return replace(self, files=self.files[rows])

    def checksum(self) -> int:
        """That of the files' names, sizes and times: reading them all would take too long."""
        from os import stat
        from zlib import crc32

        found = 0
        for file in self.files:
            about = stat(str(file))
            found = crc32(f"{file} {about.st_size} {about.st_mtime_ns}".encode(), found)
        return found


def scaled(picture: Array, scale: str) -> Array:
    """Numbers from 0 to 255 in the scale of a `Pictures`."""
    if scale == "unit":
        return picture / np.float32(255)
    return picture / np.float32(127.5) - np.float32(1) if scale == "signed" else picture


def decode(
    file: str, size: tuple[int, int], channels: int, resize: str, background: str = ""
) -> Array:
    """One picture, `[height, width, channels]`, turned as its camera says; the first of several.

    Its numbers are from 0 to 255: uint8; float32 of a file of 16 bits, whose numbers go on to 65535
    and are divided by 257.

    Raises:
        PictureError: The file is missing, or no picture.
        MissingPackageError: Pillow is not installed.
    """
    require("PIL", f"the picture `{file}`")
    try:
        check_regular(file)
    except (OSError, ValueError) as error:
        raise PictureError(file, str(error)) from error
    return _checked(file, file, size, channels, resize, background)


def decode_bytes(
    content: bytes,
    name: str,
    size: tuple[int, int],
    channels: int,
    resize: str,
    background: str = "",
) -> Array:
    """One picture of which the file's bytes are at hand, as `decode` gives it.

    Args:
        content: The bytes.
        name: What an error calls it.
        size: Height and width.
        channels: 1, 3 or 4.
        resize: As of `Pictures`.
        background: As of `Pictures`.

    Raises:
        PictureError: It is no picture.
        MissingPackageError: Pillow is not installed.
    """
    require("PIL", f"the picture `{name}`")
    return _checked(BytesIO(content), name, size, channels, resize, background)


def _checked(
    file: str | BytesIO,
    name: str,
    size: tuple[int, int],
    channels: int,
    resize: str,
    background: str,
) -> Array:
    from PIL import UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged tags, which say nothing of the pixels
            return _decoded(file, size, channels, resize, background)
    except UnidentifiedImageError as error:
        raise PictureError(name, f"it is none of {', '.join(FORMATS)}") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureError(name, str(error)) from error


def _decoded(
    file: str | BytesIO, size: tuple[int, int], channels: int, resize: str, background: str
) -> Array:
    from PIL import ImageOps

    with _opened(file) as opened:
        _check_size(opened)
        turned = ImageOps.exif_transpose(opened)
        if turned.mode in _WITHOUT_RANGE:
            raise ValueError(f"its numbers (Pillow's mode `{turned.mode}`) have {_NO_RANGE}")
        if turned.mode.startswith("I;16"):
            return _of_16_bits(turned, size, channels, resize)
        picture = _resized(_converted(turned, channels, background), size, resize)
    return np.asarray(picture, np.uint8).reshape(*size, channels)


def _converted(picture: Image.Image, channels: int, background: str) -> Image.Image:
    """In the mode of so many channels, with what is transparent on a background."""
    from PIL import Image

    if background and channels < max(MODES) and picture.has_transparency_data:
        above = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, background), above)
    return picture.convert(MODES[channels])


def _of_16_bits(picture: Image.Image, size: tuple[int, int], channels: int, resize: str) -> Array:
    """A grey picture, the same in every channel but alpha, which is opaque."""
    from PIL import Image

    grey = Image.fromarray(np.asarray(picture).astype(np.float32) / np.float32(257))
    array = np.asarray(_resized(grey, size, resize), np.float32)[..., np.newaxis]
    colors = np.repeat(array, min(channels, 3), axis=-1)
    opaque = np.full((*size, channels - colors.shape[-1]), 255, np.float32)
    return np.concatenate([colors, opaque], axis=-1)


def _opened(file: str | BytesIO) -> Image.Image:
    """A picture whose header is read."""
    from PIL import Image

    try:
        return Image.open(file, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise ValueError(str(error)) from error


def _check_size(picture: Image.Image) -> None:
    """Refuse what would take too much memory, before anything is decoded.

    Raises:
        ValueError: Its header says so.
    """
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise ValueError(f"it has {width} x {height} pixels; {MOST_PIXELS:,} are allowed in all")


def _resized(picture: Image.Image, size: tuple[int, int], resize: str) -> Image.Image:
    from PIL import Image, ImageOps

    wanted = (size[1], size[0])
    if picture.size == wanted:
        return picture
    if resize == "crop":
        return ImageOps.fit(picture, wanted, Image.Resampling.BILINEAR)
    if resize == "pad":
        return ImageOps.pad(picture, wanted, Image.Resampling.BILINEAR)
    return picture.resize(wanted, Image.Resampling.BILINEAR)
