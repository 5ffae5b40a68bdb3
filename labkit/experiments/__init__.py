"""Runs and studies, trained side by side or found in the cache, with a bar for who waits."""
