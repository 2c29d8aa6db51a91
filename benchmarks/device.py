"""Where a benchmark trains: the CPU, or a GPU when one is named. No spaCy needed."""

from __future__ import annotations

import argparse

import torch

_in_use = torch.device("cpu")


def add_gpu_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gpu-id", type=int, default=-1, help="GPU to train on; -1 is the CPU")


def use(gpu_id: int) -> None:
    """Have spaCy and the systems that know only torch train there."""
    global _in_use
    if gpu_id >= 0:
        from spacy_fewner.fitting.training.training import use_device

        use_device(gpu_id)
        _in_use = torch.device("cuda", gpu_id)


def in_use() -> torch.device:
    return _in_use


def name() -> str:
    """For the stored rows: "cpu" or the card's name."""
    return torch.cuda.get_device_name(_in_use) if _in_use.type == "cuda" else "cpu"
