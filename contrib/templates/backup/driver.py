"""
Acme Backup.

API: https://api.acme.example/docs

This is a template: put your provider in place of this small REST dialect::

    GET    /v1/targets?cursor=                {"items": [target ...], "next": cursor or null}
    POST   /v1/targets                        {"name", "address", "type"}    201, the target
    PATCH  /v1/targets/{id}                   {"name", "address"}            the target
    DELETE /v1/targets/{id}                                                  204
    GET    /v1/targets/{id}/jobs?cursor=                                     as above
    POST   /v1/targets/{id}/jobs              {"recover": point's id}        201, the job
    GET    /v1/targets/{id}/jobs/{id}                                        the job
    GET    /v1/targets/{id}/points?cursor=                                   as above
    an error                                  {"error": {"code", "message"}}

A target is ``{"id", "name", "address", "type"}``, a job ``{"id", "state", "percent"}``, a recovery
point ``{"id", "date"}``. The key goes in the header ``Authorization: Bearer``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from libcloud.backup.base import (
    BackupDriver,
    BackupTarget,
    BackupTargetJob,
    BackupTargetRecoveryPoint,
)
from libcloud.backup.types import (
    BackupJobDoesNotExistError,
    BackupRecoveryPointDoesNotExistError,
    BackupTargetDoesNotExistError,
    BackupTargetJobStatusType,
    BackupTargetType,
)
from libcloud.common.base import ConnectionKey, JsonResponse
from libcloud.common.connection import quote_path_segment
from libcloud.common.errors import (
    InvalidCredsError,
    MalformedResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    provider_error,
)
from libcloud.common.paging import iterate_pages

__all__ = ["AcmeBackupConnection", "AcmeBackupDriver", "AcmeBackupResponse"]

JOB_STATES = {
    "waiting": BackupTargetJobStatusType.PENDING,
    "running": BackupTargetJobStatusType.RUNNING,
    "done": BackupTargetJobStatusType.COMPLETED,
    "failed": BackupTargetJobStatusType.FAILED,
}

# The provider's codes, where the status of the answer does not say the same.
ERRORS = {
    "bad_key": InvalidCredsError,
    "exists": ResourceExistsError,
    "not_found": ResourceNotFoundError,
}


class AcmeBackupResponse(JsonResponse):
    """An answer of the API."""

    def parse_error(self) -> Exception:
        error: dict[str, Any] = {}
        with contextlib.suppress(MalformedResponseError, AttributeError, KeyError, TypeError):
            error = dict(self.parse_body()["error"])
        return provider_error(
            self.status,
            error.get("message") or self.body,
            provider_code=error.get("code"),
            table=ERRORS,
            headers=self.headers,
            driver=self.connection.driver,
        )


class AcmeBackupConnection(ConnectionKey):
    """Speaks to the API."""

    host = "api.acme.example"
    responseCls = AcmeBackupResponse

    def add_default_headers(self, headers: dict[str, Any]) -> dict[str, Any]:
        headers["Authorization"] = f"Bearer {self.key}"
        return headers


class AcmeBackupDriver(BackupDriver):
    """
    Acme Backup.

    :param key: API key.
    """

    name = "Acme"
    website = "https://acme.example/"
    connectionCls = AcmeBackupConnection

    def get_supported_target_types(self) -> list[str]:
        return [BackupTargetType.VIRTUAL, BackupTargetType.FILESYSTEM]

    # Targets

    def iterate_targets(self) -> Iterator[BackupTarget]:
        return map(self._to_target, self._items("/v1/targets"))

    def create_target(
        self,
        name: str,
        address: str,
        type: str = BackupTargetType.VIRTUAL,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        body = {"name": name, "address": address, "type": type}
        raw = self.connection.request("/v1/targets", method="POST", json=body).object
        return self._to_target(raw)

    def update_target(
        self,
        target: BackupTarget,
        name: str | None = None,
        address: str | None = None,
        extra: dict[str, Any] | None = None,
    ) -> BackupTarget:
        wanted = {"name": name, "address": address}
        body = {key: value for key, value in wanted.items() if value is not None}
        with self._about(target):
            raw = self.connection.request(_path(target), method="PATCH", json=body).object
        return self._to_target(raw)

    def delete_target(self, target: BackupTarget) -> bool:
        with self._about(target):
            self.connection.request(_path(target), method="DELETE")
        return True

    # Jobs

    def iterate_target_jobs(self, target: BackupTarget) -> Iterator[BackupTargetJob]:
        with self._about(target):
            for raw in self._items(f"{_path(target)}/jobs"):
                yield self._to_job(raw, target)

    def get_target_job(self, target: BackupTarget, id: str) -> BackupTargetJob:
        path = f"{_path(target)}/jobs/{quote_path_segment(id)}"
        try:
            return self._to_job(self.connection.request(path).object, target)
        except ResourceNotFoundError as error:
            raise BackupJobDoesNotExistError(str(error), self, id) from error

    def create_target_job(
        self, target: BackupTarget, extra: dict[str, Any] | None = None
    ) -> BackupTargetJob:
        with self._about(target):
            raw = self.connection.request(f"{_path(target)}/jobs", method="POST", json={}).object
        return self._to_job(raw, target)

    # Recovery points

    def iterate_recovery_points(
        self,
        target: BackupTarget,
        start_date: datetime | None = None,
        end_date: datetime | None = None,
    ) -> Iterator[BackupTargetRecoveryPoint]:
        start, end = _in_utc(start_date), _in_utc(end_date)
        with self._about(target):
            for raw in self._items(f"{_path(target)}/points"):
                date = datetime.fromisoformat(raw["date"])
                if (start is None or start <= date) and (end is None or date <= end):
                    yield BackupTargetRecoveryPoint(raw["id"], date, target, self)

    def recover_target(
        self,
        target: BackupTarget,
        recovery_point: BackupTargetRecoveryPoint,
        path: str | None = None,
    ) -> BackupTargetJob:
        body = {"recover": recovery_point.id}
        try:
            raw = self.connection.request(f"{_path(target)}/jobs", method="POST", json=body).object
        except ResourceNotFoundError as error:
            raise BackupRecoveryPointDoesNotExistError(
                str(error), self, recovery_point.id
            ) from error
        return self._to_job(raw, target)

    # From and to the wire

    def _items(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        def fetch(cursor: str | None) -> tuple[list[dict[str, Any]], str | None]:
            page = self.connection.request(path, params={**params, "cursor": cursor}).object
            return page["items"], page["next"]

        return iterate_pages(fetch)

    def _to_target(self, raw: dict[str, Any]) -> BackupTarget:
        return BackupTarget(raw["id"], raw["name"], raw["address"], raw["type"], self)

    def _to_job(self, raw: dict[str, Any], target: BackupTarget) -> BackupTargetJob:
        return BackupTargetJob(raw["id"], JOB_STATES[raw["state"]], raw["percent"], target, self)

    @contextlib.contextmanager
    def _about(self, target: BackupTarget) -> Iterator[None]:
        """Say which target it was that is missing."""
        try:
            yield
        except ResourceNotFoundError as error:
            raise BackupTargetDoesNotExistError(str(error), self, target.id) from error


def _path(target: BackupTarget) -> str:
    return f"/v1/targets/{quote_path_segment(target.id)}"


def _in_utc(date: datetime | None) -> datetime | None:
    if date is None or date.tzinfo is not None:
        return date
    return date.replace(tzinfo=timezone.utc)
