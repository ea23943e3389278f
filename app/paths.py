"""Locations of shipped resources and of the user's settings and state.

Works from a source tree (`resources/` beside `app/`) and from an installed wheel (`app/_resources`).
`STET_HOME` moves settings and state into one folder; tests and portable installs use it.
"""

import os
from pathlib import Path

_APP = Path(__file__).resolve().parent


def resources() -> Path:
    """Return the folder of shipped schemes, sample, help, fonts and icons."""
    packaged = _APP / "_resources"
    return packaged if packaged.is_dir() else _APP.parent / "resources"


def settings_dir() -> Path:
    """Return the folder of the settings file; it may not exist yet."""
    home = os.environ.get("STET_HOME")
    if home:
        return Path(home) / "settings"
    import platformdirs

    return Path(platformdirs.user_config_dir("stet", appauthor=False))


def state_dir() -> Path:
    """Return the folder of window geometry, recent projects and the bug log; it may not exist yet."""
    home = os.environ.get("STET_HOME")
    if home:
        return Path(home) / "state"
    import platformdirs

    return Path(platformdirs.user_state_dir("stet", appauthor=False))


def documents_dir() -> Path:
    """Return the user's folder for documents, the initial folder of file dialogs."""
    home = os.environ.get("STET_HOME")
    if home:
        return Path(home)
    import platformdirs

    return Path(platformdirs.user_documents_dir())
