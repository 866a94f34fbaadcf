"""What a verb about people may refuse."""

from __future__ import annotations


class Refused(Exception):
    """Nothing was changed. `code` is for programs, the message says what to do, `field` what it is about."""

    def __init__(self, code: str, message: str, *, field: str | None = None, status: int = 400):
        super().__init__(message)
        self.code, self.message, self.field, self.status = code, message, field, status
