"""The generated part of docs/performance.md, and its plot, from results.json."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from cases import GOALS, SHARE, TIMES, TWINS, VARIANTS, Goal
from processes import BenchmarkError

BEGIN = "<!-- figures: begin -->"
END = "<!-- figures: end -->"

# How far the slope of the time for a token may be from that of the operations, as a share of it.
GROWTH_TOLERANCE = 0.15

Results = dict[str, Any]


def check(out: Path) -> None:
    """Refuses a page into which nothing can be written, before anything is measured."""
    text = out.read_text() if out.exists() else ""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise BenchmarkError(
            f"{out} has no place for the figures",
            "what people wrote around them must stay, so they go between two marks",
            f"add the lines '{BEGIN}' and '{END}' where the figures belong",
        )


def write(results: Results, out: Path) -> None:
    """Puts figures between the marks of the page, and the plot beside it."""
    plot_file = out.with_suffix(".svg")
    before, rest = out.read_text().split(BEGIN)
    after = rest.split(END)[1]
    parts = [
        heading(results),
        f"![Ratios to PyTorch, shares of the peak, growth]({plot_file.name})",
        goal_table(results),
        seconds_table(results),
        trial_table(results["trial"]),
        growth_table(results["growth"]),
        openblas_table(results["openblas"]),
    ]
    body = "\n\n".join(part for part in parts if part)
    out.write_text(f"{before}{BEGIN}\n{body}\n{END}{after}")
    draw(results, plot_file)


# MARK: Tables


def table(header: Iterable[str], alignment: str, rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; ``alignment`` has a letter for each column, l or r."""
    marks = ["---" if letter == "l" else "---:" for letter in alignment]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, marks, *rows])


def heading(results: Results) -> str:
    machine, versions = results["machine"], results["versions"]
    instructions = (
        f"Both sides compute with {machine['instructions'].upper()}"
        if machine["instructions"] == machine["pytorch_instructions"].lower()
        else f"Our kernels are {machine['instructions'].upper()}, PyTorch's "
        f"{machine['pytorch_instructions']}"
    )
    rounds = results["rounds"]
    return (
        f"Measured on {results['date']} by `benchmarks/run`: {machine['processor']}, "
        f"{machine['cores']} {'cores' if machine['cores'] > 1 else 'core'}, each timing on one; "
        f"{rounds} {'rounds' if rounds > 1 else 'round'}, PyTorch's after ours in each. "
        f"{instructions}; peak {results['peak_gigaflops']:.0f} GFLOP/s. "
        f"Swift {versions['swift']}, PyTorch {versions['torch']}, Python {versions['python']}, "
        f"OpenBLAS {versions['openblas']}."
    )


def values(results: Results, name: str) -> list[float]:
    """Of every round; empty where it was not measured."""
    return [entry["value"] for entry in results["measured"][name].get("rounds", [])]


def is_judged(goal: Goal, results: Results) -> bool:
    """Whether the goal was set for the instruction set that was measured."""
    return goal.instructions in (None, results["machine"]["instructions"])


def verdict(goal: Goal, measured: list[float], results: Results) -> str:
    if not measured or goal.must is None:
        return "–"
    if not is_judged(goal, results):
        return f"not judged: set for {goal.instructions.upper()}"
    return "met" if median(measured) >= goal.must else "short"


def goal_table(results: Results) -> str:
    rows = []
    for goal in GOALS:
        measured = values(results, goal.name)
        if measured:
            digits = 2 if goal.unit == TIMES else 3
            unit = " ×" if goal.unit == TIMES else ""
            figure = (
                f"{median(measured):.{digits}f}{unit} "
                f"[{min(measured):.{digits}f}–{max(measured):.{digits}f}]"
            )
        else:
            figure = f"not measured: {results['measured'][goal.name]['reason']}"
        bounds = ["–" if bound is None else f"{bound:g}" for bound in (goal.must, goal.aim)]
        judged = verdict(goal, measured, results)
        rows.append([goal.label, *bounds, figure.replace("|", "\\|"), judged])
    return table(
        ["what", "must", "aim", "measured [min–max over rounds]", "verdict"], "lrrrl", rows
    )


