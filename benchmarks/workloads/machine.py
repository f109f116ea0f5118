"""The machine that measures."""

from pathlib import Path


def processor() -> str:
    """What the kernel calls the processor, and its widest vectors."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    pairs = (line.partition(":") for line in lines)
    facts = {key.strip(): value.strip() for key, _, value in pairs}
    flags = facts.get("flags", "").split()
    widest = next((each for each in ("avx512f", "avx2", "avx") if each in flags), "no AVX")
    family = f"family {facts.get('cpu family')}, model {facts.get('model')}"
    return f"{facts.get('model name', 'unknown')} ({family}, {widest})"
