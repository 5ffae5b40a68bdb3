# Each recipe is one command, `python -m labreport …` or a standard tool: without make, type it (see README.md).

LAB = backprop
PROFILE =
AUTHOR =
STUDENT_ID =
PYTHON = python3

BIN = .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
CHECK = import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; $(PYTHON) is %d.%d.%d. \
	Name another one: make report PYTHON=python3.12" % sys.version_info[:3])

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: help report submit verify reproduce edit doctor test bench clean clean-cache

help: ## Show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# The name goes by the environment, not through a shell: it may hold quotes, $ and Chinese.
report submit: export LABKIT_AUTHOR = $(value AUTHOR)
report submit: export LABKIT_STUDENT_ID = $(value STUDENT_ID)
report: .venv/installed ## Run the lab, write HTML and PDF (LAB=… PROFILE=quick AUTHOR="…" STUDENT_ID=…)
	@$(BIN)/python -m labreport report "$(LAB)" --profile "$(PROFILE)"

submit: .venv/installed ## Check the report, write the zip and PDF to hand in (LAB=… AUTHOR="…" STUDENT_ID=…)
	@$(BIN)/python -m labreport submit "$(LAB)"

verify: export BUNDLE_PATH = $(value BUNDLE)
verify: .venv/installed ## Check what was handed in: train and run it again, and compare (BUNDLE=zip or folder)
	@$(BIN)/python -m labreport verify "$$BUNDLE_PATH"

reproduce: .venv/installed ## Build the labs of the five reports R0 to R4 and the ledger of their claims
	@$(BIN)/python -m labreport reproduce --profile "$(PROFILE)"

edit: .venv/installed ## Open the notebooks in JupyterLab
	@$(BIN)/python -m labreport edit

doctor: .venv/installed ## Try everything a report needs, and say how to mend what is wrong
	@$(BIN)/python -m labreport doctor

test: .venv/dev ## Check style and notebooks, run the tests
	@$(BIN)/python -m pytest

bench: .venv/bench ## Measure labkit against PyTorch, JAX, scikit-learn and a plain loop (about 10 minutes)
	@$(BIN)/python -m benchmarks

clean: ## Remove the reports; trained studies stay in the cache
	rm -rf reports/*/

clean-cache: ## Remove the trained studies, so that the next report trains again
	rm -rf .cache/labkit

.venv/pyvenv.cfg: requirements.txt
	@$(PYTHON) -c '$(CHECK)' && $(PYTHON) -m venv --clear .venv

.venv/installed: .venv/pyvenv.cfg
	@echo "Installing the packages of requirements.txt into .venv, once (about a minute) …" && $(PIP) -r requirements.txt -e . && touch $@

.venv/dev: requirements-dev.txt .venv/installed
	@echo "Installing the packages of requirements-dev.txt …" && $(PIP) -r requirements-dev.txt && touch $@

.venv/bench: benchmarks/requirements.txt .venv/installed
	@echo "Installing the packages of benchmarks/requirements.txt …" && $(PIP) -r benchmarks/requirements.txt && touch $@
