"""How many files a process may have open at once: a kernel has dozens of sockets and pipes."""

from contextlib import suppress

from labkit.errors import LabError

NEEDED, WANTED = 128, 1024
MEND = f"raise the limit with `ulimit -n {WANTED}`, or run it from another shell"


def n_open_files() -> int:
    """How many may be open, after asking for as many as are wanted."""
    with suppress(ImportError):  # Windows has no such limit
        import resource

        allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if allowed == resource.RLIM_INFINITY or allowed >= WANTED:
            return WANTED
        with suppress(ValueError, OSError):
            more = WANTED if most == resource.RLIM_INFINITY else min(WANTED, most)
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, most))
        return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return WANTED


def check_open_files() -> None:
    """Raise LabError where a notebook cannot run for want of open files."""
    if (n := n_open_files()) < NEEDED:
        raise LabError(f"only {n} files may be open at once here, and a build needs {NEEDED}: {MEND}")
