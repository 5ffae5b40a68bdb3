"""One chapter in the browser, kept current while its notebook is edited."""
