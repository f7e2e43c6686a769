# `make demo` and `make test` need nothing but Python ≥ 3.11: they make the environment in .venv.
.POSIX:
PYTHON = python3
BIN = .venv/bin

.PHONY: demo test check browser samples reference calibrate fuzz bench docs site golden pins clean

demo: .venv/ready
	$(BIN)/xenotrack run sample_data/naive.toml -o demo

test: .venv/ready
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow and not r"

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Slow work, by hand.
slow: .venv/ready
	$(BIN)/python -m pytest -q -m "slow or r"

fuzz: .venv/ready
	XENOTRACK_TEST_TIMES=10 $(BIN)/python -m pytest -q tests/test_bad_input.py tests/study

# Days of CPU from nothing. What is in build/calibration is not simulated again: stop it and go on.
calibrate: .venv/ready
	$(BIN)/python tests/benchmarks/calibration.py build/calibration
	$(BIN)/python tests/benchmarks/planted_defects.py

# Needs chromium, node and npm; says so where they are missing.
browser: .venv/ready
	rm -rf build/browser/naive build/browser/models build/browser/simulated build/browser/twenty
	mkdir -p build/browser
	$(BIN)/xenotrack run -q sample_data/naive.toml -o build/browser/naive
	$(BIN)/xenotrack run -q sample_data/models.toml -o build/browser/models
	$(BIN)/xenotrack simulate -q tests/browser/twenty_arms.toml --seed 1 -o build/browser/simulated
	$(BIN)/xenotrack run -q build/browser/simulated/study.toml -o build/browser/twenty
	sh tests/browser/run.sh build/browser/naive/report.html build/browser/models/pool/report.html \
	  build/browser/twenty/report.html

samples: .venv/ready
	$(BIN)/python -m xenotrack.plan.samples sample_data

reference:
	sh tests/reference/make.sh

bench: .venv/ready
	for script in tests/benchmarks/*.py; do $(BIN)/python $$script; done

golden: .venv/ready
	$(BIN)/python -m pytest -q tests --update-golden

docs: .venv/ready
	$(BIN)/python docs/generate.py

site: .venv/ready
	$(BIN)/python -m sphinx -q -W --keep-going -c docs . build/site

pins:
	uv pip compile pyproject.toml --group dev --group docs --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate -o requirements.txt

# The pins are what was tested; a local project has no hash, so it comes second, without its
# dependencies. An editable install compiles nothing: where PYTHONDONTWRITEBYTECODE is set, every
# run would, in half a second.
.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed') if sys.version_info < (3, 11) else 0"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q xenotrack
	touch .venv/ready

clean:
	rm -rf .venv demo
