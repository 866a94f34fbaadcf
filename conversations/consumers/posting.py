"""How both sockets post: through the writer, answered after the commit."""

from __future__ import annotations

from typing import Any

from conversations.actions import Outcome, Posted
from conversations.consumers.socket import Socket
from conversations.consumers.writer import writer
from conversations.errors import Busy, ConversationMerged
from conversations.parts import NewPart, PartData


class PostingSocket(Socket):
    @staticmethod
    def form(part: PartData) -> dict[str, Any]:
        """A part as this side may see it."""
        raise NotImplementedError

    def post(self, new: NewPart) -> None:
        writer().put(new, lambda outcome: self._posted(new, outcome))
        self.unanswered += 1

    def _posted(self, new: NewPart, outcome: Outcome) -> None:
        """Committed, or refused. The echo goes out unless the hub has brought it already."""
        came = self.answered(outcome.part.id.bytes if isinstance(outcome, Posted) else b"")
        if isinstance(outcome, Posted):
            if not came:
                self.send("part", part=self.form(outcome.part))
        elif isinstance(outcome, ConversationMerged):
            self._repost(moved(new, outcome.target))
        else:
            self.refuse(outcome, client_id=new.client_id)

    def _repost(self, new: NewPart) -> None:
        try:
            self.post(new)
        except Busy as busy:
            self.refuse(busy, client_id=new.client_id)


def moved(new: NewPart, target: int) -> NewPart:
    """The same part for the conversation that the addressed one was merged into."""
    return NewPart(
        target, new.kind, new.author, new.body, new.client_id, new.attachments, new.mentions,
        new.token_hash, None, new.then_close, new.scope,
    )  # fmt: skip
