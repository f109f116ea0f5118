"""`.pt2`: a program of `torch.export`, its open sizes being the spec's own symbols."""

from __future__ import annotations

import inspect
import warnings
import zipfile
from contextlib import nullcontext
from io import BytesIO
from typing import TYPE_CHECKING, Any

import torch

from modelspec.exports.check import check
from modelspec.exports.errors import ExportError, SmallSizesError, first_line

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from torch.export import ExportedProgram

    from modelspec.exports.exportable import Exportable, Named, Run
    from modelspec.exports.formats import ExportOptions

ENDING = ".pt2"


def write(model: Exportable, path: Path, options: ExportOptions) -> list[str]:
    """Write the program, whose open sizes have the names of the spec's symbols."""
    program = program_of(model)
    if options.compile:
        _compile(program, path)
        return ["it holds machine code for processors like this one: `aoti_load_package` reads it"]
    content = BytesIO()  # torch ends the process where it writes a file itself and the disk is full
    with warnings.catch_warnings(action="ignore"):  # of weights that are views of others
        torch.export.save(program, content)
    path.write_bytes(content.getbuffer())
    return []


def reader(path: Path, model: Exportable) -> Run:
    """What the file computes, read with torch alone."""
    if _is_compiled(path):
        from torch._inductor import aoti_load_package

        return runner(aoti_load_package(str(path)), model)
    return runner(torch.export.load(path).module(), model)


def _compile(program: ExportedProgram, path: Path) -> None:
    """Make a package of AOTInductor of a program.

    Raises:
        ExportError: There is no C++ compiler, or it fails.
    """
    from torch._inductor import aoti_compile_and_package
    from torch._inductor.exc import InvalidCxxCompiler

    content = BytesIO()
    try:
        with warnings.catch_warnings(action="ignore"):  # of torch's own internals
            aoti_compile_and_package(program, package_path=content)
    except InvalidCxxCompiler as error:
        raise ExportError(
            "`--compile` needs a C++ compiler, and none is found",
            "install one (`apt install g++`), or say which with the variable `CXX`",
        ) from error
    except RuntimeError as error:
        raise ExportError(f"AOTInductor cannot compile it: {first_line(error)}") from error
    path.write_bytes(content.getbuffer())


def _is_compiled(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return any("/aotinductor/" in name for name in archive.namelist())


def program_of(model: Exportable) -> ExportedProgram:
    """The program of a model's `forward`, right at every size that the model takes.

    Raises:
        SmallSizesError: Torch cannot trace it, or only for fewer sizes.
    """
    given = tuple(model.inputs(model.sizes.example()).values())
    failures: list[Exception] = []
    for oblivious in (False, True):
        try:
            with _setting(oblivious), warnings.catch_warnings(action="ignore"):  # torch's own
                torch.compiler.reset()  # what an earlier export took for fixed would be here too
                program = torch.export.export(
                    model.module,
                    given,
                    dynamic_shapes=_dynamic_shapes(model),
                    strict=False,
                    prefer_deferred_runtime_asserts_over_guards=oblivious,
                )
                check(model, runner(program.module(), model), ENDING)
                return program
        except Exception as error:  # torch has no type for all of them
            failures.append(error)
    last = failures[-1]
    why = last if isinstance(last, ExportError) else f"torch.export: {first_line(last)}"
    raise SmallSizesError(str(why)) from last


def runner(module: Any, model: Exportable) -> Run:
    """A module that takes tensors by position, by the names of the inputs."""

    def run(inputs: Named) -> Named:
        with torch.inference_mode():
            found: Named = module(*(inputs[name] for name in model.input_shapes))
        return found

    return run


def _dynamic_shapes(model: Exportable) -> tuple[Any, ...]:
    """The open axes of each input, axes of one symbol being of one size.

    They are laid out as the arguments of `forward` are: those of `*inputs` are one.
    """
    dims = {name: _dim(name, least) for name, least in model.least.items()}
    shapes = tuple(
        {axis: dims[size] for axis, size in enumerate(shape) if isinstance(size, str)}
        for shape in model.input_shapes.values()
    )
    parameters = inspect.signature(model.module.forward).parameters.values()
    return (shapes,) if any(each.kind is each.VAR_POSITIONAL for each in parameters) else shapes


def _dim(name: str, least: int) -> Any:
    """An open size; torch takes one that may be 1 for any size, and rules 1 out if told so."""
    return torch.export.Dim(name, min=least) if least > 1 else torch.export.Dim(name)


def _setting(oblivious: bool) -> AbstractContextManager[Any]:
    """Torch as it is; or so that it asks of no size whether it is 1, if it knows how."""
    from torch.fx.experimental import _config

    if not (oblivious and hasattr(_config, "backed_size_oblivious")):
        return nullcontext()
    return _config.patch(backed_size_oblivious=True)  # type: ignore[attr-defined,no-any-return]
