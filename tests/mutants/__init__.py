"""Client bugs: honest clients, mutants of them with one realistic bug each, and suites that are to tell."""
