"""The tables of a page, as cells on a grid whose columns have widths."""
