"""Other people's sites with our snippet on them, and the touchpoint they embed."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.desk import Desk, free_port

KEY = "journey"
EMAIL, PASSWORD = "journey@parley.example", "a-rather-long-password"
KID, SECRET = "first", "0123456789abcdef0123456789abcdef0123456789abcdef"
TOKEN = "Y" * 43  # of a customer who has a long conversation already
LONG = 120

_SEED = """
import uuid
from django.utils import timezone
from conversations import actions, sessions
from conversations.models import IdentityKey, MessengerSession, Touchpoint
from conversations.parts import NewPart
from conversations.serializers import agent_author, customer_author
from conversations.tokens import token_hash
from people.models import Agent, Customer
now = timezone.now()
site, _ = Touchpoint.objects.update_or_create(key={key!r}, defaults=dict(
    name="Harbour", origins={origins!r}, look=dict(color="#1d6b52", reply_time="Usually replies in a few minutes")))
IdentityKey.objects.get_or_create(touchpoint=site, kid={kid!r}, defaults=dict(secret={secret!r}))
if not Agent.objects.filter(email={email!r}).exists():
    agent = Agent.objects.create_superuser({email!r}, {password!r}, name="Anna Berg")
    bea = Customer.objects.create(name="Bea Ortiz")
    MessengerSession.objects.create(token_hash=token_hash({token!r}), customer=bea, touchpoint=site, last_seen_at=now)
    long = actions.start(actions.NewConversation(uuid.uuid4(), bea, site), now=now)
    authors = customer_author(bea), agent_author(agent)
    lines = [NewPart(long.pk, "message", authors[n % 2], f"Line {{n + 1}}", uuid.uuid4()) for n in range({long})]
    actions.post(lines, now=now)
"""


@dataclass
class Answer:
    body: bytes
    headers: dict[str, str]


class Host:
    """A web server of somebody else: pages are put on it one by one."""

    def __init__(self, desk_url: str) -> None:
        self.desk_url = desk_url
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._pages: dict[str, Answer] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        pages = self._pages

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = pages.get(self.path.partition("?")[0])
                self.send_response(200 if answer else 404)
                for name, value in (answer.headers if answer else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body if answer else b"")

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler

    def snippet(self, **data: str) -> str:
        """What a site's owner pastes."""
        attributes = "".join(f' data-{name}="{value}"' for name, value in {"site": KEY, **data}.items())
        return f'<script async src="{self.desk_url}/w.js"{attributes}></script>'

    def page(
        self, *, head: str = "", body: str = "", snippet: str | None = None, lang: str = "en", **headers: str
    ) -> str:
        """The address of a new page."""
        path = f"/page-{len(self._pages)}"
        script = self.snippet() if snippet is None else snippet
        html = (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>A shop</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{head}</head><body><h1>A shop</h1><p><a href='#more'>More</a></p>{body}{script}</body></html>"
        )
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self._pages[path] = Answer(html.encode(), {"Content-Type": "text/html; charset=utf-8", **names})
        return self.url + path


def seed(desk: Desk, host: Host) -> None:
    """The touchpoint, its key, its agent, and a customer with a long conversation."""
    origins = [host.url, f"http://127.0.0.1:{host.port}"]
    desk.manage(
        "shell",
        "-c",
        _SEED.format(
            key=KEY, origins=origins, kid=KID, secret=SECRET, email=EMAIL, password=PASSWORD, token=TOKEN, long=LONG
        ),
    )


def frames_of(payload: str | bytes) -> dict[str, Any]:
    """A frame of the wire as it was seen on the socket."""
    frame: dict[str, Any] = json.loads(payload)
    return frame
