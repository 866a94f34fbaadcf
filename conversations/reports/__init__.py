"""What the desk can say about itself."""
