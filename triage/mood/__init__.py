"""What a message says about its writer's language, feelings, urgency and the difficulty of the matter."""
