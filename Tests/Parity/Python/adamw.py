"""`torch.optim.AdamW` and `clip_grad_norm_` on gradients that the tests made up.

Reads cases.json and one safetensors file a case with `start.<name>` and `gradient.<step>.<name>`.
Writes answers.json with each step's norm, and answers.safetensors with each case's last parameters.
"""

import torch
from exchange import read, read_tensors, write, write_tensors

answers, tensors = {}, {}
for case in read("cases.json"):
    name = case["name"]
    file = read_tensors(f"{name}.safetensors")
    parameters = {
        key.removeprefix("start."): torch.nn.Parameter(value)
        for key, value in file.items()
        if key.startswith("start.")
    }
    optimizer = torch.optim.AdamW(
        parameters.values(),
        lr=1.0,
        betas=(case["beta1"], case["beta2"]),
        eps=case["epsilon"],
        weight_decay=case["weight_decay"],
    )
    norms = []
    for step, rate in enumerate(case["learning_rates"]):
        for group in optimizer.param_groups:
            group["lr"] = rate
        for key, parameter in parameters.items():
            parameter.grad = file[f"gradient.{step}.{key}"].clone()
        norm = torch.nn.utils.clip_grad_norm_(parameters.values(), case["clip_norm"])
        norms.append(norm.item())
        optimizer.step()
    answers[name] = norms
    tensors |= {f"{name}.{key}": value for key, value in parameters.items()}

write("answers.json", answers)
write_tensors("answers.safetensors", tensors)
