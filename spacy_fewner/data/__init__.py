"""What the user gives: files in and out, docs, audit, sampling."""

from .auditing.audit import audit
from .auditing.report import AuditReport, Issue
from .docs import Alignment, Misaligned, doc_to_sample, sample_to_doc, samples_to_docs
from .folds import folds, train_dev_split
from .formats.conll import read_conll
from .formats.conll_out import write_conll
from .formats.docbin import read_docbin, write_docbin
from .formats.jsonl import read_json, read_jsonl, write_json, write_jsonl
from .read import Format, read_samples, write_samples
from .sampling import k_shot, nested_subsets, stratified

__all__ = [
    "Alignment",
    "AuditReport",
    "Format",
    "Issue",
    "Misaligned",
    "audit",
    "doc_to_sample",
    "folds",
    "k_shot",
    "nested_subsets",
    "read_conll",
    "read_docbin",
    "read_json",
    "read_jsonl",
    "read_samples",
    "sample_to_doc",
    "samples_to_docs",
    "stratified",
    "train_dev_split",
    "write_conll",
    "write_docbin",
    "write_json",
    "write_jsonl",
    "write_samples",
]
