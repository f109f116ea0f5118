"""Files that are none: what opening them would wait for, or never end."""

from __future__ import annotations

import os
import stat

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
}


class SpecialFileError(OSError):
    """A path names a pipe, a device, a socket or a folder; `strerror` says which."""

    def __str__(self) -> str:
        return str(self.strerror)


def check_regular(path: str | os.PathLike[str]) -> None:
    """Look at what a path names, without opening it: opening a pipe waits for who writes to it.

    Raises:
        SpecialFileError: It is no regular file.
        OSError: It is not there, or may not be looked at.
    """
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "no regular file")
        raise SpecialFileError(0, f"it is {kind}", os.fspath(path))
