"""Examples of classes that cannot be trained on, and those of which only a part can."""

from dataclasses import replace

import pytest
from class_texts import texts, with_makers

import spacy_fewner
from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.measuring.validation import splits
from spacy_fewner.fitting.predicted import with_predicted
from spacy_fewner.fitting.task import Task
from spacy_fewner.fitting.training.config import training_config
from spacy_fewner.fitting.training.settings import FitSettings
from spacy_fewner.types import CharSpan, LabelSpec, Sample, Schema

TEXTS = texts(3)
THREE = Schema(tuple(map(LabelSpec, ("quote", "repair", "tuning"))))


def predicted(samples, dev=(), classes=None, labels=None, **settings) -> Task:
    task = Task(list(samples), list(dev), [], FitSettings(**settings), False, schema=labels)
    return with_predicted(task, classes, settings)


def refused(samples, dev=(), **how) -> str:
    with pytest.raises(FewnerError) as caught:
        predicted(samples, dev, **how)
    return str(caught.value)


def several(*cats: dict[str, float]) -> list[Sample]:
    return [Sample(f"Text {at}.", cats=one) for at, one in enumerate(cats)]


def test_texts_of_one_class_alone():
    said = refused(texts(3, classes=("repair",)))
    assert said.startswith("examples: must have texts of two classes or more; got repair alone")


def test_one_class_that_some_texts_have_and_some_have_not():
    task = predicted(several({"A": 1}, {"A": 0}, {"A": 1}))
    assert task.settings.classes.schema.ids == ("A",) and not task.settings.classes.exclusive
    said = refused(several({"A": 1}, {"A": 1}), exclusive=False)
    assert "one class needs texts without it" in said and '"cats": {"A": 0}' in said


def test_a_class_with_neither_example_nor_definition():
    bare = Schema((*THREE, LabelSpec("news")))
    said = refused(TEXTS, classes=bare)
    assert said.startswith("class: must have an example or a definition; got news")
    told = Schema((*THREE, LabelSpec("news", "What happened elsewhere.")))
    records = predicted(TEXTS, classes=told).settings.classes.records
    assert dict(records[-1])["description"] == "What happened elsewhere."


def test_a_class_that_the_scheme_lacks():
    said = refused(TEXTS, labels=Schema(THREE.labels[:2]))
    assert said.startswith("class: must be one of the scheme; got tuning")


def test_a_class_of_the_dev_set_alone():
    dev = [replace(TEXTS[0], text="Another text.", cats={"news": 1.0}, place="dev.jsonl:1")]
    assert refused(TEXTS, dev).startswith("class: must be one of the examples; got news, dev.jsonl")
    told = Schema((*THREE, LabelSpec("news", "What happened elsewhere.")))
    assert "news" in predicted(TEXTS, dev, classes=told).settings.classes.schema


def test_several_classes_where_each_text_is_to_have_one():
    both = [*TEXTS, Sample("Both.", cats={"repair": 1.0, "quote": 1.0}, place="train.jsonl:10")]
    said = refused(both, exclusive=True)
    assert said.startswith("exclusive: every text must have exactly one class")
    assert "'repair' and 'quote' in train.jsonl:10" in said
    assert not predicted(both).settings.classes.exclusive


def test_scores_of_which_nobody_is_sure():
    unsure = Sample("Maybe.", cats={"repair": 0.3, "quote": 0.4})
    task = predicted([*TEXTS, unsure])
    assert len(task.samples) == len(TEXTS)
    assert task.notes == ("1 texts without a class left out: no score of theirs reaches 0.5",)
    soft = Sample("Rather.", cats={"repair": 0.7, "quote": 0.3})
    task = predicted([*TEXTS, soft])
    assert task.samples[-1].cats == soft.cats and not task.notes
    both = predicted([*with_makers(TEXTS), replace(unsure, spans=(CharSpan(0, 5, "WORD"),))])
    assert len(both.samples) == len(TEXTS) + 1 and not both.samples[-1].cats


def test_texts_without_classes_are_left_out_and_counted():
    task = predicted([*TEXTS, Sample("Nobody said."), Sample("Nobody.")])
    assert len(task.samples) == len(TEXTS)
    assert task.notes == ("2 texts left out: no class is given for them",)


