"""Honest small clients of both providers, written as for production. They know nothing of mockserver."""
