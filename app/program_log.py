"""The rotating log of the program: projects opened, durations of jobs, errors and bugs.

Document text is never written to it: of a bug it has the error's type and traceback, and the message only of errors
raised by the operating system.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app import paths

_NAME = "stet"
_BYTES, _OLDER_FILES = 1_000_000, 3
# What may be kept of another process's output: the places of a traceback, and the kind of an error or crash.
_PLACE = re.compile(r'\s*File ".*", line \d+(, | )in |Fatal Python error: |(Current t|T)hread 0x')
_KIND = re.compile(r"[\w.]*(Error|Exception|Warning)(?=: |$)")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_file() -> Path:
    """Return the path of the log file, which may not exist yet."""
    return paths.state_dir() / "stet.log"


def start() -> logging.Logger:
    """Start logging to the file and return the program's logger. Idempotent.

    If the folder can't be written, the program runs without a log.
    """
    logger = logging.getLogger(_NAME)
    place = str(log_file())
    if any(getattr(handler, "baseFilename", None) == place for handler in logger.handlers):
        return logger
    stop()
    logger.propagate = False
    logger.setLevel(logging.INFO)
    handler: logging.Handler
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(place, maxBytes=_BYTES, backupCount=_OLDER_FILES, encoding="utf-8", delay=True)
    except OSError:
        handler = logging.NullHandler()
    # A full disk must not turn logging into an error of its own.
    logging.raiseExceptions = False
    handler.setFormatter(logging.Formatter(_FORMAT))
    logger.addHandler(handler)
    logger.info("Stet on Python %s, %s", sys.version.split()[0], sys.platform)
    return logger


def stop() -> None:
    """Close the log file."""
    logger = logging.getLogger(_NAME)
    for handler in tuple(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def bug(error: BaseException) -> Path:
    """Write a bug to the log; return the log's path."""
    start().error("%s", described(error))
    return log_file()


def note(kind: str, details: str) -> Path:
    """Write an error reported by another process, such as the worker, to the log; return the log's path."""
    start().warning("%s\n%s", kind, "\n".join(_without_words(details)))
    return log_file()


def _without_words(details: str) -> Iterator[str]:
    """Yield the lines that say where and what kind, without messages: a library may quote the document in them."""
    for line in details.splitlines():
        kind = _KIND.match(line)
        if kind is not None:
            yield kind[0]
        elif _PLACE.match(line):
            yield line.rstrip()


def described(error: BaseException) -> str:
    """Return an error's traceback and type, without anything that could be document text."""
    is_worded_by_system = isinstance(error, OSError | ImportError | RecursionError)
    # SQLite's messages may quote a query; the name of its result code, such as SQLITE_CONSTRAINT_UNIQUE, says enough.
    said = str(error) if is_worded_by_system else getattr(error, "sqlite_errorname", "")
    frames = "".join(traceback.format_tb(error.__traceback__))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    because = f"{described(cause)}\nwhich led to:\n" if cause is not None else ""
    return f"{because}{type(error).__name__}{f': {said}' if said else ''}\n{frames}".rstrip()