def test_texts_that_lack_spans_or_classes_stay_where_both_are_predicted():
    samples = [*with_makers(TEXTS), *texts(1, seed=3), Sample("Osgood.", (CharSpan(0, 6, "X"),))]
    task = predicted(samples)
    assert [head.name for head in task.heads] == ["spans", "classes"]
    assert len(task.samples) == len(samples) and not task.notes


def test_a_dev_set_that_is_annotated_for_one_of_the_two():
    samples = with_makers(TEXTS)
    for dev, said in (
        (texts(1, seed=9), "no spans were looked for in any text"),
        ([replace(one, cats={}) for one in with_makers(texts(1, seed=9))], "no class is given for"),
    ):
        assert f"dev: must be annotated like the examples; got {said}" in refused(samples, dev)


@pytest.mark.parametrize(
    "said", [{"exclusive": True}, {"other": "other"}, {"class_way": "probe"}, {"classes": THREE}]
)
def test_what_is_said_of_classes_where_no_text_has_any(said):
    spans = [replace(one, cats={}) for one in with_makers(TEXTS)]
    assert f"{next(iter(said))}: needs examples with classes" in refused(spans, **said)


def test_what_is_not_asked_for_is_not_trained():
    samples = [*with_makers(TEXTS), *texts(1, seed=3)]
    spans, classes = (predicted(samples, predict=one) for one in ("spans", "classes"))
    assert [one.name for one in spans.heads] == ["spans"] and len(spans.samples) == len(TEXTS)
    assert spans.notes == ("3 texts left out: no spans were looked for in them",)
    assert [one.name for one in classes.heads] == ["classes"]
    assert not any(sample.spans for sample in classes.samples)
    assert "predict: the examples must have classes" in refused(
        [replace(one, cats={}) for one in with_makers(TEXTS)], predict="classes"
    )


def test_a_scheme_for_both_is_told_apart_by_the_classes_of_the_texts():
    scheme = Schema((*THREE, LabelSpec("MAKER"), LabelSpec("WORD")))
    task = predicted(with_makers(TEXTS), labels=scheme)
    assert task.schema.ids == ("MAKER", "WORD") and task.settings.classes.schema == THREE


def test_the_way_and_the_start_beside_spans():
    samples = with_makers(TEXTS)
    assert "class_way: beside spans must be finetune" in refused(samples, class_way="probe")
    assert "start: is for spans, with an encoder of their own" in refused(samples, start="open")
    task = predicted(samples)
    assert task.settings.classes.way == "finetune" and "share the encoder" in task.start
    config = training_config(task.settings, 9, 0, False)
    assert config["nlp"]["pipeline"] == ["tok2vec", "fewner", "fewner_textcat"]


def test_a_recipe_of_their_own_unless_told():
    own, told = predicted(TEXTS).settings, predicted(TEXTS, epochs=3, rank=8).settings
    assert own.epochs != FitSettings().epochs and own.batch_size > FitSettings().batch_size
    assert (told.epochs, told.rank, told.batch_size) == (3, 8, own.batch_size)
    assert predicted(with_makers(TEXTS)).settings.epochs == FitSettings().epochs


def test_fewer_texts_of_a_class_than_folds():
    """Its texts are held out in fewer folds; in one the class is known by its name alone."""
    samples = [*texts(5), Sample("Only once.", cats={"rare": 1.0})]
    task = predicted(samples, folds=4)
    pairs = splits(task.samples, [], task.settings)
    assert sum(any("rare" in one.cats for one in pair.held_out) for pair in pairs) == 1
    assert "rare" in task.settings.classes.schema


def test_texts_that_are_all_the_same(tmp_path):
    same = [Sample("The same.", cats={one: 1.0}) for one in ("A", "B")]
    with pytest.raises(FewnerError):
        spacy_fewner.fit(same, tmp_path / "out", encoder="cnn", progress=False)
    assert not (tmp_path / "out").exists()


def test_labels_in_a_tree_need_no_example_of_what_is_above():
    ids = ("sport", "sport/ball", "sport/run", "news")
    scheme = Schema(tuple(map(LabelSpec, ids)))
    samples = several({"sport/ball": 1}, {"sport/run": 1}, {"news": 1})
    task = predicted(samples, classes=scheme)
    assert task.heads[0].labels == ids
