"""The environment variables of labreport: by which `make` passes names past the shell, and a build speaks to its
kernels. Those that a person may set for labkit are in labkit/environment.py.

| variable        | meaning |
|-----------------|---------|
| LABKIT_AUTHOR, LABKIT_STUDENT_ID | the title block of a report |
| LABKIT_PRODUCTS | folder for what a notebook makes beside its outputs, see run/products |
| LABKIT_CORES    | folder of one lock a core, see run/cores |
"""

AUTHOR, STUDENT_ID = "LABKIT_AUTHOR", "LABKIT_STUDENT_ID"
PRODUCTS, CORES = "LABKIT_PRODUCTS", "LABKIT_CORES"
