"""One training from beginning to end, in a process of its own.

Nothing it does is seen before its last transaction: the file gets its name when it is whole, the row comes after the
file, and the promotion comes with the row. A process killed anywhere leaves the model that decides as it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction

from conversations.errors import first_line
from triage import artefacts
from triage.actions.learning import answers, comparing
from triage.actions.learning.answers import Answer
from triage.actions.learning.comparing import Compared
from triage.actions.learning.lessons import PRIORITY_EACH, PRIORITY_ROWS, Lessons, Row, gather
from triage.actions.learning.remembering import forgotten_files, recall, remember
from triage.actions.learning.versions import forget_old
from triage.artefacts import Disabled
from triage.models import ModelVersion, TrainingRun

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
ORDER = ("low", "normal", "high", "urgent")
_EVERY = timedelta(seconds=0.5)  # between two looks at the run's row
_STATE = TrainingRun.State


class Superseded(Exception):
    """The run is somebody else's now: this process was taken for dead."""


def beat(run: int, attempt: int, now: datetime) -> bool:
    """Say that the process still works; False if the run is not its own any more."""
    return bool(TrainingRun.objects.filter(pk=run, state=_STATE.RUNNING, attempts=attempt).update(beat_at=now))


def run_training(run: TrainingRun, clock: Clock, began: Callable[[int], None] | None = None) -> ModelVersion | None:
    """Train, compare, keep and perhaps promote; the version made, or None and the run's row says why.

    A run that is over, or at work elsewhere, is left alone. `began` is told the number of the attempt.
    """
    from triage.learning import Cancelled, NotEnoughData, PipelineUnavailable

    attempt = _begin(run, clock())
    if attempt is None:
        return None
    if began is not None:
        began(attempt)
    work = _Work(run, attempt, clock)
    try:
        return _trained(work)
    except Cancelled:
        work.end(_STATE.CANCELLED)
    except (NotEnoughData, PipelineUnavailable) as problem:
        work.end(_STATE.FAILED, str(problem))
    except Superseded:
        log.warning("training %s went on elsewhere", run.pk)
    except DatabaseError:
        raise  # it can say nothing now; the sweep finds it
    except Exception as problem:
        log.exception("training %s failed", run.pk)
        work.end(_STATE.FAILED, first_line(problem))
    return None


def _begin(run: TrainingRun, now: datetime) -> int | None:
    with transaction.atomic():
        mine = TrainingRun.objects.select_for_update().filter(pk=run.pk, state=_STATE.QUEUED).first()
        if mine is None:
            return None
        mine.state, mine.attempts, mine.started_at, mine.beat_at = _STATE.RUNNING, mine.attempts + 1, now, now
        mine.progress, mine.stage = 0.0, "reading"
        mine.save()
    return mine.attempts


@dataclass(slots=True)
class _Work:
    """A run as its process sees it."""

    run: TrainingRun
    attempt: int
    clock: Clock
    looked: datetime | None = None

    def step(self, stage: str, begin: float, end: float) -> Callable[[float, str], None]:
        """What one stage tells its progress to: a share from 0 to 1."""
        self.tell(begin, stage, always=True)
        return lambda share, _what: self.tell(begin + share * (end - begin), stage)

    def tell(self, share: float, stage: str, *, always: bool = False) -> None:
        """Raises Cancelled where somebody asked for it, Superseded where the run is not ours."""
        from triage.learning import Cancelled

        now = self.clock()
        if not always and self.looked is not None and now - self.looked < _EVERY:
            return
        self.looked = now
        mine = self.mine()
        if not mine.update(progress=share, stage=stage, beat_at=now):
            raise Superseded
        if mine.filter(cancel_asked=True).exists():
            raise Cancelled

    def mine(self) -> Any:
        return TrainingRun.objects.filter(pk=self.run.pk, state=_STATE.RUNNING, attempts=self.attempt)

    def end(self, state: TrainingRun.State, problem: str = "") -> None:
        self.mine().update(state=state, problem=problem[:500], ended_at=self.clock())

    @property
    def name(self) -> str:
        return f"run-{self.run.pk}-{self.attempt}"


