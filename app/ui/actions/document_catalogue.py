"""The actions about documents as such: those selected in the list, or the open one."""

from app.ui.actions.spec import ActionSpec, Context

W = Context.WINDOW

ON_DOCUMENTS: tuple[ActionSpec, ...] = (
    ActionSpec("document.flag", "Flag document…", "Document", ("Ctrl+Alt+F",), W, tip="Ask the lead, and say why"),
    ActionSpec("document.note", "Note on document…", "Document", ("Ctrl+Alt+N",), W),
    ActionSpec("document.answer", "Answer flags", "Document", (), W, tip="Takes away everyone’s flags of the document"),
    ActionSpec(
        "document.properties",
        "Document properties…",
        "Document",
        ("Alt+Return", "Alt+Enter"),
        W,
        tip="Name, metadata, size",
    ),
    ActionSpec("document.rename", "Rename document…", "Document", ("Ctrl+Alt+R",), W),
    ActionSpec(
        "document.remove",
        "Remove documents…",
        "Document",
        ("Ctrl+Shift+Del",),
        W,
        tip="The open or the selected ones; can be undone",
    ),
    ActionSpec(
        "document.status",
        "Set status of documents…",
        "Document",
        ("Ctrl+Alt+S",),
        W,
        tip="Of the open or the selected ones",
    ),
    ActionSpec(
        "document.describe",
        "Set metadata of documents…",
        "Document",
        ("Ctrl+Alt+D",),
        W,
        tip="One key of the open or the selected ones",
    ),
    ActionSpec(
        "document.corrected",
        "Show corrected text…",
        "Document",
        ("Shift+F7",),
        W,
        tip="Beside the text as it is, with the words that differ",
    ),
    ActionSpec("document.assign", "Assign selected documents…", "Document", ("Ctrl+Alt+A",), W),
    ActionSpec("document.export", "Export selected documents…", "Document", ("Ctrl+Alt+E",), W),
)
