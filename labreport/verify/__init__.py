"""Checking a bundle that was handed in, with the checker's own labkit. Nothing of a bundle is ever executed.

A bundle is hostile until shown otherwise. `examine` reads it in a child process with limits of time and memory:
`archive` unpacks it into a temporary folder, `strict` and `contents` make sure that everything is of the type and size
it should be, `integrity` and `conversion` compare its files with each other. What comes back is plain data. `retrain`
and `rerun` then make the results again from the recorded settings and from the checker's own notebooks, and `cells`
compares. `check` puts the steps together, `overview` writes down what was found.
"""
