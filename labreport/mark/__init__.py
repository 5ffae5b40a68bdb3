"""What an assistant sees of a class: lines, tables, the page on which answers are marked, and feedback."""
