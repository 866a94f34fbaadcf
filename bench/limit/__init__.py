"""What the machine can do at most: a bare ASGI socket, a hub and one batched INSERT, and no desk around them."""
