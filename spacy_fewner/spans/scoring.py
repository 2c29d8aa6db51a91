"""Which scores `spacy train` weighs."""

from dataclasses import replace

from spacy.language import Language


def score_weights(spans_key: str) -> dict[str, float | None]:
    """What `spacy train` averages when the component writes to this key."""
    prefix = f"spans_{spans_key}"
    return {f"{prefix}_f": 1.0, f"{prefix}_p": 0.0, f"{prefix}_r": 0.0, f"{prefix}_per_type": None}


def weigh_own_scores(nlp: Language, name: str, spans_key: str) -> None:
    """Make training weigh the scores of this spans_key, not of the factory's default.

    spaCy knows one set of default score weights a factory, so that another spans_key would train
    to a score of 0 (spaCy discussions 8866, 13090).
    """
    meta = nlp.get_pipe_meta(name)
    weights = score_weights(spans_key)
    if meta.default_score_weights == weights:
        return
    nlp._pipe_meta[name] = replace(meta, default_score_weights=weights)
    used = {key for pipe in nlp.pipe_names for key in _weighed(nlp, pipe)}
    configured = nlp._config["training"].get("score_weights", {})
    for key in set(meta.default_score_weights or {}) - used:
        configured.pop(key, None)


def _weighed(nlp: Language, pipe: str) -> set[str]:
    return set(nlp.get_pipe_meta(pipe).default_score_weights or {})
