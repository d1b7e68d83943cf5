"""Suites of tests for clients. Each is a folder of pytest files; `tests/mutants` runs them over every mutant."""
