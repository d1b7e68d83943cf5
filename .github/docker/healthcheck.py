"""Whether the server in this container is ready: exit code 0, or 1 with the reason.

Without MOCKSERVER_ADMIN_TOKEN the server has made its token up, and asks for it: that it does shows that it is up.
"""

from __future__ import annotations

import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

URL = f"http://127.0.0.1:{os.environ.get('MOCKSERVER_PORT', '4080')}/__admin/health"


def main() -> int:
    token = os.environ.get("MOCKSERVER_ADMIN_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with urlopen(Request(URL, headers=headers), timeout=2):
            return 0
    except HTTPError as error:
        if error.code == 401 and not token:
            return 0
        sys.stderr.write(f"{URL} answered {error.code}\n")
    except OSError as error:
        sys.stderr.write(f"{URL} did not answer: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
