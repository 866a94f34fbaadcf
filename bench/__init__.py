"""Proof, not product: how fast the desk is, and what it survives. Nothing in the desk imports this."""
