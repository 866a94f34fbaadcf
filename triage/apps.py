from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "triage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what rings to what it wakes."""
        from conversations import relay
        from triage import cases, receivers  # noqa: F401 - receivers connect themselves
        from triage.actions import hear

        relay.register("part", cases.mark_due)
        relay.register("part", hear)
        relay.register("redacted", cases.forget_words)
