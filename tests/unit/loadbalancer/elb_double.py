"""Doubles of Amazon's load balancer APIs, whose requests and answers botocore's models judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.testing.http import HTTPDouble, Route, includes
from libcloud.testing.specs import aws

VERSIONS = {"elb": "2012-06-01", "elbv2": "2015-12-01"}


class ELBDouble(HTTPDouble):
    """
    :param service: ``elb`` or ``elbv2``, as botocore calls them.
    """

    def __init__(self, service: str) -> None:
        super().__init__(spec=aws(service))
        self.version = VERSIONS[service]
        self.namespace = f"http://elasticloadbalancing.amazonaws.com/doc/{self.version}/"

    def action(self, action: str, params: Mapping[str, Any] | None = None) -> ActionRoute:
        """A route for an action with these parameters, and maybe more."""
        wanted = {name: str(value) for name, value in (params or {}).items()}
        form = includes({"Action": action, **wanted})
        return ActionRoute(self, action, self.on("POST", "/", form=form))

    def forms(self, action: str | None = None) -> list[dict[str, str]]:
        """The parameters of the calls so far, or of those of one action, without the version."""
        forms = [{key: values[0] for key, values in each.form.items()} for each in self.requests]
        assert all(form.pop("Version") == self.version for form in forms)
        return [form for form in forms if action in (None, form["Action"])]

    def actions(self) -> list[str]:
        """The names of the actions that were called."""
        return [form["Action"] for form in self.forms()]


class ActionRoute:
    def __init__(self, double: ELBDouble, action: str, route: Route) -> None:
        self.double = double
        self.action = action
        self.route = route

    def reply(self, result: str = "") -> ActionRoute:
        """Answer with this XML within the element of the result."""
        name = self.action
        self.route.reply(
            text=f'<{name}Response xmlns="{self.double.namespace}"><{name}Result>{result}'
            f"</{name}Result><ResponseMetadata><RequestId>1549581b-12b7-11e3-895e-1334aEXAMPLE"
            f"</RequestId></ResponseMetadata></{name}Response>",
            headers={"Content-Type": "text/xml"},
        )
        return self

    def fail(self, status: int, code: str, message: str = "Says why.") -> ActionRoute:
        """Answer with an error."""
        self.route.reply(
            status,
            text=f'<ErrorResponse xmlns="{self.double.namespace}"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{message}</Message></Error>"
            "<RequestId>ea966190-f9aa-478e-9ede-EXAMPLE</RequestId></ErrorResponse>",
        )
        return self
