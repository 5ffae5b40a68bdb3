"""Handing in: what keeps a report back, and the zip that is written when nothing does."""
