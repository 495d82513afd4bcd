"""
Who is at the other end: the policy, and the keys that are known.

On the first connection to a server its key is *pinned*; from then on a server that shows another
key is not talked to. Pins live in ``~/.libcloud/known_hosts``, in OpenSSH's own format, or in the
file that ``LIBCLOUD_SSH_KNOWN_HOSTS`` or the argument ``known_hosts`` names.
"""

from __future__ import annotations

import base64
import enum
import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from libcloud.compute.ssh.errors import HostKeyChangedError, HostKeyUnknownError

__all__ = [
    "HostKeyPolicy",
    "HostKeys",
    "KnownHosts",
    "fingerprint",
    "host_key_name",
]

KNOWN_HOSTS_VARIABLE = "LIBCLOUD_SSH_KNOWN_HOSTS"
DEFAULT_KNOWN_HOSTS = os.path.join("~", ".libcloud", "known_hosts")


class HostKeyPolicy(str, enum.Enum):
    """What to do about the key that a server shows."""

    #: Pin the key of a server that is not known yet; refuse a known server with another key.
    ACCEPT_NEW = "accept-new"
    #: Talk only to a server whose key, or its fingerprint, is known beforehand.
    STRICT = "strict"
    #: Check nothing. Anybody on the way can read and change everything, passwords included.
    NONE = "none"


class KnownKey(NamedTuple):
    key_type: str
    key: bytes
    revoked: bool


