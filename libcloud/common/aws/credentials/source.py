"""What a source of credentials is, and one that keeps temporary credentials fresh."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from libcloud.common.aws.signing import Credentials
from libcloud.common.errors import InvalidCredsError, LibcloudError

__all__ = ["CredentialSource", "LateSource", "NoCredentialsError", "TemporaryCredentials"]

CredentialSource = Callable[[], Credentials]
"""Called whenever a request is signed; ``Credentials`` are good for that one request."""

RENEWED_BEFORE_EXPIRY = timedelta(minutes=5)
"""AWS has new ones ready at least five minutes before the old ones expire."""

RETRIED_AFTER = timedelta(seconds=30)
"""How long credentials that could not be renewed, and are still good, are left alone."""


class NoCredentialsError(InvalidCredsError):
    """A place where credentials may be has none."""


class TemporaryCredentials:
    """
    A source that asks another for credentials, and keeps them until they are about to expire.

    All threads may share one. It asks once, however many of them are waiting; those that have
    credentials which are still good do not wait.

    :param fetch: Returns credentials. They are kept for good when they do not say when they expire.
    :param now: Returns the time, aware.
    """

    def __init__(self, fetch: CredentialSource, now: Callable[[], datetime] | None = None) -> None:
        self._fetch = fetch
        self._now = now or _utc_now
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def __call__(self) -> Credentials:
        """
        The credentials of now.

        :raises LibcloudError: there are none that are good, and no new ones could be had.
        """
        kept = self._kept
        if kept and (kept.renew_at is None or self._now() < kept.renew_at):
            return kept.credentials
        if kept and not self._is_expired(kept.credentials):
            # Still good: if another thread is about to renew them, this one need not wait.
            if not self._lock.acquire(blocking=False):
                return kept.credentials
        else:
            self._lock.acquire()
        try:
            if self._kept is None or self._kept is kept:
                self._kept = self._renewed(kept)
            return self._kept.credentials
        finally:
            self._lock.release()

    def forget(self, credentials: Credentials) -> None:
        """Use these no longer: the service does not take them any more."""
        with self._lock:
            if self._kept and self._kept.credentials == credentials:
                self._kept = None

    def _renewed(self, old: _Kept | None) -> _Kept:
        try:
            fresh = self._fetch()
        except LibcloudError:
            if old is None or self._is_expired(old.credentials):
                raise
            return _Kept(old.credentials, self._now() + RETRIED_AFTER)
        if fresh.expires is None:
            return _Kept(fresh, None)
        # Such as are good for less than that are not asked for with each request all the same.
        return _Kept(fresh, max(fresh.expires - RENEWED_BEFORE_EXPIRY, self._now() + RETRIED_AFTER))

    def _is_expired(self, credentials: Credentials) -> bool:
        return credentials.expires is not None and credentials.expires <= self._now()


class LateSource:
    """
    A source that finds out when it is first called which other one it stands for.

    :param find: Returns that one.
    """

    def __init__(self, find: Callable[[], CredentialSource]) -> None:
        self._find = find
        self._found: CredentialSource | None = None

    def __call__(self) -> Credentials:
        if self._found is None:
            self._found = self._find()
        return self._found()

    def forget(self, credentials: Credentials) -> None:
        """Use these no longer: the service does not take them any more."""
        forget = getattr(self._found, "forget", None)
        if forget is not None:
            forget(credentials)


class _Kept(NamedTuple):
    credentials: Credentials
    renew_at: datetime | None


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)
