"""What a client knows of one conversation: everything up to `have`, and parts that arrived too early."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Part = dict[str, Any]


class Contradiction(Exception):
    """Two parts claim one number: the desk broke its promise."""


@dataclass(slots=True)
class Timeline:
    """The rules of docs/protocol.md, "The contract", 3 to 5: the outcome does not depend on the order of arrival."""

    parts: dict[int, Part] = field(default_factory=dict)
    have: int = 0
    last: int = 0  # the highest number heard of, by whatever frame
    asked_at: float = 0.0  # when the hole was last asked for

    def apply(self, part: Part) -> bool:
        """Take a part in; False if it was known."""
        number = part["number"]
        known = self.parts.get(number)
        if known is not None:
            if known["id"] != part["id"]:
                raise Contradiction(f"{part['conversation']}/{number} is {known['id']} and {part['id']}")
            return False
        self.parts[number] = part
        self.hear_of(number)
        while self.have + 1 in self.parts:
            self.have += 1
        return True

    def hear_of(self, number: int) -> None:
        self.last = max(self.last, number)

    @property
    def is_behind(self) -> bool:
        return self.last > self.have

    def in_order(self) -> list[Part]:
        return [self.parts[number] for number in sorted(self.parts)]
