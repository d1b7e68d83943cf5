"""Plain examples, as a careful engineer writes them who has a base URL and a key, and nothing else of a mock."""
