"""The HTML of a report."""
