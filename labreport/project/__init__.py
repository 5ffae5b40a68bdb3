"""What a person writes: the project folder, its labs, and the parameters of its notebooks."""
