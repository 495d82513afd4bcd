"""
What speaks to WorldWideDNS: credentials in the query, answers that are text or a number.

https://www.worldwidedns.net/dns_api_protocol.asp
"""

from __future__ import annotations

from typing import Any

from libcloud.common.base import ConnectionUserAndKey, Response
from libcloud.common.errors import (
    InvalidCredsError,
    PermissionDeniedError,
    ProviderError,
    QuotaExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceUnavailableError,
    provider_error,
)

__all__ = [
    "ERROR_CODES",
    "ERROR_CODE_TO_EXCEPTION_CLS",
    "OK_CODES",
    "CouldntReachNameServer",
    "CouldntRemoveDomain",
    "DomainBanned",
    "ErrorOnReloadInNameServer",
    "ExistentDomain",
    "InvalidDomainName",
    "LimitExceeded",
    "LoginOrPasswordNotMatch",
    "NewUserNotValid",
    "NoZoneFile",
    "NonExistentDomain",
    "SuspendedAccount",
    "WorldWideDNSConnection",
    "WorldWideDNSException",
    "WorldWideDNSResponse",
]

OK_CODES = ["200", "211", "212", "213"]


class WorldWideDNSException(ProviderError):
    """
    The provider answered with the number of an error.

    :param code: The number, which is not the status of the answer.
    """

    def __init__(self, value: Any, http_code: int, code: Any, driver: Any = None) -> None:
        ProviderError.__init__(self, value, http_code=http_code, driver=driver)
        self.code = code
        self.provider_code = str(code)

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return str(self)


class _Numbered(WorldWideDNSException):
    """An error with a number of its own."""

    number: int
    text: str

    def __init__(self, http_code: int, driver: Any = None) -> None:
        WorldWideDNSException.__init__(self, self.text, http_code, self.number, driver)


class SuspendedAccount(_Numbered, PermissionDeniedError):
    number = 401
    text = "Login ID you supplied is SUSPENDED, you need to renew your account"


class LoginOrPasswordNotMatch(_Numbered, InvalidCredsError):
    number = 403
    text = "Login ID and/or Password you supplied is not on file or does not match"


class NonExistentDomain(_Numbered, ResourceNotFoundError):
    number = 405
    text = "Domain name supplied is not in your account"


class CouldntRemoveDomain(_Numbered, ServiceUnavailableError):
    number = 406
    text = "Error occurred removing domain from name server, try again"


class LimitExceeded(_Numbered, QuotaExceededError):
    number = 407
    text = "Your limit was exceeded, you need to upgrade your account"


class ExistentDomain(_Numbered, ResourceExistsError):
    number = 408
    text = "Domain already exists on our servers"


class DomainBanned(_Numbered):
    number = 409
    text = "Domain is listed in DNSBL and is banned from our servers"


class InvalidDomainName(_Numbered):
    number = 410
    text = "Invalid domain name"


class ErrorOnReloadInNameServer(WorldWideDNSException):
    """
    A name server did not take a change; others may have.

    :param server: Number of the name server, 1 to 3.
    """

    def __init__(self, server: int, http_code: int, driver: Any = None) -> None:
        known = server in (1, 2, 3)
        text = f"Name server #{server} kicked an error on reload, contact support"
        code = 410 + server if known else "unknown"
        WorldWideDNSException.__init__(self, text if known else code, http_code, code, driver)


class NewUserNotValid(_Numbered):
    number = 414
    text = "New userid is not valid"


class CouldntReachNameServer(_Numbered, ServiceUnavailableError):
    number = 450
    text = "Couldn't reach the name server, try again later"


class NoZoneFile(_Numbered):
    number = 451
    text = "No zone file in the name server queried"


ERROR_CODE_TO_EXCEPTION_CLS: dict[str, Any] = {
    "401": SuspendedAccount,
    "403": LoginOrPasswordNotMatch,
    "405": NonExistentDomain,
    "406": CouldntRemoveDomain,
    "407": LimitExceeded,
    "408": ExistentDomain,
    "409": DomainBanned,
    "410": InvalidDomainName,
    "411": ErrorOnReloadInNameServer,
    "412": ErrorOnReloadInNameServer,
    "413": ErrorOnReloadInNameServer,
    "414": NewUserNotValid,
    "450": CouldntReachNameServer,
    "451": NoZoneFile,
}

ERROR_CODES = list(ERROR_CODE_TO_EXCEPTION_CLS)


class WorldWideDNSResponse(Response):
    """
    An answer: text, or nothing but numbers, each on its own line. A change has one number for each
    name server.
    """

    def parse_body(self) -> str:
        """The text, as it is."""
        return str(self.body)

    def success(self) -> bool:
        return super().success() and self._error_code() is None

    def parse_error(self) -> Any:
        driver = getattr(self.connection, "driver", None)
        code = self._error_code()
        if code is None:
            return provider_error(self.status, self.body, headers=self.headers, driver=driver)
        error_class = ERROR_CODE_TO_EXCEPTION_CLS[code]
        if error_class is ErrorOnReloadInNameServer:
            return error_class(int(code) - 410, self.status, driver)
        return error_class(self.status, driver)

    def _error_code(self) -> str | None:
        """The first number of an error, if the answer has only numbers."""
        words = str(self.body).split()
        if not {*words} <= {*OK_CODES, *ERROR_CODES}:
            return None
        return next((word for word in words if word in ERROR_CODES), None)


class WorldWideDNSConnection(ConnectionUserAndKey):
    """Sends login and password."""

    host = "www.worldwidedns.net"
    responseCls = WorldWideDNSResponse

    def add_default_params(self, params: dict[str, Any]) -> dict[str, Any]:
        params["NAME"] = self.user_id
        params["PASSWORD"] = self.key
        reseller_id = getattr(getattr(self, "driver", None), "reseller_id", None)
        if reseller_id is not None:
            params["ID"] = reseller_id
        return params
