"""The steps that are timed against `ablate bench`, eager and compiled.

Work is the same as in Sources/AblateBench/Cases: random weights, random tokens, completions of full
length. What makes PyTorch faster without changing the result is used: see benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cases import COMPILE, MODELS, SHARED, PolicyStep, Sampling, Training

from .model import Transformer
from .sampling import Completions, SamplingRule, sample

# Rows of a forward and backward pass, as of our own tape: what stays in the cache of a core. Passes
# over all rows at once were up to 13 % slower.
_ROWS = 1024

# How decoding is compiled: 5 to 13 % faster than in the default mode, which in training was 1 % the
# faster. Constant folding of the weights (`freezing`) gained nothing and forbids updates.
_DECODING_MODE = "max-autotune-no-cudagraphs"

Step = Callable[[], object]


def prepare(case: Training | Sampling, variant: str) -> Step:
    """What one timed step does, with everything it needs in place."""
    torch.manual_seed(1)
    if isinstance(case, Training):
        return _training(case, variant)
    if isinstance(case, PolicyStep):
        return _policy_step(case, variant)
    return _sampling(case, variant)


def _model(name: str, variant: str) -> Transformer:
    return Transformer(MODELS[name], "halves" if variant == COMPILE else "complex")


def _optimizer(model: nn.Module, rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(
        model.parameters(), lr=rate, betas=(0.9, 0.95), weight_decay=0, fused=True
    )


def _training(case: Training, variant: str) -> Step:
    model = _model(case.model, variant)
    optimizer = _optimizer(model, 1e-3)
    vocabulary = model.shape.vocabulary
    tokens = torch.randint(vocabulary, (case.sequences, case.length + 1))
    inputs, targets = tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()
    sequences = max(1, _ROWS // case.length)

    def loss(inputs: Tensor, targets: Tensor) -> Tensor:
        logits = model(inputs).flatten(0, 1)
        return F.cross_entropy(logits, targets.flatten(), reduction="sum") / tokens[:, 1:].numel()

    if variant == COMPILE:
        loss = torch.compile(loss)

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        for chunk in zip(inputs.split(sequences), targets.split(sequences)):
            loss(*chunk).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step


def _random_prompts(case: Sampling, model: Transformer) -> Tensor:
    return torch.randint(model.shape.vocabulary, (case.prompts, case.prompt))


def _sampler(case: Sampling, model: Transformer, variant: str) -> Callable[[Tensor], Completions]:
    decode = model.decode
    if variant == COMPILE:
        # Columns differ from token to token: with dynamic shapes one compilation serves all.
        decode = torch.compile(decode, dynamic=True, mode=_DECODING_MODE)
    caps = [case.new] * case.prompts
    memory: dict = {}
    return lambda prompts: sample(
        model, prompts.tolist(), case.completions, caps, SamplingRule(), decode, memory
    )


def _sampling(case: Sampling, variant: str) -> Step:
    model = _model(case.model, variant).requires_grad_(False)
    prompts = _random_prompts(case, model)
    draw = _sampler(case, model, variant)
    return lambda: draw(prompts)


def _policy_step(case: PolicyStep, variant: str) -> Step:
    model = _model(case.model, variant)
    optimizer = _optimizer(model, 1e-4)
    draw = _sampler(case, model, variant)

    def loss(prompts: Tensor, tokens: Tensor, advantages: Tensor) -> Tensor:
        """Of whole groups; prompts are ``[P, T]``, tokens ``[P · G, new]``."""
        if variant == SHARED:
            hidden = model.hidden_of_groups(prompts, tokens[:, :-1])
        else:
            repeated = prompts.repeat_interleave(case.completions, 0)
            hidden = model.hidden(torch.cat([repeated, tokens[:, :-1]], 1))[:, case.prompt - 1 :]
        scores = model.score(hidden).log_softmax(-1)
        chosen = scores.gather(-1, tokens.unsqueeze(-1)).squeeze(-1)
        return -(advantages * chosen).sum() / (case.prompts * case.completions * case.new)

    if variant == COMPILE:
        loss = torch.compile(loss)
    rows = case.prompt + case.new - 1
    if variant == SHARED:
        groups = max(1, _ROWS // (case.prompt + case.completions * (case.new - 1)))
    else:
        groups = max(1, _ROWS // (case.completions * rows))

    def step() -> None:
        prompts = _random_prompts(case, model)
        # Tensors made in inference mode may not meet a backward pass; their copies may.
        tokens = draw(prompts).tokens.clone()
        rewards = (tokens % 2 == 0).float().mean(1).view(case.prompts, case.completions)
        mean, deviation = rewards.mean(1, True), rewards.std(1, correction=0, keepdim=True)
        advantages = ((rewards - mean) / (deviation + 1e-4)).view(-1, 1)
        optimizer.zero_grad(set_to_none=True)
        of_groups = groups * case.completions
        for chunk in zip(
            prompts.split(groups), tokens.split(of_groups), advantages.split(of_groups)
        ):
            loss(*chunk).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return step
