"""
Tags of objects and of containers: names to text, for rules and bills.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libcloud.common.aws.xml import expect_root, findall, findtext, required_text
from libcloud.common.errors import ResourceNotFoundError
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3.checksums import checksum_headers
from libcloud.storage.drivers.s3.multipart import escaped
from libcloud.storage.drivers.s3.room import Room

__all__ = ["Tags"]


class Tags(Room):
    """Tags. S3 takes ten of an object and fifty of a container."""

    def ex_get_object_tags(self, obj: Object) -> dict[str, str]:
        """
        The tags of an object.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
        """
        return self._tags(obj.container, obj.name)

    def ex_set_object_tags(self, obj: Object, tags: Mapping[str, str]) -> bool:
        """
        Put these tags in the place of all that an object has; none takes them all away.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
        """
        return self._set_tags(tags, obj.container, obj.name)

    def ex_get_container_tags(self, container: Container) -> dict[str, str]:
        """
        The tags of a container.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html
        """
        try:
            return self._tags(container)
        except ResourceNotFoundError as error:
            if error.provider_code != "NoSuchTagSet":
                raise
            return {}

    def ex_set_container_tags(self, container: Container, tags: Mapping[str, str]) -> bool:
        """
        Put these tags in the place of all that a container has; none takes them all away.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
        """
        return self._set_tags(tags, container)

    # -- inside -----------------------------------------------------------------------------------

    def _tags(self, container: Container, object_name: str | None = None) -> dict[str, str]:
        response = self._request(container.name, object_name, params={"tagging": ""})
        root = expect_root(response.object, "Tagging", body=response.body, driver=self)
        return {
            required_text(tag, "Key", self): findtext(tag, "Value") or ""
            for tag in findall(root, "TagSet/Tag")
        }

    def _set_tags(
        self, tags: Mapping[str, Any], container: Container, object_name: str | None = None
    ) -> bool:
        params = {"tagging": ""}
        if not tags:
            self._request(container.name, object_name, method="DELETE", params=params)
            return True
        elements = "".join(
            f"<Tag><Key>{escaped(name)}</Key><Value>{escaped(str(value))}</Value></Tag>"
            for name, value in tags.items()
        )
        document = f'<Tagging xmlns="{self.namespace}"><TagSet>{elements}</TagSet></Tagging>'
        data = document.encode()
        self._request(
            container.name,
            object_name,
            method="PUT",
            params=params,
            data=data,
            headers={"Content-Type": "application/xml", **checksum_headers([data], "md5")},
        )
        return True
