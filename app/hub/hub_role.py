"""What the roles of a hub's people mean, for those who know no more of the hub than that, such as the window."""


def sees_everyone(role: str) -> bool:
    """Whether a role reads everyone's work."""
    return role in ("reviewer", "lead")
