"""The address of a language model, and the key for it."""

import ipaddress
import os
from typing import NamedTuple
from urllib.parse import urlsplit

from app.core.errors import StetError, WrongUse

KEY_VARIABLE = "STET_MODEL_KEY"
"""The environment variable with the key of the address; the system's keyring is asked next."""
KEYRING_SERVICE = "stet-model"

_MOST = 2_000


class ModelAddress(NamedTuple):
    """Where a server speaks OpenAI's protocol: its chat completions are at `path` + “/chat/completions”."""

    host: str
    port: int
    path: str
    is_encrypted: bool

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, by the name of its host alone: nothing is looked up."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """The address, as it is shown."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_encrypted else 'http'}://{host}:{self.port}{self.path}"


def parsed_address(text: str) -> ModelAddress:
    """Return the address that a person has given, such as `http://127.0.0.1:8080/v1`. Raises WrongUse.

    A path that is left out is “/v1”. Keys in addresses are refused: addresses are shown and kept.
    """
    hint = "use one like http://127.0.0.1:8080/v1"
    try:
        found = urlsplit(text.strip())
        host, port = found.hostname, found.port
    except ValueError as error:
        raise WrongUse(f"“{text[:80]}” isn't an address of a language model ({error})", hint=hint) from error
    if found.scheme not in ("http", "https") or not host or len(text) > _MOST or not text.isprintable():
        raise WrongUse(f"“{text[:80]}” isn't an address of a language model", hint=hint)
    if found.username or found.password or found.query or found.fragment:
        what = "the address of a language model must not have a key, a query or a fragment"
        raise WrongUse(what, hint=f"put the key into {KEY_VARIABLE} or the keyring")
    path = found.path.rstrip("/").removesuffix("/chat/completions") or "/v1"
    is_encrypted = found.scheme == "https"
    return ModelAddress(host.lower(), port or (443 if is_encrypted else 80), path, is_encrypted)


def require_consent(address: ModelAddress, hosts: tuple[str, ...]) -> None:
    """Raise WrongUse unless a host is on this machine, or among those to which texts may be sent."""
    if not address.is_loopback and address.host not in hosts:
        what = f"texts would be sent to {address.host}, which isn't this machine"
        hint = f"if they may leave it, say so: --send-to {address.host}"
        raise WrongUse(what, hint=hint, in_window="confirm the host when you are asked")


def key_for(address: ModelAddress) -> str:
    """Return the key for an address: from the environment, else from the system's keyring; “” if there is none.

    Raises StetError if the keyring can't be read.
    """
    found = os.environ.get(KEY_VARIABLE, "")
    if found:
        return found
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        return ""  # the extra `model` isn't installed, and many local servers want no key
    try:
        return keyring.get_password(KEYRING_SERVICE, address.host) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        what = f"the key for {address.host} can't be read from the keyring ({type(error).__name__})"
        raise StetError(what, hint=f"unlock it, or set {KEY_VARIABLE}") from error
