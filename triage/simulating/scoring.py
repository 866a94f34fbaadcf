"""What a replay comes to, in figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from triage.simulating.replaying import Outcome, Served
from triage.simulating.world import MINUTE

SHARES = (50, 90, 99, 100)
NAMES = {4: "urgent", 3: "high", 2: "normal", 1: "low"}
# Student's t, two-sided 95 %, by degrees of freedom; from 30 on the normal distribution's
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean over several runs; `interval`: half the width of its 95 % confidence interval, 0 of a single run."""

    mean: float
    interval: float = 0.0


def figures(outcome: Outcome, target: float) -> dict[str, float]:
    """By name. `wait_…`: minutes from asking until an agent had it (percentiles of those who got one; `max` the
    longest), also for each priority; `done_p50`, `done_p90`: minutes until it was done; `jain`; `breached`: share that
    waited more than `target` minutes or was never served; `filled`: share of the agents' room that was used."""
    served = [each for each in outcome.served if each.given is not None]
    found = _waits("wait", served)
    for priority, name in NAMES.items():
        found |= _waits(f"wait_{name}", [each for each in served if each.arrival.priority == priority])
    took = [(each.done - each.arrival.at) / MINUTE for each in served if each.done is not None]
    found |= {f"done_p{share}": percentile(took, share) for share in (50, 90)}
    late = sum(1 for each in outcome.served if each.wait is None or each.wait > target * MINUTE)
    everybody = len(outcome.served)
    return {
        **found,
        "jain": jain(list(outcome.loads.values())),
        "breached": late / everybody if everybody else 0.0,
        "filled": outcome.filled,
        "arrivals": everybody,
        "unserved": everybody - len(served),
    }


def _waits(name: str, served: Sequence[Served]) -> dict[str, float]:
    waits = [each.wait / MINUTE for each in served if each.wait is not None]
    names = {share: "max" if share == 100 else f"p{share}" for share in SHARES}
    return {f"{name}_{names[share]}": percentile(waits, share) for share in SHARES}


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` percent do not exceed (nearest rank); 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)] if ordered else 0.0


def jain(loads: Sequence[float]) -> float:
    """Fairness of a division: 1 where all have the same, 1/n where one has everything; 1 of none.

    Jain, Chiu and Hawe, "A Quantitative Measure of Fairness and Discrimination for Resource Allocation in Shared
    Computer Systems", DEC-TR-301, 1984.
    """
    squares = sum(load * load for load in loads)
    return sum(loads) ** 2 / (len(loads) * squares) if squares else 1.0


def spread(values: Sequence[float]) -> Spread:
    """Mean and 95 % confidence interval (Student's t)."""
    if len(values) < 2:
        return Spread(values[0] if values else 0.0)
    freedom = len(values) - 1
    factor = _T[freedom - 1] if freedom <= len(_T) else 1.96
    return Spread(mean(values), factor * stdev(values) / math.sqrt(len(values)))


def summary(runs: Sequence[dict[str, float]]) -> dict[str, Spread]:
    """Of each figure, over the runs of one policy."""
    return {name: spread([run[name] for run in runs]) for name in runs[0]} if runs else {}
