"""What is measured, and what it must reach: the one table that driver, twins and page read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelShape:
    """Sizes of a model, under the names that our files have in their metadata."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    key_value_heads: int
    head_width: int
    feed_forward: int
    context: int
    rope_base: float = 1000.0
    attention_bias: bool = False

    @property
    def query_width(self) -> int:
        return self.heads * self.head_width

    @property
    def key_value_width(self) -> int:
        return self.key_value_heads * self.head_width


# The models of Sources/AblateBench/Cases/BenchModel.swift.
MODELS = {
    "1M": ModelShape(96, 128, 4, 4, 2, 32, feed_forward=512, context=128),
    "10M": ModelShape(96, 384, 6, 6, 2, 64, feed_forward=1024, context=128),
}


@dataclass(frozen=True)
class Training:
    """Supervised steps on sequences of equal length; every token is scored."""

    model: str
    sequences: int
    length: int

    bench_case = "train"

    @property
    def figure(self) -> str:
        """Name of the figure in the output of ``ablate bench``."""
        return f"{self.model}, {self.sequences} × {self.length}"


@dataclass(frozen=True)
class Sampling:
    """Completions of full length: no token ends one."""

    model: str
    prompts: int
    completions: int
    prompt: int
    new: int

    bench_case = "sample"

    @property
    def figure(self) -> str:
        rows = self.prompts * self.completions
        return f"{self.model}, {rows} rows, prompt {self.prompt}, new {self.new}"


@dataclass(frozen=True)
class PolicyStep(Sampling):
    """Drawing completions of full length, and one update on them."""

    bench_case = "grpo"

    @property
    def figure(self) -> str:
        shape = f"{self.prompts} × {self.completions}"
        return f"{self.model}, {shape}, prompt {self.prompt}, new {self.new}"


# What a peer does too. The names are what `--cases` and the workers are given.
TWINS: dict[str, Training | Sampling] = {
    "train-1m": Training("1M", 64, 64),
    "sample-1m": Sampling("1M", 8, 8, 20, 40),
    "sample-1m-8": Sampling("1M", 1, 8, 20, 40),
    "grpo-1m": PolicyStep("1M", 8, 8, 20, 40),
    "grpo-1m-long": PolicyStep("1M", 4, 16, 48, 24),
    "train-10m": Training("10M", 16, 64),
    "sample-10m": Sampling("10M", 8, 8, 20, 40),
}

EAGER = "eager"
COMPILE = "compile"
SHARED = "shared"
VARIANTS = {
    EAGER: "eager",
    COMPILE: "torch.compile",
    SHARED: "eager, prompts shared",
}


@dataclass(frozen=True)
class Goal:
    """One row of the table: a ratio, or a share, with what it must reach and what it aims at.

    Attributes:
        name: where its rounds stand in results.json.
        case: of ``--cases``; several rows may come from one.
        variant: of the peer; empty where there is none.
        must: none where nothing was set: the row is there to be known.
        instructions: instruction set for which the goal was set; on others it is not judged.
        held: whether both sides are held to AVX2.
    """

    name: str
    case: str
    label: str
    unit: str
    must: float | None = None
    aim: float | None = None
    variant: str = ""
    instructions: str | None = None
    held: bool = False


TIMES = "times as fast"
SHARE = "share"

# fmt: off
GOALS = (
    Goal("train-1m/eager", "train-1m", "train 1M, 64 × 64, against eager",
         TIMES, 1.4, 1.6, EAGER, "avx512"),
    Goal("train-1m/compile", "train-1m", "train 1M, 64 × 64, against torch.compile",
         TIMES, 1.15, 1.3, COMPILE, "avx512"),
    Goal("train-1m/eager/avx2", "train-1m", "train 1M, both held to AVX2, against eager",
         TIMES, 1.3, 1.5, EAGER, held=True),
    Goal("train-1m/compile/avx2", "train-1m", "train 1M, both held to AVX2, against torch.compile",
         TIMES, variant=COMPILE, held=True),
    Goal("sample-1m/eager", "sample-1m", "sample 1M, 64 rows, against eager",
         TIMES, 3.3, 4.5, EAGER),
    Goal("sample-1m/compile", "sample-1m", "sample 1M, 64 rows, against torch.compile",
         TIMES, 2.7, 3.5, COMPILE),
    Goal("sample-1m-8/eager", "sample-1m-8", "sample 1M, 8 rows, against eager",
         TIMES, 6, 8, EAGER),
    Goal("sample-1m-8/compile", "sample-1m-8", "sample 1M, 8 rows, against torch.compile",
         TIMES, variant=COMPILE),
    Goal("grpo-1m/eager", "grpo-1m", "policy step 1M, 8 × 8, prompt 20, new 40, against eager",
         TIMES, 2.3, 2.8, EAGER),
    Goal("grpo-1m/compile", "grpo-1m",
         "policy step 1M, 8 × 8, prompt 20, new 40, against torch.compile",
         TIMES, variant=COMPILE),
    Goal("grpo-1m/shared", "grpo-1m",
         "policy step 1M, 8 × 8, prompt 20, new 40, against eager with shared prompts",
         TIMES, variant=SHARED),
    Goal("grpo-1m-long/eager", "grpo-1m-long",
         "policy step 1M, 4 × 16, prompt 48, new 24, against eager", TIMES, 3.5, 4.2, EAGER),
    Goal("grpo-1m-long/compile", "grpo-1m-long",
         "policy step 1M, 4 × 16, prompt 48, new 24, against torch.compile",
         TIMES, variant=COMPILE),
    Goal("grpo-1m-long/shared", "grpo-1m-long",
         "policy step 1M, 4 × 16, prompt 48, new 24, against eager with shared prompts",
         TIMES, variant=SHARED),
    Goal("train-10m/eager", "train-10m", "train 10M, 16 × 64, against eager",
         TIMES, 1.15, 1.3, EAGER),
    Goal("sample-10m/eager", "sample-10m", "sample 10M, 64 rows, against eager",
         TIMES, 1.7, 2.2, EAGER),
    Goal("trial/eager", "trial", "one `standard` trial, whole, against eager",
         TIMES, 4, 7, EAGER),
    Goal("workers/wall", "workers", "two workers on two cores, each against solo, by the wall",
         SHARE, 0.95, 0.98),
    Goal("workers/cpu", "workers", "two workers on two cores, each against solo, by CPU time",
         SHARE),
    Goal("peak/train-1m", "train-1m", "train 1M, share of the measured peak",
         SHARE, 0.55, 0.62, instructions="avx512"),
)
# fmt: on

# Cases without a row among the goals: a section of the page each.
OPENBLAS = "openblas"
GROWTH = "growth"
CASES = (*TWINS, "trial", "workers", OPENBLAS, GROWTH)
QUICK_CASES = ("train-1m", "sample-1m-8", "workers")
