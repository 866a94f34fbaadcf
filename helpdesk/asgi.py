"""What a web process serves: health, websockets, and Django for the rest."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

django = get_asgi_application()  # loads the apps, so it comes before the imports that need them

from conversations import realtime
from conversations.routing import websocket_urlpatterns
from helpdesk.bodies import Bodies
from helpdesk.health import Health
from helpdesk.lifespan import Lifespan

application = ProtocolTypeRouter(
    {
        "http": Health(Bodies(django)),
        "websocket": URLRouter(websocket_urlpatterns),  # type: ignore[arg-type]
        "lifespan": Lifespan(realtime.startup, realtime.shutdown),
    }
)
