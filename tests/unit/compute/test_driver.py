from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libcloud.common.errors import LibcloudError, UnsupportedOperation
from libcloud.common.operations import operations_of
from libcloud.compute import base, keys
from libcloud.compute.base import (
    NodeAuthPassword,
    NodeAuthSSHKey,
    NodeDriver,
    NodeLocation,
)

LISTINGS = ["nodes", "sizes", "images", "locations", "volumes", "key_pairs"]


def test_bare_driver_offers_nothing() -> None:
    assert NodeDriver.supported_operations() == frozenset()


def test_every_public_operation_is_marked() -> None:
    prefixes = (
        *("list_", "iterate_", "create_", "destroy_", "get_", "delete_", "copy_", "import_"),
        *("attach_", "detach_", "reboot_", "start_", "stop_"),
    )
    public = {name for name in dir(NodeDriver) if name.startswith(prefixes)}
    assert public == set(operations_of(NodeDriver))


@pytest.mark.parametrize("resource", LISTINGS)
def test_list_comes_with_iterate(resource: str) -> None:
    def iterate(self: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        yield from ["a", "b"]

    Iterating = type("Iterating", (NodeDriver,), {f"iterate_{resource}": iterate})
    driver = Iterating("key")
    assert getattr(driver, f"list_{resource}")() == ["a", "b"]
    assert f"list_{resource}" in Iterating.supported_operations()  # type: ignore[attr-defined]


@pytest.mark.parametrize("resource", LISTINGS)
def test_iterate_comes_with_list_and_is_lazy(resource: str) -> None:
    calls = []

    def list_all(self: Any, *args: Any, **kwargs: Any) -> list[Any]:
        calls.append((args, kwargs))
        return ["a", "b"]

    Listing = type("Listing", (NodeDriver,), {f"list_{resource}": list_all})
    iterator = getattr(Listing("key"), f"iterate_{resource}")()
    assert calls == []
    assert list(iterator) == ["a", "b"]
    assert calls == [((), {})]
    assert f"iterate_{resource}" in Listing.supported_operations()  # type: ignore[attr-defined]


def test_volume_snapshots_are_listed_either_way() -> None:
    class Listing(NodeDriver):
        def list_volume_snapshots(self, volume: Any) -> list[Any]:
            return [volume]

    class Iterating(NodeDriver):
        def iterate_volume_snapshots(self, volume: Any) -> Iterator[Any]:
            yield volume

    assert list(Listing("k").iterate_volume_snapshots("v")) == ["v"]  # type: ignore[arg-type]
    assert Iterating("k").list_volume_snapshots("v") == ["v"]  # type: ignore[arg-type]


def test_listing_hands_on_filters_and_location() -> None:
    class Iterating(NodeDriver):
        def iterate_nodes(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
            yield args, kwargs

        def iterate_sizes(self, location: NodeLocation | None = None) -> Iterator[Any]:
            yield location

    driver = Iterating("key")
    assert driver.list_nodes(1, ex_filter=2) == [((1,), {"ex_filter": 2})]
    place = NodeLocation("1", "n", "US", driver)
    assert driver.list_sizes(place) == [place]
    assert driver.list_sizes() == [None]


def test_driver_that_overrides_neither_raises_unsupported_operation_at_once() -> None:
    driver = NodeDriver("key")
    for resource in LISTINGS:
        for form in ("list", "iterate"):
            with pytest.raises(UnsupportedOperation, match=f"{form}_{resource} not implemented"):
                getattr(driver, f"{form}_{resource}")()


def test_list_that_calls_the_base_does_not_go_round_in_circles() -> None:
    class Circular(NodeDriver):
        def list_nodes(self, *args: Any, **kwargs: Any) -> list[Any]:
            return super().list_nodes(*args, **kwargs)

    with pytest.raises(UnsupportedOperation):
        Circular("key").list_nodes()


def test_create_node_that_is_not_offered_is_also_not_implemented() -> None:
    with pytest.raises(NotImplementedError) as caught:
        NodeDriver("key").create_node("n", None, None)  # type: ignore[arg-type]
    assert str(caught.value) == "create_node not implemented for this driver"


def driver_with(*kinds: str) -> NodeDriver:
    driver_class = type("Some", (NodeDriver,), {"features": {"create_node": list(kinds)}})
    driver: NodeDriver = driver_class("key")
    return driver


def test_auth_of_an_offered_kind_is_taken() -> None:
    key, password = NodeAuthSSHKey("ssh-ed25519 AAAA"), NodeAuthPassword("p")
    driver = driver_with("ssh_key", "password")
    assert driver._get_and_check_auth(key) is key
    assert driver._get_and_check_auth(password) is password


@pytest.mark.parametrize(
    ("kinds", "auth"),
    [
        (["password"], NodeAuthSSHKey("ssh-ed25519 AAAA")),
        (["ssh_key"], NodeAuthPassword("p")),
        (["generates_password"], NodeAuthPassword("p")),
        (["ssh_key"], "a string"),
        ([], "a string"),
    ],
)
def test_auth_of_another_kind_is_refused(kinds: list[str], auth: Any) -> None:
    with pytest.raises(LibcloudError):
        driver_with(*kinds)._get_and_check_auth(auth)


def test_password_is_made_up_when_none_is_given() -> None:
    driver = driver_with("password")
    first, second = driver._get_and_check_auth(None), driver._get_and_check_auth(None)
    assert isinstance(first, NodeAuthPassword)
    assert isinstance(second, NodeAuthPassword)
    assert first.generated
    assert len(first.password) == 32
    assert first.password != second.password


@pytest.mark.parametrize("kinds", [[], ["ssh_key"], ["generates_password"]])
def test_no_auth_stays_no_auth_without_passwords(kinds: list[str]) -> None:
    assert driver_with(*kinds)._get_and_check_auth(None) is None


def test_driver_without_create_node_among_its_features_takes_no_auth() -> None:
    driver_class = type("Some", (NodeDriver,), {"features": {}})
    assert driver_class("key")._get_and_check_auth(None) is None


def test_import_key_pair_from_file_reads_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Importing(NodeDriver):
        def import_key_pair_from_string(self, name: str, key_material: str) -> Any:
            return name, key_material

    (tmp_path / "id.pub").write_text("ssh-ed25519 AAAA me\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Importing("k").import_key_pair_from_file("n", "~/id.pub") == (
        "n",
        "ssh-ed25519 AAAA me",
    )
    with pytest.raises(FileNotFoundError):
        Importing("k").import_key_pair_from_file("n", str(tmp_path / "missing"))


def test_get_size_price_asks_the_price_list(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def get_size_price(**arguments: Any) -> float:
        asked.append(arguments)
        return 0.5

    monkeypatch.setattr(base, "get_size_price", get_size_price)
    driver_class = type("Priced", (NodeDriver,), {"api_name": "acme"})
    assert driver_class("key")._get_size_price("small") == 0.5
    assert asked == [{"driver_type": "compute", "driver_name": "acme", "size_id": "small"}]


def test_ssh_names_are_found_in_base() -> None:
    import paramiko

    from libcloud.compute import ssh

    assert base.SSHClient is ssh.SSHClient
    assert base.SSHCommandTimeoutError is ssh.SSHCommandTimeoutError
    assert base.have_paramiko is True
    assert paramiko.AuthenticationException in base.SSH_TIMEOUT_EXCEPTION_CLASSES
    with pytest.raises(AttributeError):
        base.nothing  # noqa: B018


def test_generated_key_is_one_that_the_fingerprint_takes_and_paramiko_reads() -> None:
    import io

    import paramiko

    private, public = keys.generate("a comment")
    loaded = paramiko.Ed25519Key.from_private_key(io.StringIO(private))
    assert public == f"ssh-ed25519 {loaded.get_base64()} a comment"
    assert keys.fingerprint(public).replace(":", "") == loaded.get_fingerprint().hex()


@pytest.mark.parametrize("text", ["", "ssh-rsa", "ssh-rsa not*base64", "ssh-rsa AAA"])
def test_fingerprint_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Not a public key"):
        keys.fingerprint(text)
