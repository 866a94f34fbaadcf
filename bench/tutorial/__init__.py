"""The chat room everybody builds first, as the guides to Channels and Django describe it: the fair peer."""
