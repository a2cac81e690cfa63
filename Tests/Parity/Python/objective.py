"""GRPO as published, written down once more over padded tensors, with autograd for the slopes.

Sources, each formula at its function:
- DeepSeekMath, arXiv:2402.03300, equations 3 and 4; Dr. GRPO, arXiv:2503.20783, section 3.1; DAPO,
  arXiv:2503.14476, equations 10 and 12; RLOO, arXiv:2402.14740, section 3.
- TRL, "GRPO Trainer", sections "Computing the advantage", "Estimating the KL divergence" and
  "Computing the loss" (loss types `grpo`, `bnpo` and `dr_grpo`, `mask_truncated_completions`).
- verl, "Group Relative Policy Optimization (GRPO)", configuration (`loss_agg_mode`, `kl_loss_type`,
  `norm_adv_by_std_in_grpo`), and HybridFlow, arXiv:2409.19256.

Reads cases.json, writes answers.json: for each case loss, its slopes by log-probability and by entropy,
and the advantages.
"""

import torch
from exchange import read, write

torch.set_default_dtype(torch.float64)


def divergence(kind, log_probability, reference):
    """Schulman's k1, k2 and k3; verl's `kl`, `mse` and `low_var_kl`, TRL's `per_token_kl` is k3."""
    ahead = reference - log_probability
    if kind == "k1":
        return -ahead
    if kind == "k2":
        return ahead.square() / 2
    return torch.expm1(ahead) - ahead


def advantages(kind, epsilon, rewards, counted):
    """One number a response [B]; those that do not count get 0.

    TRL `scale_rewards="group"` (epsilon 1e-4) and verl `norm_adv_by_std_in_grpo=True` (1e-6), both
    with the sample's deviation; without it, Dr. GRPO; "leave-one-out" is RLOO.
    """
    result = torch.zeros(len(rewards))
    chosen = rewards[counted]
    if len(chosen) < 2:
        return result
    if kind == "group-relative":
        value = (chosen - chosen.mean()) / (chosen.std() + epsilon)
    elif kind == "group-centered":
        value = chosen - chosen.mean()
    else:
        others = (chosen.sum() - chosen) / (len(chosen) - 1)
        value = chosen - others
    result[counted] = value
    return result


def aggregate(kind, losses, mask, caps):
    """[B, T] to one number; a response without a token that counts is in no denominator.

    token: TRL `bnpo`, verl `token-mean`, DAPO eq. 12. sequence: TRL `grpo`, verl
    `seq-mean-token-mean`. constant: TRL `dr_grpo`, verl `seq-mean-token-sum-norm`.
    """
    responses = mask.any(dim=1)
    if not responses.any():
        return (losses * 0).sum()
    sums = (losses * mask).sum(dim=1)
    if kind == "token":
        return sums.sum() / mask.sum()
    if kind == "sequence":
        return (sums[responses] / mask.sum(dim=1)[responses]).mean()
    return (sums[responses] / caps[responses]).mean()


def padded(rows, width):
    return torch.stack(
        [torch.nn.functional.pad(torch.tensor(row), (0, width - len(row))) for row in rows]
    )


def evaluate(case):
    rollouts = [rollout for group in case["groups"] for rollout in group["rollouts"]]
    width = max(len(rollout["now"]) for rollout in rollouts)
    now, behaviour, reference, entropy = (
        padded([rollout[key] for rollout in rollouts], width)
        for key in ("now", "behaviour", "reference", "entropy")
    )
    now.requires_grad_()
    entropy.requires_grad_()
    lengths = torch.tensor([len(rollout["now"]) for rollout in rollouts])
    real = torch.arange(width) < lengths[:, None]
    truncated = torch.tensor([rollout["truncated"] for rollout in rollouts])
    rule = case["truncated"]
    in_group = ~truncated if rule == "excluded" else torch.ones_like(truncated)
    in_loss = torch.ones_like(truncated) if rule == "train" else ~truncated
    mask = real & in_loss[:, None]

    rewards = torch.tensor([float(rollout["reward"]) for rollout in rollouts])
    if case["kl"] != "none" and case["placement"] == "reward":
        # InstructGPT, arXiv:2203.02155, equation 2: of the policy that drew the response.
        estimates = divergence(case["kl"], behaviour, reference)
        rewards = rewards - case["beta"] * (estimates * real).sum(dim=1)
    parts, start = [], 0
    for group in case["groups"]:
        part = slice(start, start + len(group["rollouts"]))
        parts.append(
            advantages(case["advantage"], case["epsilon"], rewards[part], in_group[part])
        )
        start = part.stop
    advantage = torch.cat(parts) * in_loss

    ratio = torch.exp(now - behaviour)
    clipped = ratio.clamp(1 - case["clip_low"], 1 + case["clip_high"])
    losses = -torch.minimum(ratio * advantage[:, None], clipped * advantage[:, None])
    if case["kl"] != "none" and case["placement"] == "loss":
        losses = losses + case["beta"] * divergence(case["kl"], now, reference)
    losses = losses - case["entropy_coefficient"] * entropy
    caps = torch.tensor([float(g["cap"]) for g in case["groups"] for _ in g["rollouts"]])
    loss = aggregate(case["aggregation"], losses, mask, caps)
    loss.backward()
    return {
        "loss": loss.item(),
        "slopes": now.grad[real].tolist(),
        "entropy_slopes": entropy.grad[real].tolist(),
        "advantages": advantage.tolist(),
    }


write("answers.json", [evaluate(case) for case in read("cases.json")])
