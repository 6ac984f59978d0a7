# Every target is one line. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test coverage check style types generated wheel lab lab-report bench bench-hosts bench-internet bench-discovery bench-services bench-documents bench-reports bench-pack bench-history bench-kills docs locale clean packages
PYTHON ?= python3
BIN := .venv/bin
export PYTHON

help:  ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 20

run: .venv/installed  ## install the project and audit this machine (exit 10 and 11 are verdicts, no errors)
	@$(BIN)/audit run || [[ $$? == 1[01] ]]

test: .venv/developing .venv/peers/installed packages  ## install what the tests need and run all of them, as many at once as there are processors
	@tools/tests.sh $(BIN)/pytest

coverage: .venv/developing .venv/peers/installed packages  ## run all tests once more and count the lines that they reach (two thirds slower)
	$(BIN)/pytest --cov --cov-report=term

check: style types generated wheel  ## format, lint, types, generated files, wheel

style: .venv/developing
	$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: .venv/developing
	$(BIN)/mypy

generated: .venv/developing
	$(BIN)/python tools/references.py --check && $(BIN)/python tools/schemas.py --check && $(BIN)/python tools/messages.py --check

wheel: .venv/developing
	$(BIN)/python tools/wheel.py

lab: .venv/developing packages  ## open a shell in an example centre, with its machines if you are root
	@$(BIN)/python tests/lab/box/open_lab.py

lab-report: .venv/developing packages  ## read machines and services of the lab and hold the answers against the truth
	@$(BIN)/python tests/lab/box/box_report.py; first=$$?; $(BIN)/python tests/lab/services/service_report.py && exit $$first

bench: .venv/installed  ## measure the start-up time against `python -c pass`
	@$(BIN)/python tests/bench/startup.py

bench-hosts: .venv/developing packages  ## read 60 sshd with the tool, with ssh and, if installed, with ansible
	@$(BIN)/python tests/bench/hosts.py

bench-internet: .venv/developing packages  ## accuracy of each way to measure the Internet line, against iperf3 (root; N=rounds)
	@$(BIN)/python tests/bench/internet.py $(or $(N),1); first=$$?; $(BIN)/python tests/bench/internet_conditions.py && exit $$first

bench-discovery: .venv/developing packages  ## find 60 machines with the tool, with nmap and with arp-scan, also with lost packets (root)
	@$(BIN)/python tests/bench/discovery.py

bench-services: .venv/developing packages  ## find and identify 267 services with the tool and with nmap, also with lost packets (root)
	@$(BIN)/python tests/bench/services.py

bench-documents: .venv/developing packages  ## recognise 80 documents of several producers and print what was said for what is true
	@$(BIN)/python tests/bench/documents.py

bench-history: .venv/developing  ## list and draw 5,000 kept runs, against the import of SQLAlchemy
	@$(BIN)/python tests/bench/history.py

bench-kills: .venv/developing  ## SIGKILL at 200 random moments over run, job, sample, pack, purge and migration (N=, SEED=)
	@$(BIN)/python tests/bench/kills.py $(or $(N),200) $(SEED)

bench-reports: .venv/installed  ## render the page and the PDF of 1,000 machines: seconds and memory
	@$(BIN)/python tests/bench/reports.py

bench-pack: .venv/developing  ## pack, verify, judge and report a run of 1,000 machines, beside sha256sum
	@$(BIN)/python tests/bench/pack.py $(N)

docs: .venv/developing  ## write the JSON Schemas and the generated parts of the documentation
	$(BIN)/python tools/schemas.py && $(BIN)/python tools/references.py

locale: .venv/developing  ## collect the messages and compile the translations
	$(BIN)/python tools/messages.py

clean:  ## remove what can be made again; runs and their evidence stay
	rm -rf .venv build *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis

packages:
	@tools/packages.sh $$(sed 's/#.*//' tests/apt-packages.txt)

.venv/installed: pyproject.toml
	@echo "Cài đặt vào .venv / installing into .venv" >&2; tools/venv.sh && $(BIN)/python -m pip install -qq --editable . && touch $@

.venv/developing: .venv/installed
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1' && $(BIN)/python -m pip install -qq --group dev && touch $@

.venv/peers/installed: tests/peers.txt .venv/installed
	@$(BIN)/python -m venv --clear --without-pip .venv/peers && $(BIN)/python -m pip --python .venv/peers/bin/python install -qq --requirement tests/peers.txt && touch $@
