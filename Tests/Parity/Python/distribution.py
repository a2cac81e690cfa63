"""Softmax, cross entropy, entropy and the nucleus of PyTorch and `transformers`, in double precision.

Reads cases.json: rows of logits with a target, a temperature, a nucleus mass and the coefficients of a
made-up loss. Writes answers.json, one entry a row.
"""

import torch
from exchange import read, write
from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopPLogitsWarper

answers = []
for case in read("cases.json"):
    temperature = float(case["temperature"])
    z = torch.tensor([case["logits"]], dtype=torch.float64, requires_grad=True)
    target = torch.tensor([case["target"]])
    tempered = z / temperature
    cross_entropy = torch.nn.functional.cross_entropy(tempered, target)
    entropy = torch.distributions.Categorical(logits=tempered).entropy()
    log_probability = torch.log_softmax(tempered, dim=-1)[0, case["target"]]
    (case["c"] * log_probability + case["e"] * entropy.sum()).backward()
    with torch.no_grad():
        warpers = LogitsProcessorList([TemperatureLogitsWarper(temperature)])
        if case["top_p"] < 1:
            warpers.append(TopPLogitsWarper(case["top_p"]))
        kept = torch.softmax(warpers(torch.zeros(1, 1, dtype=torch.long), z.detach()), dim=-1)
    answers.append(
        {
            "log_probability": log_probability.item(),
            "cross_entropy": cross_entropy.item(),
            "entropy": entropy.item(),
            "gradient": z.grad[0].tolist(),
            "nucleus": kept[0].tolist(),
        }
    )
write("answers.json", answers)
