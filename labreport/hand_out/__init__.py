"""Handing out: the project as students get it, without solutions."""
