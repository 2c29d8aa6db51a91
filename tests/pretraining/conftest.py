"""Fixtures for pretraining: a tiny encoder with random weights."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from tiny_bases import write_tiny_base

from spacy_fewner.encoders.base import load_base, resolve_base
from spacy_fewner.encoders.inputs.pieces import PieceReader
from spacy_fewner.encoders.piece_rules import piece_reader


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="session")
def reader(tiny_base: str) -> PieceReader:
    loaded = load_base(resolve_base(tiny_base, ""), {}, {})
    return piece_reader(loaded.tokenizer, loaded.transformer)


@pytest.fixture(scope="session")
def nlp() -> Language:
    return spacy.blank("en")


@pytest.fixture
def schemes_folder(tmp_path: Path) -> Path:
    return tmp_path / "schemes"
