# 每个目标都会自己准备好 .venv；缺了或依赖变了就（重新）安装。
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
Q ?= 小红书怎么合规地把客户引到微信？
export Q

FAULTS ?= 30

.PHONY: ask chat reindex run test tests t check lint-corpus bench soak fuzz mutants audit clean

ask: $(VENV)/.ready
	@$(BIN)/python -m bot ask -- "$$Q"

chat: $(VENV)/.ready
	@$(BIN)/python -m bot chat

reindex: $(VENV)/.ready
	@$(BIN)/python -m bot reindex

run: $(VENV)/.ready
	@$(BIN)/python -m bot run

# The types are checked beside the tests: mypy keeps one core busy for a minute, and the tests often wait.
test: $(VENV)/.ready-dev
	@$(MAKE) --no-print-directory --jobs 2 check tests

# Three processes: the tests against the Bot API server mostly wait.
# What they unpack and encode is kept between runs; `make clean` throws it away.
# One thread each for linear algebra, and no busy loops where a test asks for more: else the processes wait for one
# another and a run takes twice as long. Bytecode is kept, whatever the environment says: two hundred processes are started.
WORKERS ?= 3
SIYU_TEST_MODELS ?= $(CURDIR)/build/test-models
tests: export SIYU_TEST_MODELS := $(SIYU_TEST_MODELS)
tests: export OMP_NUM_THREADS := 1
tests: export OMP_WAIT_POLICY := passive
tests: export OPENBLAS_NUM_THREADS := 1
tests: export PYTHONDONTWRITEBYTECODE :=
tests: $(VENV)/.ready-dev
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)

# One file of tests, or one test of it: make t FILE=tests/bot/test_config.py PYTEST="-k secret"
t: $(VENV)/.ready-dev
	@test -n "$(FILE)" || { echo "请写明测试文件，例如 make t FILE=tests/bot/test_config.py"; exit 2; }
	@$(BIN)/python -m pytest $(FILE) $(PYTEST)

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The shipped articles, the glossary and the question sets: what is wrong, where, and what to do about it.
lint-corpus: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.corpus.lint

# What things cost, as ratios within one run: build/bench/. BENCH has its options, e.g. BENCH="--parts peers --rounds 3".
# What is compared with but is no part of the product has a place of its own, from which .venv is seen as well.
bench: $(VENV)/.ready-dev
	@test -e $(VENV)-bench/.ready || $(MAKE) --no-print-directory $(VENV)-bench/.ready \
	|| echo "用来比较的库装不上：略过和它们的比较"
	@if [ -e $(VENV)-bench/.ready ]; then python=$(VENV)-bench/bin/python; else python=$(BIN)/python; fi; \
	$$python -m tests.bench $(BENCH)

$(VENV)-bench/.ready: tests/bench/peers/requirements.lock
	@$(BIN)/python -m venv $(VENV)-bench
	@$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r $<
	@seen=$$($(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))"); \
	echo "import site; site.addsitedir('$$seen')" \
	> "$$($(VENV)-bench/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/siyu.pth"
	@touch $@

# Fifty people, bursts, faults and kills, against the clock: soak-report/ tells. MINUTES=10 FAULTS=1000 for the long one.
soak: MINUTES ?= 0.75
soak: $(VENV)/.ready-dev
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --faults $(FAULTS)

# Hostile inputs into every reader and parser, MINUTES for each; what fails is kept in tests/fuzz/found.
fuzz: MINUTES ?= 1
fuzz: $(VENV)/.ready-dev
	@$(BIN)/python -c "import atheris" 2>/dev/null \
	|| $(BIN)/python -m pip install --quiet --disable-pip-version-check atheris==3.0.0 \
	|| echo "atheris 装不上：只用 hypothesis"
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

# Small faults at random, one at a time: do the tests of the same folder notice? SEED=2 draws others.
mutants: COUNT ?= 200
mutants: SEED ?= 1
mutants: $(VENV)/.ready-dev
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.mutants --count $(COUNT) --seed $(SEED)

# Known weaknesses of the locked versions; pip-audit has a place of its own, since it brings versions of its own.
audit: $(VENV)-audit/bin/pip-audit
	@said="$$($< --strict --no-deps --disable-pip --progress-spinner off -r requirements.lock 2>&1)"; code=$$?; echo "$$said"; \
	if [ $$code -ne 0 ] && ! echo "$$said" | grep -q "known vulnerabilit"; then \
		echo "漏洞数据库连不上，没有查成：请在能上网的机器上再运行一次 make audit"; exit 2; \
	fi; exit $$code

$(VENV)-audit/bin/pip-audit:
	@$(PYTHON) -m venv $(VENV)-audit && $(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1 \
	|| { echo "pip-audit 装不上，没有查成：请检查网络"; exit 2; }

clean:
	rm -rf $(VENV) $(VENV)-audit $(VENV)-bench build soak-report *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@
