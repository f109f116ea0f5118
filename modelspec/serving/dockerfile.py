"""A Dockerfile of an image that serves a run, with torch for CPUs."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from modelspec._version import __version__
from modelspec.data.features import Image, Text
from modelspec.language.plugins import package_of
from modelspec.runner.run.directory import BEST, LAST, PREPROCESSING, RECORD, SPEC, weights_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from modelspec.runner.inference.trained_model import TrainedModel

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PORT = 8000
_CHECK = "from urllib.request import urlopen; urlopen('http://127.0.0.1:{port}/health', timeout=4)"
_TEMPLATE = """\
# {name}, served by modelspec {version}. Only files of the run go into the image, so its folder is
# what the image is built from:
#
#   docker build -t {tag} -f Dockerfile {folder}
#   docker run --rm -p 127.0.0.1:{port}:{port} {tag}
#
# modelspec{others} is installed from the package index that pip asks. What that does not have,
# take from wheels that you made (`python -m pip wheel --no-deps -w wheels PATH/OF/ITS/SOURCE`),
# by one more option of `docker build`, which needs BuildKit (Docker 23, or buildx):
#
#   --build-context wheels=wheels
#
# `docker stop` waits 10 seconds; requests that are under way get 30: `docker stop -t 35`. There
# is no authentication and no TLS: put a proxy in front of what others can reach.
FROM scratch AS wheels

FROM python:{python}-slim
ENV PYTHONUNBUFFERED=1
RUN pip install --no-cache-dir --index-url {index} torch=={torch}
RUN --mount=type=bind,from=wheels,target=/wheels \\
    pip install --no-cache-dir --find-links /wheels \\
    {packages}
RUN useradd --system --uid 10001 --no-create-home modelspec
COPY --chown=10001:10001 {files} /model/
USER 10001:10001
EXPOSE {port}
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \\
    CMD {check}
ENTRYPOINT {command}
"""


class DockerfileError(ValueError):
    """No image can be made of a model, or not with these options."""


def image_files(trained: TrainedModel) -> list[str]:
    """The names of the files of a run directory that serving reads.

    Raises:
        DockerfileError: The model is no run, or its weights lie elsewhere.
    """
    if trained.run is None:
        raise DockerfileError("an image is made of a run, whose columns are fitted; this is a spec")
    inside = {weights_file(trained.run, name): name for name in (BEST, LAST)}
    if trained.weights not in inside:
        raise DockerfileError(
            f"an image is made of a run directory, and `{trained.weights}` is not its `{BEST}` or "
            f"`{LAST}`"
        )
    return [SPEC, RECORD, PREPROCESSING, trained.weights.name]


def dockerfile(
    trained: TrainedModel,
    *,
    host: str = "0.0.0.0",
    port: int = PORT,
    arguments: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> str:
    """The text of a Dockerfile.

    Args:
        trained: The model of a run; it is not built.
        host: What the server listens at, in the container.
        port: Its port there.
        arguments: Further ones of `modelspec serve`.
        plugins: Installed packages whose layers the model has.

    Raises:
        DockerfileError: It is no run, its weights lie elsewhere, or there is no port.
    """
    files = image_files(trained)
    assert trained.run
    if not port:
        raise DockerfileError("the port of a container is to be known")
    name = trained.graph.name
    packages = [f"modelspec[{','.join(_extras(trained))}]=={__version__}"]
    packages += [f"{package}=={number}" for package, number in map(package_of, plugins)]
    command = ["modelspec", "serve", "/model", "--host", host, "--port", str(port), *arguments]
    command += [word for plugin in plugins for word in ("--plugin", plugin)]
    return _TEMPLATE.format(
        name=name,
        version=__version__,
        tag=re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") or "model",
        folder=_shown(trained.run),
        others=f" (and {len(plugins)} with plugins)" if plugins else "",
        port=port,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        index=CPU_INDEX,
        torch=version("torch").partition("+")[0],
        packages=" \\\n    ".join(shlex.quote(each) for each in packages),
        files=" ".join(files),
        check=json.dumps(["python", "-c", _CHECK.format(port=port)]),
        command=json.dumps(command),
    )


def _extras(trained: TrainedModel) -> Iterator[str]:
    """What of modelspec's optional packages the model needs."""
    inputs = [
        feature
        for name, feature in trained.preprocessing.features.items()
        if name in trained.graph.inputs
    ]
    if any(isinstance(each, Image) for each in inputs):
        yield "images"
    yield "serve"
    texts = [each for each in trained.preprocessing.features.values() if isinstance(each, Text)]
    if any(each.rules for each in texts):
        yield "tokenizers"


def _shown(folder: Path) -> str:
    """A folder as a shell takes it, in one line, without the link that `latest` is."""
    path = os.path.relpath(os.path.realpath(folder))
    return shlex.quote(path) if path.isprintable() else "THE/RUN/DIRECTORY"
