"""Why a file is not taken. Each message says what is wrong, how much, and what to do instead."""

from __future__ import annotations

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from conversations.errors import Refusal, Text, amount

MEGABYTE = 1_000_000


def megabytes(size: int) -> Text:
    """`size` as people read it: 26.2 MB, 25 MB."""
    rounded = round(size / MEGABYTE, 1)
    return format_lazy("{n} MB", n=amount(rounded, 0 if rounded.is_integer() else 1))


class FileRefused(Refusal):
    def __init__(self, message: Text) -> None:
        super().__init__(message, field="file")


class FileEmpty(FileRefused):
    code = "file_empty"

    def __init__(self) -> None:
        super().__init__(_("The file is empty."))


class FileTooLarge(FileRefused):
    """`size` is None where we stopped reading before its end."""

    code = "file_too_large"
    status = 413

    def __init__(self, size: int | None = None) -> None:
        limit: int = settings.MAX_UPLOAD_BYTES
        # One byte over 25 MB rounds to 25 MB, which would sound like a contradiction.
        told = max(size or 0, limit + MEGABYTE // 10)
        message = _("More than {limit}; the limit is {limit}.") if size is None else _("{size}; the limit is {limit}.")
        super().__init__(format_lazy(message, size=megabytes(told), limit=megabytes(limit)))


class TooManyFiles(FileRefused):
    code = "too_many_files"
    status = 400

    def __init__(self) -> None:
        super().__init__("Too many files or fields; send one file at a time, in the field 'file'.")


class MediaTypeRefused(FileRefused):
    code = "unsupported_media_type"
    status = 415

    def __init__(self) -> None:
        super().__init__("Send the file as multipart/form-data in the field 'file'.")


class FileTypeNotAllowed(FileRefused):
    code = "file_type_not_allowed"
    status = 415

    def __init__(self, looks_like: Text) -> None:
        message = _(
            "Looks like {kind}, which cannot be sent. Images, PDF, Office documents, text, CSV, audio and video can."
        )
        super().__init__(format_lazy(message, kind=looks_like))


class FileTypeMismatch(FileRefused):
    code = "file_type_mismatch"
    status = 415

    def __init__(self, looks_like: Text, extension: str) -> None:
        super().__init__(format_lazy(_("Looks like {kind}, named .{extension}."), kind=looks_like, extension=extension))


class ImageTooLarge(FileRefused):
    code = "image_too_large"

    def __init__(self, limit: int) -> None:
        message = _("The image has too many pixels; the limit is {limit} MP.")
        super().__init__(format_lazy(message, limit=limit // MEGABYTE))


class ImageDamaged(FileRefused):
    code = "image_damaged"

    def __init__(self) -> None:
        super().__init__(_("The image is damaged. Open it, save it again, and send that."))


class StorageFull(FileRefused):
    code = "storage_full"
    status = 507

    def __init__(self) -> None:
        super().__init__(_("Not stored: there is no room for files at the moment. Text still goes through."))
