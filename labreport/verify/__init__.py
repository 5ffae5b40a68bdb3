"""Checking a bundle that was handed in, with the checker's own labkit. Nothing of a bundle is ever executed.

What counts is what the checker makes. A bundle is hostile until shown otherwise: `examine` reads it in a child process
with limits of time and memory, where `archive` unpacks it, `strict` and `contents` make sure that everything is of the
type and size it should be, and `integrity` and `conversion` compare its files with each other. What comes back is plain
data. `retrain` and `rerun` then make the results again from the recorded settings and from the checker's own notebooks;
`sources` says which cells are the student's, and `compare` and `outputs` what the others show. `check` puts the steps
together, `copies` compares the bundles of a class, `kept` keeps verdicts, and `overview` writes them down.
"""
