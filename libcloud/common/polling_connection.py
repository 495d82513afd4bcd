"""Connections to services that answer with a job, and do the work later."""

from __future__ import annotations

import time
from typing import Any

from libcloud.common.connection import Connection
from libcloud.common.polling import WaitTimeoutError

__all__ = ["PollingConnection"]


class PollingConnection(Connection):
    """A connection to a service that answers with a job, and does the work later."""

    # Seconds between two looks at a job, and until it is given up.
    poll_interval: float = 0.5
    timeout: float | None = 200

    # Name of the method that sends the requests.
    request_method: str = "request"

    def async_request(
        self,
        action: str,
        params: Any = None,
        data: Any = None,
        headers: dict[str, Any] | None = None,
        method: str = "GET",
        context: dict[str, Any] | None = None,
    ) -> Any:
        """
        Send a request and wait until the job that it started is done.

        :param context: Handed to :meth:`get_poll_request_kwargs`.
        :return: The answer that says that the job is done.
        :raises LibcloudError: the job was not done in time.
        """
        request = getattr(self, self.request_method)
        kwargs = self.get_request_kwargs(
            action=action, params=params, data=data, headers=headers, method=method, context=context
        )
        response = request(**kwargs)
        kwargs = self.get_poll_request_kwargs(
            response=response, context=context or {}, request_kwargs=kwargs
        )
        timeout = self.timeout if self.timeout is not None else 200
        end = time.monotonic() + timeout
        while not self.has_completed(response=response):
            if time.monotonic() > end:
                raise WaitTimeoutError(
                    f"Job did not complete in {timeout} seconds", driver=self.driver
                )
            time.sleep(self.poll_interval)
            response = request(**kwargs)
        return response

    def get_request_kwargs(
        self,
        action: str,
        params: Any = None,
        data: Any = None,
        headers: dict[str, Any] | None = None,
        method: str = "GET",
        context: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The keyword arguments of the request that starts the job."""
        return {
            "action": action,
            "params": params,
            "data": data,
            "headers": headers,
            "method": method,
        }

    def get_poll_request_kwargs(
        self, response: Any, context: dict[str, Any], request_kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """
        The keyword arguments of the request that looks at the job.

        :param response: The answer that started the job.
        :param context: What :meth:`async_request` was given.
        :param request_kwargs: The keyword arguments of the request that started the job.
        """
        raise NotImplementedError("get_poll_request_kwargs not implemented")

    def has_completed(self, response: Any) -> bool:
        """True when an answer says that the job is done; raises when it says that it failed."""
        raise NotImplementedError("has_completed not implemented")
