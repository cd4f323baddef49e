# The commands of this repository. Each is a script of the same name in scripts/.

.PHONY: help setup demo test check bench dev

help:
	@echo "make demo    set up what is missing, and talk to the corner shop"
	@echo "make test    set up what is missing, then every check and every test"
	@echo "make check   the checks alone: lint, format, types, import rules, generated files"
	@echo "make bench   every benchmark in turn"
	@echo "make dev     set up what is missing, and say how to go on"

setup:
	@scripts/setup

demo:
	@scripts/demo

test:
	@scripts/test

check: setup
	@scripts/check

bench:
	@scripts/bench

dev: setup
	@echo "Ready. Enter the environment with:  . .venv/bin/activate"
	@echo "Then: tollfree --help, pytest tests/flows, scripts/check"
