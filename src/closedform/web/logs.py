"""The log on standard error: a line of JSON for each thing said, whoever says it."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

LONGEST = 4000
"""Characters of a text in a line."""


class Lines(logging.Formatter):
    """A record as one line: when, how grave, who says it, and the members of what is said.

    >>> said = logging.LogRecord("closedform.web", logging.INFO, "", 0, {"status": 200}, (), None)
    >>> sorted(json.loads(Lines().format(said)))
    ['by', 'level', 'status', 'time']
    """

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = dict(record.msg) if isinstance(record.msg, dict) else {"message": record.getMessage()[:LONGEST].strip()}
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)[-LONGEST:]
        line = {"time": when, "level": record.levelname.lower(), "by": record.name, **said}
        return json.dumps(line, ensure_ascii=False)


def begin(stream: TextIO = sys.stderr) -> None:
    """Everything that is logged, and every warning, goes to this stream as such lines."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for loud in ("uvicorn", "uvicorn.error", "asyncio"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    logging.captureWarnings(True)
