"""The claims of five earlier lab reports, R0 to R4, and their one judge: the ledger holds each against our runs."""