class KnownHosts:
    """
    The pinned keys, in memory or in a file that OpenSSH can read too.

    Safe to share between threads; a file also between processes. It is replaced as a whole, so
    that a reader sees the old or the new content. Hashed names, patterns and ``@revoked`` are
    understood, ``@cert-authority`` is passed over.

    :param path: The file, ``~`` is expanded. It, and its folder, are made when the first key is
        pinned. None, or something that is no regular file (``/dev/null``), keeps pins in memory.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = os.path.expanduser(os.fspath(path)) if path is not None else None
        self._lock = threading.Lock()
        # What holds instead of the file, once there is none or it cannot be written.
        self._memory: str | None = None

    @classmethod
    def default(cls) -> KnownHosts:
        """The user's own: ``LIBCLOUD_SSH_KNOWN_HOSTS``, else ``~/.libcloud/known_hosts``."""
        return cls(os.environ.get(KNOWN_HOSTS_VARIABLE) or DEFAULT_KNOWN_HOSTS)

    def __repr__(self) -> str:
        return f"<KnownHosts {self.path or 'in memory'}>"

    def find(self, name: str) -> list[KnownKey]:
        """The keys of one server, in the order of the file."""
        return _keys_of(self._read(), name)

    def pin(self, name: str, key_type: str, key: bytes) -> list[KnownKey]:
        """
        Pin a key unless the server has one.

        :param key_type: As in a known hosts file: ``ssh-ed25519``.
        :param key: The public key's bytes.
        :return: The keys that the server has now: this one, or those that were there before.
        """
        with self._locked():
            text = self._read()
            known = _keys_of(text, name)
            if known:
                return known
            line = f"{name.lower()} {key_type} {base64.b64encode(key).decode()}\n"
            self._write(text + line if not text or text.endswith("\n") else f"{text}\n{line}")
        return [KnownKey(key_type, key, revoked=False)]

    def forget(self, name: str) -> None:
        """
        Remove the pins of one server, for example because its address has a new owner.

        Lines with patterns or markers were not made by pinning, and stay.
        """
        if not self.find(name):
            return
        with self._locked():
            lines = self._read().splitlines(keepends=True)
            kept = [line for line in lines if not _is_pin_of(line, name)]
            if len(kept) != len(lines):
                self._write("".join(kept))

    def _read(self) -> str:
        if self._memory is not None:
            return self._memory
        if self.path is None or not os.path.isfile(self.path):
            return ""
        with open(self.path, encoding="utf-8", errors="surrogateescape") as known_hosts:
            return known_hosts.read()

    def _write(self, text: str) -> None:
        if self._is_kept_in_file():
            assert self.path is not None
            try:
                _replace_file(self.path, text)
                return
            except OSError as e:
                _logger().warning("Cannot write %s, host keys stay in memory: %s", self.path, e)
        self._memory = text

    def _is_kept_in_file(self) -> bool:
        if self.path is None or self._memory is not None:
            return False
        return os.path.isfile(self.path) or not os.path.exists(self.path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock:
            if not self._is_kept_in_file():
                yield
                return
            assert self.path is not None
            lock_file = _open_lock(self.path + ".lock")
            try:
                yield
            finally:
                if lock_file is not None:
                    os.close(lock_file)


def _open_lock(path: str) -> int | None:
    """A descriptor that holds the lock until it is closed; None where there is no such thing."""
    try:
        import fcntl

        os.makedirs(os.path.dirname(path) or ".", mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except (ImportError, OSError):
        return None  # Windows, or a file system that cannot be written: then nothing is
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _replace_file(path: str, text: str) -> None:
    import tempfile

    path = os.path.realpath(path)
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".known_hosts.", dir=folder)
    try:
        with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as known_hosts:
            known_hosts.write(text)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _keys_of(text: str, name: str) -> list[KnownKey]:
    """The format: https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT"""
    keys = []
    for line in text.splitlines():
        marker, names, rest = _fields(line)
        if len(rest) < 2 or marker == "@cert-authority" or not _matches(names, name.lower()):
            continue
        try:
            key = base64.b64decode(rest[1], validate=True)
        except ValueError:
            continue
        keys.append(KnownKey(rest[0], key, revoked=marker == "@revoked"))
    return keys


def _is_pin_of(line: str, name: str) -> bool:
    marker, names, rest = _fields(line)
    if marker or len(rest) < 2 or re.search(r"[*?!]", names):
        return False
    return _matches(names, name.lower())


def _fields(line: str) -> tuple[str, str, list[str]]:
    """Marker or an empty string, the names, and what follows."""
    fields = line.split()
    if not fields or fields[0].startswith("#"):
        return "", "", []
    marker = fields.pop(0) if fields[0].startswith("@") else ""
    return marker, fields[0] if fields else "", fields[1:]


def _matches(names: str, name: str) -> bool:
    if names.startswith("|1|"):
        return _matches_hashed(names, name)
    found = False
    for pattern in names.lower().split(","):
        expression = re.escape(pattern.removeprefix("!")).replace(r"\*", ".*").replace(r"\?", ".")
        if re.fullmatch(expression, name):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def _matches_hashed(hashed: str, name: str) -> bool:
    import hmac

    try:
        salt, digest = (base64.b64decode(part) for part in hashed[3:].split("|"))
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, name.encode(), "sha1").digest(), digest)


def host_key_name(hostname: str, port: int) -> str:
    """The name that a known hosts file has for a server."""
    return hostname if port == 22 else f"[{hostname}]:{port}"


def fingerprint(key: bytes) -> str:
    """``SHA256:...``, as ``ssh-keygen -l`` writes it."""
    digest = hashlib.sha256(key).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _md5_fingerprint(key: bytes) -> str:
    return hashlib.md5(key, usedforsecurity=False).hexdigest()


