"""Suites of tests for clients. Each is a folder of pytest files; `tests/mutants` runs them over every mutant.

A suite is `test_livepeer*.py` and `test_restream*.py` in a folder that `runner.SUITES` names. Its tests ask for the
fixtures `livepeer_client` and `restream_client`, the classes to judge: honest under plain pytest, with a bug under
`make mutants`. What they run against they start themselves, or the suite names a host.
"""
