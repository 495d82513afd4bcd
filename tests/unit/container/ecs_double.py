"""A double of Amazon ECS and ECR whose requests and answers botocore's descriptions judge."""

from __future__ import annotations

import json
from typing import Any

import botocore.parsers

from libcloud.container.drivers.ecs import ECR_TARGET_BASE, ECS_TARGET_BASE, ElasticContainerDriver
from libcloud.testing.http import HTTPDouble, Request, Route
from libcloud.testing.specs import aws
from libcloud.testing.specs.base import Spec, Violation

TARGETS = {"ecs": ECS_TARGET_BASE, "ecr": ECR_TARGET_BASE}


class BothSpecs(Spec):
    """Each exchange by the description of the service that it is addressed to."""

    def request_violations(self, request: Request) -> list[Violation]:
        return self._spec(request).request_violations(request)

    def answer_violations(self, request: Request, answer: Any) -> list[Violation]:
        return self._spec(request).answer_violations(request, answer)

    def _spec(self, request: Request) -> Spec:
        is_ecr = request.headers["X-Amz-Target"].startswith(ECR_TARGET_BASE)
        return aws("ecr" if is_ecr else "ecs")


class ECSDouble(HTTPDouble):
    def __init__(self, spec: Spec | None = None) -> None:
        super().__init__(spec=spec or BothSpecs())

    def action(self, action: str, service: str = "ecs", /, **parameters: Any) -> Route:
        """A route for an action with exactly these parameters."""
        headers = {
            "X-Amz-Target": f"{TARGETS[service]}.{action}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        return self.on("POST", "/", headers=headers, json=parameters)

    def any_action(self, action: str, service: str = "ecs") -> Route:
        """A route for an action with whatever parameters."""
        headers = {"X-Amz-Target": f"{TARGETS[service]}.{action}"}
        return self.on("POST", "/", headers=headers)

    def bodies(self, action: str) -> list[dict[str, Any]]:
        """The parameters of the calls of an action so far."""
        return [
            json.loads(request.body)
            for request in self.requests
            if request.headers["X-Amz-Target"].endswith(f".{action}")
        ]


def error(code: str, message: str = "Says why.") -> dict[str, Any]:
    return {"__type": code, "message": message}


def ecs_driver(double: HTTPDouble, retry: Any = None, **settings: Any) -> ElasticContainerDriver:
    driver = ElasticContainerDriver("AKID", "secret", "eu-west-1", retry=retry, **settings)
    return double.attach(driver)


def botocore_facts(service: str, operation: str, body: dict[str, Any]) -> dict[str, Any]:
    """What botocore reads in an answer."""
    shape = aws(service).model.operation_model(operation).output_shape  # type: ignore[attr-defined]
    raw = {
        "status_code": 200,
        "headers": {},
        "body": json.dumps(body).encode(),
        "context": {"operation_name": operation},
    }
    return dict(botocore.parsers.create_parser("json").parse(raw, shape))
