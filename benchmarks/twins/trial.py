"""The trial of benchmarks/trial.json in PyTorch, eager, from rollouts to evaluations.

It starts from the item folders that ``ablate run`` left: the same solver's weights, problems, level
and suites. Random numbers differ, so the scores are compared as ranges.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from . import tasks
from .model import Transformer
from .sampling import Completions, SamplingRule, sample

# The recipe, as `ablate keys` lists its defaults. What an order says beside them is checked below.
STEPS = 180
PROMPTS = 8
ROLLOUTS = 16
CAP = 28  # tokens of a math response, its end included
LEARNING_RATE = 5e-5
BETAS = (0.9, 0.95)
CLIP_NORM = 1.0
CLIP_RANGE = 0.2
DIVERGENCE = 0.001
ENTROPY = 0.001
ADVANTAGE_EPSILON = 1e-4
EVERY = 20  # updates between evaluations
JUDGING = SamplingRule(temperature=0.6, top_p=0.95, end=tasks.END)
EXPLORING = SamplingRule(end=tasks.END)

_STAGE = {"name": "first", "problems": {"math": "level-1"}}
_EVALUATION_CAPS = {"math": 56, "code": 96}

# Completions of one batch of an evaluation: 256 took 1.2 times as long, 1024 1.1 times.
_ROWS_JUDGED = 512
# Completions of one forward and backward pass, sorted by length so that little of it is padding: 16
# and 64 took 1.1 times as long, all 128 at once 1.7 times.
_ROWS_TRAINED = 32


@dataclass(frozen=True)
class Suite:
    """Held-out problems, how often each is attempted, and the cap of a response."""

    name: str
    problems: list[tasks.Problem]
    attempts_during: int
    attempts_at_end: int
    cap: int


@dataclass(frozen=True)
class Inputs:
    """What a trial reads."""

    policy: Path
    problems: list[tasks.Problem]
    suites: list[Suite]


def read_inputs(items: Path) -> Inputs:
    """The inputs of the one stage in a folder of items.

    Raises:
        ValueError: when there is no such stage, or it is another trial than this twin's.
    """
    orders = {}
    for path in items.glob("*/*/order.json"):
        if (path.parent / "done.json").exists():
            order = json.loads(path.read_text())
            orders[order["identity"]] = order, path.parent
    stages = [order for order, _ in orders.values() if order["kind"] == "stage"]
    if len(stages) != 1:
        raise ValueError(f"{items} holds {len(stages)} finished stages, not one")
    configuration = stages[0]["configuration"]
    for key, known in {"stage": _STAGE, "evaluation_caps": _EVALUATION_CAPS}.items():
        if configuration[key] != known:
            raise ValueError(f"the stage's '{key}' is {configuration[key]}, the twin's is {known}")
    unknown = set(configuration) - {"stage", "evaluation_caps", "evaluation"}
    if unknown or set(configuration["evaluation"]) != {"suites"}:
        raise ValueError(f"the stage has settings that the twin does not have: {configuration}")
    folders = {name: orders[identity][1] for name, identity in stages[0]["inputs"].items()}
    pool = tasks.read_problems(folders["problems"] / "pool.jsonl")
    levels = json.loads((folders["levels"] / "levels.json").read_text())["levels"]
    level = next(
        entry for entry in levels if entry["level"] == "level-1" and entry["domain"] == "math"
    )
    suites = []
    for name, settings in configuration["evaluation"]["suites"].items():
        problems = list(tasks.read_problems(folders["suites"] / f"suite.{name}.jsonl").values())
        cap = _EVALUATION_CAPS["code" if problems[0].is_code else "math"]
        suites.append(Suite(name, problems, 4, settings.get("attempts", 16), cap))
    return Inputs(
        folders["policy"] / "policy.safetensors", [pool[name] for name in level["problems"]], suites
    )


def run(items: Path, seed: int) -> dict:
    """One whole trial.

    Returns:
        CPU ``seconds``, and of them those of ``evaluation``, ``rollouts`` and ``update``;
        ``tokens`` drawn for training; ``scores`` of the suites at the end, and at the ``start``.
    """
    torch.manual_seed(seed)
    # Each round verifies anew.
    tasks.score.cache_clear()
    began = time.process_time()
    inputs = read_inputs(items)
    twin = _Trial(inputs, random.Random(seed))
    start = twin.evaluate(is_final=True)
    scores: dict[str, float] = {}
    for step in range(1, STEPS + 1):
        twin.step()
        if step % EVERY == 0 or step == STEPS:
            scores = twin.evaluate(is_final=step == STEPS)
    return {
        "seconds": time.process_time() - began,
        **twin.seconds,
        "tokens": twin.tokens,
        "start": start,
        "scores": scores,
    }


class _Trial:
    def __init__(self, inputs: Inputs, order: random.Random):
        self.inputs = inputs
        self.policy = Transformer.load(inputs.policy)
        self.reference = Transformer.load(inputs.policy).requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            self.policy.parameters(), lr=LEARNING_RATE, betas=BETAS, weight_decay=0, fused=True
        )
        self.proposals = self._proposals(order)
        self.tokens = 0
        self._caches: dict = {}
        self.seconds = {"rollouts": 0.0, "update": 0.0, "evaluation": 0.0}

    def _proposals(self, order: random.Random) -> Iterator[tasks.Problem]:
        """Every problem once before any comes again, in an order drawn anew for each pass."""
        while True:
            yield from order.sample(self.inputs.problems, len(self.inputs.problems))

    def step(self) -> None:
        began = time.process_time()
        problems = [next(self.proposals) for _ in range(PROMPTS)]
        prompts = [problem.prompt for problem in problems]
        drawn = sample(
            self.policy, prompts, ROLLOUTS, [CAP] * PROMPTS, EXPLORING, memory=self._caches
        )
        self.tokens += int(drawn.lengths.sum())
        rewards = torch.tensor(_scores(drawn, problems, ROLLOUTS)).view(PROMPTS, ROLLOUTS)
        advantages = _advantages(rewards).flatten()
        rolled_out = time.process_time()
        self._update(prompts, drawn, advantages)
        self.seconds["rollouts"] += rolled_out - began
        self.seconds["update"] += time.process_time() - rolled_out

    def _update(
        self, prompts: list[tuple[int, ...]], drawn: Completions, advantages: Tensor
    ) -> None:
        texts, lengths = drawn.tokens.tolist(), drawn.lengths.tolist()
        rows = [
            (*prompts[index // ROLLOUTS], *tokens[:length])
            for index, (tokens, length) in enumerate(zip(texts, lengths))
        ]
        behaviour = drawn.log_probabilities.clone()
        total = sum(lengths)
        self.optimizer.zero_grad(set_to_none=True)
        by_length = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        for first in range(0, len(rows), _ROWS_TRAINED):
            chosen = by_length[first : first + _ROWS_TRAINED]
            longest = max(len(rows[index]) for index in chosen)
            # Padded on the right: no position sees what comes after it, so no mask is needed.
            tokens = torch.tensor(
                [rows[index] + (tasks.PADDING,) * (longest - len(rows[index])) for index in chosen]
            )
            starts = torch.tensor([len(prompts[index // ROLLOUTS]) for index in chosen])
            ends = torch.tensor([len(rows[index]) for index in chosen])
            places = torch.arange(1, longest)
            row, place = ((places >= starts[:, None]) & (places < ends[:, None])).nonzero(
                as_tuple=True
            )
            targets = tokens[row, place + 1]
            index = torch.tensor(chosen)[row]
            old = behaviour[index, place + 1 - starts[row]]
            with torch.no_grad():
                reference, _ = _log_probabilities(self.reference, tokens, row, place, targets)
            now, entropy = _log_probabilities(self.policy, tokens, row, place, targets)
            loss = _loss(now, old, reference, entropy, advantages[index])
            (loss.sum() / total).backward()
        nn.utils.clip_grad_norm_(self.policy.parameters(), CLIP_NORM)
        self.optimizer.step()

    def evaluate(self, is_final: bool) -> dict[str, float]:
        """Share of correct attempts on each suite."""
        began = time.process_time()
        result = {}
        for suite in self.inputs.suites:
            attempts = suite.attempts_at_end if is_final else suite.attempts_during
            size = max(1, _ROWS_JUDGED // attempts)
            correct = 0
            for first in range(0, len(suite.problems), size):
                problems = suite.problems[first : first + size]
                prompts = [problem.prompt for problem in problems]
                caps = [suite.cap] * len(problems)
                drawn = sample(
                    self.policy, prompts, attempts, caps, JUDGING, memory=self._caches
                )
                correct += sum(score == 1 for score in _scores(drawn, problems, attempts))
            result[suite.name] = correct / (attempts * len(suite.problems))
        self.seconds["evaluation"] += time.process_time() - began
        return result


def _scores(drawn: Completions, problems: list[tasks.Problem], attempts: int) -> list[float]:
    """The verifier's score of each completion."""
    rows = zip(drawn.tokens.tolist(), drawn.lengths.tolist(), drawn.is_finished.tolist())
    return [
        tasks.score(problems[index // attempts], tasks.decode(tokens[: length - 1]))
        if is_finished
        else 0.0
        for index, (tokens, length, is_finished) in enumerate(rows)
    ]


def _advantages(rewards: Tensor) -> Tensor:
    """``(r − mean) / (deviation + ε)`` in each group; exactly 0 where all rewards are equal."""
    centered = rewards - rewards.mean(1, keepdim=True)
    scaled = centered / (rewards.std(1, keepdim=True) + ADVANTAGE_EPSILON)
    return scaled.masked_fill((rewards == rewards[:, :1]).all(1, keepdim=True), 0)


def _log_probabilities(
    model: Transformer, tokens: Tensor, row: Tensor, place: Tensor, targets: Tensor
) -> tuple[Tensor, Tensor]:
    """Log-probability of each target after its place, and the entropy there."""
    scores = model.score(model.hidden(tokens[:, :-1])[row, place]).log_softmax(-1)
    chosen = scores.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    return chosen, -(scores.exp() * scores).sum(-1)


def _loss(
    now: Tensor, old: Tensor, reference: Tensor, entropy: Tensor, advantages: Tensor
) -> Tensor:
    """Clipped surrogate, k3 divergence and entropy bonus of each token."""
    ratio = (now - old).exp()
    clipped = ratio.clamp(1 - CLIP_RANGE, 1 + CLIP_RANGE)
    surrogate = -torch.minimum(ratio * advantages, clipped * advantages)
    difference = reference - now
    divergence = difference.exp() - difference - 1
    return surrogate + DIVERGENCE * divergence - ENTROPY * entropy
