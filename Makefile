# Each recipe is one command, `python -m labreport …` or a standard tool: without make, type it (see README.md).
# A value may come from the line, `make report AUTHOR="…"`, or from the environment, `AUTHOR="…" make report`.

LAB ?= backprop
PROFILE ?=
AUTHOR ?=
STUDENT_ID ?=
BUNDLE ?=
NOTEBOOK ?=
PYTHON ?= python3

BIN = .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
TARGETS = help report open edit preview submit starter verify reproduce doctor test bench clean clean-cache
VALUES = LAB PROFILE AUTHOR STUDENT_ID NOTEBOOK BUNDLE PYTHON

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.PHONY: $(TARGETS)

# The value of a variable as one word for the shell, whatever is in it: quotes, $ and Chinese.
quoted = '$(subst ','\'',$(value $(1)))'

# What `make Report`, `make reports`, `make pdf` and `make report Lab=r2` are answered with.
NEAREST = import difflib, sys; given, *known = sys.argv[1:]; \
	meant = {name.lower(): name for name in known} | dict.fromkeys(["pdf", "html", "all"], "report"); \
	print(*(meant[name] for name in difflib.get_close_matches(given.lower(), meant, 1)))
nearest = $(shell $(PYTHON) -c '$(NEAREST)' $(call quoted,given) $(1) 2> /dev/null)
given := $(firstword $(filter-out $(TARGETS) .venv/%,$(MAKECMDGOALS)))
ifneq ($(given),)
$(error there is no `make $(given)`$(patsubst %,: did you mean `make %`?,$(call nearest,$(TARGETS))) (`make` lists what there is))
endif
typed := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
given := $(firstword $(filter-out $(VALUES) LABKIT_% PIP_% PYTEST_% MAKE% SHELL,$(typed)))
ifneq ($(given),)
$(error there is no value $(given)=…$(patsubst %,: did you mean %=…?,$(call nearest,$(VALUES))) (there are $(VALUES)))
endif

help: ## Show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

report submit: export LABKIT_AUTHOR := $(or $(value AUTHOR),$(value LABKIT_AUTHOR))
report submit: export LABKIT_STUDENT_ID := $(or $(value STUDENT_ID),$(value LABKIT_STUDENT_ID))
report: .venv/installed ## Run the lab, write HTML and PDF (LAB=… PROFILE=quick AUTHOR="…" STUDENT_ID=…)
	@$(BIN)/python -m labreport report $(call quoted,LAB) --profile $(call quoted,PROFILE)

open: .venv/installed ## Show the report in the browser (LAB=…)
	@$(BIN)/python -m labreport open $(call quoted,LAB)

edit: .venv/installed ## Open the notebooks in JupyterLab
	@$(BIN)/python -m labreport edit

preview: .venv/installed ## Keep one chapter open in the browser while you edit it (LAB=… NOTEBOOK=02 PROFILE=quick)
	@$(BIN)/python -m labreport preview $(call quoted,LAB) $(if $(value NOTEBOOK),$(call quoted,NOTEBOOK)) --profile $(call quoted,PROFILE)

submit: .venv/installed ## Check the report, write the zip and PDF to hand in (LAB=… AUTHOR="…" STUDENT_ID=…)
	@$(BIN)/python -m labreport submit $(call quoted,LAB)

starter: .venv/installed ## Write the project as students get it, without solutions (LAB=…)
	@$(BIN)/python -m labreport starter $(call quoted,LAB)

verify: .venv/installed ## Check what was handed in: train and run it again, and compare (BUNDLE=zip or folder)
	@$(BIN)/python -m labreport verify $(call quoted,BUNDLE)

reproduce: .venv/installed ## Build the labs of the five reports R0 to R4 and the ledger of their claims
	@$(BIN)/python -m labreport reproduce --profile $(call quoted,PROFILE)

doctor: python = $(if $(wildcard .venv/pyvenv.cfg),$(BIN)/python,$(PYTHON))
doctor: ## Try everything a report needs, installed or not, and say how to mend what is wrong
	@$(call check_version,$(python),Name another one) && $(python) -m labreport doctor

test: .venv/dev ## Check style and notebooks, run the tests
	@$(BIN)/python -m pytest -n logical --dist loadfile --no-loadscope-reorder

bench: .venv/bench ## Measure labkit against PyTorch, JAX, scikit-learn and a plain loop (about 10 minutes)
	@$(BIN)/python -m benchmarks

clean: ## Remove the reports; trained networks stay in the cache, and what `lab study` trained in reports/studies
	rm -rf $(filter-out reports/studies/,$(wildcard reports/*/)) reports/index.html reports/build.json

clean-cache: ## Remove the trained studies, so that the next report trains again
	rm -rf .cache/labkit

# An environment that is there is never cleared: what changed is installed into it, beside all else that it holds.
.venv/pyvenv.cfg:
	@$(call check_version,$(PYTHON),Name another one) && $(PYTHON) -m venv .venv

.venv/installed: requirements.txt pyproject.toml | .venv/pyvenv.cfg
	@$(call check_version,$(BIN)/python,Move .venv away and name another one) && $(call install,$<)

.venv/dev: requirements-dev.txt .venv/installed
	@$(call install,$<)

.venv/bench: benchmarks/requirements.txt .venv/installed
	@$(call install,$<)

.venv/dask .venv/optuna: .venv/%: requirements-%.txt .venv/installed
	@$(call install,$<)

install = $(BIN)/python -m labreport.doctor.install $(1) $@
check_version = $(1) -c 'import re, sys; \
	oldest = re.search(rb"requires-python = .>=([\d.]+)", open("pyproject.toml", "rb").read()).group(1).decode(); \
	sys.version_info >= tuple(map(int, oldest.split("."))) or sys.exit("Python %s or newer is needed; $(1) is %s. \
	$(2): make report PYTHON=python3.12" % (oldest, ".".join(map(str, sys.version_info[:3]))))'
