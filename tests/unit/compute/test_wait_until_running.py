from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError
from libcloud.common.polling import WaitTimeoutError
from libcloud.compute.base import Node, NodeDriver
from libcloud.compute.types import NodeState

RUNNING, PENDING = NodeState.RUNNING, NodeState.PENDING


class Scripted(NodeDriver):
    """A driver whose listings are given beforehand; the last one stays."""

    name = "Scripted"

    def __init__(self, *listings: list[Node]) -> None:
        super().__init__("key")
        self.listings = list(listings)
        self.calls: list[dict[str, Any]] = []

    def iterate_nodes(self, *args: Any, **kwargs: Any) -> Iterator[Node]:
        self.calls.append(kwargs)
        listing = self.listings.pop(0) if len(self.listings) > 1 else self.listings[0]
        yield from listing


def make(
    id: str,
    state: NodeState = RUNNING,
    public: list[str] | None = None,
    private: list[str] | None = None,
) -> Node:
    public = ["1.2.3.4"] if public is None else public
    return Node(id, f"n{id}", state, public, private or [], Scripted)  # type: ignore[arg-type]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made; time passes in them only."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    monkeypatch.setattr("time.monotonic", lambda: sum(pauses))
    return pauses


def test_nodes_are_returned_in_the_order_of_the_question(clock: list[float]) -> None:
    driver = Scripted([make("2"), make("3"), make("1")])
    result = driver.wait_until_running([make("1"), make("2")])
    assert [node.id for node, _ in result] == ["1", "2"]
    assert [addresses for _, addresses in result] == [["1.2.3.4"], ["1.2.3.4"]]
    assert clock == []


def test_wait_goes_on_until_the_node_is_listed_and_runs_and_has_an_address(
    clock: list[float],
) -> None:
    driver = Scripted(
        [],
        [make("1", PENDING)],
        [make("1", RUNNING, [])],
        [make("1", RUNNING, ["::1"])],
        [make("1")],
    )
    [(node, addresses)] = driver.wait_until_running([make("1", PENDING)], wait_period=7)
    assert addresses == ["1.2.3.4"]
    assert node.state == RUNNING
    assert clock == [7, 7, 7, 7]
    assert len(driver.calls) == 5


def test_wait_needs_all_nodes(clock: list[float]) -> None:
    driver = Scripted([make("1"), make("2", PENDING)], [make("1"), make("2")])
    assert len(driver.wait_until_running([make("1"), make("2")])) == 2
    assert len(clock) == 1


def test_other_addresses_than_ipv4_count_on_request(clock: list[float]) -> None:
    driver = Scripted([make("1", RUNNING, ["::1", "3.3.3.3"])])
    assert driver.wait_until_running([make("1")])[0][1] == ["3.3.3.3"]
    assert driver.wait_until_running([make("1")], force_ipv4=False)[0][1] == ["::1", "3.3.3.3"]


def test_private_addresses_and_filters(clock: list[float]) -> None:
    driver = Scripted([make("1", RUNNING, ["1.1.1.1"], ["10.0.0.1"])])
    result = driver.wait_until_running(
        [make("1")], ssh_interface="private_ips", ex_list_nodes_kwargs={"ex_filter": 1}
    )
    assert result[0][1] == ["10.0.0.1"]
    assert driver.calls == [{"ex_filter": 1}]


@pytest.mark.parametrize("state", [NodeState.ERROR, NodeState.TERMINATED])
def test_node_that_will_never_run_ends_the_wait_at_once(
    clock: list[float], state: NodeState
) -> None:
    driver = Scripted([make("1", PENDING), make("2", PENDING)], [make("1"), make("2", state)])
    with pytest.raises(LibcloudError) as caught:
        driver.wait_until_running([make("1"), make("2")], wait_period=1)
    assert "n2" in str(caught.value)
    assert "id 2" in str(caught.value)
    assert state.value in str(caught.value)
    assert not isinstance(caught.value, WaitTimeoutError)
    assert clock == [1]


def test_timeout_names_the_nodes_and_how_they_are(clock: list[float]) -> None:
    driver = Scripted([make("1", RUNNING, []), make("2", PENDING)])
    with pytest.raises(WaitTimeoutError) as caught:
        driver.wait_until_running([make("1"), make("2"), make("3")], wait_period=10, timeout=25)
    text = str(caught.value)
    assert text.startswith("Timed out after 25 seconds")
    assert "'n1' (id 1) is running with public_ips []" in text
    assert "'n2' (id 2) is pending" in text
    assert "'n3' (id 3) is not listed" in text
    assert clock == [10, 10, 5]
    assert isinstance(caught.value, LibcloudError)


def test_two_nodes_with_one_identity_are_an_error(clock: list[float]) -> None:
    driver = Scripted([make("1"), make("1")])
    with pytest.raises(LibcloudError, match="two nodes"):
        driver.wait_until_running([make("1")])


def test_unknown_interface_is_refused_before_any_request() -> None:
    driver = Scripted([])
    with pytest.raises(ValueError, match="ssh_interface"):
        driver.wait_until_running([], ssh_interface="ips")
    assert driver.calls == []


def test_no_nodes_is_no_wait(clock: list[float]) -> None:
    assert Scripted([]).wait_until_running([]) == []
    assert clock == []


def test_error_of_the_listing_is_not_swallowed(clock: list[float]) -> None:
    class Broken(Scripted):
        def iterate_nodes(self, *args: Any, **kwargs: Any) -> Iterator[Node]:
            raise LibcloudError("no")

    with pytest.raises(LibcloudError, match="no"):
        Broken([]).wait_until_running([make("1")])
    assert clock == []
