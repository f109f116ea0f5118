"""Pictures by their paths."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.arrays.image_files import MODES, PictureError, Pictures
from modelspec.data.features.absent import BLANKS
from modelspec.data.features.column_values import report_rows, texts
from modelspec.data.features.feature import Feature, UnfitError
from modelspec.data.features.few_cells import is_open
from modelspec.data.features.few_texts import FewTexts
from modelspec.data.features.field_limits import numpy_dtype
from modelspec.source.special_files import SpecialFileError, check_regular

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import EncodeContext, FitChunks
    from modelspec.data.features.few import FewEncoder
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Kind

BACKGROUND = "white"
"""What is seen through what is transparent, where a model takes no alpha: as on paper."""
_BRIGHTEST = 255
IN_MEMORY = 256 << 20
"""Pictures of up to so many bytes are decoded once, at the start."""


@dataclass(frozen=True, slots=True)
class Image(Feature):
    """How a path becomes what the model takes; the attributes are those of `Pictures`.

    Attributes:
        size: Height and width; known after fitting, as `channels` are.
    """

    type: ClassVar[str] = "image"
    kind: ClassVar[Kind] = "text"

    size: tuple[int, ...] = ()
    channels: int = 0
    scale: str = "unit"
    resize: str = "stretch"
    background: str = ""

    def fit(self, chunks: FitChunks) -> Image:
        """With the input's size, where the spec gives none."""
        field = chunks.field
        if field.integers and (self.scale != "none" or field.ids <= _BRIGHTEST):
            message = f"{field.text} holds integers ({field.dtype}), and pictures become "
            message += {"none": "0 to 255", "unit": "0 to 1", "signed": "-1 to 1"}[self.scale]
            help = "use `scale: none` with `dtype: uint8`, or `dtype: float32`"
            chunks.findings.add("MS506", message, help=help)
            raise UnfitError
        shape = chunks.field.shape
        if shape is None or len(shape) != 3 or shape[2] not in MODES:
            message = f"{chunks.field.text} takes no pictures: those are `[height, width, 3]`"
            chunks.findings.add("MS805", message, help="1, 3 or 4 channels, channels last")
            raise UnfitError
        if self.channels not in (0, shape[2]):
            message = f"{chunks.field.text} has {shape[2]} channels, `channels` is {self.channels}"
            chunks.findings.add("MS805", message, help="make them equal, or remove `channels`")
            raise UnfitError
        own = tuple(size for size in shape[:2] if isinstance(size, int))
        size = self.size or own
        if len(size) != 2:
            message = f"the size of {chunks.field.text} is open, and pictures need one size"
            chunks.findings.add("MS805", message, help="set `size: [height, width]`")
            raise UnfitError
        assert isinstance(shape[2], int)
        return replace(self, size=size, channels=shape[2])

    def encode(self, context: EncodeContext) -> Values | None:
        """The pictures: decoded where they are few, else as what decodes them."""
        values = texts(context, self.columns[0])
        return None if values is None else self._sized(context, values.to_list())

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> FewEncoder | None:
        """What encodes few rows."""
        if is_open(field, 0):
            return None

        def encode(context: EncodeContext, texts: Sequence[str]) -> Values | None:
            return self._sized(context, [text.strip(BLANKS) for text in texts])

        return FewTexts.of(self, field, minimums, encode)

    def _sized(self, context: EncodeContext, texts: Sequence[str]) -> Values | None:
        shape = (*self.size, self.channels)
        if context.sizes.fit(shape, context.field, self.what(), context.findings) is None:
            return None
        return self._pictures(context, texts)

    def _pictures(self, context: EncodeContext, texts: Sequence[str]) -> Values | None:
        """The pictures that texts without blanks at their ends stand for. None after a finding."""
        folder = os.path.dirname(context.table.file)
        files = np.array([os.path.join(folder, path) for path in texts], np.str_)
        if not self._check_files(context, files):
            return None
        dtype = numpy_dtype(context.field.dtype)
        height, width = self.size
        about = (self.channels, self.scale, self.resize, dtype, self.background)
        whole = Pictures(files, (height, width), *about)
        if (
            context.sizes.chunked
            or len(files) * np.dtype(dtype).itemsize * height * width * self.channels > IN_MEMORY
        ):
            return whole
        try:
            return whole.take(np.arange(len(files)))
        except PictureError as error:
            self._report(context, whole, error)
            return None

    def _check_files(self, context: EncodeContext, files: Array) -> bool:
        """Whether all are there, and are files; none is opened."""
        problems = [_problem(file) for file in files]
        bad = np.flatnonzero([problem is not None for problem in problems])
        if not len(bad):
            return True
        problem = f"{problems[bad[0]]}, wanted by `{self.columns[0]}`"
        help = "paths are relative to the data file"
        report_rows(context, bad, "MS803", problem, help=help)
        return False

    def _report(self, context: EncodeContext, pictures: Pictures, error: PictureError) -> None:
        """Say which rows' pictures are broken."""
        bad = []
        for row in range(len(pictures)):
            try:
                pictures.take(np.array([row]))
            except PictureError:
                bad.append(row)
        report_rows(context, np.array(bad), "MS803", str(error), help="mend or remove the rows")


def _problem(file: str) -> str | None:
    """Why a path is no picture's; None where it may be one."""
    try:
        check_regular(file)
    except SpecialFileError as special:
        return f"`{file}` is no picture: {special}"
    except FileNotFoundError:
        return f"there is no picture `{file}`"
    except (OSError, ValueError) as error:
        return f"`{file}` cannot be read: {getattr(error, 'strerror', None) or error}"
    return None