def _trained(work: _Work) -> ModelVersion:
    lessons = gather()
    pipeline = work.run.pipeline
    given = answers.held_out(lessons, pipeline, work.step("testing", 0.02, 0.5)) if _can_hold_out(lessons) else {}
    points = answers.curve(lessons, pipeline, work.step("curve", 0.5, 0.6)) if given else []
    model = answers.learn(lessons.rows, lessons, pipeline, work.step("learning", 0.6, 0.85))
    priority = _priority(lessons, work)
    work.tell(0.95, "comparing", always=True)
    champion = artefacts.current()
    result = _compared(lessons, given, champion)
    found = {**answers.scores(lessons.rows, given), "curve": points, "priority": priority.scores}
    card = {"created_at": work.clock().isoformat(), "scores": found, "reference": lessons.reference()}
    work.tell(0.97, "storing", always=True)
    sha256 = remember(model, given, f"{work.name}.skops", card)
    version = ModelVersion(
        state=ModelVersion.State.CHALLENGER,
        pipeline=pipeline,
        file=f"{work.name}.skops",
        sha256=sha256,
        size=artefacts.path_of(f"{work.name}.skops").stat().st_size,
        library=artefacts.library(),
        topics={label: lessons.topics[label] for label in model.labels},
        scores=found,
        reference={**lessons.reference(), "priority": priority.file},
        compared=result.told(),
        why=result.sentence()[:300],
    )
    return _settle(work, version, result, None if isinstance(champion, Disabled) else champion.version.pk)


def _can_hold_out(lessons: Lessons) -> bool:
    """Each part has to leave something to learn from; with a handful of rows nothing can be measured."""
    return sum(row.label is not None for row in lessons.rows) >= 10


def _compared(lessons: Lessons, given: Mapping[str, Answer], champion: artefacts.Loaded | Disabled) -> Compared:
    if not given:
        return Compared("few")
    if isinstance(champion, Disabled):
        former = ModelVersion.objects.filter(state=ModelVersion.State.CHAMPION).exists()
        return comparing.against_nothing(lessons, given, "unusable" if former else "first")
    return comparing.against_champion(lessons, given, champion, recall(champion.version))


def _settle(work: _Work, version: ModelVersion, result: Compared, champion: int | None) -> ModelVersion:
    """The row, the promotion and the end of the run, all or nothing. Should another model decide by now, the comparison
    was with the wrong one, so this one waits."""
    now = work.clock()
    with transaction.atomic():
        mine = TrainingRun.objects.select_for_update().filter(pk__in=work.mine().values("pk")).first()
        if mine is None:
            raise Superseded
        rivals = ModelVersion.objects.select_for_update().filter(state=ModelVersion.State.CHAMPION)
        still = {row.pk for row in rivals} - {champion}
        version.run, version.created_at = mine, now
        if result.promotes and (not still or result.code == "unusable"):
            rivals.update(state=ModelVersion.State.RETIRED)
            version.state, version.promoted_at = ModelVersion.State.CHAMPION, now
        version.save(force_insert=True)
        mine.state, mine.progress, mine.stage, mine.ended_at = _STATE.DONE, 1.0, "", now
        mine.save()
    forget_old()
    forgotten_files(now)
    return version


@dataclass(frozen=True, slots=True)
class _Priority:
    """What became of learning priorities: where it lies, and how good it is or what is missing."""

    file: dict[str, Any]
    scores: dict[str, Any]


def _priority(lessons: Lessons, work: _Work) -> _Priority:
    from triage.learning import NotEnoughData, cross_validate, fit

    rows = lessons.priorities
    counts = {name: sum(row.label == name for row in rows) for name in ORDER}
    enough = [name for name in ORDER if counts[name] >= PRIORITY_EACH]
    if len(rows) < PRIORITY_ROWS or len(enough) < 2:
        needs = {"rows": PRIORITY_ROWS, "each": PRIORITY_EACH, "has": len(rows), "levels": counts}
        return _Priority({}, {"needs": needs})
    texts, labels = _words(rows)
    progress = work.step("priorities", 0.85, 0.95)
    try:
        found = cross_validate(texts, labels, pipeline="light", order=ORDER, progress=progress)
        model = fit(texts, labels, pipeline="light", order=ORDER, progress=progress)
    except NotEnoughData as problem:
        return _Priority({}, {"problem": str(problem)})
    name = f"{work.name}-priority.skops"
    sha256 = remember(model, {}, name, {"created_at": work.clock().isoformat(), "scores": found["scores"]})
    scores = {key: float(value) for key, value in found["scores"].items()}
    return _Priority({"file": name, "sha256": sha256, "rows": len(rows)}, {"rows": len(rows), **scores})


def _words(rows: tuple[Row, ...]) -> tuple[list[str], list[str]]:
    return [row.text for row in rows], [row.label or "" for row in rows]
