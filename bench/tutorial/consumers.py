"""A consumer, a channel layer, the ORM behind `database_sync_to_async`: as in the guides."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from bench.tutorial.models import Message


class Room(AsyncJsonWebsocketConsumer):
    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        self.group = f"room_{self.room}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive_json(self, content: dict[str, Any], **_: Any) -> None:
        message = await self.save(content)
        part = {"id": message.pk, "client_id": content["client_id"], "body": message.body}
        await self.channel_layer.group_send(self.group, {"type": "chat.message", "part": part})

    async def chat_message(self, event: dict[str, Any]) -> None:
        await self.send_json({"type": "part", "part": event["part"]})

    @database_sync_to_async
    def save(self, content: dict[str, Any]) -> Message:
        return Message.objects.create(  # type: ignore[attr-defined,no-any-return]  # not one of the desk's apps
            room=self.room, client_id=content["client_id"], body=content["body"]
        )
