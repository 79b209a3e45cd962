# 每个目标都会自己准备好 .venv；缺了或依赖变了就（重新）安装。
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
Q ?= 小红书怎么合规地把客户引到微信？
export Q

.PHONY: ask chat reindex run test lint bench fuzz audit clean

ask: $(VENV)/.ready
	@$(BIN)/python -m bot ask -- "$$Q"

chat: $(VENV)/.ready
	@$(BIN)/python -m bot chat

reindex: $(VENV)/.ready
	@$(BIN)/python -m bot reindex

run: $(VENV)/.ready
	@$(BIN)/python -m bot run

# Two processes side by side: the tests against the Bot API server mostly wait, the others keep a core busy.
test: lint
	@$(BIN)/python -m pytest -m "telegram and not model" $(PYTEST) & telegram=$$!; \
	$(BIN)/python -m pytest -m "not telegram or model" $(PYTEST); others=$$?; \
	wait $$telegram && exit $$others

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.ready-dev
	$(BIN)/python -m tests.bench

# Hostile inputs into every reader and parser, MINUTES for each; what fails is kept in tests/fuzz/found.
MINUTES ?= 1
fuzz: $(VENV)/.ready-dev
	@$(BIN)/python -c "import atheris" 2>/dev/null \
	|| $(BIN)/python -m pip install --quiet --disable-pip-version-check atheris==3.0.0 \
	|| echo "atheris 装不上：只用 hypothesis"
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
