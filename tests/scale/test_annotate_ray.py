"""The same output from a Ray cluster, also where a node of it is lost in the middle."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scale_helpers import files_in, rows, write_lines

from spacy_fewner.errors import FewnerError
from spacy_fewner.scale import annotate
from spacy_fewner.scale.writing.output import Output

ray = pytest.importorskip("ray", reason="pip install 'spacy-fewner[ray]'")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head that does no work, and two nodes of one CPU."""
    from ray.cluster_utils import Cluster

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    small = {"object_store_memory": 80_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **small})
    cluster.spare = [cluster.add_node(num_cpus=1, object_store_memory=80_000_000) for _ in range(2)]
    ray.init(address=cluster.address, logging_level="ERROR", log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("in") / "in.jsonl"
    return write_lines(path, [*rows(150), "{", *rows(100)])


def test_a_node_that_is_lost(
    cluster: Any, model: Path, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    annotate(model, given, tmp_path / "one" / "x.jsonl", batch_size=5)
    append, appended = Output.append, []

    def then_lose_a_node(self: Output, *args: Any) -> None:
        append(self, *args)
        appended.append(args)
        if len(appended) == 4:
            cluster.remove_node(cluster.spare.pop())

    monkeypatch.setattr(Output, "append", then_lose_a_node)
    annotate(model, given, tmp_path / "ray" / "x.jsonl", batch_size=5, ray="auto")
    assert not cluster.spare[1:] and len(appended) == 51
    assert files_in(tmp_path / "ray") == files_in(tmp_path / "one")


def test_what_a_worker_says_is_said(cluster: Any, given: Path, tmp_path: Path):
    import spacy
    from spacy.language import Language

    @Language.component("scale_test_only_here", assigns=["doc.ents"])
    def only_here(doc: Any) -> Any:
        return doc

    nlp = spacy.blank("en")
    nlp.add_pipe("scale_test_only_here")
    with pytest.raises(FewnerError, match="scale_test_only_here"):
        annotate(nlp, given, tmp_path / "x.jsonl", ray="auto", n_process=1)


def test_no_cluster(model: Path, given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(FewnerError, match="must be a cluster that answers"):
        annotate(model, given, tmp_path / "x.jsonl", ray="nowhere:1:2")


def test_servers_of_a_language_model(cluster: Any, tmp_path: Path):
    """Each prompt is paid for once; what an earlier run's shards hold is not asked again."""
    from server import Server

    from spacy_fewner.llm.client import Client
    from spacy_fewner.llm.journal.journal import Journal
    from spacy_fewner.llm.models.openai import OpenAIModel
    from spacy_fewner.llm.models.openai_settings import OpenAISettings
    from spacy_fewner.llm.types import Message, Prompt
    from spacy_fewner.scale.workers.ray_models import models_on_ray

    prompts = [Prompt((Message("user", f"text {n}"),)) for n in range(30)]
    with Server() as one, Server() as two:
        servers = [
            OpenAISettings("stand-in", base_url=server.url, key_env=None, concurrency=2)
            for server in (one, two)
        ]
        shard = tmp_path / "j.jsonl.shards" / "0007.jsonl"
        with Journal(shard) as left:
            list(Client(OpenAIModel(servers[0]), left).complete(prompts[:5]))
        with (
            Journal(tmp_path / "j.jsonl") as journal,
            models_on_ray("auto", servers, journal) as model,
        ):
            replies = list(Client(model, journal).complete(prompts))
        assert [reply.text.split(" ")[3] for reply in replies] == [str(n) for n in range(30)]
        assert sum(one.good.values()) + sum(two.good.values()) == 30
        assert min(sum(one.good.values()), sum(two.good.values())) > 4
    assert [path.name for path in tmp_path.iterdir()] == ["j.jsonl"]
    with Journal(tmp_path / "j.jsonl", "replay") as journal:
        assert len(journal) == 30
