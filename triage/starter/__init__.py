"""What a desk starts with: a taxonomy of topics, and models learnt from it and from openly licensed data."""
