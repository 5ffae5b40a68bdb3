"""A study of any size outside notebooks: a TOML file says what is trained, `lab study` trains what is missing of it."""
