"""
Task definitions: what containers are made by.

A definition has a family, its name, and a revision, which counts from 1. One is never changed:
registering the family again makes the next revision.

API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from libcloud.common.aws.json_protocol import required
from libcloud.common.errors import ProviderError, ResourceNotFoundError
from libcloud.container.drivers.ecs.room import Room

__all__ = ["TaskDefinitions"]

# ECS has no code of its own for a definition that does not exist.
_DOES_NOT_EXIST = re.compile(r"unable to describe|not found|does not exist", re.IGNORECASE)


class TaskDefinitions(Room):
    """Task definitions."""

    def ex_register_task_definition(
        self, family: str, container_definitions: list[dict[str, Any]], **settings: Any
    ) -> dict[str, Any]:
        """
        Make the next revision of a task definition, and return it as the API has it.

        :param container_definitions: As the API takes them: ``[{"name": "web", "image": "nginx",
            "memory": 500}]``.
        :param settings: Further parameters of the action: ``networkMode``, ``cpu``,
            ``executionRoleArn`` ...

        API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
        """
        params = {"containerDefinitions": container_definitions, "family": family, **settings}
        answer = self.connection.call("RegisterTaskDefinition", params)
        return required(answer, "taskDefinition", dict)

    def ex_get_task_definition(self, task_definition: str) -> dict[str, Any]:
        """
        Return a task definition as the API has it.

        :param task_definition: ARN, ``family:revision``, or ``family`` for its newest revision.
        :raises ResourceNotFoundError: there is none.
        """
        return self._about_definition("DescribeTaskDefinition", task_definition)

    def ex_deregister_task_definition(self, task_definition: str) -> dict[str, Any]:
        """
        Give a revision up, and return it. Nothing new starts by it, and what runs goes on.

        :param task_definition: ARN, or ``family:revision``.
        :raises ResourceNotFoundError: there is none.
        """
        return self._about_definition("DeregisterTaskDefinition", task_definition)

    def ex_iterate_task_definition_arns(self, family: str | None = None) -> Iterator[str]:
        """
        Yield the ARNs of the task definitions that are not given up.

        :param family: Only its revisions.
        """
        return self._pages("ListTaskDefinitions", {"familyPrefix": family}, "taskDefinitionArns")

    def ex_list_task_definition_arns(self, family: str | None = None) -> list[str]:
        """Return what :meth:`ex_iterate_task_definition_arns` yields."""
        return list(self.ex_iterate_task_definition_arns(family))

    def _about_definition(self, action: str, task_definition: str) -> dict[str, Any]:
        try:
            answer = self.connection.call(action, {"taskDefinition": task_definition})
        except ProviderError as error:
            if error.provider_code == "ClientException" and _DOES_NOT_EXIST.search(str(error)):
                missing = ResourceNotFoundError(error.value, error.http_code, self)
                missing.provider_code = error.provider_code
                missing.request_id = error.request_id
                raise missing from error
            raise
        return required(answer, "taskDefinition", dict)
