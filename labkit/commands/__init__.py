"""The commands of `python -m labkit`, a file each: `add` tells argparse its options, `run` does it."""
