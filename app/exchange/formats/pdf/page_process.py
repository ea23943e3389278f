"""The process that reads a PDF and writes its pages to standard output, in `wire`'s words.

It gets a path and the limits that it keeps. Whatever happens to it, the program that asked goes on.
"""

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from app.core.errors import FormatError
from app.exchange.extra_packages import extra_package
from app.exchange.extracted_text import storable
from app.exchange.formats.pdf.page_content import PageContent
from app.exchange.formats.pdf.process_limits import ProcessLimits
from app.exchange.formats.pdf.wire import DAMAGED, MISSING, PASSWORD, PdfAnswer, PdfFile, PdfPage, PdfRefused, encoded

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_LONGEST_LABEL = 20


def main(arguments: list[str]) -> NoReturn:
    """Write what there is to say of a file; the arguments are its path, the most pages, bytes of memory, and seconds a
    page.
    """
    path, pages, memory, seconds = arguments
    out = os.dup(1)
    os.dup2(2, 1)  # stray prints must not get among the answers

    def say(answer: PdfAnswer) -> None:
        data = encoded(answer) + b"\n"
        while data:
            data = data[os.write(out, data) :]

    _send(path, int(pages), ProcessLimits(int(memory), float(seconds)), say)
    sys.stdout.flush()
    os._exit(0)  # without a visit to PDFium's destructors


def _send(path: str, most: int, limits: ProcessLimits, say: Callable[[PdfAnswer], None]) -> None:
    try:
        pdfium: Any = extra_package("pypdfium2", extra="documents", needs="")
        c: Any = extra_package("pypdfium2.raw", extra="documents", needs="")
    except FormatError:
        say(PdfRefused(MISSING))
        return
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        say(PdfRefused(PASSWORD if error.err_code == _PASSWORD_ERROR else DAMAGED))
        return
    count = len(pdf)
    version = f"{pdfium.PYPDFIUM_INFO.tag} (PDFium {pdfium.PDFIUM_INFO.tag})"
    say(PdfFile(count, storable(str(pdf.get_metadata_value("Title"))), version))
    for number in range(min(count, most)):
        limits.next_step()
        say(_page(c, pdfium, pdf, number))


def _page(c: Any, pdfium: Any, pdf: Any, number: int) -> PdfPage:  # noqa: ANN401  the library has no types
    try:
        label = str(pdf.get_page_label(number))[:_LONGEST_LABEL]
        page = pdf[number]
        text = page.get_textpage()
    except (pdfium.PdfiumError, UnicodeDecodeError):
        return PdfPage("", [], [], 0, 0, 0)
    try:
        return PageContent(c, page.raw, text.raw).read(label if label.isprintable() else "")
    finally:
        text.close()
        page.close()
