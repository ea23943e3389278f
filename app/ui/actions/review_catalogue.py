"""Actions on the work of several annotators: the workspaces, reviewing, and the team's figures."""

from app.ui.actions.spec import ActionSpec, Context, Needs

_W, _R = Context.WINDOW, Context.REVIEW

REVIEW_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("workspace.annotate", "Annotate", "Workspaces", ("Ctrl+1",), _W, Needs.PROJECT, "Mark documents"),
    ActionSpec(
        "workspace.review", "Review", "Workspaces", ("Ctrl+2",), _W, Needs.PROJECT, "Decide where annotators differ"
    ),
    ActionSpec(
        "team.feedback", "Feedback", "Workspaces", ("Ctrl+Shift+J",), _W, Needs.PROJECT, "How my marks were reviewed"
    ),
    ActionSpec(
        *("workspace.insights", "Insights", "Workspaces", ("Ctrl+3",), _W, Needs.PROJECT),
        "Agreement, progress, labels, scores",
    ),
    ActionSpec("review.accept", "Accept picked fields", "Review", ("Return", "Enter"), _R, Needs.GROUP, "Adds to gold"),
    *(
        ActionSpec(
            f"review.take.{n}",
            f"Accept the version of annotator {n}",
            "Review",
            (str(n),),
            _R,
            Needs.GROUP,
            "The whole version is added to gold",
        )
        for n in range(1, 10)
    ),
    *(
        ActionSpec(f"review.pick.{n}", f"Pick the field from annotator {n}", "Review", (f"Alt+{n}",), _R, Needs.GROUP)
        for n in range(1, 10)
    ),
    ActionSpec("review.field-next", "Next field", "Review", ("Alt+Down",), _R, Needs.GROUP),
    ActionSpec("review.field-previous", "Previous field", "Review", ("Alt+Up",), _R, Needs.GROUP),
    ActionSpec("review.union", "Pick the union of the ranges", "Review", ("U",), _R, Needs.GROUP),
    ActionSpec("review.cut", "Pick what all ranges share", "Review", ("I",), _R, Needs.GROUP, "The intersection"),
    ActionSpec("review.edit", "Edit manually", "Review", ("E",), _R, Needs.GROUP, "As your own version"),
    ActionSpec("review.reject", "Not an error: reject all", "Review", ("X",), _R, Needs.GROUP, "Counts as decided"),
    ActionSpec(
        *("review.nothing", "Nothing to mark in this document", "Review", ("0",), _R, Needs.REVIEW),
        "If no one marked anything: gold without a mark",
    ),
    ActionSpec("review.defer", "Defer", "Review", ("D",), _R, Needs.GROUP, "Decide later"),
    ActionSpec("review.withdraw", "Withdraw the decision", "Review", ("Backspace", "Del"), _R, Needs.GROUP),
    ActionSpec("review.next", "Next group", "Review", ("N", "Tab"), _R, Needs.REVIEW),
    ActionSpec("review.previous", "Previous group", "Review", ("P", "Shift+Tab"), _R, Needs.REVIEW),
    ActionSpec("review.evidence", "Show next evidence", "Review", ("K",), _R, Needs.GROUP),
    ActionSpec("review.reason", "Next reason", "Review", ("R",), _R, Needs.GROUP),
    ActionSpec("review.note", "Write a note", "Review", ("M",), _R, Needs.GROUP, "For the annotators"),
    ActionSpec("review.unclear", "The guideline is unclear", "Review", ("G",), _R, Needs.GROUP),
    ActionSpec("review.create", "Add the selection to gold", "Review", ("C",), _R, Needs.REVIEW, "Nobody marked it"),
    ActionSpec("review.relate", "Add a relation to gold", "Review", ("L",), _R, Needs.GROUP, "Nobody made it"),
    ActionSpec("review.relations", "Relations in gold", "Review", ("Shift+R",), _R, Needs.GROUP, "To change them"),
    ActionSpec("review.about", "Say what the document is", "Review", ("B",), _R, Needs.REVIEW, "Nobody said it"),
    ActionSpec("review.reveal", "Show or hide names", "Review", ("V",), _R, Needs.REVIEW, "This is logged"),
    ActionSpec("review.agreed", "Accept agreed groups in this document", "Review", ("A",), _R, Needs.REVIEW),
    ActionSpec("review.agreed-everywhere", "Accept all agreed groups", "Review", ("Shift+A",), _R, Needs.REVIEW),
    ActionSpec("review.terms", "Review by term…", "Review", ("T",), _R, Needs.REVIEW, "All occurrences at once"),
    ActionSpec("review.auto", "Merge automatically…", "Review", ("Ctrl+Shift+M",), _W, Needs.REVIEW),
    ActionSpec(
        "review.guideline", "Guideline questions…", "Review", ("Shift+G",), _R, Needs.REVIEW, "Flagged as unclear"
    ),
    ActionSpec("review.release", "Release to annotators…", "Review", ("Ctrl+Shift+L",), _W, Needs.REVIEW),
    ActionSpec("insights.refresh", "Refresh", "Insights", ("F5",), _W, Needs.INSIGHTS, "Recompute all figures"),
    ActionSpec(
        "insights.picture", "Save figure as image…", "Insights", ("Ctrl+Shift+P",), _W, Needs.INSIGHTS, "As SVG"
    ),
    ActionSpec("insights.data", "Save figure data…", "Insights", ("Ctrl+Shift+S",), _W, Needs.INSIGHTS, "As CSV"),
    ActionSpec("insights.copy", "Copy figure table", "Insights", ("Ctrl+Shift+C",), _W, Needs.INSIGHTS),
    ActionSpec("insights.names", "Show or hide names in figures", "Insights", ("Alt+N",), _W, Needs.INSIGHTS),
)
