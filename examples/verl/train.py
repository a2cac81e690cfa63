"""verl as a trainer: runs `verl.trainer.main_ppo`, and says what it does in the lines that `ablate` reads.

    train.py              within a trial
    train.py --dry-run    prints the command and runs nothing; ABLATE_CONFIG and ABLATE_SEED are enough

The study's settings have the shape of verl's own configuration, so every key of verl can be varied, and Hydra
refuses one that verl does not have. Written against verl 0.9.1. NOT RUN by its authors: they had no such cluster.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

# The names that verl logs, and what the study calls them.
LOGGED = {
    "critic/score/mean": "reward",
    "actor/entropy": "entropy",
    "actor/pg_clipfrac": "clipped",
    "actor/ppo_kl": "kl",
    "response_length/mean": "length",
    "response_length/clip_ratio": "truncated",
}
# The score on the validation file: val-core/<data source>/<acc or reward>/mean@<attempts>.
HELD_OUT = re.compile(r"val-core/.+/mean@\d+")


def overrides(settings, path=""):
    """Hydra's words for nested settings: {"data": {"seed": 1}} becomes data.seed=1."""
    words = []
    for key, value in settings.items():
        if isinstance(value, dict):
            words += overrides(value, f"{path}{key}.")
        else:  # JSON's numbers, texts, lists, true, false and null are Hydra's as well
            words.append(f"{path}{key}={json.dumps(value, ensure_ascii=False)}")
    return words


def command(settings, seed, checkpoints, resume_from=None):
    ours = {
        "data": {"seed": seed},
        "actor_rollout_ref": {"actor": {"data_loader_seed": seed}, "rollout": {"seed": seed}},
        "trainer": {"logger": ["console", "file"], "default_local_dir": checkpoints, "resume_mode": "disable"},
    }
    if resume_from:
        # The score before the first step stands in the measurements already.
        ours["trainer"] |= {"resume_mode": "resume_path", "resume_from_path": resume_from, "val_before_train": False}
    # Of a word that comes twice, Hydra takes the last: ours.
    return [sys.executable, "-m", "verl.trainer.main_ppo", *overrides(settings), *overrides(ours)]


def measurements(line):
    """The step of a line of verl's file logger, and the lines of the contract that it makes."""
    record = json.loads(line)
    step, found = record["step"], []
    for name, value in record["data"].items():
        metric = "held_out" if HELD_OUT.fullmatch(name) else LOGGED.get(name)
        if metric:
            # verl writes a number that is not finite as null; "NaN" is what `ablate` takes for diverged.
            found.append({"metric": metric, "step": step, "value": "NaN" if value is None else value})
    return step, found


def saved(folder):
    """Whether verl has written the whole of this checkpoint: its tracker names it, or a later one."""
    tracker = folder.parent / "latest_checkpointed_iteration.txt"
    return folder.is_dir() and tracker.exists() and int(tracker.read_text() or 0) >= step_of(folder)


def step_of(folder):
    return int(folder.name.removeprefix("global_step_"))


def main():
    settings = json.loads(Path(os.environ["ABLATE_CONFIG"]).read_text())
    seed, out = int(os.environ["ABLATE_SEED"]), os.environ.get("ABLATE_CHECKPOINT_OUT", "checkpoints")
    resume_from = None
    if os.environ.get("ABLATE_RESUMED") == "1":
        # verl reads the step from the folder's name, so the state gets its name back.
        state = Path(os.environ["ABLATE_CHECKPOINT_IN"])
        resume_from = Path.cwd() / "resumed" / (state / "name").read_text()
        resume_from.parent.mkdir(exist_ok=True)
        resume_from.symlink_to(state, target_is_directory=True)
    words = command(settings, seed, out, resume_from and str(resume_from))
    if "--dry-run" in sys.argv[1:]:
        print(shlex.join(words))
        return 0

    log = Path.cwd() / "verl.jsonl"
    log.write_text("")
    trainer = subprocess.Popen(words, env=os.environ | {"VERL_FILE_LOGGER_PATH": str(log)})
    # verl cannot save when asked. It is told to leave, and the last checkpoint that it made counts.
    signal.signal(signal.SIGTERM, lambda *_: trainer.terminate())

    with open(log) as lines, open(os.environ["ABLATE_MEASUREMENTS"], "a") as ablate:

        def say(line):
            ablate.write(json.dumps(line) + "\n")
            ablate.flush()

        rest = ""
        while True:
            ended = trainer.poll() is not None  # asked first, so that what it wrote last is still read
            rest += lines.read()
            *whole, rest = rest.split("\n")
            for line in whole:
                step, found = measurements(line)
                for measurement in found:
                    say(measurement)
                # verl saves before it logs the step, so here the measurements up to the checkpoint are complete.
                folder = Path(out) / f"global_step_{step}"
                if saved(folder):
                    (folder / "name").write_text(folder.name)
                    say({"checkpoint": step, "folder": folder.name})
            if ended:
                return trainer.returncode if trainer.returncode >= 0 else 128 - trainer.returncode
            time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
