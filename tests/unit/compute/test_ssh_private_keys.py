"""Private keys in every format are read, and what cannot be read says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import paramiko
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from libcloud.compute.ssh import (
    ParamikoSSHClient,
    SSHKeyError,
    is_transient,
    load_private_key,
    load_private_key_file,
)

KEYS: dict[str, Any] = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "ecdsa": ec.generate_private_key(ec.SECP256R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
}
FORMATS = {
    "pkcs1": serialization.PrivateFormat.TraditionalOpenSSL,
    "pkcs8": serialization.PrivateFormat.PKCS8,
    "openssh": serialization.PrivateFormat.OpenSSH,
}
# Ed25519 is younger than the first format.
COMBINATIONS = [(k, f) for k in KEYS for f in FORMATS if (k, f) != ("ed25519", "pkcs1")]


def text_of(kind: str, key_format: str, password: str | None = None) -> str:
    encryption: Any = serialization.NoEncryption()
    if password:
        encryption = serialization.BestAvailableEncryption(password.encode())
    data: bytes = KEYS[kind].private_bytes(
        serialization.Encoding.PEM, FORMATS[key_format], encryption
    )
    return data.decode()


def public_bytes_of(kind: str) -> bytes:
    data: bytes = (
        KEYS[kind]
        .public_key()
        .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    )
    return data.split()[1]


@pytest.mark.parametrize("password", [None, "grüß gott"], ids=["plain", "encrypted"])
@pytest.mark.parametrize(("kind", "key_format"), COMBINATIONS)
def test_load_private_key_reads_every_format(
    kind: str, key_format: str, password: str | None
) -> None:
    text = text_of(kind, key_format, password)
    for material in (text, text.encode(), f"\n{text}\n\n", text.replace("\n", "\r\n")):
        key = load_private_key(material, password)
        assert key.get_base64().encode() == public_bytes_of(kind)
        assert key.can_sign()


def test_load_private_key_ignores_password_of_unencrypted_key() -> None:
    assert load_private_key(text_of("rsa", "pkcs1"), "unneeded").can_sign()


@pytest.mark.parametrize(("kind", "key_format"), COMBINATIONS)
def test_load_private_key_with_wrong_password(kind: str, key_format: str) -> None:
    with pytest.raises(SSHKeyError, match="Invalid password") as caught:
        load_private_key(text_of(kind, key_format, "right"), "wrong")
    assert isinstance(caught.value, paramiko.SSHException)
    assert not is_transient(caught.value)


@pytest.mark.parametrize(("kind", "key_format"), COMBINATIONS)
def test_load_private_key_without_password(kind: str, key_format: str) -> None:
    with pytest.raises(SSHKeyError, match="is encrypted") as caught:
        load_private_key(text_of(kind, key_format, "right"))
    assert isinstance(caught.value, paramiko.PasswordRequiredException)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "junk",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ root@host",
        "-----BEGIN RSA PRIVATE KEY-----\njunk\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
    ],
)
def test_load_private_key_from_something_else(text: str) -> None:
    with pytest.raises(SSHKeyError, match="Invalid or unsupported key type") as caught:
        load_private_key(text)
    assert isinstance(caught.value, paramiko.SSHException)


def test_load_private_key_of_a_kind_that_ssh_gave_up() -> None:
    key = dsa.generate_private_key(1024)
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(SSHKeyError, match="use RSA, ECDSA or Ed25519"):
        load_private_key(text)


def test_load_private_key_file_expands_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "id").write_text(text_of("ecdsa", "pkcs8"))
    assert load_private_key_file("~/id").get_base64().encode() == public_bytes_of("ecdsa")


def test_connect_with_missing_key_file_does_not_connect(tmp_path: Path) -> None:
    client = ParamikoSSHClient("127.0.0.1", 1, key_files=str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError) as caught:
        client.connect()
    assert not is_transient(caught.value)


def test_client_refuses_two_sources_of_keys() -> None:
    with pytest.raises(ValueError, match="mutually exclusive"):
        ParamikoSSHClient("127.0.0.1", key_files="id", key_material="text")
