"""Known hosts, fingerprints and policies."""

from __future__ import annotations

import base64
import multiprocessing
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from libcloud.compute.ssh import (
    HostKeyChangedError,
    HostKeyPolicy,
    HostKeys,
    HostKeyUnknownError,
    KnownHosts,
)
from libcloud.compute.ssh.host_keys import host_key_name

KEY = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(range(32))
OTHER_KEY = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(range(32, 64))
# Of KEY; computed with ssh-keygen -lf and ssh-keygen -E md5 -lf.
SHA256 = "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA"
MD5 = "MD5:0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba"


def line(names: str, key: bytes = KEY) -> str:
    return f"{names} ssh-ed25519 {base64.b64encode(key).decode()} a comment\n"


def test_host_key_name_has_unusual_ports() -> None:
    assert host_key_name("example.com", 22) == "example.com"
    assert host_key_name("10.0.0.1", 2222) == "[10.0.0.1]:2222"


def test_known_hosts_pins_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "known_hosts"
    assert not KnownHosts(path).find("host")
    KnownHosts(path).pin("host", "ssh-ed25519", KEY)
    known = KnownHosts(path).pin("host", "ssh-ed25519", OTHER_KEY)
    assert [pinned.key for pinned in known] == [KEY]
    assert [pinned.key for pinned in KnownHosts(path).find("HOST")] == [KEY]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_known_hosts_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    before = f"# mine\n\n{line('other')}@cert-authority *.example.com ssh-rsa AAAA\nno end"
    path.write_text(before)
    known_hosts = KnownHosts(path)
    known_hosts.pin("host", "ssh-ed25519", KEY)
    assert path.read_text().startswith(before + "\n")
    known_hosts.forget("host")
    assert path.read_text() == before + "\n"


def test_known_hosts_follows_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("")
    (tmp_path / "link").symlink_to(target)
    KnownHosts(tmp_path / "link").pin("host", "ssh-ed25519", KEY)
    assert (tmp_path / "link").is_symlink()
    assert target.read_text().startswith("host ")


