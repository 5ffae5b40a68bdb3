"""Building a lab: what is out of date, running it, and writing the report."""
