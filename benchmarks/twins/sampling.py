"""Drawing completions: prompts run once, their cache copied to the group, finished rows dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .model import Cache, Transformer

# Finished rows leave the batch once less than this share of it goes on: copying the cache of those
# that do has its price. 0.9, 0.75 and 0.5 took the same time; after every token up to 1.6 times as
# long, and never dropping any up to 1.9 times.
_COMPACT_BELOW = 0.75


@dataclass(frozen=True)
class SamplingRule:
    """How tokens are drawn. Without an end token every completion runs to its cap."""

    temperature: float = 1.0
    top_p: float = 1.0
    end: int | None = None


@dataclass
class Completions:
    """Rows in the order of the prompts, those of a prompt side by side."""

    tokens: Tensor  # [B, longest]; what follows a row's length means nothing
    log_probabilities: Tensor  # [B, longest], of the whole distribution at the temperature
    lengths: Tensor  # [B], end token included
    is_finished: Tensor  # [B], whether the end token was written before the cap


def draw(logits: Tensor, rule: SamplingRule) -> tuple[Tensor, Tensor]:
    """A token for each row, and its log-probability."""
    if rule.temperature != 1:
        logits = logits / rule.temperature
    log_probabilities = logits.log_softmax(-1)
    probabilities = log_probabilities.exp()
    if rule.top_p == 1:
        # What torch.multinomial does, without its checks: p over exponential numbers, the largest.
        tokens = (probabilities / torch.empty_like(probabilities).exponential_()).argmax(-1)
    else:
        ordered, places = probabilities.sort(-1, descending=True)
        sums = ordered.cumsum(-1)
        kept = (sums < rule.top_p).sum(-1, keepdim=True).clamp_(max=sums.shape[-1] - 1)
        aim = torch.rand(len(sums), 1) * sums.gather(-1, kept)
        tokens = places.gather(-1, torch.searchsorted(sums, aim).minimum(kept)).squeeze(-1)
    return tokens, log_probabilities.gather(-1, tokens.unsqueeze(-1)).squeeze(-1)


@torch.inference_mode()
def sample(
    model: Transformer,
    prompts: Sequence[Sequence[int]],
    completions: int,
    caps: Sequence[int],
    rule: SamplingRule,
    decode: Callable[..., Tensor] | None = None,
    memory: dict[tuple[int, int], Cache] | None = None,
) -> Completions:
    """Completions of prompts, all of them in one batch.

    Prompts of unlike lengths are padded on the left and their padding is masked.

    Args:
        caps: longest completion of each prompt, tokens.
        decode: ``model.decode``, or a compiled one.
        memory: caches of earlier calls by rows and positions, taken up again where they fit.
    """
    if memory is None:
        memory = {}

    def cache_for(rows: int, positions: int) -> Cache:
        if (rows, positions) not in memory:
            memory[rows, positions] = Cache.empty(model.shape, rows, positions)
        return memory[rows, positions]

    decode = decode or model.decode
    start = max(len(prompt) for prompt in prompts)
    padding = torch.tensor([start - len(prompt) for prompt in prompts])
    longest = max(caps)
    tokens = torch.tensor([[0] * (start - len(prompt)) + list(prompt) for prompt in prompts])
    columns = torch.arange(start + longest)
    is_padded = bool(padding.any())
    positions: slice | Tensor = slice(0, start)
    prompt_mask = mask = None
    if is_padded:
        positions = (columns[:start] - padding[:, None]).clamp_(min=0)
        hidden = columns < padding[:, None]
        # A padded column sees itself, or its softmax would be over nothing.
        sees = (columns[:start] <= columns[:start, None]) & ~hidden[:, None, :start]
        sees |= torch.eye(start, dtype=torch.bool)
        prompt_mask = torch.zeros(sees.shape).masked_fill_(~sees, -torch.inf)[:, None]
        mask = torch.zeros(hidden.shape).masked_fill_(hidden, -torch.inf)
        mask = mask[:, None, None].repeat_interleave(completions, 0)
    prompt_cache = cache_for(len(prompts), start)
    logits = model.prefill(tokens, prompt_cache, positions, prompt_mask)
    rows = len(prompts) * completions
    cache = cache_for(rows, start + longest)
    cache.take_prompts(prompt_cache, start, completions)
    logits = logits.repeat_interleave(completions, 0)
    row_padding = padding.repeat_interleave(completions)
    row_caps = torch.tensor(caps).repeat_interleave(completions)
    result = Completions(
        tokens=torch.zeros(rows, longest, dtype=torch.long),
        log_probabilities=torch.zeros(rows, longest),
        lengths=row_caps.clone(),
        is_finished=torch.zeros(rows, dtype=torch.bool),
    )
    if rule.end is None and min(caps) == longest:
        # Nothing ends before the rest: no bookkeeping.
        for place in range(longest):
            drawn = draw(logits, rule)
            result.tokens[:, place], result.log_probabilities[:, place] = drawn
            if place + 1 < longest:
                column = start + place
                rotation = model.rotation(slice(column, column + 1))
                logits = decode(drawn[0], cache.keys, cache.values, column, rotation)
        return result
    live = torch.arange(rows)
    is_done = torch.zeros(rows, dtype=torch.bool)
    done = 0
    for place in range(longest):
        drawn = draw(logits, rule)
        result.tokens[live, place], result.log_probabilities[live, place] = drawn
        ended = (drawn[0] == rule.end) & ~is_done
        result.lengths[live[ended]] = place + 1
        result.is_finished[live[ended]] = True
        is_done |= ended | (row_caps <= place + 1)
        done = int(is_done.sum())
        if done == len(live):
            break
        next_tokens = drawn[0]
        if len(live) - done < _COMPACT_BELOW * len(live):
            stays = (~is_done).nonzero().squeeze(-1)
            live, next_tokens, is_done = live[stays], next_tokens[stays], is_done[stays]
            row_caps, row_padding = row_caps[stays], row_padding[stays]
            mask = mask[stays] if mask is not None else None
            cache = cache.select(stays)
        column = start + place
        logits = decode(
            next_tokens,
            cache.keys,
            cache.values,
            column,
            model.rotation((column - row_padding)[:, None]),
            mask[..., : column + 1] if mask is not None else None,
        )
    return result
