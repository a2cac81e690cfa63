"""A process that times PyTorch's side of a case whenever it is told to, so that it compiles once.

Speaks JSON lines: first it says what it is; then for each line ``{"case": …, "variant": …}`` it
answers ``{"seconds": …}``, the CPU time of one step, or ``{"error": …}``. A line ``{"trial": folder,
"seed": n}`` runs a whole trial instead. Standard error is for people.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch

from cases import TWINS

from . import steps, trial

# A round repeats a step until so much CPU time has passed.
_SHORTEST_ROUND = 0.3


class Worker:
    """The prepared steps of a process."""

    def __init__(self) -> None:
        self._steps: dict[tuple[str, str], steps.Step] = {}

    def answer(self, request: dict) -> dict:
        if "trial" in request:
            return trial.run(Path(request["trial"]), seed=request["seed"])
        key = request["case"], request["variant"]
        if key not in self._steps:
            step = steps.prepare(TWINS[key[0]], key[1])
            for _ in range(3):
                step()
            self._steps[key] = step
        return {"seconds": _seconds(self._steps[key])}


def _seconds(step: steps.Step) -> float:
    # Once unmeasured: what the other processes did in between has emptied the caches.
    step()
    start = time.process_time()
    runs = 0
    while (passed := time.process_time() - start) < _SHORTEST_ROUND or runs == 0:
        step()
        runs += 1
    return passed / runs


def main() -> None:
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    # Libraries print to standard output; the answers need a channel of their own.
    answers = sys.stdout
    sys.stdout = sys.stderr
    worker = Worker()
    capability = torch.backends.cpu.get_cpu_capability()
    print(
        json.dumps({"torch": torch.__version__, "capability": capability}), file=answers, flush=True
    )
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:  # Whatever it is, the table says it, and the other cases go on.
            first = (str(error).strip() or repr(error)).splitlines()[0]
            answer = {"error": f"{type(error).__name__}: {first}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
