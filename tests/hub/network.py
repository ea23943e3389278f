"""The network between workbenches and a hub, which can be cut: namespaces of the kernel, or without rights forwarders.

`ip netns` gives each workbench a network of its own with one cable to the server's. Only root may do that; for others
each workbench connects through a forwarder that stalls or cuts what passes through it.
"""

import contextlib
import itertools
import os
import selectors
import shutil
import socket
import subprocess
import threading
from collections.abc import Sequence
from typing import Protocol

_numbers = itertools.count()


class Network(Protocol):
    """Cables from a number of workbenches to one server.

    `ways` are the ways in which one can be cut. `namespace(n)` is the file of a workbench's network, "" if it shares
    ours; `address(n)` is the host and port where it finds the server.
    """

    ways: Sequence[str]
    what: str
    """What it is, in words."""

    def namespace(self, bench: int) -> str: ...

    def address(self, bench: int) -> tuple[str, int]: ...

    def server(self) -> tuple[list[str], str, int]:
        """Return what the command of the server begins with, where it listens, and its port."""
        ...

    def cut(self, bench: int, way: str) -> None: ...

    def heal(self, bench: int) -> None: ...

    def remove(self) -> None: ...


def why_no_namespaces() -> str:
    """Return why networks can't be cut with namespaces here; "" if they can."""
    if shutil.which("ip") is None:
        return "there is no `ip` (Debian: apt-get install iproute2)"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    name = f"stet-try-{os.getpid()}"
    done = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if done.returncode:
        return f"network namespaces aren't allowed: {done.stderr.strip()}"
    pair = ["ip", "-n", name, "link", "add", "name", "w0", "type", "veth", "peer", "name", "w1"]
    made = subprocess.run(pair, capture_output=True, text=True)
    subprocess.run(["ip", "netns", "del", name], check=True)
    return f"there are no virtual cables: {made.stderr.strip()}" if made.returncode else ""


class Namespaces:
    """A network namespace for the server, one for each workbench, and a cable between them."""

    ways = ("down", "unplugged", "void", "deaf")
    what = "network namespaces"

    def __init__(self, benches: int) -> None:
        self._name = f"stet-{os.getpid()}-{next(_numbers)}"
        self._benches = benches
        for name in self._names():
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        for bench in range(benches):
            here, there = self._of(bench), self._hub
            cable = ("name", "w0", "netns", here)
            _ip("link", "add", "name", f"h{bench}", "netns", there, "type", "veth", "peer", *cable)
            for name, device, end in ((there, f"h{bench}", 1), (here, "w0", 2)):
                _ip("-n", name, "addr", "add", f"10.77.{bench}.{end}/30", "dev", device)
                _ip("-n", name, "link", "set", device, "up")

    @property
    def _hub(self) -> str:
        return f"{self._name}-hub"

    def _of(self, bench: int) -> str:
        return f"{self._name}-{bench}"

    def _names(self) -> list[str]:
        return [self._hub, *map(self._of, range(self._benches))]

    def namespace(self, bench: int) -> str:
        """Return the file of a workbench's network."""
        return f"/run/netns/{self._of(bench)}"

    def address(self, bench: int) -> tuple[str, int]:
        """Return where a workbench finds the server."""
        return f"10.77.{bench}.1", 5432

    def server(self) -> tuple[list[str], str, int]:
        """Return how the server is started, where it listens, and its port."""
        return ["ip", "netns", "exec", self._hub], "*", 5432

    def cut(self, bench: int, way: str) -> None:
        """Cut a cable: it is down here; pulled out at the other end; or nothing arrives there, or nothing here."""
        if way == "down":
            _ip("-n", self._of(bench), "link", "set", "w0", "down")
        elif way == "unplugged":
            _ip("-n", self._hub, "link", "set", f"h{bench}", "down")
        else:
            # What is sent to an address that no card has vanishes without a word, in one direction only.
            name, device, end = (self._of(bench), "w0", 1) if way == "void" else (self._hub, f"h{bench}", 2)
            neighbour = (f"10.77.{bench}.{end}", "lladdr", "02:00:00:00:00:99", "dev", device, "nud", "permanent")
            _ip("-n", name, "neigh", "replace", *neighbour)

    def heal(self, bench: int) -> None:
        """Mend a cable, however it was cut."""
        for name, device, end in ((self._of(bench), "w0", 1), (self._hub, f"h{bench}", 2)):
            _ip("-n", name, "link", "set", device, "up")
            gone = ["ip", "-n", name, "neigh", "del", f"10.77.{bench}.{end}", "dev", device]
            subprocess.run(gone, capture_output=True, check=False)

    def remove(self) -> None:
        """Take all of it away."""
        for name in self._names():
            _ip("netns", "del", name)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Forwarders:
    """A port of this machine for each workbench, from which a thread carries bytes to the server's."""

    ways = ("stalled", "cut off")
    what = "forwarders that stall and cut connections"

    def __init__(self, benches: int) -> None:
        self._port = _free_port()
        self._forwarders = [_Forwarder(self._port) for _ in range(benches)]

    def namespace(self, bench: int) -> str:
        """Return "": all share the network of this machine."""
        return ""

    def address(self, bench: int) -> tuple[str, int]:
        """Return where a workbench finds the server."""
        return "127.0.0.1", self._forwarders[bench].port

    def server(self) -> tuple[list[str], str, int]:
        """Return how the server is started, where it listens, and its port."""
        return [], "127.0.0.1", self._port

    def cut(self, bench: int, way: str) -> None:
        """Let nothing pass any more, or also close what is open and whatever comes."""
        self._forwarders[bench].way = way

    def heal(self, bench: int) -> None:
        """Let everything pass again."""
        self._forwarders[bench].way = ""

    def remove(self) -> None:
        """Close all of them."""
        for each in self._forwarders:
            each.close()


class _Forwarder:
    """Carries bytes between a port and the server's. `way` is how it is cut, "" if it isn't."""

    def __init__(self, to: int) -> None:
        self.way = ""
        self._to = to
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._is_over = False
        self._others: dict[socket.socket, socket.socket] = {}
        self._thread = threading.Thread(target=self._run, name="stet-forwarder", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close it with all its connections."""
        self._is_over = True
        self._thread.join()
        for each in (self._socket, *self._others):
            each.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            while not self._is_over:
                if self.way == "cut off":
                    self._hang_up(selector, list(self._others))
                if self.way == "stalled":
                    threading.Event().wait(0.05)
                    continue
                for key, _ in selector.select(0.05):
                    if key.fileobj is self._socket:
                        self._accept(selector)
                    elif isinstance(key.fileobj, socket.socket):
                        self._carry(selector, key.fileobj)

    def _accept(self, selector: selectors.BaseSelector) -> None:
        near, _ = self._socket.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self._to))
        except OSError:  # the server is being restarted
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            self._others[one] = other
            selector.register(one, selectors.EVENT_READ)

    def _carry(self, selector: selectors.BaseSelector, source: socket.socket) -> None:
        if source not in self._others:
            return
        try:
            found = source.recv(65_536)
            if found:
                self._others[source].sendall(found)
                return
        except OSError:
            found = b""
        self._hang_up(selector, [source])

    def _hang_up(self, selector: selectors.BaseSelector, gone: Sequence[socket.socket]) -> None:
        for one in gone:
            other = self._others.pop(one, None)
            if other is None:
                continue
            self._others.pop(other, None)
            for each in (one, other):
                selector.unregister(each)
                with contextlib.suppress(OSError):
                    each.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
