"""The password for a hub: from the system's keyring, or from where PostgreSQL's own programs take it."""

import os

from app.core.errors import StetError
from app.hub.address import HubAddress

KEYRING_SERVICE = "stet-hub"
VARIABLE = "PGPASSWORD"
"""libpq's own variable; it also reads ~/.pgpass and connection service files, without our help."""

_held: dict[str, str] = {}  # what was typed; it ends with the process


def password_for(address: HubAddress) -> str:
    """Return the password that was typed or is in the keyring, “” if there is none: libpq then looks where it always
    does.

    Raises StetError if the keyring can't be read.
    """
    if _entry(address) in _held:
        return _held[_entry(address)]
    if os.environ.get(VARIABLE):
        return ""
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(KEYRING_SERVICE, _entry(address)) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        what = f"the password for {address.place} can't be read from the keyring ({type(error).__name__})"
        raise StetError(what, hint=f"unlock it, or set {VARIABLE}") from error


def hold_password(address: HubAddress, password: str) -> None:
    """Use a password that somebody has typed, as long as the program runs."""
    _held[_entry(address)] = password


def held_password(address: HubAddress) -> str:
    """Return the password that was typed while the program runs, "" if none was."""
    return _held.get(_entry(address), "")


def keep_password(address: HubAddress, password: str) -> bool:
    """Put a password into the keyring; return whether there is one that took it. It is kept nowhere else."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return False
    try:
        keyring.set_password(KEYRING_SERVICE, _entry(address), password)
    except KeyringError:
        return False
    return True


def forget_password(address: HubAddress) -> None:
    """Forget the password that was typed, and take it out of the keyring, if it is there."""
    _held.pop(_entry(address), None)
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return
    try:
        if keyring.get_password(KEYRING_SERVICE, _entry(address)) is not None:
            keyring.delete_password(KEYRING_SERVICE, _entry(address))
    except KeyringError:
        return


def _entry(address: HubAddress) -> str:
    """Return the name under which the keyring has it: who connects to what."""
    return f"{address.login}@{address.service or address.host}:{address.port}/{address.database}"
