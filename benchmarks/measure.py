"""Runs our program and PyTorch in turn, writes every round to results.json and the page from it.

Called by the script `run` beside it; see README.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import mean

import page
from cases import (
    CASES,
    COMPILE,
    EAGER,
    GOALS,
    GROWTH,
    OPENBLAS,
    QUICK_CASES,
    SHARED,
    TWINS,
    Goal,
    PolicyStep,
)
from processes import (
    HERE,
    OURS_HELD,
    PEERS_HELD,
    ROOT,
    SCRATCH,
    BenchmarkError,
    Cost,
    NotMeasured,
    Peer,
    Program,
    cores,
    pin,
)

_TRIAL_STUDY = HERE / "trial.json"
_WORKERS_STUDY = HERE / "workers.json"
# Twins without a compiled variant: no goal was set, and each costs minutes of compiling.
_EAGER_ONLY = {"train-10m", "sample-10m"}


class Measurements:
    """Rounds by the name of their goal; or, under the same name, why there are none."""

    def __init__(self) -> None:
        self.rounds: dict[str, list[dict]] = {}
        self.reasons: dict[str, str] = {}

    def add(self, name: str, value: float, **seconds: float) -> None:
        self.rounds.setdefault(name, []).append({"value": value, **seconds})

    def miss(self, name: str, reason: object) -> None:
        self.reasons.setdefault(name, str(reason))
        say(f"  {name} is not measured: {self.reasons[name]}")

    @property
    def json(self) -> dict:
        # A contender that failed on the way has no figure, even if its first rounds went well.
        measured = {
            name: {"rounds": rounds}
            for name, rounds in self.rounds.items()
            if name not in self.reasons
        }
        return measured | {name: {"reason": reason} for name, reason in self.reasons.items()}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def variants(case: str) -> list[str]:
    """Of the peer, in the order in which they run."""
    result = [EAGER] if case in _EAGER_ONLY else [EAGER, COMPILE]
    return result + ([SHARED] if isinstance(TWINS[case], PolicyStep) else [])


class Race:
    """The cases that have a twin, round by round: ours, then each variant of the peer's."""

    def __init__(
        self, cases: list[str], program: Program, into: Measurements, peer: Peer, held: bool
    ):
        self.cases = cases
        self.program = program
        self.into = into
        self.peer = peer
        self.held = held
        self.suffix = "/avx2" if held else ""
        # In the order of our cases: one call of the program gives the figures of several.
        self.contenders = [(case, variant) for case in cases for variant in variants(case)]

    def prepare(self) -> None:
        """Compiles and warms up, so that no round pays for it."""
        for case, variant in list(self.contenders):
            say(f"  {case}, {variant}: first run")
            self._peer_seconds(case, variant)

    def round(self) -> None:
        for bench_case in dict.fromkeys(TWINS[case].bench_case for case in self.cases):
            report = self.program.bench(
                bench_case, "--rounds", "3", **(OURS_HELD if self.held else {})
            )
            figures = {figure["name"]: figure for figure in report["cases"][0]["figures"]}
            for case in self.cases:
                if TWINS[case].bench_case == bench_case:
                    self._round(case, figures)

    def _round(self, case: str, figures: dict[str, dict]) -> None:
        name = TWINS[case].figure
        if name not in figures:
            raise BenchmarkError(
                f"`ablate bench` has no figure '{name}'",
                f"it has {', '.join(figures)}, and benchmarks/cases.py expects the other",
                "bring benchmarks/cases.py up to Sources/AblateBench/Cases",
            )
        # The mean, as on the peer's side.
        ours = mean(figures[name]["seconds"])
        if not self.held:
            self.into.add(f"peak/{case}", figures[name]["fraction_of_peak"])
        for variant in variants(case):
            if (case, variant) in self.contenders:
                peer = self._peer_seconds(case, variant)
                if peer is not None:
                    goal = f"{case}/{variant}{self.suffix}"
                    self.into.add(goal, peer / ours, ours=ours, peer=peer)

    def _peer_seconds(self, case: str, variant: str) -> float | None:
        try:
            return self.peer.measure(case, variant)
        except NotMeasured as reason:
            self.into.miss(f"{case}/{variant}{self.suffix}", reason)
            self.contenders.remove((case, variant))
            return None


def items(results: Path, kind: str) -> list[Path]:
    """The folders of a results folder's items of a kind."""
    orders = results.glob("items/*/*/order.json")
    return [path.parent for path in orders if json.loads(path.read_text())["kind"] == kind]


def forget_trials(results: Path) -> None:
    """Removes what a trial makes by itself: the look at the start, and the stage."""
    for item in items(results, "evaluation") + items(results, "stage"):
        shutil.rmtree(item)


