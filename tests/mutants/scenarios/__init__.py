"""One short exchange for each bug, in which it shows: the honest client comes through, the mutant does not."""
