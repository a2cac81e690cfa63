"""The Qwen2 of Hugging Face `transformers`: our weights in theirs, and theirs for ours.

Reads cases.json and one safetensors file a case, as our trainer writes it. Writes answers.json,
answers.safetensors, and for each case that asks for it a model of their own.
"""

import torch
from exchange import folder, read, read_tensors, write, write_tensors
from safetensors.torch import save_file
from transformers import Qwen2Config, Qwen2ForCausalLM
from transformers.utils import logging

logging.set_verbosity_error()


def model_of(shape):
    config = Qwen2Config(
        vocab_size=shape["vocabulary"],
        hidden_size=shape["width"],
        intermediate_size=shape["feed_forward"],
        num_hidden_layers=shape["layers"],
        num_attention_heads=shape["heads"],
        num_key_value_heads=shape["key_value_heads"],
        head_dim=shape["head_width"],
        max_position_embeddings=shape["context"],
        rms_norm_eps=1e-6,
        rope_parameters={"rope_type": "default", "rope_theta": shape["rope_base"]},
        tie_word_embeddings=shape["tied_embeddings"],
        attn_implementation="eager",
        use_cache=True,
    )
    model = Qwen2ForCausalLM(config).eval()
    if not shape["attention_bias"]:
        # Their layers always have a bias; without the parameter, `nn.Linear` adds none.
        for layer in model.model.layers:
            for name in ("q_proj", "k_proj", "v_proj"):
                getattr(layer.self_attn, name).bias = None
    return model


def load(model, shape, state):
    """Loads a file whose names must be exactly theirs; a tied projection is not stored twice."""
    tied = {"lm_head.weight"} if shape["tied_embeddings"] else set()
    assert set(state) == set(model.state_dict()) - tied, set(state) ^ set(model.state_dict())
    if tied:
        state = state | {"lm_head.weight": state["model.embed_tokens.weight"]}
    model.load_state_dict(state, strict=True)


def scored(model, sequence):
    """Logits of the rows that score the sequence's tokens after its prompt, [W, V]."""
    tokens = torch.tensor([sequence["prompt"] + sequence["completion"]])
    return model(tokens).logits[0, len(sequence["prompt"]) - 1 : -1]


def logits_of(model, sequences):
    return torch.cat([scored(model, sequence) for sequence in sequences])


def loss_of(logits, case):
    """sum_i c_i log p_i + e_i H_i at a temperature, as our backward pass has it."""
    targets = torch.tensor([t for s in case["sequences"] for t in s["completion"]])
    logs = torch.log_softmax(logits / case["temperature"], dim=-1)
    entropies = -(logs.exp() * logs).sum(-1)
    chosen = logs.gather(1, targets[:, None])[:, 0]
    return (torch.tensor(case["c"]) * chosen + torch.tensor(case["e"]) * entropies).sum()


def greedy(model, case):
    answers = []
    for prompt in case["greedy"]["prompts"]:
        tokens = model.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            do_sample=False,
            max_new_tokens=case["greedy"]["longest"],
            eos_token_id=case["greedy"]["end"],
            pad_token_id=0,
        )
        answers.append(tokens[0, len(prompt) :].tolist())
    return answers


def drawn(model, case):
    """Log-probabilities that the model gives to the tokens that our sampler drew."""
    answers = []
    with torch.no_grad():
        for sequence in case["drawn"]["sequences"]:
            logs = torch.log_softmax(scored(model, sequence) / case["drawn"]["temperature"], dim=-1)
            chosen = logs.gather(1, torch.tensor(sequence["completion"])[:, None])[:, 0]
            answers.append(chosen.tolist())
    return answers


answers, tensors = {}, {}
for case in read("cases.json"):
    name, shape = case["name"], case["shape"]
    model = model_of(shape)
    load(model, shape, read_tensors(f"{name}.safetensors"))
    logits = logits_of(model, case["sequences"])
    loss_of(logits, case).backward()
    tensors[f"{name}.logits"] = logits
    for parameter, value in model.named_parameters():
        tensors[f"{name}.gradient.{parameter}"] = value.grad
    answers[name] = {"greedy": greedy(model, case), "drawn": drawn(model, case)}

    torch.manual_seed(1)
    theirs = model_of(shape)
    state = theirs.state_dict()
    if shape["tied_embeddings"]:
        del state["lm_head.weight"]
    save_file(state, folder / f"{name}.theirs.safetensors", metadata={"format": "pt"})
    with torch.no_grad():
        tensors[f"{name}.theirs.logits"] = logits_of(theirs, case["sequences"])

write("answers.json", answers)
write_tensors("answers.safetensors", tensors)