class TrialRace:
    """A whole trial, ours and PyTorch's, from the same solver, problems, level and suites."""

    def __init__(self, program: Program, into: Measurements, peer: Peer):
        self.program = program
        self.into = into
        self.peer = peer
        self.results = SCRATCH / "trial"
        self.details: list[dict] = []

    def prepare(self) -> None:
        say("  trial: the cold start that all trials share, unless an earlier run left it")
        self._run()

    def round(self) -> None:
        if "trial/eager" in self.into.reasons:
            return
        forget_trials(self.results)
        ours = self._run()
        try:
            # The seed of the twin changes from round to round, so that its scores have a spread.
            peer = self.peer.trial(self.results / "items", seed=len(self.details) + 1)
        except NotMeasured as reason:
            self.into.miss("trial/eager", reason)
            return
        self.into.add("trial/eager", peer["seconds"] / ours, ours=ours, peer=peer["seconds"])
        scores = self._scores()
        self.details.append({"ours": {"seconds": ours, **scores}, "peer": peer})

    def _run(self) -> float:
        """CPU seconds of what the study misses, the program's own and its workers'."""
        arguments = ("-j", "1", "--quiet", "--results", str(self.results))
        reports = ("--reports", str(SCRATCH / "reports"))
        return self.program.start("run", str(_TRIAL_STUDY), *arguments, *reports).wait()[1].cpu

    def _scores(self) -> dict:
        (stage,) = items(self.results, "stage")
        done = json.loads((stage / "done.json").read_text())
        scores = {}
        for line in (stage / "evaluations.jsonl").read_text().splitlines():
            score = json.loads(line)
            correct = sum(score["correct"])
            scores[score["suite"]] = correct / (score["attempts"] * len(score["correct"]))
        return {"tokens": done["values"]["generated_tokens"], "scores": scores}


class Workers:
    """Two whole trials, by one worker one after the other and by two workers at once.

    A share of 1 means that each of two workers is as fast as one by itself: the same work in half the time.
    """

    def __init__(self, program: Program, into: Measurements, available: list[int]):
        self.program = program
        self.into = into
        self.cores = available[:2]
        self.results = SCRATCH / "trial"
        self.details: list[dict] = []

    def prepare(self) -> None:
        say("  workers: the cold start that all trials share, unless an earlier run left it")
        self._run(2)

    def round(self) -> None:
        one, two = self._run(1), self._run(2)
        self.into.add("workers/wall", one.wall / (2 * two.wall))
        self.into.add("workers/cpu", one.cpu / two.cpu)
        self.details.append({"one": vars(one), "two": vars(two)})

    def _run(self, workers: int) -> Cost:
        """What both trials cost when nothing but what they share is there."""
        forget_trials(self.results)
        arguments = ("-j", str(workers), "--quiet", "--results", str(self.results))
        reports = ("--reports", str(SCRATCH / "reports"))
        running = self.program.start(
            "run", str(_WORKERS_STUDY), *arguments, *reports, cores=self.cores
        )
        cost = running.wait()[1]
        forget_trials(self.results)
        return cost


def main() -> None:
    try:
        run(parse())
    except BenchmarkError as error:
        say("\n".join(error.lines))
        sys.exit(2)
    except NotMeasured as reason:
        say(f"error: {reason}")
        say("  why:  without our own figure there is nothing to compare")
        say("  help: run that command by itself and see what it says")
        sys.exit(3)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="of each figure; default: 5")
    parser.add_argument("--cases", help=f"of {','.join(CASES)}; default: all")
    parser.add_argument(
        "--quick", action="store_true", help=f"one round of {','.join(QUICK_CASES)}"
    )
    parser.add_argument(
        "--out",
        type=Path,
        help="the page, default: docs/performance.md, for a run of all cases; its plot lies beside it, "
        "and so do the results of any page but the default",
    )
    parser.add_argument(
        "--program", type=Path, default=ROOT / ".build" / "release" / "ablate", help="ablate"
    )
    options = parser.parse_args()
    if options.rounds < 1:
        raise BenchmarkError(
            f"{options.rounds} rounds", "a figure needs at least one", "ask for 1 or more"
        )
    if options.quick:
        options.rounds = 1
    chosen = options.cases.split(",") if options.cases else QUICK_CASES if options.quick else CASES
    unknown = [case for case in chosen if case not in CASES]
    if unknown:
        raise BenchmarkError(
            f"'{unknown[0]}' is no case",
            "only what benchmarks/cases.py lists is measured",
            f"all cases: {', '.join(CASES)}",
        )
    options.cases = [case for case in CASES if case in chosen]
    if options.out is None:
        if len(options.cases) < len(CASES):
            raise BenchmarkError(
                "a part of the cases would replace the page of all of them",
                "docs/performance.md holds one whole measurement",
                "name another page: --out /tmp/page.md (with the lines "
                f"'{page.BEGIN}' and '{page.END}' in it)",
            )
        options.out = ROOT / "docs" / "performance.md"
    if not options.program.exists():
        raise BenchmarkError(
            f"{options.program} is missing",
            "the program is what is measured",
            "benchmarks/run builds it; or name one with --program",
        )
    return options


