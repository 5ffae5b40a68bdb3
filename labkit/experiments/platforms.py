"""The machine that trains, as far as it may change a bit of a result."""

import json
import platform
from functools import cache
from typing import Any

import numpy as np

from ..training.arithmetic import BLAS


@cache
def machine() -> dict[str, Any]:
    """All of a platform that may change a bit of a result; two that are equal here must give equal runs."""
    libraries = [library for library in BLAS.info() if library["user_api"] == "blas"]
    blas = {"{internal_api} {version}, {architecture}".format(**library) for library in libraries}
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()).strip(),
        "blas": sorted(blas),
        "cpu_features": [*simd.get("baseline", []), *simd.get("found", [])],
    }


@cache
def this_platform() -> str:
    """`machine()` as a run keeps it."""
    return json.dumps(machine())


def platform_words(platform: str) -> str:
    """A platform in a few words, and how many processor features it has: `Linux x86_64, openblas 0.3.31, Zen, 34 …`."""
    facts = json.loads(platform)
    return f"{facts['system']} {facts['machine']}, {', '.join(facts['blas'])}, {len(facts['cpu_features'])} features"
