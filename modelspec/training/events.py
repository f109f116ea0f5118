"""TensorBoard's event files, by its own package. No torch and no TensorFlow here.

Source: https://github.com/tensorflow/tensorboard, `tensorboard/compat/proto`.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from tensorboard.compat.proto.attr_value_pb2 import AttrValue
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.node_def_pb2 import NodeDef
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary
from tensorboard.compat.proto.versions_pb2 import VersionDef
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig
from tensorboard.summary.writer.event_file_writer import EventFileWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from modelspec.training.inspection import NodeInfo, Table

BUCKETS = 30
PROJECTOR = "projector_config.pbtxt"


class Events:
    """The events of one folder. What a kill cuts off is written again after a resume."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: Any = EventFileWriter(str(folder))
        self._begun = False

    def forget_after(self, step: int) -> None:
        """Before the first step of this process: drop what was written of later steps."""
        if not self._begun:
            self._begun = True
            session = SessionLog(status=SessionLog.START)
            self._add(Event(step=step + 1, session_log=session))

    def scalar(self, tag: str, value: float, step: int) -> None:
        """One number."""
        self._summary(Summary.Value(tag=tag, simple_value=value), step)

    def histogram(self, tag: str, values: NDArray[Any], step: int) -> None:
        """How many of the values lie where."""
        flat = np.asarray(values, dtype=np.float64).ravel()
        finite = flat[np.isfinite(flat)]
        if not finite.size:
            return
        counts, edges = np.histogram(finite, bins=BUCKETS)
        found = HistogramProto(
            min=float(finite.min()),
            max=float(finite.max()),
            num=float(finite.size),
            sum=float(finite.sum()),
            sum_squares=float(finite @ finite),
            bucket_limit=edges[1:].tolist(),
            bucket=counts.astype(float).tolist(),
        )
        self._summary(Summary.Value(tag=tag, histo=found), step)

    def image(self, tag: str, png: bytes, step: int) -> None:
        """A picture."""
        width, height = struct.unpack(">II", png[16:24])
        found = Summary.Image(height=height, width=width, colorspace=4, encoded_image_string=png)
        self._summary(Summary.Value(tag=tag, image=found), step)

    def graph(self, nodes: Sequence[NodeInfo]) -> None:
        """The graph; a block is a group of its inner nodes."""
        blocks = {info.path.rpartition("/")[0] for info in nodes}
        found = [
            NodeDef(
                name=_graph_name(info.path, blocks),
                op=info.type,
                input=[_graph_name(each, blocks) for each in info.inputs],
                attr={"shape": AttrValue(s=info.shape.encode())},
            )
            for info in nodes
        ]
        definition = GraphDef(node=found, versions=VersionDef(producer=22))
        self._add(Event(graph_def=definition.SerializeToString()))

    def embeddings(self, tables: Mapping[str, Table], step: int) -> None:
        """The vectors and labels, of which TensorBoard shows the last ones."""
        config = ProjectorConfig()
        for name, table in tables.items():
            base = name.replace("/", "-")
            vectors = f"{base}-{step:06d}.tsv"
            rows = ("\t".join(map(repr, row)) for row in table.vectors.tolist())
            (self._folder / vectors).write_text("\n".join(rows) + "\n", encoding="utf-8")
            embedding = config.embeddings.add(tensor_name=f"{name}:{step}", tensor_path=vectors)
            if table.labels is not None:
                labels = f"{base}-labels.tsv"
                lines = "\n".join(_one_line(label) for label in table.labels)
                (self._folder / labels).write_text(lines + "\n", encoding="utf-8")
                embedding.metadata_path = labels
        if tables:
            from google.protobuf.text_format import MessageToString

            text = MessageToString(config)
            (self._folder / PROJECTOR).write_text(text, encoding="utf-8")

    def flush(self) -> None:
        """Let others see what was written."""
        self._writer.flush()

    def close(self) -> None:
        """End the file."""
        self._writer.close()

    def _summary(self, value: Summary.Value, step: int) -> None:
        self._add(Event(step=step, summary=Summary(value=[value])))

    def _add(self, event: Event) -> None:
        event.wall_time = time.time()
        self._writer.add_event(event)


def _graph_name(path: str, blocks: set[str]) -> str:
    """A block's own node lies in its group, so that the group can have inner nodes."""
    return f"{path}/{path.rpartition('/')[2]}" if path in blocks else path


def _one_line(label: str) -> str:
    """A label as a line of a table: what cannot be seen is written out."""
    seen = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in label)
    return repr(seen) if not seen.strip() else seen
