"""Where campaigns that run commands and windows in forked processes find them."""

from collections.abc import Iterator

import pytest

from tests.trust.fork_server import ForkServer
from tests.trust.killed_commands import CommandScene
from tests.trust.memory_folder import memory_folder


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandScene]:
    """A folder with all that the commands of the campaigns work on."""
    with memory_folder(tmp_path_factory.mktemp("scene")) as folder:
        yield CommandScene(folder)


@pytest.fixture(scope="module")
def server(scene: CommandScene) -> Iterator[ForkServer]:
    """What runs commands there."""
    with ForkServer(environment=scene.environment) as server:
        yield server


@pytest.fixture(scope="module")
def window(scene: CommandScene) -> Iterator[ForkServer]:
    """What runs windows there."""
    with ForkServer(environment=scene.environment, has_window=True) as server:
        yield server
