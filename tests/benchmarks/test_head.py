"""The full grid that the head's benchmark compares with computes what the band computes."""

import pytest
import torch

from benchmarks.head import FORMS, MODES, Cell, cells, goals, page
from benchmarks.head_cell import SIZES, measure
from benchmarks.naive_grid import full_grid
from spacy_fewner.spans.grid.grid import GridSizes, SpanGrid


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("sizes", list(SIZES))
@pytest.mark.parametrize("length", [1, 5, 33])
def test_full_grid_equals_band(sizes, length, fused):
    torch.manual_seed(0)
    grid = SpanGrid(GridSizes(16, 3, 12, **SIZES[sizes])).eval()
    tokens = torch.randn(length, 16)
    with torch.no_grad():
        band = grid(tokens, torch.tensor([length]))
        full = full_grid(grid, tokens, fused)
    for i in range(length):
        cells_of_row = full[i, i : i + 12]
        torch.testing.assert_close(band[i, : len(cells_of_row)], cells_of_row, atol=1e-4, rtol=0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("form", FORMS)
def test_a_cell_is_measured(form, mode):
    found = measure(Cell("default", form, 8, mode))
    assert found["seconds"] > 0 and found["mb"] >= 0


def test_page_names_what_is_missed_and_what_was_not_run():
    measured = {c: {"seconds": c.length / 1000, "mb": 1.0} for c in cells()}
    document = {"tokens": 50_000, "width": 12, "labels": 7, "seconds": 1.0, "peak_mb": 3000.0,
                "peak_before_mb": 500.0}  # fmt: skip
    found = list(goals(measured, document))
    assert "MISSED" in found[-1] and "3,000 MB" in found[-1]
    assert "ok" in found[0] and found[0].endswith("16.0")
    assert "MISSED" in found[1]  # as fast as the band is not ten times slower
    text = page(measured, document, {"command": "x"})
    assert "needs about 17 GB" in text and "- command: x" in text
