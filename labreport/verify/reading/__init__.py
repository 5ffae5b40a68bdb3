"""Reading a bundle from a stranger as plain data, bounded before it is read. Nothing of it is executed."""
