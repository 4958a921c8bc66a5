# make demo | lab | test | test-all | bench | site | links | clean
# Each sets up `.venv` first if it is missing or out of date. To choose a Python: make demo PYTHON=python3.12

SHELL := bash
LOCK := requirements.lock
BIN := .venv/bin
RUN := PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONWARNINGS=
BWRAP := bwrap:bubblewrap
CHROMIUM := chromium:chromium
POSTGRES := pg_ctlcluster:postgresql
NEEDS = $(BWRAP) $(CHROMIUM) $(POSTGRES)

.NOTPARALLEL:
.PHONY: demo lab test test-all lint pytest bench site links clean build data system lock FORCE

demo: NEEDS = $(BWRAP)
demo: .venv/ready system data build
	$(RUN) course demo

lab: .venv/ready data build
	$(RUN) course lab

test: SELECTED = -m "not slow"
test-all: export COURSE_SEEDS = 100
test test-all: .venv/ready system lint pytest

# Before anything is built: what is committed must be what its sources give.
lint: .venv/ready
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) codespell
	$(RUN) course build --check
	$(RUN) course lint

pytest: .venv/ready
	$(RUN) course data
	$(RUN) course build
	$(RUN) pytest -n 2 --dist loadscope $(SELECTED)

# All rows and curves take two and a half hours; make bench ROW=bootstrap runs those with that word in their names.
# Peers that cannot be installed, as kenlm without a compiler: their rows say so.
bench: .venv/ready data build
	@$(PIP) install --quiet --constraint $(LOCK) -e '.[bench]' || echo "Going on without some of the peers"
	$(RUN) python -m tests.benchmarks $(if $(ROW),"$(ROW)")
	$(if $(ROW),,$(RUN) python -m tests.benchmarks.curves)

# The website: five minutes the first time, then what has changed.
site: .venv/ready data build
	$(RUN) course site

# Links that lead elsewhere; says so where there is no network.
links: .venv/ready build
	$(RUN) course site --links

# Not `lab/`, which holds somebody's answers, nor a class: submissions, gradebook, .course.
clean:
	rm -rf .venv .venv-lock demo release dist site build *.egg-info course_utils/public_cases
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache

# What pip cannot bring, as program:package. Without it the rest still works.
system:
	@for need in $(NEEDS); do \
	  program=$${need%%:*}; package=$${need##*:}; \
	  if command -v "$$program" "$$program-browser" >/dev/null; then continue; fi; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing $$package with apt-get"; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$$package"; } >/dev/null 2>&1 || true; \
	    if command -v "$$program" >/dev/null; then continue; fi; \
	  fi; \
	  case "$$package" in \
	    (bubblewrap) without="grading runs in a weaker sandbox" ;; \
	    (postgresql) without="tests with a gradebook on a server are skipped" ;; \
	    (*) without="tests in a browser are skipped" ;; \
	  esac; \
	  echo "Without $$package $$without (Debian, Ubuntu: sudo apt-get install $$package)"; \
	done

# A machine without a network still opens the course; what needs the data says so.
data: .venv/ready
	@$(RUN) course data || echo "Going on without the data"

build: .venv/ready
	@$(RUN) course build

# PYTHON if it is given, else plain python3 if it is new enough, else one that has its version in its name.
CANDIDATES = $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11)
SEARCH = $(shell for python in $(CANDIDATES); do \
	  version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null | sed 's/^[^0-9]*//'); \
	  case "$$version" in \
	    (3.1[1-9]*|3.[2-9][0-9]*|[4-9].*) echo "found:$$python"; exit ;; \
	    ([0-9]*) old="$${old:-$$python is Python $$version}" ;; \
	  esac; \
	done; \
	echo "$${old:-there is no $(or $(PYTHON),python3)}; the course needs Python 3.11 or newer:" \
	  "install one, then run: make $(or $(MAKECMDGOALS),demo) PYTHON=python3.12")

# `.venv` is made anew for another Python, asked for by name, and when its own is gone.
STAMP = $(shell cat .venv/ready 2>/dev/null; true)
ifneq ($(PYTHON),)
ifneq ($(shell "$(PYTHON)" -V 2>/dev/null; true),$(STAMP))
.venv/ready: FORCE
endif
endif
ifeq ($(wildcard $(BIN)/python),)
.venv/ready: FORCE
endif

# pip's lines as one that counts, where there is a terminal; its warnings and errors as they are.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
COUNTED = if [ ! -t 1 ]; then cat >/dev/null; else \
	  n=0; while read -r word name _; do case "$$word" in \
	    (Collecting) n=$$((n + 1)); printf '\r%4d of %d  %-40.40s' $$n $$(grep -c == $(LOCK)) "$$name" ;; \
	    (Installing) printf '\r%-53s' '     unpacking' ;; \
	  esac; done; printf '\r%-53s\r' ''; \
	fi
MINOR := -c 'import sys; print(sys.version_info[:2])'

# The stamp is written last: a set-up that was interrupted is taken up again by the next `make`.
.venv/ready: pyproject.toml $(LOCK)
	$(eval FOUND := $(SEARCH))$(if $(filter found:%,$(FOUND)),,$(error $(FOUND)))
	$(eval CHOSEN := "$(subst found:,,$(FOUND))")
	@$(PIP) -V >/dev/null 2>&1 && test "$$($(BIN)/python $(MINOR))" = "$$($(CHOSEN) $(MINOR))" \
	  || $(CHOSEN) -m venv --clear .venv
	@echo "Installing the packages of $(LOCK): a few minutes the first time"
	@if [ -t 1 ]; then how=; else how=--quiet; fi; \
	$(PIP) install $$how "$$(grep '^torch==' $(LOCK))"
	@set -o pipefail; $(PIP) install -r $(LOCK) | { $(COUNTED); }
	@$(PIP) install --quiet --no-deps -e .
	@$(BIN)/python -V > $@

# sandlock exists for these only, and pip freeze forgets that.
LINUX := sys_platform == 'linux' and platform_machine in 'x86_64 aarch64'
LINUX_X86 := sys_platform == 'linux' and platform_machine == 'x86_64'

# New pins. To move torch, change its line in requirements.lock first.
lock:
	rm -rf .venv-lock
	$(or $(PYTHON),python3.11) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet "$$(grep '^torch==' requirements.lock)"
	.venv-lock/bin/pip install --quiet -e '.[dev]'
	set -o pipefail; { grep -E '^(#|torch==)' requirements.lock; \
	  .venv-lock/bin/pip freeze --all --exclude pip --exclude-editable | grep -v '^torch==' \
	  | sed "/^sandlock==/s/$$/ ; $(LINUX)/; /^atheris==/s/$$/ ; $(LINUX_X86)/"; } > .venv-lock/pins
	mv .venv-lock/pins requirements.lock
	rm -rf .venv-lock
