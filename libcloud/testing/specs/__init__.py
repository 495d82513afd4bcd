"""
The provider's own description as the judge of a driver's requests and of canned answers.

Give one to the HTTP double, and each exchange is checked: method, path, parameters and body of the
request; status, content type and body of the answer::

    HTTPDouble(spec=openapi("digitalocean.yaml.gz"))
    HTTPDouble(spec=aws("route53"))
    HTTPDouble(spec=google("dns", "v1"))

A mistake raises :class:`SpecViolation`, which names the operation, the place and what is wrong.

OpenAPI descriptions are files in the folder that the environment variable ``LIBCLOUD_SPECS`` names
(or anywhere, given by an absolute path). Without it nothing is checked, and a
:class:`SpecsAreOffWarning` says so. The descriptions of AWS come with botocore, those of
Google with google-api-python-client.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from libcloud.testing.specs.base import Spec, SpecViolation, Violation

__all__ = ["Spec", "SpecViolation", "SpecsAreOffWarning", "Violation", "aws", "google", "openapi"]


class SpecsAreOffWarning(UserWarning):
    """Requests and answers are not checked against the provider's description."""


class SpecIsOff(Spec):
    """Checks nothing."""

    def __bool__(self) -> bool:
        return False


def openapi(name: str | os.PathLike[str], base: str | None = None) -> Spec:
    """
    A description in OpenAPI 2, 3.0 or 3.1.

    Reading a large one takes seconds, once a process.

    :param name: File in the folder ``LIBCLOUD_SPECS``, or an absolute path: JSON or YAML, maybe
        gzipped.
    :param base: Path that precedes the described ones on the wire, where it is not the one that the
        description names.
    :raises FileNotFoundError: the folder has no such file.
    """
    path = Path(name)
    if not path.is_absolute():
        folder = os.environ.get("LIBCLOUD_SPECS")
        if not folder:
            warnings.warn(
                f"LIBCLOUD_SPECS is not set: nothing is checked against {name}",
                SpecsAreOffWarning,
                stacklevel=2,
            )
            return SpecIsOff()
        path = Path(folder) / path
    # Not called as the function: importing a submodule puts it in the place of that name.
    from libcloud.testing.specs.openapi_document import load

    return load(str(path), base)


def aws(service: str, api_version: str | None = None) -> Spec:
    """
    The description of an AWS service that botocore carries.

    :param service: botocore's name for it: ``ec2``, ``s3``, ``route53`` ...
    :param api_version: One of the versions that botocore has; the newest by default.
    """
    from libcloud.testing.specs.aws_model import load

    return load(service, api_version)


def google(service: str, api_version: str) -> Spec:
    """
    The description of a Google API that google-api-python-client carries.

    Without that package nothing is checked, and a :class:`SpecsAreOffWarning` says so.

    :param service: Google's name for it: ``dns``, ``compute``, ``storage``, ``container`` ...
    :param api_version: One of the versions that the package has: ``v1``.
    """
    from libcloud.testing.specs.google_discovery import folder_of_documents, load

    folder = folder_of_documents()
    if folder is None:
        warnings.warn(
            f"google-api-python-client is not installed: nothing is checked against {service}",
            SpecsAreOffWarning,
            stacklevel=2,
        )
        return SpecIsOff()
    return load(str(folder / f"{service}.{api_version}.json"))
