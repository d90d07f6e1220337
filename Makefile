# Three commands do everything on a machine with Python, make and git:
#   make paper    set up, then build every paper of paper_examples/ (figures, PDF, PyTorch modules)
#   make test     set up, then run every check and test
#   make docs     set up, then build the documentation: a page for each spec and each operation
# All may be repeated: what is done is not done again.

PYTHON ?= python3
JOBS ?= 2

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

venv := .venv
python := $(venv)/bin/python
ncd := $(venv)/bin/ncd-tikz
constraints := constraints.txt

export DEBIAN_FRONTEND := noninteractive
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests and papers start hundreds of processes, which start sooner where modules are kept compiled.
unexport PYTHONDONTWRITEBYTECODE

tex_for_papers := texlive-latex-base texlive-pictures texlive-latex-recommended texlive-latex-extra \
	texlive-fonts-recommended latexmk lmodern cm-super poppler-utils
tex_for_tests := $(tex_for_papers) texlive-xetex latexml ghostscript

.PHONY: help
help: ## say what there is to make
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1 \t\2/p' $(MAKEFILE_LIST) | expand -t 18

# --- the environment -----------------------------------------------------------------------------

# $(call apt,PACKAGES): install them where that is allowed, quietly; fails where it is not.
define apt
as_root=""
if [ "$$(id -u)" != 0 ]; then
	if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="false"; fi
fi
command -v apt-get >/dev/null || as_root="false"
install_packages() { $$as_root apt-get update -qq && $$as_root apt-get install -y -qq --no-install-recommends $(1) >/dev/null; }
endef

$(venv)/pyvenv.cfg:
	@$(call apt,python3-venv)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
		echo "Python 3.10 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Another one: make PYTHON=python3.12 ..." >&2; exit 3; }
	if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then
		echo "installing python3-venv" >&2
		install_packages || { echo "Python cannot make virtual environments here. Run: sudo apt-get install python3-venv" >&2; exit 3; }
	fi
	$(PYTHON) -m venv $(venv)

# The stamps hold what was installed when; a changed pyproject.toml or constraints.txt installs again.
$(venv)/.paper-stamp: $(venv)/pyvenv.cfg pyproject.toml $(constraints)
	@echo "installing ncd-tikz with torch into $(venv)" >&2
	$(python) -m pip install --quiet --constraint $(constraints) --editable '.[torch]'
	touch $@

$(venv)/.test-stamp: $(venv)/pyvenv.cfg pyproject.toml $(constraints)
	@echo "installing ncd-tikz with torch and the tools of its tests into $(venv)" >&2
	$(python) -m pip install --quiet --constraint $(constraints) --editable '.[torch,dev,docs,real]'
	touch $@ $(venv)/.paper-stamp $(venv)/.docs-stamp

$(venv)/.docs-stamp: $(venv)/pyvenv.cfg pyproject.toml $(constraints)
	@echo "installing ncd-tikz with torch and the tools of its documentation into $(venv)" >&2
	$(python) -m pip install --quiet --constraint $(constraints) --editable '.[torch,docs,real]'
	touch $@ $(venv)/.paper-stamp

# $(call have,COMMANDS): whether all of them are here, with what the figures need of TeX.
define have
have() {
	for each in $(1); do command -v $$each >/dev/null || return 1; done
	for each in tikz.sty standalone.cls lmodern.sty sfrm1000.pfb; do kpsewhich $$each >/dev/null || return 1; done
}
endef

.PHONY: tex test-tex
tex:
	@$(call apt,$(tex_for_papers))
	$(call have,pdflatex latexmk pdftoppm kpsewhich)
	have && exit 0
	echo "installing TeX Live (a few minutes)" >&2
	install_packages && have || echo "TeX Live cannot be installed here: figures come as TikZ and SVG, papers are not set." >&2

test-tex:
	@$(call apt,$(tex_for_tests))
	$(call have,pdflatex latexmk pdftoppm kpsewhich xelatex dvips latexml gs)
	have && exit 0
	echo "installing TeX Live and LaTeXML (a few minutes)" >&2
	install_packages && have || echo "TeX Live cannot be installed here: tests that need it are skipped." >&2

.PHONY: browser
browser:
	@$(call apt,chromium fonts-dejavu-core)
	have() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
	have >/dev/null && exit 0
	echo "installing Chromium, which reads the documentation in its tests" >&2
	install_packages && have >/dev/null || echo "Chromium cannot be installed here: tests that need it are skipped." >&2

# --- the main job --------------------------------------------------------------------------------

.PHONY: paper
paper: $(venv)/.paper-stamp tex ## build every paper of paper_examples/: figures, PDF and PyTorch modules
	@for paper in paper_examples/*/Makefile; do
		$(MAKE) -C "$$(dirname "$$paper")" NCD="$(abspath $(ncd))"
	done
	command -v pdflatex >/dev/null && command -v latexmk >/dev/null || {
		echo "What is missing for the PDF:" >&2; $(ncd) doctor >&2 || true; }

.PHONY: docs
docs: $(venv)/.docs-stamp ## build the documentation with its gallery, a static site, into build/site
	@$(python) -m tools.gallery --output build/site --jobs $(JOBS)

# --- checks --------------------------------------------------------------------------------------

.PHONY: test
test: $(venv)/.test-stamp test-tex browser lint ## run every check and test
	$(python) -m pytest -q -n $(JOBS) --dist worksteal

.PHONY: quick
quick: $(venv)/.test-stamp ## run the tests that take less than a minute
	$(python) -m pytest -q -n $(JOBS) -m "not slow"

.PHONY: lint
lint: $(venv)/.test-stamp ## ruff, and mypy --strict
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy

.PHONY: faults
faults: $(venv)/.test-stamp ## try generated faults against check; writes docs/faults.md (minutes)
	@$(python) -m tests.faults --jobs $(JOBS)

.PHONY: bench
bench: $(venv)/.test-stamp build/discopy/.stamp ## measure speed and memory beside the targets
	$(python) -m benchmarks --discopy build/discopy/bin/python

build/discopy/.stamp:
	@echo "installing DisCoPy, to compare with, into build/discopy" >&2
	mkdir -p build
	$(PYTHON) -m venv build/discopy
	build/discopy/bin/python -m pip install --quiet discopy
	touch $@

.PHONY: figures
figures: $(venv)/.paper-stamp tex ## draw every shipped spec as PNG and SVG into build/figures
	$(ncd) draw specs/*.yaml --format png,svg --output build/figures

.PHONY: clean
clean: ## remove what was built (the environment stays)
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	for paper in paper_examples/*/Makefile; do [ ! -e "$$paper" ] || $(MAKE) -C "$$(dirname "$$paper")" clean; done
	find . -name __pycache__ -type d -not -path './$(venv)/*' -prune -exec rm -rf {} +
