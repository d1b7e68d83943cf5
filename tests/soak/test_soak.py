from __future__ import annotations

import subprocess
import sys


def test_a_short_soak_finds_nothing_wrong() -> None:
    words = [sys.executable, "-m", "tests.soak", "--minutes", "0.05", "--restart-every", "0", "--clients", "2"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 restarts, 0 lost to them" in done.stdout


def test_what_the_server_refuses_to_start_with_is_told() -> None:
    words = [sys.executable, "-m", "tests.soak", "--minutes", "0.01", "--", "--port", "x"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "expected a whole number" in done.stderr
