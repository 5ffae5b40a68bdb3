"""What a cell has shown, made ready for paper: which form of an output is taken, and what of its HTML can be set."""
