"""A trainer in plain PyTorch: a small transformer learns to add, in two stages.

    train.py warm-up    supervised, on worked examples, until some answers are right
    train.py grpo       reinforcement: groups of sampled answers, a verifiable reward, a clipped ratio

A problem is "37+85=" and its answer "22", the sum modulo 100. A fifth of the 10,000 problems is held out: no
stage trains on them, and `held_out` is the share of them that greedy decoding gets right.
"""

import json
import os
import signal
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

# What `ablate` hands over, and the one file that it reads.
settings = json.loads(Path(os.environ["ABLATE_CONFIG"]).read_text())
seed = int(os.environ["ABLATE_SEED"])
measurements = open(os.environ["ABLATE_MEASUREMENTS"], "a")


def say(**line):
    """Writes one line, whole and at once."""
    measurements.write(json.dumps(line) + "\n")
    measurements.flush()


def setting(name):
    """Reads a setting and says so: `ablate` can then tell when one that is varied has no effect."""
    say(read=name)
    return settings[name]


# The task. Tokens are digits; '+' and '=' would be the same in every prompt and are left out.
PROMPT, ANSWER = 4, 2


def problems():
    """Prompts `[N, 4]` and answers `[N, 2]` to train on, then the held-out ones; the same for every seed."""
    a, b = torch.arange(10_000) // 100, torch.arange(10_000) % 100
    prompts = torch.stack([a // 10, a % 10, b // 10, b % 10], dim=1)
    # The last digit comes first, as on paper: the carry is then known when it is needed.
    answers = torch.stack([(a + b) % 10, (a + b) // 10 % 10], dim=1)
    order = torch.randperm(10_000, generator=torch.Generator().manual_seed(0))
    held_out, training = order[:2_000], order[2_000:]
    return (prompts[training], answers[training]), (prompts[held_out], answers[held_out])


class Policy(nn.Module):
    """A causal transformer over digits, some 100,000 parameters."""

    def __init__(self, width=64, layers=2, heads=4):
        super().__init__()
        self.token, self.place = nn.Embedding(10, width), nn.Embedding(PROMPT + ANSWER, width)
        block = nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, layers, enable_nested_tensor=False)
        self.head = nn.Linear(width, 10)

    def forward(self, tokens):
        """Logits `[B, T - 3, 10]` of what follows the prompt and each later digit; tokens `[B, T]`, T ≥ 4."""
        length = tokens.shape[1]
        mask = nn.Transformer.generate_square_subsequent_mask(length)
        hidden = self.token(tokens) + self.place.weight[:length]
        return self.head(self.blocks(hidden, mask=mask, is_causal=True)[:, PROMPT - 1 :])

    def log_probabilities(self, prompts, answers):
        """Of each digit of the answers, `[B, 2]`."""
        logits = self(torch.cat([prompts, answers[:, :-1]], dim=1))
        return logits.log_softmax(-1).gather(-1, answers[..., None]).squeeze(-1)

    @torch.no_grad()
    def answer(self, prompts, generator=None):
        """Answers `[B, 2]`: sampled at temperature 1 with a generator, greedy without one."""
        tokens = prompts
        for _ in range(ANSWER):
            logits = self(tokens)[:, -1]
            if generator is None:
                digit = logits.argmax(-1, keepdim=True)
            else:
                digit = torch.multinomial(logits.softmax(-1), 1, generator=generator)
            tokens = torch.cat([tokens, digit], dim=1)
        return tokens[:, PROMPT:]


def verify(answers, truth):
    """The reward: 1 where every digit is right, else 0."""
    return (answers == truth).all(-1).float()


def advantages(rewards, group, divide_by_deviation):
    """Of rewards `[P·G]`: less the group's mean (Dr. GRPO, arXiv:2503.20783, section 3.2), and over its deviation
    where asked for (GRPO, arXiv:2402.03300, section 4.1.2)."""
    rewards = rewards.view(-1, group)
    centred = rewards - rewards.mean(1, keepdim=True)
    if divide_by_deviation:
        centred = centred / (rewards.std(1, keepdim=True) + 1e-4)
    return centred.view(-1)


class WarmUp:
    def __init__(self):
        self.batch = setting("batch")

    def step(self, policy, descend, prompts, answers, generator):
        rows = torch.randint(len(prompts), (self.batch,), generator=generator)
        loss = -policy.log_probabilities(prompts[rows], answers[rows]).mean()
        descend(loss)
        return {"loss": loss.item()}


class GRPO:
    def __init__(self):
        self.rollouts, self.group = setting("rollouts"), setting("group_size")
        self.divide_by_deviation = setting("divide_by_deviation")
        self.updates, self.clip = setting("updates"), setting("clip_range")

    def step(self, policy, descend, prompts, answers, generator):
        rows = torch.randint(len(prompts), (self.rollouts // self.group,), generator=generator)
        rows = rows.repeat_interleave(self.group)
        sampled = policy.answer(prompts[rows], generator)
        rewards = verify(sampled, answers[rows])
        advantage = advantages(rewards, self.group, self.divide_by_deviation)[:, None]
        with torch.no_grad():
            old = policy.log_probabilities(prompts[rows], sampled)
        for _ in range(self.updates):
            ratio = (policy.log_probabilities(prompts[rows], sampled) - old).exp()
            clipped = ratio.clamp(1 - self.clip, 1 + self.clip)
            descend(-torch.minimum(ratio * advantage, clipped * advantage).mean())
        silent = (rewards.view(-1, self.group).std(1) == 0).float().mean()
        return {"reward": rewards.mean().item(), "silent_groups": silent.item()}


def main():
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)  # the initial weights; everything sampled later comes from the generator
    policy, generator = Policy(), torch.Generator().manual_seed(seed)
    algorithm = {"warm-up": WarmUp, "grpo": GRPO}[sys.argv[1]]()
    optimizer = torch.optim.AdamW(policy.parameters(), lr=setting("learning_rate"), weight_decay=0.0)
    steps, every = setting("steps"), setting("evaluate_every")
    training, held_out = problems()
    done = 0

    # Where to begin: at our own state, complete, or at the policy of the stage before, with all else new.
    if folder := os.environ.get("ABLATE_CHECKPOINT_IN"):
        state = torch.load(Path(folder) / "state.pt", weights_only=True)
        policy.load_state_dict(state["policy"])
        if os.environ["ABLATE_RESUMED"] == "1":
            optimizer.load_state_dict(state["optimizer"])
            generator.set_state(state["generator"])
            done = state["step"]

    def descend(loss):
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        optimizer.step()

    def evaluate():
        right = verify(policy.answer(held_out[0]), held_out[1])
        say(metric="held_out", step=done, value=100 * right.sum().item() / len(right))

    def save():
        """The whole state first; the line that names it when it is on the disk, and never touched again."""
        folder = Path(os.environ["ABLATE_CHECKPOINT_OUT"]) / str(done)
        folder.mkdir()
        state = {"policy": policy.state_dict(), "optimizer": optimizer.state_dict()}
        state |= {"generator": generator.get_state(), "step": done}
        torch.save(state, folder / "state.pt")
        say(checkpoint=done)

    # A signal may come in the middle of a step; the state is complete only after it.
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))

    if done == 0:
        evaluate()
    while done < steps:
        measured = algorithm.step(policy, descend, *training, generator)
        done += 1
        for metric, value in measured.items():
            say(metric=metric, step=done, value=value)
        if done % every == 0 or done == steps:
            evaluate()
            say(progress=done, of=steps)
        if done % every == 0 or done == steps or stopping:
            save()
        if stopping and done < steps:
            sys.exit(143)  # what a shell says of a program that SIGTERM ended


main()
