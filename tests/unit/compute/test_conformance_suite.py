"""The suite itself: it skips what a driver lacks, and fails a driver that misbehaves."""

from __future__ import annotations

# pytester drops the modules that a run has loaded; these cannot be loaded twice in one process.
import cryptography.hazmat.primitives.asymmetric.ed25519
import cryptography.hazmat.primitives.serialization  # noqa: F401
import pytest

pytest_plugins = ("pytester",)

HEAD = """
import pytest
from libcloud.common.errors import LibcloudError
from libcloud.compute.base import KeyPair, Node, NodeDriver, NodeLocation, NodeSize
from libcloud.compute.drivers.dummy import DummyNodeDriver
from libcloud.compute.types import NodeState
from libcloud.testing.compute import NodeDriverConformance

class TestAcme(NodeDriverConformance):
    missing_id = "999"
    wait_timeout = 0.1
    wait_interval = 0.01

    @pytest.fixture
    def driver(self):
        return Acme("0")

"""


def run(pytester: pytest.Pytester, driver: str) -> tuple[dict[str, int], str]:
    pytester.makepyfile(HEAD + driver)
    result = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:cacheprovider", "-q")
    return result.parseoutcomes(), result.stdout.str()


def test_driver_that_only_lists_is_judged_by_its_listings(pytester: pytest.Pytester) -> None:
    outcomes, text = run(
        pytester,
        """
class Acme(NodeDriver):
    def list_locations(self):
        return [NodeLocation("1", "here", "DE", self)]

    def list_sizes(self, location=None):
        return [NodeSize("1", "small", 1, 2, 3, None, self)]
""",
    )
    assert set(outcomes) == {"passed", "skipped"}, text
    assert outcomes["passed"] == 6
    assert outcomes["skipped"] > 30


MISTAKES = {
    "destroyed node stays": (
        "def destroy_node(self, node): return True",
        "test_destroy_node_removes_it",
    ),
    "missing node is no error": (
        "def reboot_node(self, node): return True",
        "test_missing_node_raises_not_found[reboot_node]",
    ),
    "wrong error for a missing node": (
        """def stop_node(self, node):
        try:
            return super().stop_node(node)
        except LibcloudError:
            raise KeyError(node.id)""",
        "test_missing_node_raises_not_found[stop_node]",
    ),
    "None instead of True": (
        "def reboot_node(self, node): super().reboot_node(node)",
        "test_reboot_node_runs_again",
    ),
    "eager iterator": (
        "def iterate_nodes(self): return self.list_nodes()\n"
        "    def list_nodes(self): return list(super().iterate_nodes())",
        "test_iterate_nodes_is_lazy",
    ),
    "name is lost": (
        """def create_node(self, name, size, image):
        return super().create_node("node", size, image)""",
        "test_create_node_returns_what_was_asked_for",
    ),
    "names are cut to ASCII": (
        """def create_node(self, name, size, image):
        return super().create_node(name.encode("ascii", "ignore").decode(), size, image)""",
        "test_create_node_keeps_a_unicode_name",
    ),
    "state is made up": (
        """def list_nodes(self):
        nodes = super().list_nodes()
        for node in nodes:
            node.state = "ACTIVE"
        return nodes""",
        "test_list_nodes_returns_nodes",
    ),
    "answers are mixed between threads": (
        """def create_node(self, name, size, image):
        import time
        self.current = name
        time.sleep(0.02)
        return super().create_node(self.current, size, image)""",
        "test_threads_get_their_own_nodes",
    ),
    "private key is shown": (
        """def create_key_pair(self, name):
        class Loud(KeyPair):
            def __repr__(self):
                return self.private_key
        pair = super().create_key_pair(name)
        return Loud(name, pair.public_key, pair.fingerprint, self, pair.private_key)""",
        "test_create_key_pair_returns_the_private_key_once",
    ),
    "credentials are shown": (
        """def __repr__(self): return f"<Acme {self.key}>"
    def __init__(self, key): super().__init__("a secret key")""",
        "test_repr_of_the_driver_hides_its_credentials",
    ),
    "duplicate name is no error": (
        """def create_key_pair(self, name):
        self._key_pairs.pop(name, None)
        return super().create_key_pair(name)""",
        "test_create_key_pair_whose_name_is_taken_raises_exists",
    ),
    "node cannot be pickled": (
        """def list_nodes(self):
        nodes = super().list_nodes()
        for node in nodes:
            node.extra["call"] = lambda: None
        return nodes""",
        "test_node_can_be_pickled",
    ),
    "snapshots of all volumes are listed": (
        """def list_volume_snapshots(self, volume):
        return list(self._snapshots.values())""",
        "test_create_volume_snapshot_lists_it_with_its_volume",
    ),
    "volume can be attached twice": (
        """def attach_volume(self, node, volume, device=None):
        try:
            super().attach_volume(node, volume, device)
        except LibcloudError as error:
            if "already" not in str(error):
                raise
        return True""",
        "test_attach_volume_puts_it_to_use_until_detach_volume",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_driver_with_a_mistake_fails_the_suite(pytester: pytest.Pytester, mistake: str) -> None:
    method, test = MISTAKES[mistake]
    outcomes, text = run(pytester, f"class Acme(DummyNodeDriver):\n    {method}\n")
    failed = [line for line in text.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert outcomes.get("failed", 0) >= 1, text
    assert any(f"::{test} " in f"{line} " for line in failed), text


def test_operation_that_does_something_else_than_raise_unsupported_fails(
    pytester: pytest.Pytester,
) -> None:
    outcomes, text = run(
        pytester,
        """
from libcloud.common.operations import operation

class Base(NodeDriver):
    @operation("nodes")
    def create_node(self, name, size, image):
        return None

class Acme(Base):
    pass
""",
    )
    assert outcomes["failed"] == 1, text
    assert "test_operation_that_is_not_offered_raises_unsupported_operation" in text


def test_suite_cleans_up_after_itself(pytester: pytest.Pytester) -> None:
    outcomes, text = run(
        pytester,
        """
DRIVER = DummyNodeDriver("0")

class TestShared(TestAcme):
    @pytest.fixture
    def driver(self):
        return DRIVER

Acme = DummyNodeDriver

def test_nothing_is_left():
    assert [node.name for node in DRIVER.list_nodes()] == ["dummy-1", "dummy-2"]
    assert len(DRIVER.list_images()) == 3
    assert DRIVER.list_volumes() == DRIVER.list_key_pairs() == []
    assert not DRIVER._snapshots
""",
    )
    assert set(outcomes) == {"passed", "skipped"}, text
