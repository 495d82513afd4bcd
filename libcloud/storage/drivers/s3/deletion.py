"""Deleting many objects in one request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from libcloud.common.aws.xml import Element, expect_root, findall, findtext
from libcloud.common.errors import LibcloudError, MalformedResponseError, provider_error
from libcloud.common.lazy import lazy_pattern
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3.checksums import checksum_headers
from libcloud.storage.drivers.s3.errors import S3_ERRORS, domain_error
from libcloud.storage.drivers.s3.multipart import escaped
from libcloud.storage.drivers.s3.room import Room
from libcloud.storage.types import ObjectDoesNotExistError

__all__ = ["Deletion"]

# XML has no way to write the others, and parsers take a carriage return for a line feed.
_WRITABLE = lazy_pattern("[\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


class Deletion(Room):
    """Deletion of objects in batches."""

    #: The most names that one call of ``ex_delete_objects`` takes.
    ex_delete_objects_limit: int = 1000

    def ex_delete_objects(
        self, container: Container, object_names: Iterable[str]
    ) -> dict[str, LibcloudError]:
        """
        Delete up to ``ex_delete_objects_limit`` objects of a container, in one request.

        S3 does not say which of them existed. Names that cannot be in an XML document (control
        characters) take a request each.

        :returns: The names that could not be deleted, with their errors; empty if all is well.
        :raises LibcloudError: all of it failed.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
        """
        errors: dict[str, LibcloudError] = {}
        together = []
        for name in object_names:
            if _WRITABLE.fullmatch(name):
                together.append(name)
            else:
                self._delete_alone(container, name, errors)
        if together:
            errors.update(self._delete_together(container, together))
        return errors

    def _delete_alone(
        self, container: Container, name: str, errors: dict[str, LibcloudError]
    ) -> None:
        try:
            self.delete_object(Object(name, 0, None, {}, {}, container, self))
        except ObjectDoesNotExistError:
            return
        except LibcloudError as error:
            errors[name] = error

    def _delete_together(self, container: Container, names: list[str]) -> dict[str, LibcloudError]:
        elements = "".join(f"<Object><Key>{escaped(name)}</Key></Object>" for name in names)
        document = f'<Delete xmlns="{self.namespace}"><Quiet>true</Quiet>{elements}</Delete>'
        data = document.encode()
        headers = {"Content-Type": "application/xml", **checksum_headers([data], "md5")}
        response = self._request(
            container.name,
            method="POST",
            params={"delete": ""},
            data=data,
            headers=headers,
            idempotent=True,
        )
        root = expect_root(response.object, "DeleteResult", body=response.body, driver=self)
        errors = dict(
            self._error_of(element, container, response) for element in findall(root, "Error")
        )
        if not errors.keys() <= set(names):
            raise MalformedResponseError(
                "An error about an object that was not to be deleted", response.body, self
            )
        return errors

    def _error_of(
        self, element: Element, container: Container, response: Any
    ) -> tuple[str, LibcloudError]:
        name = findtext(element, "Key") or ""
        error = provider_error(
            response.status,
            findtext(element, "Message"),
            findtext(element, "Code"),
            S3_ERRORS,
            driver=self,
        )
        return name, domain_error(error, self, container.name, name)
