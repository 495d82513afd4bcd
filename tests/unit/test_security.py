import importlib
import subprocess
import sys
import warnings

import certifi
import pytest

from libcloud import security


@pytest.fixture(autouse=True)
def defaults(monkeypatch):
    monkeypatch.setattr(security, "VERIFY_SSL_CERT", True)
    monkeypatch.setattr(security, "CA_CERTS_PATH", None)


def test_verification_without_settings_is_that_of_requests():
    assert security.verification() is True


def test_verification_with_a_bundle(monkeypatch, tmp_path):
    own, common = tmp_path / "own.pem", tmp_path / "common.pem"
    own.touch()
    common.touch()
    monkeypatch.setattr(security, "CA_CERTS_PATH", str(common))
    assert security.verification() == str(common)
    assert security.verification(str(own)) == str(own)


def test_verification_with_a_bundle_that_does_not_exist(monkeypatch, tmp_path):
    missing = str(tmp_path / "missing.pem")
    with pytest.raises(ValueError, match=r"missing\.pem does not exist"):
        security.verification(missing)
    monkeypatch.setattr(security, "CA_CERTS_PATH", missing)
    with pytest.raises(ValueError, match="CA_CERTS_PATH"):
        security.verification()


def test_verification_with_a_list_takes_the_first(monkeypatch, tmp_path):
    monkeypatch.setattr(security, "CA_CERTS_PATH", [str(tmp_path), "other"])
    with pytest.warns(DeprecationWarning, match="only its first"):
        assert security.verification() == str(tmp_path)


def test_verification_turned_off_warns_once(monkeypatch):
    monkeypatch.setattr(security, "VERIFY_SSL_CERT", False)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        assert [security.verification() for _ in range(3)] == [False, False, False]
    assert [str(warning.message) for warning in caught] == [security.VERIFY_SSL_DISABLED_MSG]


def test_environment_names_the_bundle(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path))
    try:
        importlib.reload(security)
        assert security.CA_CERTS_PATH == security.environment_cert_file == str(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", "")
        importlib.reload(security)
        assert security.CA_CERTS_PATH is None
    finally:
        monkeypatch.undo()
        importlib.reload(security)


def test_certifi_is_imported_only_when_asked_for():
    code = "import sys, libcloud.security as s; assert 'certifi' not in sys.modules; s.has_certifi"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert security.has_certifi is True
    assert security.certifi_ca_bundle_path == certifi.where()
    with pytest.raises(AttributeError):
        _ = security.nothing
