"""Setting a desk up: where customers reach it, and what it sorts conversations by. Conversations are worked on in the
inbox, where every change leaves its event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from conversations.models import IdentityKey, Status, Tag, Topic, Touchpoint

if TYPE_CHECKING:  # Django's own classes take no parameters while running
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class IdentityKeyInline(TabularInline):
    """To rotate: add one, give its secret to the site, then retire the old one."""

    model = IdentityKey
    extra = 0
    fields = ("kid", "secret", "retired_at")
    readonly_fields = ("kid", "secret")


@admin.register(Touchpoint)
class TouchpointAdmin(ModelAdmin):
    """A messenger on somebody's site."""

    list_display = ("name", "key", "kind", "team")
    list_select_related = ("team",)
    fields = ("name", "key", "kind", "origins", "team", "look")
    inlines = (IdentityKeyInline,)


@admin.register(Status)
class StatusAdmin(ModelAdmin):
    """Finer names of states."""

    list_display = ("name", "state", "position")


@admin.register(Topic)
class TopicAdmin(ModelAdmin):
    """What a conversation can be about."""

    list_display = ("name",)


@admin.register(Tag)
class TagAdmin(ModelAdmin):
    """Tags agents made."""

    search_fields = ("name",)
