from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what rings to what it wakes."""
        from conversations import receivers, relay  # noqa: F401 - receivers connect themselves
        from conversations.search.indexing import index

        for topic in ("part", "redacted"):
            relay.register(topic, index)
