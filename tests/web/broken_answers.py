"""A computing process for tests, which can be told to end, to hang, or to take too much memory."""

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

from closedform.web.worker import run


def respond(text: str) -> tuple[str, bool]:
    if "end here" in text:
        os._exit(3)
    if "sleep on" in text:
        time.sleep(60)
    if "hold all" in text:
        ctypes.PyDLL(None).sleep(60)  # keeps the interpreter: no signal of Python's is heard
    if "take memory" in text:
        try:
            return str(len(bytearray(3 << 30))), True
        except MemoryError:
            return '{"memory": "refused"}', False
    if "start another" in text:
        other = subprocess.Popen(["sleep", "60"])
        Path(text.rpartition(" ")[2]).write_text(str(other.pid))
        ctypes.PyDLL(None).sleep(60)
    if "say who" in text:
        return str(os.getpid()), True
    print("this goes to standard error")
    return '{"answer": 1}', True


if __name__ == "__main__":
    run(respond)
    sys.exit(0)
