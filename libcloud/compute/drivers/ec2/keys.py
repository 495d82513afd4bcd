"""
Key pairs.

API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_KeyPairInfo.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.xml import Element, findtext, required_text
from libcloud.compute.base import KeyPair
from libcloud.compute.drivers.ec2.params import base64_text
from libcloud.compute.drivers.ec2.room import Room
from libcloud.compute.types import KeyPairDoesNotExistError

__all__ = ["Keys"]

KEY_PAIRS = "keySet/item"


class Keys(Room):
    """Key pairs, and the older methods for them, which return dicts."""

    def iterate_key_pairs(self) -> Iterator[KeyPair]:
        for element in self._all("DescribeKeyPairs", {}, KEY_PAIRS):
            yield self._to_key_pair(element)

    def get_key_pair(self, name: str) -> KeyPair:
        found = self._to_key_pairs(self._all("DescribeKeyPairs", {"KeyName.1": name}, KEY_PAIRS))
        if not found:
            raise KeyPairDoesNotExistError(name=name, driver=self)
        return found[0]

    def create_key_pair(self, name: str) -> KeyPair:
        """
        Make an RSA key pair and return it. This is the only time that ``private_key`` is set.

        API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html
        """
        return self._to_key_pair(self._call("CreateKeyPair", {"KeyName": name}))

    def import_key_pair_from_string(self, name: str, key_material: str) -> KeyPair:
        params = {"KeyName": name, "PublicKeyMaterial": base64_text(key_material)}
        return self._to_key_pair(self._call("ImportKeyPair", params))

    def delete_key_pair(self, key_pair: KeyPair) -> bool:
        """
        Delete a key pair and return True, in two requests: EC2 calls it a success, too, when there
        is no such key pair.
        """
        self.get_key_pair(key_pair.name)
        return self._do("DeleteKeyPair", {"KeyName": key_pair.name})

    # -- the older methods ------------------------------------------------------------------------

    def ex_list_keypairs(self) -> list[dict[str, Any]]:
        """Return all key pairs as dicts with ``keyName`` and ``keyFingerprint``."""
        return [_as_dict(key_pair) for key_pair in self.iterate_key_pairs()]

    def ex_describe_all_keypairs(self) -> list[str]:
        """Return the names of all key pairs."""
        return [key_pair.name for key_pair in self.iterate_key_pairs()]

    def ex_describe_keypairs(self, name: str) -> dict[str, Any]:
        """The same as :meth:`ex_describe_keypair`."""
        return self.ex_describe_keypair(name)

    def ex_describe_keypair(self, name: str) -> dict[str, Any]:
        """
        Return a key pair as a dict with ``keyName`` and ``keyFingerprint``.

        :raises KeyPairDoesNotExistError: there is none of that name.
        """
        return _as_dict(self.get_key_pair(name))

    def ex_create_keypair(self, name: str) -> dict[str, Any]:
        """Make a key pair; return ``keyMaterial`` (the private key) and ``keyFingerprint``."""
        key_pair = self.create_key_pair(name)
        return {"keyMaterial": key_pair.private_key, "keyFingerprint": key_pair.fingerprint}

    def ex_delete_keypair(self, keypair: str) -> bool:
        """
        Delete a key pair.

        :param keypair: Its name.
        """
        return self._do("DeleteKeyPair", {"KeyName": keypair})

    def ex_import_keypair_from_string(self, name: str, key_material: str) -> dict[str, Any]:
        """Make a public key known; return a dict with ``keyName`` and ``keyFingerprint``."""
        return _as_dict(self.import_key_pair_from_string(name, key_material))

    def ex_import_keypair(self, name: str, keyfile: str) -> dict[str, Any]:
        """
        Make the public key in a file known; return a dict with ``keyName`` and ``keyFingerprint``.

        :param keyfile: Path of the file; ``~`` is expanded.
        """
        return _as_dict(self.import_key_pair_from_file(name, keyfile))

    def ex_find_or_import_keypair_by_key_material(self, pubkey: str) -> dict[str, Any]:
        """
        Return the key pair of a public key, as a dict with ``keyName`` and ``keyFingerprint``.

        It is looked for among the public keys, and among the fingerprints where EC2 has no public
        key. When there is none, it is imported under its comment, or under a name made of its
        fingerprint.

        :param pubkey: In OpenSSH's form.
        """
        from libcloud.utils.publickey import get_pubkey_comment

        fingerprints = _fingerprints(pubkey)
        elements = self._all("DescribeKeyPairs", {"IncludePublicKey": True}, KEY_PAIRS)
        for key_pair in self._to_key_pairs(elements):
            same_key = key_pair.public_key and _blob(key_pair.public_key) == _blob(pubkey)
            if same_key or (key_pair.fingerprint or "").rstrip("=") in fingerprints:
                return _as_dict(key_pair)
        name = get_pubkey_comment(pubkey, default="") or f"unnamed-{fingerprints[0]}"
        return self.ex_import_keypair_from_string(name, pubkey)

    # -- parsing ----------------------------------------------------------------------------------

    def _to_key_pairs(self, elems: list[Element]) -> list[KeyPair]:
        return [self._to_key_pair(element) for element in elems]

    def _to_key_pair(self, elem: Element) -> KeyPair:
        return KeyPair(
            name=required_text(elem, "keyName"),
            public_key=findtext(elem, "publicKey"),
            fingerprint=(findtext(elem, "keyFingerprint") or "").strip(),
            driver=self,
            private_key=findtext(elem, "keyMaterial"),
        )


def _as_dict(key_pair: KeyPair) -> dict[str, Any]:
    return {"keyName": key_pair.name, "keyFingerprint": key_pair.fingerprint}


def _blob(public_key: str) -> str:
    """The key itself, without its type and comment."""
    return ([*public_key.split(), "", ""])[1]


def _fingerprints(pubkey: str) -> tuple[str, ...]:
    """
    What EC2 may call the fingerprint of an imported key.

    An RSA key has the MD5 of its DER form, an Ed25519 key the SHA-256 of its OpenSSH form.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html
    """
    import base64
    import hashlib

    from libcloud.utils.publickey import get_pubkey_ssh2_fingerprint

    digest = hashlib.sha256(base64.b64decode(_blob(pubkey))).digest()
    sha256 = base64.b64encode(digest).decode().rstrip("=")
    if pubkey.startswith("ssh-rsa"):
        return (get_pubkey_ssh2_fingerprint(pubkey), sha256)
    return (sha256,)
