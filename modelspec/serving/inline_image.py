"""Pictures that stand in the cell itself, as base64: no path is looked at here."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data import PictureError
from modelspec.data.arrays.image_files import decode_bytes, scaled
from modelspec.data.features import Image
from modelspec.data.features.column_values import report_rows
from modelspec.data.features.field_limits import numpy_dtype
from modelspec.serving.what_to_send import PICTURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features import EncodeContext
    from modelspec.runner.inference.trained_model import TrainedModel


@dataclass(frozen=True, slots=True)
class InlineImage(Image):
    """How a text becomes what the model takes, which another feature makes of a path."""

    type: ClassVar[str] = "inline_image"

    @classmethod
    def of(cls, image: Image) -> InlineImage:
        """The same but for where its pictures stand."""
        return cls(**{each.name: getattr(image, each.name) for each in fields(image)})

    def _pictures(self, context: EncodeContext, texts: Sequence[str]) -> Values | None:
        """The pictures that stand in the texts, none of which is a path."""
        shape = (*self.size, self.channels)
        out = np.empty((len(texts), *shape), numpy_dtype(context.field.dtype))
        sound = True
        for row, text in enumerate(texts):
            try:
                picture = self._picture(text)
            except PictureError as error:
                report_rows(context, np.array([row]), "MS803", f"{error},", help=PICTURE)
                sound = False
                continue
            out[row] = picture if out.dtype.kind == "f" else np.rint(picture)
        return out if sound else None

    def _picture(self, text: str) -> np.ndarray:
        """One picture, as `Pictures.take` gives it.

        Raises:
            PictureError: It is none, or broken.
        """
        height, width = self.size
        content = _content(text, self.columns[0])
        about = (self.columns[0], (height, width), self.channels, self.resize, self.background)
        return scaled(decode_bytes(content, *about), self.scale)


def _content(text: str, column: str) -> bytes:
    """The bytes that a text stands for.

    Raises:
        PictureError: It is no base64.
    """
    if text[:5].lower() == "data:":
        head, comma, text = text.partition(",")
        if not comma or not head.lower().endswith(";base64"):
            raise PictureError(column, "its data URL is not base64")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise PictureError(column, "it is no base64, and paths are not opened") from None


def with_inline_images(trained: TrainedModel) -> TrainedModel:
    """A model whose pictures stand in the rows."""
    known = trained.preprocessing
    features = {
        name: InlineImage.of(each) if isinstance(each, Image) else each
        for name, each in known.features.items()
    }
    return replace(trained, preprocessing=replace(known, features=features))
