"""The processes that are timed: our program, and the workers in which PyTorch runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# Everything that a run leaves behind for the next: item folders, compiled code, logs.
SCRATCH = ROOT / ".build" / "benchmarks"

# What holds PyTorch, its libraries and torch.compile to AVX2.
PEERS_HELD = {
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
}
# What holds our program to its AVX2 kernels.
OURS_HELD = {"ABLATE_KERNELS": "avx2"}


class BenchmarkError(Exception):
    """What happened, why, and what to do, for a person."""

    def __init__(self, what: str, why: str, help: str):
        super().__init__(what)
        self.lines = (f"error: {what}", f"  why:  {why}", f"  help: {help}")


class NotMeasured(Exception):
    """Why a figure is missing; the table says it."""


def environment(**changes: str) -> dict[str, str]:
    """This process's environment, one thread for every library, and nothing that slows a peer."""
    result = dict(os.environ)
    # Some machines export it, and it would hold OpenBLAS to older kernels than the processor's.
    result.pop("OPENBLAS_CORETYPE", None)
    for library in ("OMP", "MKL", "OPENBLAS"):
        result[f"{library}_NUM_THREADS"] = "1"
    return result | changes


def pin(to: list[int], process: int = 0) -> None:
    """Keeps a process, by default this one and those it starts, on some cores, where one can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process, to)


def cores() -> list[int]:
    """Cores on which this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


@dataclass(frozen=True)
class Cost:
    """Of a process with all that it started and waited for, seconds."""

    wall: float
    cpu: float


class Running:
    """A call of our program, held to cores."""

    def __init__(self, program: Path, arguments: list[str], cores: list[int], **changes: str):
        self.arguments = arguments
        self._began = time.monotonic()
        # Files, not pipes: wait4 must not wait for a reader.
        SCRATCH.mkdir(parents=True, exist_ok=True)
        self._output = (SCRATCH / "output.txt").open("w+")
        self._errors = (SCRATCH / "errors.txt").open("w+")
        self._process = subprocess.Popen(
            [str(program), *arguments],
            stdout=self._output,
            stderr=self._errors,
            env=environment(**changes),
            cwd=ROOT,
        )
        pin(cores, self._process.pid)

    def wait(self) -> tuple[str, Cost]:
        """Its standard output, and what it cost.

        Raises:
            NotMeasured: when it failed.
        """
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - self._began
        texts = []
        for file in (self._output, self._errors):
            file.seek(0)
            texts.append(file.read())
            file.close()
        if self._process.returncode != 0:
            lines = [line for line in texts[1].splitlines() if line.startswith("error")]
            raise NotMeasured(
                f"`ablate {' '.join(self.arguments)}` ended with {self._process.returncode}"
                + (f": {lines[0].removeprefix('error: ')}" if lines else "")
            )
        return texts[0], Cost(wall, usage.ru_utime + usage.ru_stime)


class Program:
    """Our side."""

    def __init__(self, path: Path, core: int):
        self.path = path
        self.core = core

    def start(self, *arguments: str, cores: list[int] | None = None, **changes: str) -> Running:
        return Running(self.path, list(arguments), cores or [self.core], **changes)

    def bench(self, cases: str, *options: str, **changes: str) -> dict:
        """The JSON of ``ablate bench``."""
        arguments = ("bench", "--cases", cases, "--json", *options)
        return json.loads(self.start(*arguments, **changes).wait()[0])


class Peer:
    """A worker in which PyTorch runs, see twins/worker.py."""

    def __init__(self, name: str, **changes: str):
        SCRATCH.mkdir(parents=True, exist_ok=True)
        self.log = SCRATCH / f"{name}.log"
        changes |= {
            "PYTHONPATH": str(HERE),
            # What torch.compile made is kept; it is the same for the same sources and instructions.
            "TORCHINDUCTOR_CACHE_DIR": str(SCRATCH / name),
            "TORCHINDUCTOR_COMPILE_THREADS": "1",
        }
        if "CXX" not in os.environ and not shutil.which("g++") and shutil.which("clang++"):
            changes["CXX"] = "clang++"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "twins.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("w"),
            env=environment(**changes),
            text=True,
        )
        try:
            self.facts = self._read()
        except NotMeasured as reason:
            raise BenchmarkError(
                "PyTorch's worker did not start",
                str(reason),
                f"all of its words are in {self.log}; benchmarks/README.md says what it needs",
            ) from None

    def measure(self, case: str, variant: str) -> float:
        """CPU seconds of one step."""
        return self._ask({"case": case, "variant": variant})["seconds"]

    def trial(self, items: Path, seed: int) -> dict:
        """What a whole trial cost and reached."""
        return self._ask({"trial": str(items), "seed": seed})

    def close(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _ask(self, request: dict) -> dict:
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # It is gone; reading says so.
        answer = self._read()
        if "error" in answer:
            raise NotMeasured(answer["error"])
        return answer

    def _read(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            words = [line for line in self.log.read_text().splitlines() if line.strip()]
            raise NotMeasured(
                f"PyTorch's process ended: {words[-1] if words else 'without a word'}"
            )
        return json.loads(line)
