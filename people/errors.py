"""What a verb about people may refuse."""

from __future__ import annotations

from django.utils.functional import Promise


class Refused(Exception):
    """Nothing was changed. `code` is for programs, the message says what to do, `field` what it is about."""

    def __init__(self, code: str, message: str | Promise, *, field: str | None = None, status: int = 400):
        super().__init__(message)
        self._message = message
        self.code, self.field, self.status = code, field, status

    @property
    def message(self) -> str:
        """In the language that is active now."""
        return str(self._message)