def seconds_table(results: Results) -> str:
    """Milliseconds of a step on both sides, for who wants more than ratios."""
    rows = []
    for case, twin in TWINS.items():
        row = [f"{twin.bench_case} {twin.figure}", ""]
        for variant in VARIANTS:
            rounds = results["measured"].get(f"{case}/{variant}", {}).get("rounds")
            if rounds:
                row[1] = f"{1000 * median(entry['ours'] for entry in rounds):.1f}"
                row.append(f"{1000 * median(entry['peer'] for entry in rounds):.1f}")
            else:
                row.append("–")
        if row[1]:
            rows.append(row)
    if not rows:
        return ""
    return table(["median of a step, ms", "ours", *VARIANTS.values()], "lrrrr", rows)


def trial_table(rounds: list[dict]) -> str:
    if not rounds:
        return ""

    def cell(side: str, *path: str, scale: float = 1, digits: int = 1) -> str:
        found = []
        for entry in rounds:
            value = entry[side]
            for key in path:
                value = value[key]
            found.append(scale * value)
        middle = f"{median(found):,.{digits}f}"
        if min(found) == max(found):
            return middle
        return f"{middle} [{min(found):,.{digits}f}–{max(found):,.{digits}f}]"

    sides = ("ours", "peer")
    rows = [
        ["CPU seconds", *(cell(side, "seconds") for side in sides)],
        ["tokens drawn for training", *(cell(side, "tokens", digits=0) for side in sides)],
    ]
    for suite in rounds[0]["ours"]["scores"]:
        row = [cell(side, "scores", suite, scale=100) for side in sides]
        rows.append([f"{suite} at the end, %", *row])
    return table(["one `standard` trial", "ours", "PyTorch, eager"], "lrr", rows)


def growth_table(growth: dict) -> str:
    if "axes" not in growth:
        return f"Growth of the time for a token is not measured: {growth['reason']}."
    rows = []
    for axis in growth["axes"]:
        points = axis["points"]
        times = " · ".join(f"{1e6 * point['seconds_per_token']:.3g}" for point in points)
        rows.append(
            [
                axis["axis"],
                " · ".join(f"{point['value']:g}" for point in points),
                times,
                f"{axis['time_slope']:.3f}",
                f"{axis['operations_slope']:.3f}",
                growth_verdict(axis),
            ]
        )
    header = ["along", "values", "µs for a token", "slope of time", "slope of operations", "verdict"]
    return table(header, "lllrrl", rows) + (
        "\n\nA slope is the exponent of a power law through the points; *met* is one within "
        f"{100 * GROWTH_TOLERANCE:.0f} % of the operations'."
    )


def growth_verdict(axis: dict) -> str:
    off = axis["time_slope"] / axis["operations_slope"] - 1
    return f"{'met' if abs(off) <= GROWTH_TOLERANCE else 'short'} ({100 * off:+.0f} %)"


def openblas_table(openblas: dict) -> str:
    if "figures" not in openblas:
        return f"Tiles against OpenBLAS are not measured: {openblas['reason']}."
    rows = []
    for case, figures in openblas["figures"].items():
        sides: dict[str, dict[str, dict]] = {}
        for figure in figures:
            if not figure["is_part"]:
                sides.setdefault(figure["name"], {})[figure["products"]] = figure
        for name, pair in sides.items():
            ours, theirs = pair["tiles"], pair["openblas"]
            ratio = theirs["median_seconds"] / ours["median_seconds"]
            label = name if case == "products" else f"{case} {name}"
            rows.append(
                [label, f"{ours['gigaflops']:.0f}", f"{theirs['gigaflops']:.0f}", f"{ratio:.2f}"]
            )
    header = ["GFLOP/s", "tiles", "OpenBLAS", "times as fast"]
    return table(header, "lrrr", rows)


# MARK: Plot

_OURS = "#2266aa"
_TARGET = "#bb3322"
_PEERS = {"eager": "#2266aa", "compile": "#dd8833", "shared": "#448855"}


