"""How much memory there is to take: what the machine has free, or the container may still have."""

from __future__ import annotations

import os
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")


def available_memory() -> int:
    """Bytes that are free or can be freed, and that limits of control groups leave.

    Source: proc(5), and the documentation of Linux on control groups, version 1 and 2.
    """
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            found = {line.split(":")[0]: line.split()[1] for line in file}
        free = int(found["MemAvailable"]) * 1024
    except (OSError, KeyError):  # not Linux: half of all that there is
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return min([free, *_left_by_groups()])


def _left_by_groups() -> list[int]:
    """What each limit around this process leaves."""
    left = []
    for folder, limit, used in _limits():
        most, now = _number(folder / limit), _number(folder / used)
        if most is not None:
            left.append(max(0, most - max(0, (now or 0) - _cached(folder))))
    return left


def _limits() -> list[tuple[Path, str, str]]:
    """Folders of control groups with their files of the limit and of what is used."""
    found = [(GROUPS, "memory.max", "memory.current")]
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    except OSError:
        return found
    for line in lines:
        _, controllers, path = line.split(":", 2)
        names, base = ("memory.max", "memory.current"), GROUPS
        if controllers == "memory":
            names, base = ("memory.limit_in_bytes", "memory.usage_in_bytes"), GROUPS / "memory"
        elif controllers:
            continue
        inner = base / path.lstrip("/")
        folders = [each for each in (inner, *inner.parents) if each.is_relative_to(base)]
        found += [(folder, *names) for folder in folders]
    return found


def _cached(folder: Path) -> int:
    """What a group could give back: pages of files that were not read of late."""
    try:
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    counts = dict(line.split() for line in lines)
    return int(counts.get("total_inactive_file", counts.get("inactive_file", 0)))


def _number(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
