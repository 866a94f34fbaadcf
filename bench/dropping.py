"""The desk's own layer, losing pushes. Correctness may not depend on them, so chaos takes some away.

Set `PARLEY_CHANNEL_LAYER=bench.dropping.DroppingLayer`; a file `drop` in the state directory holds the share to lose
(`0.2`), and may change while the desk runs. Without the file nothing is lost.
"""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from conversations.layer import Callback, HubLayer

_LOOK_EVERY = 0.25


class DroppingLayer(HubLayer):
    """Loses each delivery to each socket with the same chance, as a full queue or a dying process would."""

    _share = 0.0
    _looked_at = 0.0

    def deliver(self, key: bytes, payload: bytes, skip: Callback | None = None) -> None:
        share = self._current_share()
        if not share:
            super().deliver(key, payload, skip)
            return
        for callback in tuple(self._groups.get(key, ())):
            if callback is not skip and random.random() >= share:
                callback(payload)

    def _current_share(self) -> float:
        now = time.monotonic()
        if now - self._looked_at > _LOOK_EVERY:
            self._looked_at = now
            try:
                self._share = float((Path(os.environ["PARLEY_STATE"]) / "drop").read_text())
            except (OSError, ValueError, KeyError):
                self._share = 0.0
        return self._share
