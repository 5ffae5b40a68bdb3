"""A lab for each author of a class: it is run once, and only what the title block decides is made for each."""
