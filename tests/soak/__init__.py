"""`make soak`: a server under mixed traffic for as long as one likes, with faults and restarts."""
