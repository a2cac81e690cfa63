"""Tests of what can be tested without verl: python3 -m unittest in this folder."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import train

here = Path(__file__).parent

# Two lines as verl 0.9.1 writes them, {"step": …, "data": {…}}, with fewer names: before training, and step 1.
BEFORE = '{"step":0,"data":{"val-core/openai/gsm8k/reward/mean@1":0.355,"val-aux/num_turns/mean":2.0}}'
STEP = (
    '{"step":1,"data":{"actor/entropy":0.41,"actor/pg_clipfrac":0.0021,"actor/ppo_kl":null,"critic/score/mean":0.37,'
    '"response_length/mean":231.5,"response_length/clip_ratio":0.004,"perf/throughput":1250.4}}'
)


class Parsing(unittest.TestCase):
    def test_the_validation_score_before_training_is_held_out_at_step_0(self):
        self.assertEqual(train.measurements(BEFORE), (0, [{"metric": "held_out", "step": 0, "value": 0.355}]))

    def test_a_step_gives_the_metrics_that_the_study_declares_and_no_others(self):
        step, found = train.measurements(STEP)
        self.assertEqual(step, 1)
        self.assertEqual(
            {line["metric"]: line["value"] for line in found},
            {"reward": 0.37, "entropy": 0.41, "clipped": 0.0021, "kl": "NaN", "length": 231.5, "truncated": 0.004},
        )
        stage = json.loads((here / "study.json").read_text())["recipe"]["stages"][0]
        self.assertEqual(set(stage["metrics"]), {"held_out", *train.LOGGED.values()})


class Translation(unittest.TestCase):
    def test_settings_become_hydra_overrides(self):
        settings = {"data": {"train_files": "~/a.parquet", "n": 8}, "actor": {"lr": 1e-6, "kl": False, "seed": None}}
        self.assertEqual(
            train.overrides(settings),
            ['data.train_files="~/a.parquet"', "data.n=8", "actor.lr=1e-06", "actor.kl=false", "actor.seed=null"],
        )

    def test_a_resumed_run_starts_from_its_folder_and_does_not_score_the_start_again(self):
        words = train.command({}, 3, "out", "resumed/global_step_40")
        self.assertIn("data.seed=3", words)
        self.assertIn('trainer.resume_from_path="resumed/global_step_40"', words)
        self.assertIn("trainer.val_before_train=false", words)


# Stands in for verl: logs two steps in verl's format, saves after the first as verl does, and fails when told to.
STAND_IN = """
import json, os, sys
from pathlib import Path
words = {key: json.loads(value) for key, value in (word.split("=", 1) for word in sys.argv[1:])}
out = Path(words["trainer.default_local_dir"])
first = int(words.get("trainer.resume_from_path", "_0").rsplit("_", 1)[1]) + 1
with open(os.environ["VERL_FILE_LOGGER_PATH"], "w") as log:
    for step in range(first, 3):
        if step == 1:
            (out / "global_step_1").mkdir()
            (out / "latest_checkpointed_iteration.txt").write_text("1")
        log.write(json.dumps({"step": step, "data": {"critic/score/mean": step / 4}}) + "\\n")
sys.exit(words["trainer.exit"])
"""


class Running(unittest.TestCase):
    def run_stand_in(self, folder, code, **variables):
        package = folder / "verl" / "trainer"
        package.mkdir(parents=True, exist_ok=True)
        (package / "main_ppo.py").write_text(STAND_IN)
        (folder / "out").mkdir(exist_ok=True)
        (folder / "config.json").write_text(json.dumps({"trainer": {"exit": code}}))
        (folder / "lines").write_text("")
        variables |= {"PYTHONPATH": str(folder), "ABLATE_CONFIG": str(folder / "config.json"), "ABLATE_SEED": "1"}
        variables |= {"ABLATE_MEASUREMENTS": str(folder / "lines"), "ABLATE_CHECKPOINT_OUT": str(folder / "out")}
        run = subprocess.run([sys.executable, here / "train.py"], cwd=folder, env=os.environ | variables)
        return run.returncode, [json.loads(line) for line in (folder / "lines").read_text().splitlines()]

    def test_a_checkpoint_is_named_after_its_measurements_and_resumed_under_verls_name(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            code, lines = self.run_stand_in(folder, 7)
            one, two = ({"metric": "reward", "step": step, "value": step / 4} for step in (1, 2))
            self.assertEqual(code, 7)
            self.assertEqual(lines, [one, {"checkpoint": 1, "folder": "global_step_1"}, two])
            taken = (folder / "out" / "global_step_1").rename(folder / "taken")
            code, lines = self.run_stand_in(folder, 0, ABLATE_RESUMED="1", ABLATE_CHECKPOINT_IN=str(taken))
            self.assertEqual((code, lines), (0, [two]))


if __name__ == "__main__":
    unittest.main()
