"""The environment variables of labreport: one that a person may set, those by which `make` passes names past the shell,
and those by which a build speaks to its kernels. What a person may set for labkit is in labkit/environment.py.

| variable        | meaning |
|-----------------|---------|
| LABKIT_CACHE_GB | how large the cache of trained runs may grow, in gigabytes (2) |
| LABKIT_AUTHOR, LABKIT_STUDENT_ID | the title block of a report |
| LABKIT_PRODUCTS | folder for what a notebook makes beside its outputs, see run/products |
| LABKIT_CORES    | folder of one lock a core, see run/cores |
| LABKIT_TRACED   | folder whose files a notebook reads and writes, see run/traced |
"""

CACHE_GB = "LABKIT_CACHE_GB"
AUTHOR, STUDENT_ID = "LABKIT_AUTHOR", "LABKIT_STUDENT_ID"
PRODUCTS, CORES, TRACED = "LABKIT_PRODUCTS", "LABKIT_CORES", "LABKIT_TRACED"
