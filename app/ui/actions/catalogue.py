"""The catalogue of actions. Titles here are shown on the shortcuts page, in the palette and in the settings file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.ui.actions.document_catalogue import ON_DOCUMENTS
from app.ui.actions.review_catalogue import REVIEW_ACTIONS
from app.ui.actions.shaping_catalogue import SHAPING
from app.ui.actions.spec import ActionSpec, Context, Needs

if TYPE_CHECKING:  # importing it at run time would slow the start by 20 ms, and only type annotations need it here
    from app.core.scheme import Layer, Scheme


W, T = Context.WINDOW, Context.TEXT

# The types of relation are the scheme's; these are for all of them.
RELATIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "relations.go",
        "Go to the other end of a relation",
        "Relation",
        ("Alt+O",),
        W,
        Needs.ANNOTATION,
        "Of the selected mark; a list where it has several",
    ),
    ActionSpec(
        "relations.edit",
        "Edit the mark’s relations",
        "Relation",
        ("Alt+Shift+R",),
        W,
        Needs.ANNOTATION,
        "In the list beside the text",
    ),
    ActionSpec(
        "relations.all",
        "Show all relations, or only the mark’s",
        "Relation",
        ("Alt+R",),
        W,
        Needs.PROJECT,
        "As arcs over the text",
    ),
)

CATALOGUE: tuple[ActionSpec, ...] = (
    ActionSpec("project.new", "New project…", "Project", ("Ctrl+Shift+N",), W, Needs.NOTHING, "Create a new project"),
    ActionSpec("project.open", "Open project…", "Project", ("Ctrl+O",), W, Needs.NOTHING, "Open a .stet file"),
    ActionSpec(
        "project.sample", "Open the sample project", "Project", (), W, Needs.NOTHING, "A paraphrased article to try"
    ),
    ActionSpec(
        *("project.write", "Work on this project here", "Project", (), W, Needs.PROJECT),
        "Once no other window or command writes it",
    ),
    ActionSpec("project.close", "Close project", "Project", ("Ctrl+Shift+W",), W, Needs.PROJECT),
    ActionSpec("project.import", "Import documents…", "Project", ("Ctrl+I",), W, Needs.PROJECT, "Files of any format"),
    ActionSpec("project.import-folder", "Import a folder…", "Project", (), W, Needs.PROJECT, "All files in it"),
    ActionSpec(
        "project.import-reference",
        "Import as reference for this document…",
        "Project",
        ("Ctrl+Shift+I",),
        W,
        Needs.DOCUMENT,
        "The files become references of the open document",
    ),
    ActionSpec("project.link", "Choose references…", "Project", ("Ctrl+Shift+R",), W, Needs.DOCUMENT),
    ActionSpec("project.export", "Export…", "Project", ("Ctrl+Shift+E",), W, Needs.PROJECT, "JSONL or training data"),
    ActionSpec("project.backup", "Back up now", "Project", (), W, Needs.PROJECT, "A verified copy in NAME.backups"),
    ActionSpec("project.backups", "Backups…", "Project", (), W, Needs.PROJECT, "What is in each; restore one of them"),
    ActionSpec(
        "project.save-copy",
        "Save a copy elsewhere…",
        "Project",
        (),
        W,
        Needs.PROJECT,
        "To another folder or disk; you can go on in it",
    ),
    ActionSpec("project.scheme", "Scheme and guideline", "Project", ("Ctrl+Shift+G",), W, Needs.PROJECT),
    ActionSpec("project.edit-scheme", "Scheme…", "Project", (), W, Needs.PROJECT, "Layers, labels, fields, relations"),
    ActionSpec("project.labels", "Change labels…", "Project", (), W, Needs.PROJECT, "For everyone; or add attributes"),
    ActionSpec("team.assign", "Assign documents…", "Team", (), W, Needs.PROJECT, "To annotators, with bundles to send"),
    ActionSpec("team.merge", "Merge returned work…", "Team", (), W, Needs.PROJECT, "Bundles that annotators sent back"),
    ActionSpec("team.hub", "Hub…", "Team", (), W, Needs.PROJECT, "Work live in a team, by a PostgreSQL server"),
    ActionSpec("team.join-hub", "Join a hub…", "Team", (), W, Needs.NOTHING, "With an invitation from its lead"),
    ActionSpec("app.quit", "Quit", "Project", ("Ctrl+Q",), W, Needs.NOTHING),
    ActionSpec("edit.undo", "Undo", "Edit", ("Ctrl+Z",), W, Needs.PROJECT, everywhere=True),
    ActionSpec("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), W, Needs.PROJECT, everywhere=True),
    ActionSpec("edit.copy", "Copy", "Edit", ("Ctrl+C",), T, Needs.DOCUMENT, "Copy the selected or marked text"),
    ActionSpec(
        "annotation.copy-json",
        "Copy as JSON",
        "Edit",
        ("Ctrl+Alt+C",),
        W,
        tip="The selected mark, or all in the selection",
    ),
    ActionSpec("document.done", "Done and next document", "Document", ("Ctrl+Return", "Ctrl+Enter"), W),
    ActionSpec("document.reopen", "Reopen", "Document", ("Ctrl+Shift+Return",), W, tip="Set the document back to open"),
    ActionSpec("document.skip", "Skip and next document", "Document", ("Ctrl+Shift+K",), W),
    *ON_DOCUMENTS,
    ActionSpec("document.next", "Next document", "Document", ("Ctrl+PgDown",), W),
    ActionSpec("document.previous", "Previous document", "Document", ("Ctrl+PgUp",), W),
    ActionSpec(
        "document.edit-text",
        "Edit text…",
        "Document",
        (),
        W,
        tip="The selection or the paragraph, with everyone’s marks: for a typo in the source",
    ),
    ActionSpec(
        "document.lost",
        "Decide about lost marks…",
        "Document",
        (),
        W,
        tip="Marks of this text whose words an edit has taken away",
    ),
    ActionSpec("document.swap", "Swap text and reference", "Document", ("F7",), W, tip="Annotate the reference"),
    ActionSpec("document.next-reference", "Next reference", "Document", ("Ctrl+Alt+Right",), W),
    ActionSpec("document.previous-reference", "Previous reference", "Document", ("Ctrl+Alt+Left",), W),
    ActionSpec("annotation.next", "Next mark", "Mark", ("Tab",), T),
    ActionSpec("annotation.previous", "Previous mark", "Mark", ("Shift+Tab",), T),
    ActionSpec("annotation.next-open", "Next mark with an unmet rule", "Mark", ("F8",), W),
    ActionSpec("annotation.previous-open", "Previous mark with an unmet rule", "Mark", ("Shift+F8",), W),
    ActionSpec("annotation.next-alike", "Next mark with the same label", "Mark", ("Alt+L",), W),
    ActionSpec("annotation.previous-alike", "Previous mark with the same label", "Mark", ("Alt+Shift+L",), W),
    ActionSpec(
        "annotation.delete",
        "Delete mark",
        "Mark",
        ("Backspace", "Del"),
        T,
        Needs.ANNOTATION,
        "Or reject the current suggestion",
    ),
    ActionSpec(
        "annotation.change-selected",
        "Change selected marks…",
        "Mark",
        ("Ctrl+Alt+M",),
        W,
        Needs.DOCUMENT,
        "Those selected in the list: another label, or a field",
    ),
    ActionSpec(
        "annotation.delete-selected", "Delete selected marks", "Mark", (), W, Needs.DOCUMENT, "Those in the list"
    ),
    ActionSpec("annotation.correction", "Edit correction", "Mark", ("Return", "Enter"), T, Needs.ANNOTATION),
    ActionSpec("annotation.comment", "Edit comment", "Mark", ("Alt+C",), W, Needs.ANNOTATION),
    ActionSpec("annotation.unsure", "Toggle unsure", "Mark", ("U",), T, Needs.ANNOTATION),
    ActionSpec("annotation.repeat", "Mark with the last label", "Mark", (".",), T),
    ActionSpec("annotation.new-label", "New label…", "Mark", (), W, tip="For the selection; or a proposal of one"),
    ActionSpec("annotation.move", "Move mark to the selection", "Mark", ("Alt+M",), W, Needs.ANNOTATION),
    ActionSpec("annotation.brush", "Brush: mark as you drag", "Mark", ("Alt+B",), W, tip="With the last label used"),
    ActionSpec(
        "annotation.here",
        "List marks at the caret",
        "Mark",
        ("Alt+Down",),
        T,
        tip="Including suggestions, where several overlap",
    ),
    ActionSpec(
        "annotation.card",
        "Show mark details",
        "Mark",
        ("Alt+I",),
        W,
        Needs.ANNOTATION,
        "On a card beside it, as on hover",
    ),
    *SHAPING,
    ActionSpec(
        "annotation.propagate", "Mark all identical text here like this", "Mark", ("Alt+Shift+M",), W, Needs.ANNOTATION
    ),
    ActionSpec(
        "annotation.concordance",
        "Concordance…",
        "Mark",
        ("Ctrl+Shift+H",),
        W,
        Needs.DOCUMENT,
        "Find a term in all documents and mark it",
    ),
    ActionSpec(
        "annotation.substitutions",
        "Substitutions…",
        "Mark",
        ("Ctrl+Alt+H",),
        W,
        Needs.DOCUMENT,
        "Find other occurrences of what you corrected",
    ),
    ActionSpec("annotation.next-hit", "Next concordance hit", "Mark", ("F12",), W, tip="In the open list"),
    ActionSpec("annotation.previous-hit", "Previous concordance hit", "Mark", ("Shift+F12",), W),
    ActionSpec(
        "suggestion.make",
        "Suggest marks…",
        "Suggestion",
        ("Ctrl+Alt+G",),
        W,
        Needs.DOCUMENT,
        "Programs propose marks; you accept or reject each one",
    ),
    ActionSpec(
        "suggestion.train",
        "Train a model…",
        "Suggestion",
        (),
        W,
        Needs.DOCUMENT,
        "A model learns from finished documents, and can then suggest marks",
    ),
    ActionSpec("suggestion.next", "Next suggestion", "Suggestion", ("F9",), W),
    ActionSpec("suggestion.previous", "Previous suggestion", "Suggestion", ("Shift+F9",), W),
    ActionSpec(
        "suggestion.list",
        "List of suggestions, or of marks",
        "Suggestion",
        ("Ctrl+F9",),
        W,
        Needs.PROJECT,
        "By kind, with how many were accepted so far",
    ),
    ActionSpec(
        "suggestion.pattern",
        "Always suggest this…",
        "Suggestion",
        ("Ctrl+Alt+W",),
        W,
        Needs.DOCUMENT,
        "The selected words, wherever they occur",
    ),
    ActionSpec(
        "suggestion.patterns",
        "What is always suggested…",
        "Suggestion",
        ("Ctrl+Alt+Shift+W",),
        W,
        Needs.PROJECT,
        "Look at the patterns, change or remove one",
    ),
    ActionSpec("suggestion.accept", "Accept and next suggestion", "Suggestion", ("Space",), T, tip="It becomes a mark"),
    ActionSpec(
        "suggestion.accept-edit",
        "Accept and edit the mark",
        "Suggestion",
        ("Shift+Space",),
        T,
        tip="To change it",
    ),
    ActionSpec(
        "suggestion.reject",
        "Reject and next suggestion",
        "Suggestion",
        ("Ctrl+Backspace",),
        T,
        tip="Backspace works too",
    ),
    ActionSpec(
        "suggestion.kind",
        "Accept or reject all of this kind…",
        "Suggestion",
        ("Alt+A",),
        T,
        tip="With the same label, and more if you like",
    ),
    ActionSpec(
        "evidence.link", "Link evidence", "Evidence", ("K",), T, Needs.ANNOTATION, "The selection in the reference"
    ),
    ActionSpec("evidence.find", "Find in reference", "Evidence", ("Ctrl+Shift+F",), W, Needs.DOCUMENT),
    ActionSpec(
        "evidence.link-other-set",
        "Link evidence as another set",
        "Evidence",
        ("Alt+Shift+K",),
        W,
        Needs.ANNOTATION,
        "It proves the statement by itself",
    ),
    ActionSpec("evidence.show", "Show the mark's evidence", "Evidence", ("Alt+K",), W, Needs.ANNOTATION),
    *RELATIONS,
    ActionSpec("select.word", "Select word", "Select", ("Alt+W",), T),
    ActionSpec("select.sentence", "Select sentence", "Select", ("Alt+S",), T),
    ActionSpec("select.paragraph", "Select paragraph", "Select", ("Alt+P",), T),
    ActionSpec("select.all", "Select all", "Select", ("Ctrl+A",), T),
    ActionSpec("select.nothing", "Clear selection", "Select", ("Esc",), T),
    ActionSpec(
        "select.exact",
        "Next mark: exact selection",
        "Select",
        ("Alt+E",),
        T,
        tip="Ignores snapping once; so does Shift with a label’s key",
    ),
    ActionSpec("select.snapping", "Cycle snapping: word, character, sentence", "Select", ("Alt+X",), W, Needs.PROJECT),
    ActionSpec("select.click", "Cycle what a click selects", "Select", ("Alt+Shift+X",), W, Needs.PROJECT),
    ActionSpec("caret.left", "Character left", "Caret", ("Left",), T, extends=True),
    ActionSpec("caret.right", "Character right", "Caret", ("Right",), T, extends=True),
    ActionSpec("caret.word-left", "Word left", "Caret", ("Ctrl+Left",), T, extends=True),
    ActionSpec("caret.word-right", "Word right", "Caret", ("Ctrl+Right",), T, extends=True),
    ActionSpec("caret.sentence-left", "Sentence left", "Caret", ("Alt+Left",), T, extends=True),
    ActionSpec("caret.sentence-right", "Sentence right", "Caret", ("Alt+Right",), T, extends=True),
    ActionSpec("caret.up", "Line up", "Caret", ("Up",), T, extends=True),
    ActionSpec("caret.down", "Line down", "Caret", ("Down",), T, extends=True),
    ActionSpec("caret.paragraph-up", "Paragraph up", "Caret", ("Ctrl+Up",), T, extends=True),
    ActionSpec("caret.paragraph-down", "Paragraph down", "Caret", ("Ctrl+Down",), T, extends=True),
    ActionSpec("caret.line-start", "Start of line", "Caret", ("Home",), T, extends=True),
    ActionSpec("caret.line-end", "End of line", "Caret", ("End",), T, extends=True),
    ActionSpec("caret.page-up", "Page up", "Caret", ("PgUp",), T, extends=True),
    ActionSpec("caret.page-down", "Page down", "Caret", ("PgDown",), T, extends=True),
    ActionSpec("caret.document-start", "Start of text", "Caret", ("Ctrl+Home",), T, extends=True),
    ActionSpec("caret.document-end", "End of text", "Caret", ("Ctrl+End",), T, extends=True),
    ActionSpec("view.palette", "Run a command or find a document", "View", ("Ctrl+K",), W, Needs.NOTHING),
    ActionSpec("view.find", "Find in text", "View", ("Ctrl+F",), W),
    ActionSpec("view.find-next", "Find next", "View", ("Ctrl+G",), W),
    ActionSpec("view.next-pane", "Next pane", "View", ("F6",), W, Needs.PROJECT, "Documents, text, reference, mark"),
    ActionSpec("view.previous-pane", "Previous pane", "View", ("Shift+F6",), W, Needs.PROJECT),
    ActionSpec("view.documents", "Search documents", "View", ("Ctrl+L",), W, Needs.PROJECT),
    ActionSpec("view.filter", "Filter and sort documents…", "View", ("Ctrl+Alt+L",), W, Needs.PROJECT),
    ActionSpec("view.sort", "Sort documents", "View", ("Ctrl+Alt+O",), W, Needs.PROJECT, "By what, and which first"),
    ActionSpec("view.reverse", "Reverse the order of documents", "View", (), W, Needs.PROJECT, "The last come first"),
    ActionSpec(
        "view.views", "Views of documents", "View", ("Ctrl+Alt+V",), W, Needs.PROJECT, "Saved filters and orders"
    ),
    ActionSpec("view.save-view", "Save this view…", "View", (), W, Needs.PROJECT, "The filter and order of the list"),
    ActionSpec("view.drop-view", "Delete this view", "View", (), W, Needs.PROJECT, "The saved one that is shown"),
    ActionSpec(
        "view.everything", "Show all documents", "View", (), W, Needs.PROJECT, "Without filter, in order of import"
    ),
    ActionSpec("view.corrections", "Show or hide corrections", "View", ("Alt+H",), W, Needs.PROJECT),
    ActionSpec("view.suggestions", "Show or hide suggestions", "View", ("Alt+G",), W, Needs.PROJECT),
    ActionSpec("view.together", "Toggle synced scrolling", "View", ("Alt+T",), W, tip="The reference follows the text"),
    ActionSpec(
        "view.differences", "Toggle difference highlighting", "View", ("Alt+D",), W, tip="Compared with the reference"
    ),
    ActionSpec("view.larger", "Larger text", "View", ("Ctrl++", "Ctrl+="), W, Needs.NOTHING),
    ActionSpec("view.smaller", "Smaller text", "View", ("Ctrl+-",), W, Needs.NOTHING),
    ActionSpec("view.theme", "Switch theme: light, dark, high contrast", "View", ("Ctrl+Shift+D",), W, Needs.NOTHING),
    ActionSpec("view.settings", "Settings…", "View", ("Ctrl+,",), W, Needs.NOTHING),
    ActionSpec("view.annotator", "Switch annotator…", "View", (), W, Needs.NOTHING, "Marks are stored under this name"),
    ActionSpec("help.manual", "Manual", "Help", ("F1",), W, Needs.NOTHING, "To read and search beside the work"),
    ActionSpec("help.shortcuts", "Shortcuts", "Help", ("Ctrl+F1",), W, Needs.NOTHING),
    ActionSpec("help.tour", "Show the tour", "Help", (), W, Needs.PROJECT),
    ActionSpec("help.doctor", "Diagnostics", "Help", (), W, Needs.NOTHING, "Versions, places, display, and checks"),
    ActionSpec("help.errors", "Error report", "Help", (), W, Needs.NOTHING, "What went wrong in Stet since its start"),
    ActionSpec("help.about", "About Stet", "Help", (), W, Needs.NOTHING),
    *REVIEW_ACTIONS,
)


def scheme_actions(scheme: "Scheme") -> tuple[ActionSpec, ...]:
    """Return the actions of a scheme: its layers, its labels, its relations and its severities."""
    specs: list[ActionSpec] = []
    for layer in scheme.layers:
        keys = (layer.key,) if layer.key else ()
        title = f"Layer: {layer.title}"
        specs.append(ActionSpec(f"layer.{layer.id}", title, "Layers", keys, W, Needs.PROJECT))
    for layer in scheme.layers:
        for label in layer.labels:
            specs.append(
                ActionSpec(
                    f"label.{layer.id}.{label.id}",
                    f"{layer.title}: {label.title}",
                    layer.title,
                    (label.key.upper(),) if label.key else (),
                    T,
                    Needs.DOCUMENT,
                    label.definition,
                    scope=f"{layer.id}/{label.parent}",
                )
            )
        specs.extend(_value_actions(layer))
        specs.extend(_field_actions(layer, scheme))
    for relation in scheme.relations:
        keys = (relation.key.upper(),) if relation.key else ()
        title = f"Relation: {relation.title}"
        specs.append(
            ActionSpec(f"relation.{relation.id}", title, "Relation", keys, T, Needs.ANNOTATION, relation.definition)
        )
    for number, severity in enumerate(scheme.severities):
        key = (f"Alt+{number}",) if number < 10 else ()
        specs.append(
            ActionSpec(f"severity.{severity.id}", f"Severity: {severity.title}", "Severity", key, W, Needs.ANNOTATION)
        )
    return tuple(specs)


def _value_actions(layer: "Layer") -> Iterator[ActionSpec]:
    """Yield an action for each value of a layer's fields that has a key; it works on the chosen mark."""
    for attribute in layer.attributes:
        for value in attribute.values:
            if value.key:
                yield ActionSpec(
                    f"value.{layer.id}.{attribute.id}.{value.id}",
                    f"{attribute.title}: {value.title}",
                    layer.title,
                    (value.key.upper(),),
                    T,
                    Needs.ANNOTATION,
                    value.definition,
                    scope=f"{layer.id}/",
                )


