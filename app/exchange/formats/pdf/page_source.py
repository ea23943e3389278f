"""The pages of a PDF, from the process that reads it. Whatever is wrong with a file, here it is a FormatError."""

import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from app.core.child_process import python_command
from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import FormatError
from app.exchange.formats.pdf import PDF_FLAG
from app.exchange.formats.pdf.process_limits import TOO_MUCH_MEMORY, TOO_MUCH_TIME
from app.exchange.formats.pdf.wire import DAMAGED, MISSING, PASSWORD, PdfAnswer, PdfFile, PdfPage, PdfRefused, answers

MOST_PAGES = 10_000
_PATIENCE_S = 5.0  # until a process that has closed its output is gone
_LONGEST_ANSWER = 64 * 1024 * 1024
_MODULE = "app.exchange.formats.pdf.page_process"
_PRINT_IT = "open it in another program, print it into a new PDF, and import that"

_REFUSALS = {
    PASSWORD: ("the PDF is locked with a password", "open it with the password, print it into a new PDF, import that"),
    DAMAGED: ("this isn't a PDF, or it is damaged", "get it again from where it came from"),
    MISSING: ("PDF needs the package pypdfium2", "install it: pip install 'stet-workbench[documents]'"),
}
_ENDS = {
    TOO_MUCH_MEMORY: "takes more memory than any page should",
    TOO_MUCH_TIME: "takes longer to read than any page should",
}


class PageLimits(NamedTuple):
    """What the reading of a PDF may take: pages, bytes of memory, and seconds a page."""

    pages: int = MOST_PAGES
    memory: int = 1024**3
    seconds: float = 60.0


class PdfPages(NamedTuple):
    """A PDF: what it says of itself, and its pages."""

    file: PdfFile
    pages: list[PdfPage]


def pdf_pages(path: Path, limits: PageLimits | None = None) -> PdfPages:
    """Return the pages of a PDF. Raises FormatError if it can't be read, is locked, or goes beyond the limits."""
    limits = limits or PageLimits()
    with _process(path, limits) as (answered, process):
        file = _answer(answered, process, "it")
        if isinstance(file, PdfRefused):
            what, hint = _REFUSALS[file.why]
            raise FormatError(what, hint=hint)
        if not isinstance(file, PdfFile):
            raise _broken("it", process)
        if file.pages > limits.pages:
            what = f"the PDF has {file.pages:,} pages; {limits.pages:,} at most are read"
            raise FormatError(what, hint="split it into several files")
        pages: list[PdfPage] = []
        for number in range(1, file.pages + 1):
            page = _answer(answered, process, f"page {number:,}")
            if not isinstance(page, PdfPage):
                raise _broken(f"page {number:,}", process)
            pages.append(page)
    return PdfPages(file, pages)


@contextmanager
def _process(path: Path, limits: PageLimits) -> Generator[tuple[IO[bytes], "subprocess.Popen[bytes]"]]:
    arguments = (str(path), str(limits.pages), str(limits.memory), str(limits.seconds))
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                python_command(PDF_FLAG, _MODULE, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            what = f"the process that reads PDFs can't be started: {error.strerror}"
            raise FormatError(what, hint="close other programs, and try again") from error
        try:
            assert process.stdout is not None
            yield process.stdout, process
        finally:
            process.kill()
            process.communicate()


def _answer(answered: IO[bytes], process: "subprocess.Popen[bytes]", which: str) -> PdfAnswer:
    line = answered.readline(_LONGEST_ANSWER)
    if not line.endswith(b"\n"):
        raise _broken(which, process)
    try:
        return answers.decode(line)
    except DECODE_FAULTS as error:
        raise _broken(which, process) from error


def _broken(which: str, process: "subprocess.Popen[bytes]") -> FormatError:
    """Return why the process gave no answer."""
    try:
        code = process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    why = _ENDS.get(code, "can't be read: something in it breaks the program that reads PDFs")
    return FormatError(f"{which} {why}", hint=_PRINT_IT)
