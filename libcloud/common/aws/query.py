"""
The query protocol: actions go out as forms, answers come back as XML.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.common.aws.connection import AWSConnection, is_idempotent_action
from libcloud.common.aws.signing import percent_encoded, sign_v2
from libcloud.common.aws.xml import Element, expect_root
from libcloud.common.response import Response

__all__ = ["PARAMS_NOT_STRING_ERROR_MSG", "AWSQueryConnection"]

PARAMS_NOT_STRING_ERROR_MSG = (
    'The value of the parameter "%s" is not simple: %s (%s).\n'
    "The query protocol has flat parameters; what is nested is counted from 1 and joined by dots:\n"
    'params["TagSpecification.1.Tag.1.Value"] = "foo"\n'
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html"
)


class AWSQueryConnection(AWSConnection):
    """
    A service of the query protocol: actions go out as forms, answers come back as XML.

    The form is the body of a POST: a query string ends up in logs of proxies, and has no room for
    user data.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
    """

    # Actions beside Describe..., Get... and List... that do no harm when they arrive twice.
    idempotent_actions: frozenset[str] = frozenset()

    def call(
        self, action: str, params: Mapping[str, Any] | None = None, path: str = "/"
    ) -> Element:
        """Call an action and return the root element of its answer: see :meth:`answer`."""
        return self.answer(action, params, path).object

    def answer(
        self, action: str, params: Mapping[str, Any] | None = None, path: str = "/"
    ) -> Response:
        """
        Call an action and return its answer, whose ``object`` is the root element.

        :param params: Parameters of the action, flat; None as a value leaves one out.
        :param path: Where look-alikes of AWS have the service.
        :raises ValueError: the value of a parameter is a list or a dict.
        :raises MalformedResponseError: the answer is not ``<action>Response``.
        :raises ProviderError: the service refuses.
        """
        form: dict[str, Any] = {"Action": action}
        if self.version:
            form["Version"] = self.version
        for name, value in (params or {}).items():
            if value is not None:
                form[name] = _form_value(name, value)
        response: Response = self.request(
            path,
            data=form,
            headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            method="POST",
            idempotent=is_idempotent_action(form, self.idempotent_actions),
        )
        expect_root(response.object, f"{action}Response", body=response.body, driver=self.driver)
        return response

    def encode_data(self, data: Any) -> Any:

        if not isinstance(data, Mapping):
            return data
        if self.signature_version == "2":
            data = sign_v2(
                "POST",
                self._host_header(),
                self._path(),
                data,
                self.current_credentials(),
                self.now(),
            )
        return "&".join(
            [f"{percent_encoded(name)}={percent_encoded(value)}" for name, value in data.items()]
        )


def _form_value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (Mapping, list, tuple, set)):
        raise ValueError(PARAMS_NOT_STRING_ERROR_MSG % (name, value, type(value).__name__))
    return str(value)
