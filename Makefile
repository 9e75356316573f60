# Kurv. `make order` runs one whole spoken order, `make test` passes the tests; both begin with setup.

VENV := .venv
KURV := $(VENV)/bin/kurv
UV := $(shell command -v uv 2>/dev/null || echo .kurv/uv/bin/uv)
export UV_PYTHON_DOWNLOADS := never
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3

# What the trained bot and the speech graph are made of: a change of these builds them again.
BOT_INPUTS := config.yml domain.yml $(shell find nlu_data bot/nlu bot/ordering -name '*.yml' -o -name '*.py')
SPEECH_INPUTS := bot/speech_phrases.py $(shell find bot/data audio/speech_model audio/models -type f -not -name '*.pyc')

.PHONY: setup order chat serve test test-training lint clean

setup: .kurv/trained .kurv/graph

$(UV):
	@echo "== Fetching uv with pip"
	python3 -m pip install --quiet --disable-pip-version-check --target .kurv/uv uv

$(VENV)/installed: requirements.lock pyproject.toml .python-version | $(UV)
	@echo "== Installing Python 3.10 packages from requirements.lock (about 190, 3 GB)"
	test -x $(VENV)/bin/python || $(UV) venv --quiet $(VENV)
	$(UV) pip sync --quiet --python $(VENV)/bin/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

.kurv/trained: $(VENV)/installed $(BOT_INPUTS)
	@echo "== Training the bot (about a minute, only when something changed)"
	$(KURV) train
	@touch $@

.kurv/graph: $(VENV)/installed $(SPEECH_INPUTS)
	@echo "== Building the speech graph from the catalogue (under a minute)"
	$(KURV) speech build
	@touch $@

order: setup
	@echo "== One spoken order, by somebody new: what a person has bought before would decide"
	$(KURV) order --script bot/data/demo_order.txt --recipient demo-$$(date +%s)

chat: setup
	$(KURV) chat

serve: setup
	@echo "== Kurv as services, with made-up recipients and a week of orders; $(KURV) serve is the real thing"
	$(KURV) serve --demo

lint: $(VENV)/installed
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check --quiet .
	$(VENV)/bin/mypy bot/ordering bot/service bot/striking bot/dictionary.py audio

test: setup lint
	@# Three at a time (some wait for processes), but for real callers, browsers and clocks: those want the machine to themselves.
	$(VENV)/bin/pytest --numprocesses 3 --dist loadscope -m "not alone" --ignore tests/training
	$(VENV)/bin/pytest -m alone tests/end_to_end

# What needs PyTorch (`pip install 'kurv[train]'`), which nothing else does and no fresh machine has.
test-training:
	$(VENV)/bin/pytest tests/training

clean:
	rm -rf .kurv .rasa models $(VENV)
