# The commands of this repository. Each is a script of the same name in scripts/.

.PHONY: help setup demo test check bench bench-ear dev

help:
	@echo "make demo    set up what is missing, and talk to the corner shop"
	@echo "make test    set up what is missing, then every check and every test"
	@echo "make check   the checks alone: lint, format, types, import rules, generated files"
	@echo "make bench-ear  what a caller hears, beside livekit-agents and Pipecat: about half an hour"
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

bench-ear:
	@scripts/setup --for-calls
	@scripts/peers
	@$$(nice -n -10 true 2> /dev/null && echo nice -n -10) .venv/bin/python benchmarks/ear.py

dev: setup
	@echo "Ready. Enter the environment with:  . .venv/bin/activate"
	@echo "Then: tollfree --help, pytest tests/flows, scripts/check"
