# The two commands: `make repro` (the whole path on this machine), then `make test`.
PYTHON ?= python3.11
TORCH ?= cpu
TORCH_CPU_INDEX ?= https://download.pytorch.org/whl/cpu
BIN := $(CURDIR)/.venv/bin
ROOMS := schemas qa annotators trainer pipelines
export PATH := $(BIN):$(PATH)
export DVC_NO_ANALYTICS := 1
export HF_HUB_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1
export OMP_WAIT_POLICY := PASSIVE

.PHONY: help setup repro test teacher-cpu test-teacher peers check format status clean explore-env test-explore export-env test-export

help:                ## this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/: .*## /\t/' | expand -t 16

setup: .venv/ready   ## make .venv with pinned versions (TORCH=cpu, or TORCH=cuda)

.venv/ready: pyproject.toml requirements.lock Makefile
	@echo "== making .venv with the $(TORCH) build of torch (TORCH=cpu is the default; make TORCH=cuda for GPUs)"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip==26.1
ifeq ($(TORCH),cpu)
	$(BIN)/pip install --quiet 'torch==2.13.0+cpu' \
	  || $(BIN)/pip install --quiet --index-url $(TORCH_CPU_INDEX) 'torch==2.13.0+cpu'
else
	$(BIN)/pip install --quiet 'torch==2.13.0'
endif
	$(BIN)/pip install --quiet --constraint requirements.lock --editable '.[dev,review]'
	@touch $@

repro: setup         ## raw video to corpus to four-stage model and back, then one summary
	@surgchain doctor
	@dvc repro
	@surgchain status

test: setup          ## the tests
	@python -m pytest tests

teacher-cpu: setup   ## vLLM for the CPU in an environment of its own (3 GB), to try real drafting
	@PYTHON=$(PYTHON) ./envs/teacher-cpu.sh .venvs/vllm

peers: setup         ## what bench-teacher measures beside, each in an environment of its own
	@PYTHON=$(PYTHON) ./envs/peers.sh

test-teacher: teacher-cpu  ## the vLLM teacher, and our own checkpoint, behind a real server (minutes)
	@SURGCHAIN_VLLM=$(CURDIR)/.venvs/vllm python -m pytest tests/annotators/teachers/test_vllm_server.py tests/annotators/serving/test_evaluated_server.py tests/trainer/test_vllm_serve.py

test-review: setup   ## human review for real: a Label Studio server, two people in a browser
	@SURGCHAIN_TEST_REVIEW=1 python -m pytest tests/review -s

check: setup         ## what CI runs before the tests: ruff, mypy strict
	@ruff check .
	@ruff format --check .
	@mkdir -p build/surgchain && ln -sfn $(addprefix $(CURDIR)/,$(ROOMS)) build/surgchain/
	@MYPYPATH=build mypy --strict --explicit-package-bases -p surgchain

format: setup        ## put the code in the house's form
	@ruff format .
	@ruff check --fix .

status: setup        ## where the path stands
	@surgchain status

plots: setup         ## what `dvc plots` shows, as reports/plots/index.html that opens offline (npm once)
	@./envs/plots.sh .venvs/vega reports/plots

bench-%: setup
	@python bench/$*.py

explore-env: setup   ## FiftyOne in an environment of its own (1 GB), for `surgchain explore`
	@PYTHON=$(PYTHON) ./envs/explore.sh .venvs/explore

bench-peers: setup   ## readers of video that bench-frames measures beside (1 GB)
	@PYTHON=$(PYTHON) ./envs/bench-peers.sh .venvs/bench

bench-corpus: explore-env

test-explore: explore-env ## the App in a real headless browser, on a real database
	@SURGCHAIN_PYTHON=$(BIN)/python .venvs/explore/bin/python -m pytest tests/explore

export-env: setup    ## ms-swift and LLaMA-Factory in an environment of their own (2 GB)
	@PYTHON=$(PYTHON) ./envs/export.sh .venvs/export

test-export: export-env ## every export read by the named tool's own loader, row by row
	@SURGCHAIN_EXPORT=$(CURDIR)/.venvs/export python -m pytest tests/exports \
	  tests/pipelines/corpus/test_exports.py

clean:               ## remove what the path made (not .venv)
	rm -rf data models metrics/[!b]* reports work build dvc.lock
