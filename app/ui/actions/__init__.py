"""The catalogue of all user actions: source of menus, keys, palette, tooltips and help."""
