"""Files that people send: what they are, where they lie, and who may see them."""
