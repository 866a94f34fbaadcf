"""The websocket edges: they translate frames and make one call each."""
