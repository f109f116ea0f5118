"""Writing what a command makes."""

import os
import sys

from modelspec.cli.options import meant, refuse
from modelspec.diagnostics.suggest import near_path


def write_whole(path: str, data: bytes) -> None:
    """Write a file at once: a reader, or a crash, finds the old one or the new one.

    `-` is standard output. Links are followed, and an existing file keeps its permissions. Ends
    with exit code 2 where the path cannot be written.
    """
    if path == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        return
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            with open(target, "wb") as stream:
                stream.write(data)
        else:
            _replace(target, data)
    except OSError as error:
        refuse(f"cannot write `{path}`: {reason(path, error)}")


def reason(path: str, error: OSError) -> str:
    """Why a file cannot be written, in a sentence: a folder is missing, or the system refuses."""
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        return f"there is no folder `{folder}`.{meant(near_path(folder))}"
    return f"{error.strerror}."


def _replace(target: str, data: bytes) -> None:
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}")
    try:
        with open(temporary, "xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if os.path.exists(target):
            os.chmod(temporary, os.stat(target).st_mode & 0o7777)
        os.replace(temporary, target)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