@pytest.mark.parametrize(
    ("names", "name", "found"),
    [
        ("host,10.0.0.1", "10.0.0.1", True),
        ("host,10.0.0.1", "10.0.0.10", False),
        ("*.example.com", "a.example.com", True),
        ("10.0.0.?", "10.0.0.5", True),
        ("*.example.com,!bad.example.com", "bad.example.com", False),
        ("[host]:2222", "[host]:2222", True),
        ("[host]:2222", "host", False),
        ("[abc]", "a", False),
        ("@cert-authority host", "host", False),
        ("# host", "host", False),
        ("|1|bm90|aGFzaGVk", "host", False),
        ("|1|broken", "host", False),
    ],
)
def test_known_hosts_names(tmp_path: Path, names: str, name: str, found: bool) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(line(names))
    assert bool(KnownHosts(path).find(name)) is found


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs ssh-keygen as the judge")
def test_known_hosts_and_openssh_agree(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    KnownHosts(path).pin("[host]:2222", "ssh-ed25519", KEY)
    subprocess.run(["ssh-keygen", "-F", "[host]:2222", "-f", path], check=True)
    listing = subprocess.check_output(["ssh-keygen", "-lf", path], text=True)
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", path], check=True)
    assert "host" not in path.read_text()
    assert [pinned.key for pinned in KnownHosts(path).find("[host]:2222")] == [KEY]
    with pytest.raises(HostKeyChangedError) as caught:
        HostKeys(known_hosts=path).check("host", 2222, "ssh-ed25519", OTHER_KEY)
    assert caught.value.expected == (listing.split()[1],)
    KnownHosts(path).forget("[host]:2222")
    assert path.read_text() == ""


def test_known_hosts_in_memory() -> None:
    known_hosts = KnownHosts()
    known_hosts.pin("host", "ssh-ed25519", KEY)
    assert known_hosts.find("host")
    known_hosts.forget("host")
    assert not known_hosts.find("host")


def test_known_hosts_in_a_device_touches_nothing() -> None:
    known_hosts = KnownHosts("/dev/null")
    known_hosts.pin("host", "ssh-ed25519", KEY)
    assert known_hosts.find("host")
    assert Path("/dev/null").is_char_device()


def test_known_hosts_that_cannot_be_written_stay_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    known_hosts = KnownHosts(tmp_path / "file" / "known_hosts")  # below something that is no folder
    known_hosts.pin("host", "ssh-ed25519", KEY)
    assert "stay in memory" in caplog.text
    assert [pinned.key for pinned in known_hosts.pin("host", "ssh-ed25519", OTHER_KEY)] == [KEY]


def test_known_hosts_default_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("LIBCLOUD_SSH_KNOWN_HOSTS", raising=False)
    assert KnownHosts.default().path == str(tmp_path / ".libcloud" / "known_hosts")
    monkeypatch.setenv("LIBCLOUD_SSH_KNOWN_HOSTS", "~/elsewhere")
    assert KnownHosts.default().path == str(tmp_path / "elsewhere")


def _pin_ten(path: Path, number: int) -> None:
    for host in range(10):
        KnownHosts(path).pin(f"host-{number}-{host}", "ssh-ed25519", KEY)


def test_known_hosts_loses_nothing_between_processes(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_pin_ten, args=(path, number)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len(path.read_text().splitlines()) == 40


def test_pin_lets_one_key_win_between_threads() -> None:
    host_keys = HostKeys(known_hosts=KnownHosts())
    refused = []

    def connect(key: bytes) -> None:
        try:
            host_keys.check("host", 22, "ssh-ed25519", key)
        except HostKeyChangedError:
            refused.append(key)

    threads = [threading.Thread(target=connect, args=([KEY, OTHER_KEY][n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4
    assert len(set(refused)) == 1


def test_check_accept_new_pins_and_then_holds(tmp_path: Path) -> None:
    host_keys = HostKeys(known_hosts=tmp_path / "known_hosts")
    assert host_keys.policy is HostKeyPolicy.ACCEPT_NEW
    host_keys.check("host", 22, "ssh-ed25519", KEY)
    host_keys.check("host", 22, "ssh-ed25519", KEY)
    with pytest.raises(HostKeyChangedError, match="has changed") as caught:
        host_keys.check("host", 22, "ssh-ed25519", OTHER_KEY)
    assert not caught.value.retryable
    host_keys.check("host", 2222, "ssh-ed25519", OTHER_KEY)  # another server


def test_check_strict(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    host_keys = HostKeys("strict", path)
    with pytest.raises(HostKeyUnknownError):
        host_keys.check("host", 22, "ssh-ed25519", KEY)
    assert not path.exists()
    path.write_text(line("host"))
    host_keys.check("host", 22, "ssh-ed25519", KEY)


def test_check_revoked_key(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(line("@revoked *"))
    with pytest.raises(HostKeyChangedError, match="revoked"):
        HostKeys(known_hosts=path).check("host", 22, "ssh-ed25519", KEY)


def test_check_fingerprints() -> None:
    for right in (SHA256, SHA256 + "=", MD5, MD5.removeprefix("MD5:")):
        HostKeys(fingerprints=["SHA256:another", right]).check("host", 22, "ssh-ed25519", KEY)
    with pytest.raises(HostKeyChangedError) as caught:
        HostKeys(fingerprints=SHA256).check("host", 22, "ssh-ed25519", OTHER_KEY)
    assert caught.value.expected == (SHA256,)


def test_fingerprints_and_no_check_contradict() -> None:
    with pytest.raises(ValueError, match="not to check"):
        HostKeys("none", fingerprints=[SHA256])


def test_unknown_policy() -> None:
    with pytest.raises(ValueError, match="accept-everything"):
        HostKeys("accept-everything")


def test_expect_new_server_forgets_only_where_it_may(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    pins = line("host") + line("other")
    path.write_text(pins)
    HostKeys("strict", path).expect_new_server("host", 22)
    HostKeys(None, path, [SHA256]).expect_new_server("host", 22)
    assert path.read_text() == pins
    HostKeys("accept-new", path).expect_new_server("host", 22)
    assert path.read_text() == line("other")


def test_expect_new_server_makes_no_files(tmp_path: Path) -> None:
    HostKeys(known_hosts=tmp_path / "folder" / "known_hosts").expect_new_server("host", 22)
    assert list(tmp_path.iterdir()) == []
