"""The actions that change where the chosen mark begins and ends."""

from app.ui.actions.spec import ActionSpec, Context, Needs

W, T = Context.WINDOW, Context.TEXT

# Home is the start of the annotation and End its end; Shift shrinks, Ctrl moves by words.
SHAPING: tuple[ActionSpec, ...] = (
    ActionSpec(
        "annotation.start-grow",
        "Extend mark at its start",
        "Mark",
        ("Alt+Home",),
        T,
        Needs.ANNOTATION,
        "By a character",
    ),
    ActionSpec(
        "annotation.start-shrink",
        "Shrink mark at its start",
        "Mark",
        ("Alt+Shift+Home",),
        T,
        Needs.ANNOTATION,
        "By a character",
    ),
    ActionSpec(
        "annotation.start-grow-word",
        "Extend mark by a word at its start",
        "Mark",
        ("Ctrl+Alt+Home",),
        T,
        Needs.ANNOTATION,
    ),
    ActionSpec(
        "annotation.start-shrink-word",
        "Shrink mark by a word at its start",
        "Mark",
        ("Ctrl+Alt+Shift+Home",),
        T,
        Needs.ANNOTATION,
    ),
    ActionSpec(
        "annotation.end-grow", "Extend mark at its end", "Mark", ("Alt+End",), T, Needs.ANNOTATION, "By a character"
    ),
    ActionSpec(
        "annotation.end-shrink",
        "Shrink mark at its end",
        "Mark",
        ("Alt+Shift+End",),
        T,
        Needs.ANNOTATION,
        "By a character",
    ),
    ActionSpec(
        "annotation.end-grow-word", "Extend mark by a word at its end", "Mark", ("Ctrl+Alt+End",), T, Needs.ANNOTATION
    ),
    ActionSpec(
        "annotation.end-shrink-word",
        "Shrink mark by a word at its end",
        "Mark",
        ("Ctrl+Alt+Shift+End",),
        T,
        Needs.ANNOTATION,
    ),
    ActionSpec("annotation.split", "Split mark at the caret", "Mark", ("Alt+Shift+J",), T, Needs.ANNOTATION),
    ActionSpec(
        "annotation.merge",
        "Merge mark with next of same label",
        "Mark",
        ("Alt+J",),
        T,
        Needs.ANNOTATION,
        "Or an overlapping one",
    ),
    ActionSpec(
        "annotation.add-fragment",
        "Add the selection to the mark",
        "Mark",
        ("Alt+F",),
        T,
        Needs.ANNOTATION,
        "As another part of the current or last selected mark",
    ),
    ActionSpec(
        "annotation.remove-fragment",
        "Remove the part at the caret from the mark",
        "Mark",
        ("Alt+Shift+F",),
        T,
        Needs.ANNOTATION,
    ),
    ActionSpec(
        "annotation.mend",
        "Mend the ends of the mark",
        "Mark",
        ("Ctrl+Shift+F8",),
        T,
        Needs.ANNOTATION,
        "To whole words, without outer white space; a mark made twice goes",
    ),
    ActionSpec(
        "annotation.next-odd",
        "Next mark with odd ends",
        "Mark",
        ("Ctrl+F8",),
        W,
        tip="White space at an end, half words, made twice",
    ),
)
