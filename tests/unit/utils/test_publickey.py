import subprocess

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from libcloud.utils.publickey import (
    get_pubkey_comment,
    get_pubkey_openssh_fingerprint,
    get_pubkey_ssh2_fingerprint,
)

RSA_KEY = rsa.RSAPublicNumbers(65537, int("c" + "3" * 510 + "5", 16)).public_key()


def openssh(key):
    return key.public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode()


def test_fingerprints_of_a_known_key():
    text = f"{openssh(RSA_KEY)} user@host"
    assert get_pubkey_ssh2_fingerprint(text) == "9b:ce:3c:98:b2:4c:8b:72:3c:7c:ee:af:7e:27:29:9c"
    assert get_pubkey_openssh_fingerprint(text) == "70:79:8f:4b:0b:40:f0:c4:09:4c:ed:f9:45:54:8c:5f"
    assert get_pubkey_openssh_fingerprint(f"  {text}\n".encode()) == get_pubkey_openssh_fingerprint(
        text
    )


@pytest.mark.parametrize(
    "key",
    [
        RSA_KEY,
        ed25519.Ed25519PrivateKey.generate().public_key(),
        ec.generate_private_key(ec.SECP256R1()).public_key(),
    ],
    ids=["rsa", "ed25519", "ecdsa"],
)
def test_openssh_fingerprint_is_what_ssh_keygen_says(key, tmp_path):
    file = tmp_path / "key.pub"
    file.write_text(f"{openssh(key)} me\n")
    try:
        said = subprocess.run(
            ["ssh-keygen", "-l", "-E", "md5", "-f", str(file)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except FileNotFoundError:
        pytest.skip("needs ssh-keygen")
    assert f"MD5:{get_pubkey_openssh_fingerprint(file.read_text())}" in said


@pytest.mark.parametrize(
    "text", ["bad", "ssh-rsa", "ssh-rsa !!! x", "ssh-rsa AAAA", "ssh-new AAAA"]
)
def test_fingerprints_of_what_is_no_key(text):
    with pytest.raises(ValueError):
        get_pubkey_ssh2_fingerprint(text)
    with pytest.raises(ValueError):
        get_pubkey_openssh_fingerprint(text)


def test_comment():
    assert get_pubkey_comment("ssh-rsa AAAA user@host") == "user@host"
    assert get_pubkey_comment("ecdsa-sha2-nistp256 AAAA  me \n") == "me"
    assert get_pubkey_comment("ssh-rsa AAAA", "none") == "none"
    assert get_pubkey_comment("", "") == ""


@pytest.mark.parametrize("text", ["ssh-rsa AAAA", "bad", "a b c"])
def test_comment_of_a_key_without_one(text):
    with pytest.raises(ValueError, match="not in a supported format"):
        get_pubkey_comment(text)
