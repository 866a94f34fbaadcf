"""Customers and the companies they belong to; agents and the teams they answer in."""

from __future__ import annotations

import uuid
import zoneinfo
from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def our_languages() -> Iterable[tuple[str, str]]:
    """Those the desk speaks."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


def time_zones() -> Iterable[tuple[str, str]]:
    """Every place with a clock of its own."""
    return [(name, name) for name in sorted(zoneinfo.available_timezones())]


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")


class Availability(models.TextChoices):
    ONLINE = "online", _("Online")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


class Team(models.Model):
    """A group of agents at one escalation level; `specialty` says what it is good at."""

    class Tier(models.IntegerChoices):
        FRONT_LINE = 1, _("Front line")
        SPECIALIST = 2, _("Specialist")
        EXPERT = 3, _("Expert")

    name = models.CharField(max_length=80, unique=True)
    tier = models.PositiveSmallIntegerField(choices=Tier.choices, default=Tier.FRONT_LINE)
    specialty = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AgentManager(BaseUserManager["Agent"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Agent:
        agent = self.model(email=self.normalize_email(email).lower(), **fields)
        agent.set_password(password)
        agent.save(using=self._db)
        return agent

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Agent:
        fields |= {"role": Role.ADMIN, "is_staff": True, "is_superuser": True}
        fields.setdefault("name", email.partition("@")[0])
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, username: str | None) -> Agent:
        """Exactly: to PostgreSQL a dotless i is the same letter in capitals, to whoever counts failures it is not."""
        return self.get(email=(username or "").strip().lower())


class Agent(AbstractBaseUser, PermissionsMixin):
    """Somebody who answers. `authz_version` grows whenever what they may see changes, so that open
    sockets can tell that their permission is stale."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="agents", blank=True)
    availability = models.CharField(max_length=10, choices=Availability.choices, default=Availability.OFFLINE)
    away_reason = models.CharField(max_length=80, blank=True)
    available_since = models.DateTimeField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(default=8)
    # What they read in, and by which clock. Blank: as their browser asks; as the desk.
    language = models.CharField(max_length=16, blank=True, choices=our_languages)
    time_zone = models.CharField(max_length=64, blank=True, choices=time_zones)
    authz_version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[AgentManager] = AgentManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("email"), name="agent_email_once")]

    def __str__(self) -> str:
        """Customers read it too, so it is never the whole address."""
        return self.name or self.email.partition("@")[0]

    @property
    def sees_everything(self) -> bool:
        return self.role in (Role.MANAGER, Role.ADMIN)


class ApiToken(models.Model):
    """Lets a program act for an agent. Only the digest of the secret is kept (`people.tokens`)."""

    class Scope(models.TextChoices):
        READ = "read", pgettext_lazy("scope", "Read")
        WRITE = "write", _("Read and write")

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=5, choices=Scope.choices, default=Scope.READ)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    plan = models.CharField(max_length=60, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "companies"
        constraints = [
            models.UniqueConstraint(Lower("domain"), name="company_domain_once", condition=~models.Q(domain=""))
        ]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """Who asks. Anonymous until a signed identity or a verified address says who it is."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(max_length=200, null=True, blank=True, unique=True)
    verified = models.BooleanField(default=False)
    name = models.CharField(max_length=200, blank=True)
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers")
    plan = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=16, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    blocked_at = models.DateTimeField(null=True, blank=True)
    page = models.JSONField(default=dict, blank=True)  # {"url", "title"}: where they are now
    last_seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(external_id__isnull=True) | models.Q(verified=True),
                name="customer_external_id_is_verified",
            )
        ]
        indexes = [GinIndex(fields=["name"], name="customer_name_trigrams", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """A name to show; anonymous visitors get a stable, short one."""
        return self.name or f"Visitor {self.public_id.hex[:4].upper()}"


class Address(models.Model):
    """One way to reach a customer. Only a verified one proves identity."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=254)  # normalised: e-mail lower case, phone E.164
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint("customer", "kind", "value", name="address_once_per_customer"),
            models.UniqueConstraint(
                "kind",
                "value",
                condition=models.Q(verified_at__isnull=False),
                name="verified_address_has_one_owner",
            ),
        ]
        indexes = [GinIndex(fields=["value"], name="address_value_trigrams", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.value


class AttributeDefinition(models.Model):
    """A typed attribute a desk keeps on customers, companies or conversations."""

    class Subject(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        COMPANY = "company", _("Company")
        CONVERSATION = "conversation", _("Conversation")

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        BOOLEAN = "boolean", _("Yes or no")
        DATE = "date", _("Date")
        CHOICE = "choice", _("One of a list")

    subject = models.CharField(max_length=12, choices=Subject.choices)
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.TEXT)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)

    class Meta:
        ordering = ["subject", "key"]
        constraints = [models.UniqueConstraint("subject", "key", name="attribute_key_once")]

    def __str__(self) -> str:
        return self.label