class HostKeys:
    """
    How to judge the keys that servers show: a policy, and what it needs to decide.

    :param policy: None stands for STRICT when fingerprints are given, else for ACCEPT_NEW.
    :param known_hosts: Keys that are known, or the path of their file; None is the user's own file.
    :param fingerprints: Of the only keys that are right, as a cloud's console or ``ssh-keygen -l``
        prints them: ``SHA256:...`` or ``MD5:aa:bb:...``. Known hosts are not looked at then.
    """

    def __init__(
        self,
        policy: HostKeyPolicy | str | None = None,
        known_hosts: KnownHosts | str | os.PathLike[str] | None = None,
        fingerprints: Iterable[str] | None = None,
    ) -> None:
        if isinstance(fingerprints, str):
            fingerprints = [fingerprints]
        self.fingerprints = tuple(fingerprints or ())
        if policy is None:
            policy = HostKeyPolicy.STRICT if self.fingerprints else HostKeyPolicy.ACCEPT_NEW
        self.policy = HostKeyPolicy(policy)
        if self.fingerprints and self.policy is HostKeyPolicy.NONE:
            raise ValueError("Fingerprints are given, and the policy says not to check them")
        if known_hosts is None:
            known_hosts = KnownHosts.default()
        elif not isinstance(known_hosts, KnownHosts):
            known_hosts = KnownHosts(known_hosts)
        self.known_hosts = known_hosts

    @classmethod
    def of(cls, policy: HostKeys | HostKeyPolicy | str | None) -> HostKeys:
        """What ``host_key_policy`` arguments take: all of it, or just a policy."""
        return policy if isinstance(policy, HostKeys) else cls(policy)

    def expect_new_server(self, hostname: str, port: int) -> None:
        """
        To be called for a server that was made a moment ago, before the first connection.

        Clouds give addresses to new servers that destroyed ones had, so a key that is pinned for
        the address is not this server's: it is forgotten, and the first connection pins the new
        one. A strict policy and given fingerprints are about this very server, and hold.
        """
        if self.policy is HostKeyPolicy.ACCEPT_NEW and not self.fingerprints:
            self.known_hosts.forget(host_key_name(hostname, port))

    def known_types(self, hostname: str, port: int) -> list[str]:
        """The kinds of key that are known of a server, for asking it to show one of these."""
        if self.policy is HostKeyPolicy.NONE or self.fingerprints:
            return []
        known = self.known_hosts.find(host_key_name(hostname, port))
        return [key.key_type for key in known if not key.revoked]

    def check(self, hostname: str, port: int, key_type: str, key: bytes) -> None:
        """
        Return when the key is right, and pin it when the policy says so.

        :raises HostKeyChangedError: when another key is pinned, or this one is revoked.
        :raises HostKeyUnknownError: when the policy is strict, and no key is known.
        """
        name = host_key_name(hostname, port)
        shown = fingerprint(key)
        if self.policy is HostKeyPolicy.NONE:
            _logger().warning("The host key of %s (%s) is not checked", name, shown)
            return
        if self.fingerprints:
            if not any(_is_fingerprint_of(given, key) for given in self.fingerprints):
                raise HostKeyChangedError(
                    f"{name} shows the {key_type} host key {shown}, "
                    f"which is none of the given: {', '.join(self.fingerprints)}",
                    shown,
                    self.fingerprints,
                )
            return
        known = self.known_hosts.find(name)
        if not known and self.policy is HostKeyPolicy.ACCEPT_NEW:
            known = self.known_hosts.pin(name, key_type, key)
            _logger().info("The host key of %s is pinned: %s %s", name, key_type, shown)
        if any(pinned.key == key and pinned.revoked for pinned in known):
            raise HostKeyChangedError(f"The host key {shown} of {name} is revoked", shown)
        right = [pinned for pinned in known if not pinned.revoked]
        if any(pinned.key == key for pinned in right):
            return
        if not right:
            raise HostKeyUnknownError(
                f"No host key of {name} is known; it shows the {key_type} key {shown}", shown
            )
        expected = tuple(fingerprint(pinned.key) for pinned in right)
        raise HostKeyChangedError(
            f"The host key of {name} has changed: it shows the {key_type} key {shown}, pinned in "
            f"{self.known_hosts.path or 'memory'} is {', '.join(expected)}. Either somebody is in "
            "between, or the address has a new owner; remove the pin only when you know that it is "
            "the latter",
            shown,
            expected,
        )


def _is_fingerprint_of(given: str, key: bytes) -> bool:
    if given.startswith("SHA256:"):
        return given.rstrip("=") == fingerprint(key)
    return given.removeprefix("MD5:").replace(":", "").lower() == _md5_fingerprint(key)


def _logger() -> Any:
    import logging

    return logging.getLogger("libcloud.compute.ssh")
