"""A Dockerfile of an image that serves a run, with torch for CPUs."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from importlib.metadata import distributions, version
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from modelspec._version import __version__
from modelspec.data.features import Image, Text
from modelspec.diagnostics.plugin_error import PluginError
from modelspec.language.plugins import package_of
from modelspec.runner.run.directory import BEST, LAST, PREPROCESSING, RECORD, SPEC, weights_file
from modelspec.serving.limits import DRAIN_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelspec.runner.inference.trained_model import TrainedModel

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PORT = 8000
_HOST = "0.0.0.0"  # whoever runs a container says where it is to be reached
_CHECK = "from urllib.request import urlopen; urlopen('http://127.0.0.1:{port}/health', timeout=4)"
_TEMPLATE = """\
# {name}, served by modelspec {version}. The image is built from the folder of the run, of which
# only the files named below go into it, and from a wheel of modelspec that you make first: the
# `modelspec` of the Python Package Index is another project.
#
#   python -m pip wheel --no-deps -w wheels {source}
#   docker build -t {tag} -f Dockerfile --build-context wheels=wheels {folder}
#   docker run --rm -p 127.0.0.1:{port}:{port} {tag}
#
# It takes BuildKit (Docker 23, or buildx). What stands behind the image's name is given to
# `modelspec serve`: `docker run ... {tag} --max-body 10MB`.
#
# `docker stop` waits 10 seconds; requests that are under way get {drain}: `docker stop -t {stop}`.
# There is no authentication and no TLS: put a proxy in front of what others can reach.
FROM scratch AS wheels

FROM python:{python}-slim
ENV PYTHONUNBUFFERED=1
RUN pip install --no-cache-dir --index-url {index} torch=={torch}
RUN --mount=type=bind,from=wheels,target=/wheels \\
    pip install --no-cache-dir {packages}
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
    port: int = PORT,
    arguments: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> str:
    """The text of a Dockerfile.

    Args:
        trained: The model of a run; it is not built.
        port: What the server listens at, in the container.
        arguments: Further ones of `modelspec serve`.
        plugins: Installed packages whose layers the model has.

    Raises:
        DockerfileError: It is no run, its weights lie elsewhere, there is no port, or a plugin is
            of no package.
    """
    files = image_files(trained)
    assert trained.run
    if not port:
        raise DockerfileError("the port of a container is to be known")
    name = trained.graph.name
    try:
        others = [f"{package}=={number}" for package, number in map(package_of, plugins)]
    except PluginError as error:
        raise DockerfileError(f"{error}; {error.help}") from error
    wheel = f"/wheels/modelspec-{__version__}-py3-none-any.whl[{','.join(_extras(trained))}]"
    packages = [shlex.quote(each) for each in (wheel, *others)]
    if others:
        packages.insert(0, "--find-links /wheels")
    command = ["modelspec", "serve", "/model", "--host", _HOST, "--port", str(port), *arguments]
    command += [word for plugin in plugins for word in ("--plugin", plugin)]
    return _TEMPLATE.format(
        name=name,
        version=__version__,
        tag=re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") or "model",
        source=_source(),
        folder=_quoted(os.path.relpath(trained.run.resolve()), "THE/RUN/DIRECTORY"),
        drain=DRAIN_SECONDS,
        stop=DRAIN_SECONDS + 5,
        port=port,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        index=CPU_INDEX,
        torch=version("torch").partition("+")[0],
        packages=" \\\n    ".join(packages),
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


def _quoted(path: str, otherwise: str) -> str:
    """A path as a shell takes it, in one line."""
    return shlex.quote(path) if path.isprintable() else otherwise


def _source() -> str:
    """Where pip has this modelspec from, where that is a folder."""
    found = next(iter(distributions(name="modelspec")), None)
    content = found and found.read_text("direct_url.json")
    address = urlsplit(json.loads(content)["url"]) if content else None
    if address is None or address.scheme != "file":
        return "PATH/OF/ITS/SOURCE"
    return _quoted(unquote(address.path), "PATH/OF/ITS/SOURCE")
