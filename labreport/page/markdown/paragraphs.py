"""Texts that pandoc reads as a part of a line, as paragraphs where another block stands beside them."""

CLOSE = {"BulletList", "OrderedList", "CodeBlock"}  # they stand on their own lines below the text of an item


def as_paragraphs(tree: object, beside: bool = False) -> object:
    """The tree with a paragraph for each text that has another block `beside` it, or beside the <div> around it.

    Pandoc puts nothing around such a text in HTML, and in Typst no empty line behind it: it runs into the next one.
    """
    if isinstance(tree, dict):
        kind = tree.get("t")
        if kind == "Plain" and beside:
            kind = "Para"
        inside = kind == "Figure" or (beside and kind == "Div")  # whose tags go, and leave their blocks
        return {key: kind if key == "t" else as_paragraphs(value, inside) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    beside = beside or sum(isinstance(one, dict) and one.get("t") not in CLOSE for one in tree) > 1
    return [as_paragraphs(one, beside) for one in tree]
