"""`sandbox --attended` ends with whoever began it, also when that one was killed."""

import subprocess
import sys

from core.settings import ROOT


def test_it_ends_when_its_input_ends():
    command = [sys.executable, "-m", "core", "sandbox", "--port", "18741", "--days", "0", "--attended"]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None and b"18741" in child.stdout.readline()
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(60) == 0
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
