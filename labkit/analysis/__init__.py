"""What the notebooks look at in runs and studies beside their tables: one file a question, none needed for training."""
