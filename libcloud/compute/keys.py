"""SSH keys made on this side, for providers whose interface takes public keys only."""

from __future__ import annotations

import base64
import binascii

__all__ = ["fingerprint", "generate"]


def generate(comment: str = "") -> tuple[str, str]:
    """
    A new Ed25519 key: the private key in OpenSSH's PEM form, and the public key as one line.

    :param comment: Ends the public key's line.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return private.decode(), f"{public.decode()} {comment}".rstrip()


def fingerprint(public_key: str) -> str:
    """
    The MD5 of a public key, as OpenSSH wrote it before 6.8: sixteen pairs joined by colons.

    :param public_key: One line, as in ``id_ed25519.pub``.
    :raises ValueError: it is not a public key.
    """
    import hashlib

    fields = public_key.split()
    try:
        blob = base64.b64decode(fields[1], validate=True)
    except (IndexError, binascii.Error) as error:
        raise ValueError("Not a public key in OpenSSH's form") from error
    digest = hashlib.md5(blob, usedforsecurity=False).hexdigest()
    return ":".join(digest[index : index + 2] for index in range(0, len(digest), 2))
