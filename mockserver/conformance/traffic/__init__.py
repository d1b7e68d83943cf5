"""Recorded traffic: read from what tools write down, one exchange at a time, and judged without a server."""
