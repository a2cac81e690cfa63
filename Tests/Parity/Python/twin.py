"""A second trainer, of plain PyTorch modules, fed the rollouts that ours drew.

Reads start.safetensors (the shape is in its metadata) and run.json. Trains from the same weights on the
recorded prompts, completions, rewards and behaviour log-probabilities; advantages, reference and
everything after are its own. It computes in double precision, so that its bits hardly depend on the
processor and the rounding that is seen is ours. Writes answers.json with loss and gradient norm of every
step, and answers.safetensors with the last weights.
"""

import json

import torch
from exchange import folder, read, read_tensors, write, write_tensors
from safetensors import safe_open
from torch import nn

torch.set_default_dtype(torch.float64)


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.weight


class Attention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.heads, self.pairs = shape["heads"], shape["key_value_heads"]
        self.width, self.base = shape["head_width"], shape["rope_base"]
        channels, bias = shape["width"], shape["attention_bias"]
        self.q_proj = nn.Linear(channels, self.heads * self.width, bias=bias)
        self.k_proj = nn.Linear(channels, self.pairs * self.width, bias=bias)
        self.v_proj = nn.Linear(channels, self.pairs * self.width, bias=bias)
        self.o_proj = nn.Linear(self.heads * self.width, channels, bias=False)

    def rotate(self, x):
        """[B, H, T, D]: element i of a head turns with element i + D/2; RoFormer, arXiv:2104.09864."""
        half = self.width // 2
        turns = self.base ** (-torch.arange(half) / half)
        angles = torch.arange(x.shape[2])[:, None] * turns
        cosine, sine = angles.cos(), angles.sin()
        a, b = x[..., :half], x[..., half:]
        return torch.cat([a * cosine - b * sine, b * cosine + a * sine], dim=-1)

    def forward(self, x):
        B, T, _ = x.shape

        def split(y, heads):
            return y.view(B, T, heads, self.width).transpose(1, 2)

        q = self.rotate(split(self.q_proj(x), self.heads))
        k = self.rotate(split(self.k_proj(x), self.pairs))
        v = split(self.v_proj(x), self.pairs)
        k, v = (y.repeat_interleave(self.heads // self.pairs, dim=1) for y in (k, v))
        scores = q @ k.transpose(2, 3) / self.width**0.5
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, float("-inf")).softmax(-1)
        return self.o_proj((weights @ v).transpose(1, 2).reshape(B, T, -1))


class FeedForward(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.gate_proj = nn.Linear(shape["width"], shape["feed_forward"], bias=False)
        self.up_proj = nn.Linear(shape["width"], shape["feed_forward"], bias=False)
        self.down_proj = nn.Linear(shape["feed_forward"], shape["width"], bias=False)

    def forward(self, x):
        return self.down_proj(nn.functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.input_layernorm = RMSNorm(shape["width"])
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = RMSNorm(shape["width"])
        self.mlp = FeedForward(shape)

    def forward(self, x):
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.embed_tokens = nn.Embedding(shape["vocabulary"], shape["width"])
        self.layers = nn.ModuleList(Block(shape) for _ in range(shape["layers"]))
        self.norm = RMSNorm(shape["width"])

    def forward(self, tokens):
        x = self.embed_tokens(tokens)
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


class Twin(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.model = Body(shape)
        if not shape.get("tied_embeddings", True):
            self.lm_head = nn.Linear(shape["width"], shape["vocabulary"], bias=False)

    def forward(self, tokens):
        head = self.lm_head if hasattr(self, "lm_head") else self.model.embed_tokens
        return self.model(tokens) @ head.weight.T


def pack(groups):
    """Responses padded on the right: a causal model reads nothing of what comes later."""
    rows = [(group["prompt"], r) for group in groups for r in group["rollouts"]]
    width = max(len(prompt) + len(r["tokens"]) for prompt, r in rows)
    tokens = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width - 1, dtype=torch.bool)
    behaviour = torch.zeros(len(rows), width - 1)
    for index, (prompt, r) in enumerate(rows):
        sequence = torch.tensor(prompt + r["tokens"])
        tokens[index, : len(sequence)] = sequence
        scored = slice(len(prompt) - 1, len(sequence) - 1)
        mask[index, scored] = True
        behaviour[index, scored] = torch.tensor(r["behaviour"])
    advantages = torch.tensor([r["advantage"] for _, r in rows])[:, None]
    counts = torch.tensor([r["counts"] for _, r in rows])[:, None]
    return tokens, mask & counts, behaviour, advantages


def score(model, tokens, temperature):
    logs = torch.log_softmax(model(tokens)[:, :-1] / temperature, dim=-1)
    chosen = logs.gather(2, tokens[:, 1:, None])[..., 0]
    return chosen, -(logs.exp() * logs).sum(-1)


def estimate_advantages(groups, epsilon):
    """GRPO, arXiv:2402.03300, section 4.1.2; cut responses count in the group and not in the loss."""
    for group in groups:
        rewards = torch.tensor([float(r["reward"]) for r in group["rollouts"]])
        values = (rewards - rewards.mean()) / (rewards.std() + epsilon)
        for rollout, value in zip(group["rollouts"], values.tolist()):
            rollout["counts"] = not rollout["truncated"]
            rollout["advantage"] = value if rollout["counts"] else 0.0


def loss_of(policy, reference, groups, run):
    tokens, mask, behaviour, advantages = pack(groups)
    now, entropy = score(policy, tokens, run["temperature"])
    with torch.no_grad():
        anchor, _ = score(reference, tokens, run["temperature"])
    ratio = torch.exp(now - behaviour)
    clipped = ratio.clamp(1 - run["clip_low"], 1 + run["clip_high"])
    ahead = anchor - now
    losses = -torch.minimum(ratio * advantages, clipped * advantages)
    losses = losses + run["beta"] * (ahead.exp() - ahead - 1) - run["entropy"] * entropy
    # Zero where masked by choice and not by product: padding may hold anything.
    return losses.where(mask, 0).sum() / mask.sum().clamp(min=1)


run = read("run.json")
with safe_open(folder / "start.safetensors", "pt") as file:
    shape = json.loads(file.metadata()["shape"])
state = read_tensors("start.safetensors")
policy, reference = Twin(shape), Twin(shape)
policy.load_state_dict(state)
reference.load_state_dict(state)
optimizer = torch.optim.AdamW(
    policy.parameters(),
    betas=(run["beta1"], run["beta2"]),
    eps=run["epsilon"],
    weight_decay=run["weight_decay"],
)
losses, norms = [], []
for step in run["steps"]:
    groups = step["groups"]
    estimate_advantages(groups, run["advantage_epsilon"])
    parts = min(run["updates"], len(groups))
    loss_sum = norm_sum = 0.0
    for part in range(parts):
        # Dealt out like cards.
        loss = loss_of(policy, reference, groups[part::parts], run)
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(policy.parameters(), run["clip_norm"])
        for group in optimizer.param_groups:
            group["lr"] = step["learning_rate"]
        optimizer.step()
        loss_sum += loss.item() / parts
        norm_sum += norm.item() / parts
    losses.append(loss_sum)
    norms.append(norm_sum)

write("answers.json", {"losses": losses, "norms": norms})
last = {key: value.float() for key, value in policy.state_dict().items()}
write_tensors("answers.safetensors", last)