def _field_actions(layer: "Layer", scheme: "Scheme") -> Iterator[ActionSpec]:
    """Yield an action for each field of a layer that has a key. In schemes of before, something else may have it too:
    then it does nothing for the field.
    """
    from app.core.scheme_checks import TAKEN_KEYS  # whoever has a scheme has loaded it

    taken = {label.key for label in layer.children()} | {relation.key for relation in scheme.relations}
    taken |= {value.key for attribute in layer.attributes for value in attribute.values}
    for attribute in layer.attributes:
        if len(attribute.key) == 1 and attribute.key not in taken and attribute.key.lower() not in TAKEN_KEYS:
            taken.add(attribute.key)
            yield ActionSpec(
                f"field.{layer.id}.{attribute.id}",
                f"{layer.title}: {attribute.title}",
                layer.title,
                (attribute.key.upper(),),
                T,
                Needs.ANNOTATION,
                attribute.definition,
                scope=f"{layer.id}/",
            )


def clashes(specs: tuple[ActionSpec, ...]) -> list[tuple[str, str, str]]:
    """Return triples of a key and two actions that claim it and can be active at the same time.

    Labels of different layers may share a key, since only those of the active layer are active; so may Review actions
    and those that need an open document.
    """
    taken: dict[str, list[ActionSpec]] = {}
    found: list[tuple[str, str, str]] = []
    for spec in specs:
        for key in spec.keys:
            owners = taken.setdefault(key, [])
            other = next((owner for owner in owners if not _are_apart(owner, spec)), None)
            if other:
                found.append((key, other.id, spec.id))
            owners.append(spec)
    return found


def _are_apart(one: ActionSpec, other: ActionSpec) -> bool:
    """Return whether two actions are never active at the same time."""
    if (one.context is Context.REVIEW) != (other.context is Context.REVIEW):
        outside = other if one.context is Context.REVIEW else one
        return outside.context is Context.TEXT or outside.needs in (Needs.DOCUMENT, Needs.ANNOTATION)
    return bool(one.scope and other.scope and one.scope != other.scope)
