"""Data sets: the delivered ones, one's own, and what a loss can mean of their targets."""
