"""What the messenger's script says, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _


def messenger_words() -> dict[str, str]:
    """Whole sentences; `{name}` and the like are filled in by the browser."""
    return {
        "waiting": _("Waiting for a connection"),
        "sending": _("Sending…"),
        "sent": _("Sent"),
        "read": _("Read"),
        "failed": _("Not sent."),
        "again": _("Try again"),
        "discard": _("Discard"),
        "you": _("You"),
        "support": _("Support"),
        "typing": _("{name} is typing"),
        "offline": _("You’re offline. We’ll send your messages when you’re back."),  # noqa: RUF001
        "lost": _("Connecting… Your messages are kept and sent as soon as we’re through."),  # noqa: RUF001
        "denied": _("This chat is not available here."),
        "full": _("50 messages are waiting to be sent. Please wait for a connection."),
        "new": _("New"),
        "unread": _("unread: {count}"),
        "removed": _("This message was removed."),
        "closed": _("This conversation was closed. Write to open it again."),
        "reopened": _("This conversation is open again."),
        "merged": _("This conversation goes on in another one."),
        "unmerged": _("This conversation is separate again."),
        "attachment": _("Attachment"),
        "too_long": _("{count} characters are too many; the limit is 10,000."),
        "too_big": _("{name} is {size}. The limit is {limit}."),
        "empty_file": _("{name} is empty."),
        "too_many": _("At most 10 files in one message."),
        "upload_failed": _("{name} was not uploaded."),
        # xgettext:no-python-format  # noqa: ERA001
        "uploading": _("{name}, {percent} % uploaded"),
        "uploaded": _("{name}, ready to send"),
        "busy": _("A file is still being uploaded."),
        "remove": _("Remove {name}"),
        "retry": _("Upload {name} again"),
        "gone": _("This file is no longer available."),
    }
