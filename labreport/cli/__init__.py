"""The commands of `lab`, a file each: `add` tells argparse its options, `run` does it."""
