"""From executed notebooks to the report that is handed in, as HTML and as PDF."""
