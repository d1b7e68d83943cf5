"""One of several processes that serve a port: `python -m mockserver.server.worker`, started by a supervisor.

What it is to do comes on its standard input, which stays open for as long as the supervisor lives: when that ends,
however it ends, the worker finishes what is in flight and ends too. It says on a pipe that it is ready.
"""

from __future__ import annotations

import os
import pickle
import sys

from mockserver.errors import MockserverError
from mockserver.server.order import READY, Order


def main() -> int:
    """Serve until told to stop, or left alone; the exit code."""
    from mockserver.server.run import serve_here

    order: Order = pickle.load(sys.stdin.buffer)

    def announce(url: str, token: str | None) -> None:
        os.write(order.ready, READY)
        os.close(order.ready)

    try:
        return serve_here(order.settings, announce, order)
    except MockserverError as error:
        sys.stderr.write(f"mockserver: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
