"""The actions of several annotators' work: the workspaces, all that a reviewer does, and what a lead looks at."""

from app.ui.actions.spec import ActionSpec, Context, Needs

_W, _R = Context.WINDOW, Context.REVIEW

REVIEW_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("workspace.annotate", "Annotate", "Workspaces", ("Ctrl+1",), _W, Needs.PROJECT, "Mark documents"),
    ActionSpec(
        "workspace.review", "Review", "Workspaces", ("Ctrl+2",), _W, Needs.PROJECT, "Decide where annotators differ"
    ),
    ActionSpec(
        "team.feedback", "Mine and gold", "Workspaces", ("Ctrl+Shift+J",), _W, Needs.PROJECT, "What became of my marks"
    ),
    ActionSpec(
        *("workspace.insights", "Insights", "Workspaces", ("Ctrl+3",), _W, Needs.PROJECT),
        "Agreement, progress, labels, scores",
    ),
    ActionSpec("review.accept", "Accept what is picked", "Review", ("Return", "Enter"), _R, Needs.GROUP, "Into gold"),
    *(
        ActionSpec(
            f"review.take.{n}",
            f"Take version {n}",
            "Review",
            (str(n),),
            _R,
            Needs.GROUP,
            "The whole version, into gold",
        )
        for n in range(1, 10)
    ),
    *(
        ActionSpec(f"review.pick.{n}", f"Take the field from version {n}", "Review", (f"Alt+{n}",), _R, Needs.GROUP)
        for n in range(1, 10)
    ),
    ActionSpec("review.field-next", "Next field", "Review", ("Alt+Down",), _R, Needs.GROUP),
    ActionSpec("review.field-previous", "Previous field", "Review", ("Alt+Up",), _R, Needs.GROUP),
    ActionSpec("review.union", "Pick the union of the ranges", "Review", ("U",), _R, Needs.GROUP),
    ActionSpec("review.cut", "Pick what all ranges share", "Review", ("I",), _R, Needs.GROUP, "The intersection"),
    ActionSpec("review.edit", "Edit freely", "Review", ("E",), _R, Needs.GROUP, "It becomes the reviewer’s"),
    ActionSpec(
        "review.reject", "Not an error: reject all", "Review", ("X",), _R, Needs.GROUP, "A decision; it counts as done"
    ),
    ActionSpec("review.defer", "Defer", "Review", ("D",), _R, Needs.GROUP, "To be decided later"),
    ActionSpec("review.withdraw", "Withdraw the decision", "Review", ("Backspace", "Del"), _R, Needs.GROUP),
    ActionSpec("review.next", "Next group", "Review", ("N", "Tab"), _R, Needs.REVIEW),
    ActionSpec("review.previous", "Previous group", "Review", ("P", "Shift+Tab"), _R, Needs.REVIEW),
    ActionSpec("review.evidence", "Show the next evidence", "Review", ("K",), _R, Needs.GROUP),
    ActionSpec("review.reason", "Next reason", "Review", ("R",), _R, Needs.GROUP),
    ActionSpec("review.note", "Write a note", "Review", ("M",), _R, Needs.GROUP, "To the annotators"),
    ActionSpec("review.unclear", "The guideline is unclear", "Review", ("G",), _R, Needs.GROUP),
    ActionSpec("review.create", "Mark the selection as gold", "Review", ("C",), _R, Needs.REVIEW, "Nobody had it"),
    ActionSpec("review.reveal", "Show or hide names", "Review", ("V",), _R, Needs.REVIEW, "It is logged"),
    ActionSpec("review.agreed", "Accept what is agreed in this document", "Review", ("A",), _R, Needs.REVIEW),
    ActionSpec(
        "review.agreed-everywhere", "Accept what is agreed everywhere", "Review", ("Shift+A",), _R, Needs.REVIEW
    ),
    ActionSpec("review.terms", "Review by term…", "Review", ("T",), _R, Needs.REVIEW, "All occurrences, together"),
    ActionSpec("review.auto", "Merge automatically…", "Review", ("Ctrl+Shift+M",), _W, Needs.REVIEW),
    ActionSpec(
        "review.guideline", "Guideline questions…", "Review", ("Shift+G",), _R, Needs.REVIEW, "Flagged as unclear"
    ),
    ActionSpec("review.release", "Release to the annotators…", "Review", ("Ctrl+Shift+L",), _W, Needs.REVIEW),
    ActionSpec("insights.refresh", "Count anew", "Insights", ("F5",), _W, Needs.INSIGHTS, "From the project as it is"),
    ActionSpec(
        "insights.picture", "Save the figure as a picture…", "Insights", ("Ctrl+Shift+P",), _W, Needs.INSIGHTS, "As SVG"
    ),
    ActionSpec("insights.data", "Save the figure’s data…", "Insights", ("Ctrl+Shift+S",), _W, Needs.INSIGHTS, "As CSV"),
    ActionSpec("insights.copy", "Copy the figure’s table", "Insights", ("Ctrl+Shift+C",), _W, Needs.INSIGHTS),
    ActionSpec("insights.names", "Hide or show names in figures", "Insights", ("Alt+N",), _W, Needs.INSIGHTS),
)
