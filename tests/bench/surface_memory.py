"""`python -m tests.bench.surface_memory surface|editor LENGTH MARKS`: by how many MB this process grows over a text."""

import gc
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(kind: str, length: int, marks: int) -> None:
    """Show a text with marks and say by how much the memory in use grew."""
    from PySide6.QtWidgets import QApplication, QTextEdit

    from app.core.document import Document
    from app.core.scheme_file import parse_scheme
    from app.core.state import DocumentState
    from app.ui.editor.highlights import AnnotationHighlights
    from tests.bench.real_window import evenly_marked, repeated, scheme_text
    from tests.bench.surface_baselines import editor, fill
    from tests.bench.surface_canvas import bare_canvas

    application = QApplication([])
    text = repeated(length)
    annotations = evenly_marked(text, marks)
    scheme = parse_scheme(scheme_text())
    shown = bare_canvas() if kind == "surface" else editor(QTextEdit)
    gc.collect()
    before = _resident()
    if isinstance(shown, QTextEdit):
        fill(shown, text, annotations)
    else:
        document = Document(uid="d", name="d", text=text, sha256="")
        state = DocumentState.of(document, annotator="bench", annotations=annotations)
        shown.show_text(text, AnnotationHighlights(state, scheme, corrections=True))  # pyright: ignore
        shown.viewport().repaint()
        application.processEvents()
        shown.text_layout.blocks.grow(length)  # what follows while somebody reads counts too
        shown.text_layout.estimate()
    gc.collect()
    print(json.dumps({"grown": (_resident() - before) / 1e6}))


def _resident() -> int:
    """Return the bytes that this process holds; its peak where the system doesn't tell the present number."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
