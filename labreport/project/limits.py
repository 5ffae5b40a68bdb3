"""What one notebook may take before it is stopped."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Minutes, and gigabytes of memory of a kernel with all workers."""

    minutes: float = 60.0
    gigabytes: float = 8.0
