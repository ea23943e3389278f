"""All that a person can do, in one catalogue: menus, keys, palette, tooltips and help come from it."""
