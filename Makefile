# make demo    a fresh venv, and everything from the embedded examples to a wheel
# make test    the tests, in the same venv
# make smoke   the encoders, a fit and tuning with transformers 5, sentence-transformers 6 and trl 1
# make lint    ruff and mypy
# The variables can be given: make demo PYTHON=python3.12 VENV=/tmp/venv

PYTHON ?= python3
VENV ?= .venv
# First and by itself: other packages must not choose its build.
TORCH ?= torch==2.13.0
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check
PIP5 = $(VENV)5/bin/python -m pip --disable-pip-version-check
INPUTS = setup.cfg pyproject.toml constraints.txt requirements-demo.txt

.PHONY: demo test smoke lint clean

# One thread: texts are short, and a second one costs more than it brings when anything else runs.
demo: export OMP_NUM_THREADS ?= 1
demo: $(VENV)/.installed
	$(VENV)/bin/weasel run all .

test: export OMP_NUM_THREADS = 1
test: export HF_HUB_OFFLINE = 1
test: export TOKENIZERS_PARALLELISM = false
test: $(VENV)/.installed-test
	$(VENV)/bin/python -m pytest

# Without the constraints, which hold transformers 4; SetFit 1.2 is there to see that all resolve.
smoke: export OMP_NUM_THREADS = 1
smoke: export HF_HUB_OFFLINE = 1
smoke: export TOKENIZERS_PARALLELISM = false
smoke:
	$(PYTHON) -m venv $(VENV)5
	$(PIP5) install -q "$(TORCH)"
	$(PIP5) install -q --no-deps --require-hashes -r requirements-demo.txt
	$(PIP5) install -q -e ".[demo,distill]" "transformers>=5" "sentence-transformers>=6" "setfit==1.2.*" \
		pytest hypothesis
	$(VENV)5/bin/python -m pytest tests/encoders tests/fitting/test_smoke.py tests/llm/tuned \
		tests/distill/test_encoding.py tests/distill/test_tuning_batches.py tests/distill/test_tuning.py

lint: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

clean:
	rm -rf build dist *.egg-info corpus training reports packages project.lock

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python $(INPUTS)
	$(PIP) install -q "$(TORCH)" -c constraints.txt
	$(PIP) install -q --no-deps --require-hashes -r requirements-demo.txt
	$(PIP) install -q -e ".[demo]" -c constraints.txt
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(PIP) install -q -e ".[test]" -c constraints.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install -q -e ".[test,dev]" -c constraints.txt
	touch $@
