"""TeX in a text: found as JupyterLab finds it, made readable to pandoc, and pandoc's output mended."""
