"""A double of Amazon EC2 whose requests and answers botocore's description judges."""

from __future__ import annotations

from libcloud.compute.drivers.ec2 import EC2NodeDriver
from libcloud.testing.http import HTTPDouble, Route, includes
from libcloud.testing.specs import aws

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


class EC2Double(HTTPDouble):
    def __init__(self) -> None:
        super().__init__(spec=aws("ec2"))

    def action(self, action: str, **parameters) -> ActionRoute:
        """A route for an action with these parameters, and maybe more."""
        form = {name.replace("_", "."): value for name, value in parameters.items()}
        route = self.on("POST", "/", form=includes({"Action": action, **form}))
        return ActionRoute(action, route)

    def forms(self, action: str | None = None) -> list[dict[str, str]]:
        """The parameters of the calls so far, without those that all have."""
        forms = [{key: values[0] for key, values in each.form.items()} for each in self.requests]
        found = [form for form in forms if action in (None, form["Action"])]
        return [{k: v for k, v in form.items() if k != "Version"} for form in found]


class ActionRoute:
    def __init__(self, action: str, route: Route) -> None:
        self.action = action
        self.route = route

    def reply(self, inner: str = "", namespace: str = NAMESPACE) -> ActionRoute:
        """Answer with this XML within the action's root element."""
        name = f"{self.action}Response"
        xmlns = f' xmlns="{namespace}"' if namespace else ""
        self.route.reply(
            text=f"<{name}{xmlns}><requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>"
            f"{inner}</{name}>",
            headers={"Content-Type": "text/xml;charset=UTF-8"},
        )
        return self

    def fail(self, status: int, code: str, message: str = "Says why.") -> ActionRoute:
        """Answer with an error."""
        self.route.reply(
            status,
            text='<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error>'
            f"<Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            "<RequestID>ea966190-f9aa-478e-9ede-EXAMPLE</RequestID></Response>",
        )
        return self


def ec2_driver(double: HTTPDouble, **kwargs) -> EC2NodeDriver:
    driver = EC2NodeDriver("AKID", "secret", retry=None, **kwargs)
    return double.attach(driver)
