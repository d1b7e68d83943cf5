"""Values and laws. Knows nothing of files, sockets, clocks or dice, and imports no other room."""
