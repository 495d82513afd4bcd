"""
The JSON protocol: an action is named in a header, parameters and answers are JSON.

A service is a few class attributes::

    class ECSConnection(AWSJsonConnection):
        host = "ecs.us-east-1.amazonaws.com"
        service_name = "ecs"
        target_prefix = "AmazonEC2ContainerServiceV20141113"
        responseCls = ECSResponse

    connection.call("ListClusters", {"maxResults": 100})

and :func:`pages` and :func:`required` read what it answers.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, TypeVar

from libcloud.common.aws.connection import AWSConnection, is_idempotent_action
from libcloud.common.aws.responses import AWSJsonResponse
from libcloud.common.errors import MalformedResponseError
from libcloud.common.paging import iterate_pages

__all__ = ["AWSJsonConnection", "pages", "required", "timestamp"]

T = TypeVar("T")


class AWSJsonConnection(AWSConnection):
    """A service of the JSON protocol."""

    responseCls: Any = AWSJsonResponse

    # What the service is called before the name of an action.
    target_prefix: str
    json_version = "1.1"

    # Actions beside Describe..., Get... and List... that do no harm when they arrive twice.
    idempotent_actions: frozenset[str] = frozenset()

    def call(self, action: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """
        Call an action and return its answer.

        An action with a ``clientToken`` may be sent again: the service does it once.

        :param params: Parameters of the action; None as a value leaves one out.
        :raises MalformedResponseError: the answer is no object.
        :raises ProviderError: the service refuses.
        """
        given = {name: value for name, value in (params or {}).items() if value is not None}
        response = self.request(
            "/",
            data=json.dumps(given),
            headers={
                # In this case, as test doubles of programs look it up so.
                "x-amz-target": f"{self.target_prefix}.{action}",
                "Content-Type": f"application/x-amz-json-{self.json_version}",
            },
            method="POST",
            idempotent=is_idempotent_action(
                {"Action": action, "ClientToken": given.get("clientToken")},
                self.idempotent_actions,
            ),
        )
        answer = response.object
        if not isinstance(answer, dict):
            raise MalformedResponseError(
                f"The answer to {action} is no object", body=response.body, driver=self.driver
            )
        return answer


def pages(
    connection: AWSJsonConnection,
    action: str,
    params: Mapping[str, Any],
    items: str,
    page_size: int | None,
) -> Iterator[Any]:
    """
    The items of a listing, one request before the first and one page in memory.

    :param items: Name of the member that has them.
    :param page_size: The most that the action allows, None where it takes no number.
    """

    def fetch(token: str | None) -> tuple[list[Any], str | None]:
        answer = connection.call(action, {**params, "maxResults": page_size, "nextToken": token})
        return required(answer, items, list), answer.get("nextToken")

    return iterate_pages(fetch)


def required(answer: Any, name: str, kind: type[T]) -> T:
    """
    A member of an object.

    :raises MalformedResponseError: it is missing, or of another kind. Taking it for empty would
        make nothing of an answer that says something else.
    """
    value = answer.get(name) if isinstance(answer, Mapping) else None
    if not isinstance(value, kind):
        raise MalformedResponseError(f"The answer has no {name}", body=answer)
    return value


def timestamp(value: Any) -> datetime | None:
    """
    A time as the protocol writes it, seconds since 1970; None for None.

    :raises MalformedResponseError: it is no time.
    """
    if value is None:
        return None
    try:
        return datetime.fromtimestamp(value, timezone.utc)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise MalformedResponseError(f"The answer has a strange time: {value!r}") from error
