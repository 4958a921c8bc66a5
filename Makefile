# make demo | lab | test | test-all | clean
# Each command sets up `.venv` first if it is missing or out of date. To choose a Python: make PYTHON=python3.12 demo

PYTHON ?= python3
BIN := .venv/bin
RUN := PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONWARNINGS=

.PHONY: demo lab test test-all lock clean system data

demo: .venv/ready system data
	$(RUN) course demo

lab: .venv/ready data
	$(RUN) course lab

test: .venv/ready system data
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) course build --check
	$(RUN) pytest -n 2 --dist loadscope -m "not slow"

test-all: .venv/ready system data
	$(RUN) pytest -n 2 --dist loadscope

data:
	@$(RUN) course data

# The stamp is written last: an interrupted set-up is taken up again by the next `make`.
.venv/ready: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "make: %s is Python %d.%d; at least 3.11 is needed: make PYTHON=python3.12 %s" % (sys.executable, v[0], v[1], "$(MAKECMDGOALS)"))'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the packages of requirements.lock (a few minutes the first time)"
	$(BIN)/python -m pip install --quiet "$$(grep '^torch==' requirements.lock)"
	$(BIN)/python -m pip install --quiet --progress-bar on -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps -e .
	$(RUN) course build
	@touch $@

# What pip cannot bring: the sandbox and the browser of the tests.
system:
	@for need in bwrap:bubblewrap chromium:chromium; do \
	  program=$${need%%:*}; package=$${need##*:}; \
	  if command -v $$program >/dev/null 2>&1; then continue; fi; \
	  if command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then \
	    echo "Installing Debian's $$package"; \
	    apt-get update -qq >/dev/null 2>&1; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$package >/dev/null || true; \
	  else \
	    echo "$$package is missing: what needs it is weaker or skipped (Debian, Ubuntu: sudo apt-get install $$package)"; \
	  fi; \
	done

# New pins, from a clean environment with this Python.
lock:
	rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet "$$(grep '^torch==' requirements.lock)"
	.venv-lock/bin/pip install --quiet ".[dev]"
	(grep '^#\|^torch==' requirements.lock; .venv-lock/bin/pip freeze --exclude chatgpt-course | grep -v '^torch==') > requirements.new
	mv requirements.new requirements.lock && rm -rf .venv-lock

clean:
	rm -rf .venv demo lab release dist
