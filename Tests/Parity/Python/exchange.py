"""What every script of this folder does with the folder that the tests hand it."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

folder = Path(sys.argv[1])


def read(name):
    return json.loads((folder / name).read_text())


def write(name, value):
    (folder / name).write_text(json.dumps(value))


def read_tensors(name):
    return load_file(folder / name)


def write_tensors(name, tensors):
    save_file({key: value.detach().contiguous() for key, value in tensors.items()}, folder / name)
