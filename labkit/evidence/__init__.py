"""The experiments that test each claim, one file a report: studies in, verdicts out. The ledger puts them in order."""

from . import r0, r1, r2, r3, r4
from .plan import Entries, Plan

__all__ = ["Entries", "Plan", "r0", "r1", "r2", "r3", "r4"]
