"""The commands of `lab`, a file each: `add` gives argparse its options, `run` does it."""
