"""The fake with one bug at a time, and who finds it: our judge, and schemathesis as it comes."""
