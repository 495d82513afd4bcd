"""Fingerprints and comments of public keys in OpenSSH's format (``ssh-ed25519 AAAA… comment``)."""

from __future__ import annotations

import hashlib

from libcloud.utils.py3 import b, base64_decode_string, hexadigits

__all__ = [
    "b",
    "base64_decode_string",
    "cryptography_available",
    "get_pubkey_comment",
    "get_pubkey_openssh_fingerprint",
    "get_pubkey_ssh2_fingerprint",
    "hexadigits",
]

#: Always: cryptography is required.
cryptography_available = True


def get_pubkey_openssh_fingerprint(pubkey: str | bytes) -> str:
    """
    MD5 over the key as OpenSSH writes it, in hexadecimal with colons, as ``ssh-keygen -l -E md5``
    says.

    :raises ValueError: this is not a public key in OpenSSH's format.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    line = _public_bytes(pubkey, Encoding.OpenSSH, PublicFormat.OpenSSH)
    return _fingerprint(base64_decode_string(line.split()[1]))


def get_pubkey_ssh2_fingerprint(pubkey: str | bytes) -> str:
    """
    MD5 over the key in DER, in hexadecimal with colons: the fingerprint that Amazon EC2 shows for
    key pairs that were imported.

    :raises ValueError: this is not a public key in OpenSSH's format.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _fingerprint(_public_bytes(pubkey, Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def get_pubkey_comment(pubkey: str, default: str | None = None) -> str:
    """
    The word after the key.

    :param default: What to return when there is none.
    :raises ValueError: there is none, and no default either.
    """
    words = pubkey.split()
    if len(words) > 2 and words[0].startswith(("ssh-", "ecdsa-", "sk-")):
        return words[2]
    if default is None:
        raise ValueError("Public key is not in a supported format, or has no comment")
    return default


def _public_bytes(pubkey: str | bytes, encoding: object, format_: object) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    try:
        key = load_ssh_public_key(b(pubkey).strip())
    except UnsupportedAlgorithm as error:
        raise ValueError(f"Public key is not in a supported format: {error}") from error
    return key.public_bytes(encoding, format_)  # type: ignore[arg-type]


def _fingerprint(data: bytes) -> str:
    return ":".join(hexadigits(hashlib.md5(data, usedforsecurity=False).digest()))
