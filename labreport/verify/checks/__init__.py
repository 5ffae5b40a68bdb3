"""What is checked of a bundle, a file a question."""
