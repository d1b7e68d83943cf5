"""Providers, built in or from outside: whatever registers under the entry point group `mockserver.providers`."""