def run(options: argparse.Namespace) -> None:
    page.check(options.out)
    available = cores()
    core = available[0]
    pin([core])
    into = Measurements()
    program = Program(options.program.resolve(), core)
    probe = program.bench("products", "--rounds", "1", "--products", "both")
    native = probe["instructions"]
    say(f"timing on core {core} with {native} kernels, {options.rounds} rounds")

    peer = Peer("peer")
    twins = [case for case in options.cases if case in TWINS]
    races: list[Race | TrialRace | Workers] = []
    if twins:
        races.append(Race(twins, program, into, peer, held=False))
    held = None
    if native == "avx512" and "train-1m" in twins:
        held = start_held(program, into, races)
    trial = TrialRace(program, into, peer) if "trial" in options.cases else None
    workers = None
    if "workers" in options.cases:
        if len(available) > 1:
            workers = Workers(program, into, available)
        else:
            for clock in ("wall", "cpu"):
                into.miss(f"workers/{clock}", "this machine gives the process one core")
    races += [race for race in (trial, workers) if race]
    for race in races:
        race.prepare()
    for number in range(1, options.rounds + 1):
        say(f"round {number} of {options.rounds}")
        for race in races:
            race.round()
    peer.close()
    if held:
        held.close()

    share_native_rounds(into, native, twins)
    results = {
        "date": datetime.date.today().isoformat(),
        "rounds": options.rounds,
        "machine": {
            "processor": processor(),
            "cores": len(available),
            "instructions": native,
            "pytorch_instructions": peer.facts["capability"],
        },
        "versions": {
            "torch": peer.facts["torch"],
            "swift": swift_version(),
            "openblas": openblas_version(probe["openblas"]),
            "python": platform.python_version(),
        },
        "peak_gigaflops": probe["peak_gigaflops"],
        "measured": into.json,
        "trial": trial.details if trial else [],
        "workers": workers.details if workers else [],
        "openblas": openblas(options, program),
        "growth": growth(options, program),
    }
    for goal in GOALS:
        if goal.name not in results["measured"]:
            results["measured"][goal.name] = {"reason": missing_reason(goal, options.cases, native)}
    default = options.out.resolve() == ROOT / "docs" / "performance.md"
    raw = HERE / "results.json" if default else options.out.with_name("results.json")
    raw.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    page.write(results, options.out)
    say(f"wrote {options.out}, its plot beside it, and {raw}")


def start_held(
    program: Program, into: Measurements, races: list[Race | TrialRace | Workers]
) -> Peer | None:
    """Adds the race in which both sides are held to AVX2, if ours can be."""
    told = program.bench("products", "--rounds", "1", **OURS_HELD)["instructions"]
    if told != "avx2":
        reason = f"our program computes with {told} kernels although it was told to use avx2"
        for variant in (EAGER, COMPILE):
            into.miss(f"train-1m/{variant}/avx2", reason)
        return None
    peer = Peer("peer-avx2", **PEERS_HELD)
    races.append(Race(["train-1m"], program, into, peer, held=True))
    return peer


def share_native_rounds(into: Measurements, native: str, twins: list[str]) -> None:
    """Where AVX2 is all there is, the race held to it is the race itself."""
    if native != "avx2" or "train-1m" not in twins:
        return
    for variant in (EAGER, COMPILE):
        name = f"train-1m/{variant}"
        if name in into.reasons:
            into.reasons[f"{name}/avx2"] = into.reasons[name]
        else:
            into.rounds[f"{name}/avx2"] = into.rounds[name]


def missing_reason(goal: Goal, chosen: list[str], native: str) -> str:
    if goal.case not in chosen:
        return "not among the cases of this run"
    if goal.held:
        return f"this machine computes with {native} kernels"
    return "the peer has no such variant"


def openblas(options: argparse.Namespace, program: Program) -> dict:
    """Figures of both products, from one call that runs them in turn."""
    if OPENBLAS not in options.cases:
        return {"reason": "not among the cases of this run"}
    say("tiles against OpenBLAS")
    report = program.bench(
        "products,train,sample,grpo", "--products", "both", "--rounds", str(options.rounds)
    )
    return {"figures": {case["case"]: case["figures"] for case in report["cases"]}}


def growth(options: argparse.Namespace, program: Program) -> dict:
    """Time for each token against width, depth, length and group size."""
    if GROWTH not in options.cases:
        return {"reason": "not among the cases of this run"}
    say("growth")
    try:
        report = program.bench("growth", "--rounds", str(options.rounds))
    except NotMeasured as reason:
        return {"reason": str(reason)}
    return {"axes": report["cases"][0]["growth"]}


def processor() -> str:
    """The first "model name" that the kernel lists."""
    try:
        match = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        match = None
    return match[1] if match else platform.processor() or "unknown"


def openblas_version(configuration: str) -> str:
    """Version and core type out of what OpenBLAS says of itself."""
    match = re.search(r"OpenBLAS (\S+) .*?(\S+) MAX_THREADS", configuration)
    return f"{match[1]}, {match[2]} kernels" if match else configuration


def swift_version() -> str:
    try:
        output = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    except OSError:
        return "unknown"
    match = re.search(r"Swift version (\S+)", output)
    return match[1] if match else "unknown"


if __name__ == "__main__":
    main()
