"""Markdown as JupyterLab reads it, as a tree of pandoc's nodes."""
