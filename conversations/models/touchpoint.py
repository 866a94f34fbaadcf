"""Places where customers reach us, and who may speak there."""

from __future__ import annotations

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Customer, Team


def new_key() -> str:
    return secrets.token_hex(6)


def new_secret() -> str:
    return secrets.token_urlsafe(48)


class Touchpoint(models.Model):
    class Kind(models.TextChoices):
        MESSENGER = "messenger", _("Messenger")

    key = models.SlugField(max_length=40, unique=True, default=new_key)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.MESSENGER)
    name = models.CharField(max_length=120)
    # Sites that may embed the messenger, as origins: https://shop.example, https://*.shop.example
    origins = ArrayField(models.CharField(max_length=260), default=list, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    # {"color", "greeting", "reply_time", "side"}: how the messenger looks and greets
    look = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class IdentityKey(models.Model):
    """A secret a site signs its customers' identities with. Two may live at once, for rotation."""

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE, related_name="keys")
    kid = models.SlugField(max_length=40, default=new_key)
    secret = models.CharField(max_length=128, default=new_secret)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("touchpoint", "kid", name="identity_key_once")]

    def __str__(self) -> str:
        return self.kid


class MessengerSession(models.Model):
    """A browser we know. Made with the first message, never by a mere page view."""

    token_hash = models.CharField(max_length=64, primary_key=True)  # SHA-256, hex
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sessions")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.token_hash[:8]}…"
