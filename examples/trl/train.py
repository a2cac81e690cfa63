"""Hugging Face TRL's `GRPOTrainer` as a trainer, on a model small enough for a processor.

A model of random weights and a tokenizer of seven tokens are built here, so nothing is downloaded. The task: write
the three letters of the prompt backwards, then stop. What joins TRL to `ablate` is the class `Contract`; the rest
is a TRL script like any other.
"""

import itertools
import json
import os
import signal
import sys
from pathlib import Path

import torch
from datasets import Dataset
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

settings = json.loads(Path(os.environ["ABLATE_CONFIG"]).read_text())
seed = int(os.environ["ABLATE_SEED"])

# The names that TRL logs (1.16.0), and what the study calls them.
LOGGED = {
    "reward": "reward",
    "loss": "loss",
    "kl": "kl",  # only where beta is above 0, and a metric that a trial never measures makes it fail
    "entropy": "entropy",
    "completions/mean_length": "length",
    "completions/clipped_ratio": "truncated",
    "clip_ratio/region_mean": "clipped",
    "frac_reward_zero_std": "silent_groups",
}


def build_tokenizer():
    vocabulary = {token: i for i, token in enumerate(["<pad>", "<end>", "=", *"abcd"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.decoder = decoders.Fuse()  # without it a space would stand between letters, and no answer would be right
    special = {"pad_token": "<pad>", "eos_token": "<end>", "padding_side": "left"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


def build_model(tokenizer):
    """Writes the model to a folder: TRL reads the reference policy once more from where the policy came from."""
    torch.manual_seed(seed)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer), hidden_size=64, intermediate_size=176, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=32,
            pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id, bos_token_id=None,
        )
    )  # fmt: skip
    model.save_pretrained("initial")
    return "initial"


def problems():
    """Of all 64 prompts 48 to train on and 16 held out, the same ones for every seed."""
    words = ["".join(letters) for letters in itertools.product("abcd", repeat=3)]
    order = torch.randperm(64, generator=torch.Generator().manual_seed(0)).tolist()
    rows = [{"prompt": words[i] + "=", "answer": words[i][::-1]} for i in order]
    return rows[16:], rows[:16]


def verify(completions, answer, **_):
    """The reward: the share of letters that are right, place by place; of a completion longer than the answer, 0."""
    return [
        sum(c == a for c, a in zip(completion, truth)) / len(truth) if len(completion) <= len(truth) else 0.0
        for completion, truth in zip(completions, answer)
    ]


class Contract(TrainerCallback):
    """Says what TRL does in the lines that `ablate` reads, and stops TRL when it is asked to leave."""

    def __init__(self, tokenizer, held_out):
        self.tokenizer, self.held_out = tokenizer, held_out
        self.lines = open(os.environ["ABLATE_MEASUREMENTS"], "a")
        self.stopped = False
        signal.signal(signal.SIGTERM, self.stop)

    def say(self, **line):
        self.lines.write(json.dumps(line) + "\n")
        self.lines.flush()

    def stop(self, *_):
        self.stopped = True

    def on_train_begin(self, args, state, control, model=None, **_):
        if state.global_step == 0:
            self.evaluate(model, 0)

    def on_step_end(self, args, state, control, model=None, **_):
        if state.global_step % args.save_steps == 0 or state.global_step == state.max_steps:
            self.evaluate(model, state.global_step)
        # TRL saves after this step and leaves its loop. Between two updates on the same rollouts it would lose
        # these, which no checkpoint of TRL holds, and the resumed run would be another one.
        if self.stopped and state.global_step % args.num_iterations == 0:
            control.should_save = control.should_training_stop = True

    def on_log(self, args, state, control, logs=None, **_):
        for name, metric in LOGGED.items():
            if name in logs:
                self.say(metric=metric, step=state.global_step, value=logs[name])

    def on_save(self, args, state, control, **_):
        # TRL's folder lies in ABLATE_CHECKPOINT_OUT, is complete, and is not touched again.
        self.say(progress=state.global_step, of=state.max_steps)
        self.say(checkpoint=state.global_step, folder=f"checkpoint-{state.global_step}")

    @torch.no_grad()
    def evaluate(self, model, step):
        """The mean reward of greedy answers to the held-out problems, in per cent."""
        model.eval()
        prompts = self.tokenizer([row["prompt"] for row in self.held_out], return_tensors="pt")
        tokens = model.generate(**prompts, max_new_tokens=4, do_sample=False)
        written = self.tokenizer.batch_decode(tokens[:, prompts["input_ids"].shape[1] :], skip_special_tokens=True)
        rewards = verify(written, [row["answer"] for row in self.held_out])
        self.say(metric="held_out", step=step, value=100 * sum(rewards) / len(rewards))
        model.train()


def main():
    tokenizer = build_tokenizer()
    training, held_out = problems()
    contract = Contract(tokenizer, held_out)
    for name in settings:
        contract.say(read=name)  # all of them: GRPOConfig below refuses a name that it does not have
    # The order of the prompts for the whole run, as one long epoch that TRL does not shuffle: its sampler (1.16.0)
    # begins at its seed again when a run is resumed, and a resumed second epoch would be the first once more.
    batches = settings["max_steps"] // settings["num_iterations"]
    prompts = settings["per_device_train_batch_size"] // settings["num_generations"]
    order = torch.randint(len(training), (batches * prompts,), generator=torch.Generator().manual_seed(seed))
    # The settings are fields of GRPOConfig under TRL's own names, so a study can vary any of them.
    config = GRPOConfig(
        **settings,
        output_dir=os.environ["ABLATE_CHECKPOINT_OUT"], seed=seed, shuffle_dataset=False, use_cpu=True, bf16=False,
        logging_steps=1, save_strategy="steps", report_to="none", disable_tqdm=True,
    )  # fmt: skip
    trainer = GRPOTrainer(
        model=build_model(tokenizer), reward_funcs=verify, args=config,
        train_dataset=Dataset.from_list([training[i] for i in order.tolist()]), processing_class=tokenizer,
        callbacks=[contract],
    )  # fmt: skip
    trainer.train(resume_from_checkpoint=os.environ.get("ABLATE_CHECKPOINT_IN"))
    if contract.stopped and trainer.state.global_step < trainer.state.max_steps:
        sys.exit(143)  # what a shell says of a program that SIGTERM ended


main()
