"""Setting a desk up: its people. A change of permission goes through the verbs, so that open sockets hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from people import actions
from people.errors import Refused
from people.models import Address, Agent, ApiToken, AttributeDefinition, Company, Customer, Role, Team

if TYPE_CHECKING:  # Django's own classes take no parameters while running
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Agent]
else:
    ModelAdmin, TabularInline, ModelForm = admin.ModelAdmin, admin.TabularInline, forms.ModelForm


class NewAgent(ModelForm):
    """What it takes to sign in."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    class Meta:
        model = Agent
        fields = ("email", "name", "role", "password", "teams")

    def clean_email(self) -> str:
        """Addresses are kept in lower case, which decides whether one is taken."""
        email: str = self.cleaned_data["email"].lower()
        if Agent.objects.filter(email=email).exists():
            raise forms.ValidationError(_("There is an agent with this e-mail already."))
        return email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Agent(email=self.cleaned_data.get("email", "")))
        return password


@admin.register(Agent)
class AgentAdmin(ModelAdmin):
    """Nobody is deleted: what they wrote stays theirs."""

    list_display = ("name", "email", "role", "is_active", "availability")
    list_filter = ("role", "is_active", "teams")
    search_fields = ("name", "email")
    filter_horizontal: ClassVar[tuple[str, ...]] = ()
    fields = ("name", "email", "role", "teams", "languages", "capacity", "language", "time_zone", "is_active")
    readonly_fields = ("email",)

    def get_form(self, request: HttpRequest, obj: Agent | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        return super().get_form(request, obj, change, **kwargs) if change else NewAgent

    def get_fields(self, request: HttpRequest, obj: Agent | None = None) -> Any:
        return self.fields if obj else NewAgent.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Agent | None = None) -> Any:
        return self.readonly_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:  # noqa: FBT001
        given = form.cleaned_data
        if not change:
            made = actions.create_agent(
                given["email"], name=given["name"], role=Role(given["role"]), password=given["password"]
            )
            obj.pk = made.pk
            obj.refresh_from_db()
            return
        stored = Agent.objects.get(pk=obj.pk)
        obj.role, obj.is_active = stored.role, stored.is_active
        obj.languages, obj.capacity = stored.languages, stored.capacity
        super().save_model(request, obj, form, change)
        actions.set_limits(obj, languages=given["languages"], capacity=given["capacity"])
        self._permit(request, obj, given)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        actions.set_teams(form.instance, form.cleaned_data["teams"])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _permit(self, request: HttpRequest, agent: Agent, given: dict[str, Any]) -> None:
        try:
            actions.set_role(agent, Role(given["role"]))
            (actions.reactivate if given["is_active"] else actions.deactivate)(agent)
        except Refused as refusal:
            messages.error(request, refusal.message)


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    """Groups of agents."""

    list_display = ("name", "tier", "specialty")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not while anything hangs on it: conversations of no team are everybody's to see."""
        return super().has_delete_permission(request, obj) and not (obj and _is_needed(obj))


def _is_needed(team: Team) -> bool:
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: team}).exists()  # noqa: SLF001
        for relation in Team._meta.related_objects  # noqa: SLF001 - its public name
    )


class AddressInline(TabularInline):
    """To look at: addresses are verified elsewhere."""

    model = Address
    extra = 0
    readonly_fields = ("kind", "value", "verified_at")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Customer)
class CustomerAdmin(ModelAdmin):
    """Customers come by themselves and are erased by the verb that knows how."""

    list_display = ("display_name", "external_id", "verified", "company")
    list_select_related = ("company",)
    search_fields = ("name", "external_id", "addresses__value")
    fields = ("public_id", "external_id", "verified", "name", "company", "plan", "language", "time_zone", "country")
    readonly_fields = ("public_id", "external_id", "verified")
    raw_id_fields = ("company",)
    inlines = (AddressInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Company)
class CompanyAdmin(ModelAdmin):
    """Whom customers belong to."""

    list_display = ("name", "domain", "plan")
    search_fields = ("name", "domain")
    fields = ("name", "domain", "plan")


@admin.register(AttributeDefinition)
class AttributeDefinitionAdmin(ModelAdmin):
    """What else a desk keeps."""

    list_display = ("key", "label", "subject", "type")
    list_filter = ("subject",)


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """To look at and to revoke. They are made by `bin/manage api_token`, which can show the secret once."""

    list_display = ("name", "agent", "scope", "expires_at", "last_used_at")
    list_select_related = ("agent",)
    fields = readonly_fields = ("name", "agent", "scope", "created_at", "expires_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
