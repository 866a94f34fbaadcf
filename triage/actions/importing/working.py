"""Reading a file into examples, batch by batch. Each batch and how far it brought the file are one transaction, so that
a process killed anywhere goes on where it stopped and keeps no message twice."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db import transaction

from conversations.errors import Refusal
from conversations.models import Priority, Topic
from triage.actions.importing import tables
from triage.actions.importing.receiving import NEW, NONE, SKIP, path_of
from triage.models import Example, Import, TopicProfile
from triage.signals import import_asked

BATCH = 1_000
LONGEST = 4_000  # characters of a message that are kept
STALE = timedelta(seconds=60)
_STATE = Import.State
_LEVELS = {
    Priority.LOW: ("1", "low", "minor", "trivial"),
    Priority.NORMAL: ("2", "normal", "medium", "major"),
    Priority.HIGH: ("3", "high", "important"),
    Priority.URGENT: ("4", "urgent", "critical", "blocker"),
}
_PRIORITIES = {name: level for level, names in _LEVELS.items() for name in names}


def digest_of(text: str) -> str:
    """By which a message is known to be there already."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def place_of(batch: Import) -> Path:
    """Where its file lies. Raises BadTable."""
    return path_of(batch)


def run_import(batch: Import, clock: Callable[[], datetime]) -> None:
    """Read the file to its end; what is wrong with it is kept with the import."""
    try:
        path = path_of(batch)
        if not batch.rows_total:
            total = tables.count_rows(path)
            Import.objects.filter(pk=batch.pk).update(rows_total=total, beat_at=clock())
        batch.refresh_from_db()
        rows = islice(tables.opened(path)[1], batch.rows_read, None)
        topics = _Topics(batch.columns)
        while _take(batch, list(islice(rows, BATCH)), topics, clock()):
            pass
    except Refusal as refusal:
        running = Import.objects.filter(pk=batch.pk, state=_STATE.RUNNING)
        running.update(state=_STATE.FAILED, problem=refusal.message[:300])
    batch.refresh_from_db()


def _take(batch: Import, rows: Sequence[tables.Record], topics: _Topics, now: datetime) -> bool:
    """Keep one batch; False when that was the last, or somebody else reads this file."""
    with transaction.atomic():
        same = Import.objects.select_for_update().get(pk=batch.pk)
        if same.state != _STATE.RUNNING or same.rows_read != batch.rows_read:
            return False
        if not rows:
            same.state = _STATE.DONE
            same.save(update_fields=["state"])
            path_of(same).unlink(missing_ok=True)
            return False
        _keep(same, rows, topics, now)
    batch.rows_read = same.rows_read
    return True


def _keep(batch: Import, rows: Sequence[tables.Record], topics: _Topics, now: datetime) -> None:
    left_out: Counter[str] = Counter(batch.left_out)
    made = list(_examples(rows, batch, topics, left_out, now))
    known = set(Example.objects.filter(digest__in=[each.digest for each in made]).values_list("digest", flat=True))
    fresh: dict[str, Example] = {}
    for each in made:
        if each.digest in known or each.digest in fresh:
            left_out["duplicate"] += 1
        else:
            fresh[each.digest] = each
    Example.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    batch.rows_read += len(rows)
    batch.kept += len(fresh)
    batch.left_out, batch.beat_at = dict(left_out), now
    batch.save(update_fields=["rows_read", "kept", "left_out", "beat_at"])


def _examples(
    rows: Sequence[tables.Record], batch: Import, topics: _Topics, left_out: Counter[str], now: datetime
) -> Iterator[Example]:
    columns = batch.columns
    for row in rows:
        text = "\n".join(part for name in columns["text"] if (part := row.get(name, "").strip()))[:LONGEST].strip()
        topic = topics.of(row.get(columns["topic"], "").strip())
        if not text or topic == SKIP:
            left_out["empty" if not text else "skipped"] += 1
            continue
        yield Example(
            text=text,
            topic_id=None if topic == NONE else int(topic),
            priority=_PRIORITIES.get(row.get(columns["priority"], "").strip().lower()),
            source=Example.Source.IMPORTED,
            digest=digest_of(text),
            batch=batch,
            author=batch.author,
            created_at=now,
        )


class _Topics:
    """What each value of the topic column becomes: the key of a topic, or none or skip."""

    def __init__(self, columns: Mapping[str, object]) -> None:
        mapping = columns["map"]
        self._wanted: dict[str, str] = dict(mapping) if isinstance(mapping, dict) else {}
        self._others = str(columns["others"])
        self._known: dict[str, str] = {}

    def of(self, value: str) -> str:
        """An empty value says nothing about the topic, so the row is left out."""
        if not value:
            return SKIP
        if value not in self._known:
            self._known[value] = self._found(value)
        return self._known[value]

    def _found(self, value: str) -> str:
        wanted = self._wanted.get(value, self._others)
        if wanted == NEW:
            return self._made(value)
        if wanted.isdigit() and not Topic.objects.filter(pk=int(wanted)).exists():
            return SKIP
        return wanted

    def _made(self, value: str) -> str:
        """The topic of that name, whatever its case; a new one where there is none."""
        name = " ".join(value.split())[:80]
        topic = Topic.objects.filter(name__iexact=name).first()
        if topic is None:
            if len(self._known) >= tables.MOST_TOPICS:
                return SKIP
            topic = Topic.objects.get_or_create(name=name)[0]
        TopicProfile.objects.get_or_create(topic=topic)
        return str(topic.pk)


def revive_imports(now: datetime) -> int:
    """Ring again for those whose reader has died; how many."""
    dead = Import.objects.filter(state=_STATE.RUNNING, beat_at__lt=now - STALE)
    for batch in dead:
        import_asked.send_robust(sender=Import, batch=batch.pk)
    return len(dead)
