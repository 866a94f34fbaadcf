"""What a web process serves: health, websockets, and Django for the rest."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

pages = get_asgi_application()  # loads the apps, so it comes before the imports that need them

from conversations import realtime
from conversations.routing import websocket_urlpatterns
from helpdesk.bodies import Bodies
from helpdesk.health import Health
from helpdesk.lifespan import Lifespan
from helpdesk.static import Static
from helpdesk.threads import Threads


def files(inner: Any) -> Any:
    """Static files as collected, or as they lie in the checkout while one develops."""
    if settings.DEBUG:
        return ASGIStaticFilesHandler(inner)
    return Static(inner, settings.STATIC_ROOT, settings.STATIC_URL)


application = ProtocolTypeRouter(
    {
        "http": Health(files(Bodies(Threads(pages, settings.ENV.web_threads)))),
        "websocket": URLRouter(websocket_urlpatterns),  # type: ignore[arg-type]
        "lifespan": Lifespan(realtime.startup, realtime.shutdown),
    }
)
