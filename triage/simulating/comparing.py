"""Several policies on the same worlds, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from triage.simulating.replaying import replay
from triage.simulating.scoring import NAMES, Spread, figures, spread, summary
from triage.simulating.world import World

ROWS: Sequence[tuple[str, str, str]] = (
    ("wait p50", "wait_p50", "min"),
    ("wait p90", "wait_p90", "min"),
    ("wait p99", "wait_p99", "min"),
    ("wait max", "wait_max", "min"),
    *((f"  {name}, p{share}", f"wait_{name}_p{share}", "min") for name in NAMES.values() for share in (50, 90)),
    ("done p50", "done_p50", "min"),
    ("done p90", "done_p90", "min"),
    ("Jain fairness", "jain", ""),
    ("breached", "breached", "%"),
    ("room used", "filled", "%"),
    ("unserved", "unserved", "n"),
)
COMPARED = ("wait_p90", "wait_p99", "done_p90", "breached", "jain")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Each policy's figures over the runs, and how far `ours` is from each other one: paired, as every run plays the
    same world with all of them."""

    runs: int
    policies: Mapping[str, Mapping[str, Spread]]
    against: Mapping[str, Mapping[str, Spread]]


def compare(
    world_of: Callable[[int], World],
    policies: Sequence[str],
    *,
    seeds: Sequence[int],
    target: float,
    progress: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Play the world of each seed with each policy. `target`: minutes. `progress` hears how many plays are done.

    Raises:
        UnknownPolicy: there is none of that name.
    """
    found: dict[str, list[dict[str, float]]] = {name: [] for name in policies}
    for done, seed in enumerate(seeds):
        world = world_of(seed)
        for number, name in enumerate(policies, 1):
            found[name].append(figures(replay(world, name, seed=seed), target))
            progress(done * len(policies) + number)
    return Comparison(len(seeds), {name: summary(runs) for name, runs in found.items()}, _against(found))


def _against(found: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, dict[str, Spread]]:
    if "ours" not in found:
        return {}
    return {
        name: {
            figure: spread([mine[figure] - theirs[figure] for mine, theirs in zip(found["ours"], runs, strict=True)])
            for figure in COMPARED
        }
        for name, runs in found.items()
        if name != "ours"
    }


def as_json(comparison: Comparison) -> dict[str, object]:
    def plain(groups: Mapping[str, Mapping[str, Spread]]) -> dict[str, object]:
        return {
            name: {
                figure: {"mean": round(each.mean, 6), "interval": round(each.interval, 6)}
                for figure, each in of.items()
            }
            for name, of in groups.items()
        }

    return {
        "runs": comparison.runs,
        "policies": plain(comparison.policies),
        "ours_less": plain(comparison.against),
    }


def as_text(comparison: Comparison) -> str:
    """A column for each policy: the mean over the runs ± half its 95 % interval."""
    names = list(comparison.policies)
    rows = [["", *names]]
    for label, figure, unit in ROWS:
        rows.append([label, *(_written(comparison.policies[name][figure], unit) for name in names)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(names) + 1)]
    rows.insert(1, ["─" * width for width in widths])
    lines = [_line(row, widths) for row in rows]
    return "\n".join([*lines, *_differences(comparison)])


def _differences(comparison: Comparison) -> list[str]:
    lines = [""] if comparison.against else []
    for name, of in comparison.against.items():
        units = {figure: unit for _, figure, unit in ROWS}
        told = [f"{figure} {_written(each, units[figure], signed=True)}" for figure, each in of.items()]
        lines.append(f"ours less {name}: {', '.join(told)}")
    return lines


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cells[0].ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)),
    ]
    return "  ".join(padded).rstrip()


def _written(spread: Spread, unit: str, *, signed: bool = False) -> str:
    scale, digits = {"%": (100, 1), "": (1, 4), "n": (1, 1), "min": (1, 1)}[unit]
    sign = "+" if signed else ""
    text = f"{spread.mean * scale:{sign},.{digits}f}"
    interval = f" ± {spread.interval * scale:,.{digits}f}" if spread.interval else ""
    return f"{text}{interval} {unit if unit in ('%', 'min') else ''}".rstrip()
