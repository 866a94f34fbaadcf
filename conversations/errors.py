"""What a verb may refuse. Each edge turns a refusal into its own kind of answer, once."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.functional import Promise, lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

Text = str | Promise
amount = lazy(number_format, str)  # a number as it is written in the language of the sentence around it


def first_line(problem: Exception) -> str:
    """What went wrong, for logs; the lines below it may repeat what people wrote."""
    return f"{type(problem).__name__}: {str(problem).partition(chr(10))[0]}"[:1000]


class Refusal(Exception):
    """Nothing was changed. `code` is for programs, the message says what to do, `field` what it is about.

    Messages that people meet come lazily from gettext; those only programs meet are English.
    """

    code = "refused"
    status = 422

    def __init__(self, message: Text, *, field: str | None = None, retry_after: int | None = None):
        super().__init__(message)
        self._message = message
        self.field = field
        self.retry_after = retry_after

    @property
    def message(self) -> str:
        """In the language that is active now: of the request, or of the socket's page."""
        return str(self._message)

    def envelope(self, request_id: str = "") -> dict[str, dict[str, object]]:
        error: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "request_id": request_id,
        }
        if self.retry_after is not None:
            error["retry_after"] = self.retry_after
        return {"error": error}


class BadRequest(Refusal):
    """The request cannot be read; `code` says why."""

    status = 400

    def __init__(self, code: str, message: Text, *, field: str | None = None):
        super().__init__(message, field=field)
        self.code = code


class NotFound(Refusal):
    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is nothing here, or it is not yours to see."))


class ClientIdReused(Refusal):
    code = "client_id_reused"
    status = 409

    def __init__(self) -> None:
        super().__init__("This client_id already stands for another message. Use a new one.", field="client_id")


class AlreadyAssigned(Refusal):
    code = "already_assigned"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(format_lazy(_("{name} was faster."), name=name), field="assignee")


class ConversationMerged(Refusal):
    """`target` is the primary key of the conversation the addressed one went into."""

    code = "conversation_merged"
    status = 409

    def __init__(self, target: int) -> None:
        super().__init__(_("This conversation went on in another one."), field="conversation")
        self.target = target


class NewerMessage(Refusal):
    code = "newer_message"
    status = 409

    def __init__(self, message: Text = "") -> None:
        super().__init__(message or _("Somebody wrote since you looked. Read it, or send anyway."), field="seen")


class EditConflict(Refusal):
    code = "edit_conflict"
    status = 412

    def __init__(self) -> None:
        super().__init__(_("A newer version exists. Look at both before you save."), field="version")


class TextRefused(Refusal):
    def __init__(self, code: str, message: Text, *, field: str = "body", status: int = 422):
        super().__init__(message, field=field)
        self.code = code
        self.status = status


class AttachmentNotYours(Refusal):
    code = "attachment_not_yours"
    status = 400

    def __init__(self) -> None:
        super().__init__(_("That file is not here, or already sent. Upload it again."), field="attachments")


class SlowDown(Refusal):
    code = "slow_down"
    status = 429

    def __init__(self, retry_after: int) -> None:
        message = format_lazy(_("Too many at once. Try again in {seconds} s."), seconds=retry_after)
        super().__init__(message, retry_after=retry_after)


class Busy(Refusal):
    code = "busy"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("Not stored: the desk is busy. Try again in a moment."), retry_after=2)


class IdentityRefused(Refusal):
    """One message for every reason, so that a forger learns nothing."""

    code = "identity_token_invalid"
    status = 401

    def __init__(self) -> None:
        super().__init__("The identity token is not valid. See the guide to embedding.", field="identity")


class TokenRefused(Refusal):
    code = "invalid_token"
    status = 401

    def __init__(self) -> None:
        super().__init__(_("This messenger is not known. Reload the page."), field="token")
