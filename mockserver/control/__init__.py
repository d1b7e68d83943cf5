"""The control API: how a test takes the wheel of a running server. Knows nothing of sockets."""