def draw(results: Results, file: Path) -> None:
    """Ratios with their targets, shares of the peak, and growth; equal results give equal bytes."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams.update(
        {
            "svg.hashsalt": "ablate",
            "svg.fonttype": "none",
            "font.family": "sans-serif",
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    )
    axes = results["growth"].get("axes", [])
    ratios = [goal for goal in GOALS if goal.unit == TIMES and values(results, goal.name)]
    # Text stays text, so a reader's font may be wider than the one that was measured.
    padding = 0.15
    height = max(2.4, 0.26 * len(ratios) + 1.1)
    figure = pyplot.figure(figsize=(11, height + (2.9 if axes else 0)), layout="constrained")
    figure.get_layout_engine().set(w_pad=padding)
    grid = figure.add_gridspec(2 if axes else 1, 1, height_ratios=[height, 2.9][: 2 if axes else 1])
    top = grid[0].subgridspec(1, 2, width_ratios=[2.2, 1])
    draw_ratios(figure.add_subplot(top[0]), results, ratios)
    draw_shares(figure.add_subplot(top[1]), results)
    if axes:
        bottom = grid[1].subgridspec(1, len(axes))
        for place, axis in enumerate(axes):
            draw_growth(figure.add_subplot(bottom[place]), axis, is_first=place == 0)
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def draw_ratios(plot: Any, results: Results, goals: list[Goal]) -> None:
    plot.set_title(
        "times as fast as PyTorch; line: range over rounds, mark: what it must be",
        loc="left",
        fontsize=9,
    )
    if not goals:
        plot.set_axis_off()
        plot.text(0, 0.5, "not measured")
        return
    for place, goal in enumerate(goals):
        measured = values(results, goal.name)
        color = _PEERS[goal.variant]
        plot.plot(
            [min(measured), max(measured)], [place, place], color=color, linewidth=3, alpha=0.4
        )
        plot.plot(median(measured), place, "o", color=color, markersize=5)
        if goal.must and is_judged(goal, results):
            plot.plot(goal.must, place, "|", color=_TARGET, markersize=13, markeredgewidth=2)
    labels = []
    above = ""
    for goal in goals:
        what, _, peer = goal.label.replace("`", "").rpartition(", against ")
        labels.append(f"… {peer}" if what == above else f"{what}: {peer}")
        above = what
    plot.set_yticks(range(len(goals)), labels)
    plot.invert_yaxis()
    plot.axvline(1, color="#888888", linewidth=0.8)
    plot.set_xlim(left=0)
    plot.grid(axis="x", color="#dddddd", linewidth=0.6)
    plot.set_axisbelow(True)


def draw_shares(plot: Any, results: Results) -> None:
    plot.set_title("share of the measured peak", loc="left", fontsize=9)
    measured = results["measured"]
    names = [f"peak/{case}" for case in TWINS if measured.get(f"peak/{case}", {}).get("rounds")]
    if not names:
        plot.set_axis_off()
        plot.text(0, 0.5, "not measured")
        return
    must = {goal.name: goal.must for goal in GOALS if goal.unit == SHARE and is_judged(goal, results)}
    for place, name in enumerate(names):
        shares = values(results, name)
        plot.barh(place, median(shares), color=_OURS, height=0.55)
        plot.plot([min(shares), max(shares)], [place, place], color="black", linewidth=1)
        if must.get(name):
            plot.plot(must[name], place, "|", color=_TARGET, markersize=13, markeredgewidth=2)
    plot.set_yticks(range(len(names)), [name.removeprefix("peak/") for name in names])
    plot.invert_yaxis()
    plot.set_xlim(0, 1)
    plot.grid(axis="x", color="#dddddd", linewidth=0.6)
    plot.set_axisbelow(True)


def draw_growth(plot: Any, axis: dict, is_first: bool) -> None:
    """Time and operations for a token, each relative to its first point, on doubled logarithms."""
    points = axis["points"]
    along = [point["value"] for point in points]
    for key, color, style, name in (
        ("seconds_per_token", _OURS, "o-", f"time, slope {axis['time_slope']:.2f}"),
        ("operations_per_token", "#888888", "--", f"operations, {axis['operations_slope']:.2f}"),
    ):
        relative = [point[key] / points[0][key] for point in points]
        plot.plot(along, relative, style, color=color, markersize=4, label=name)
    plot.set_xscale("log", base=2)
    plot.set_yscale("log", base=2)
    # A flat line should look flat: at least half and double are shown.
    low, high = plot.get_ylim()
    plot.set_ylim(min(low, 0.45), max(high, 2.2))
    plot.set_xticks(along, [f"{value:g}" for value in along])
    plot.minorticks_off()
    plot.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    plot.set_xlabel(axis["axis"])
    if is_first:
        plot.set_ylabel("for a token, relative")
    plot.legend(frameon=False, fontsize=8)
