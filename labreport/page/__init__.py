"""From executed notebooks to pages: one document, numbered once, written by two back ends."""
