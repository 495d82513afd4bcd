"""
Access control lists.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
"""

from __future__ import annotations

from libcloud.common.aws.xml import Element, expect_root, findall, findtext, required_text
from libcloud.storage.base import Container, Object
from libcloud.storage.drivers.s3.room import Room

__all__ = ["ACLs"]


class ACLs(Room):
    """
    Access control lists of objects and containers.

    New containers of Amazon have none, until their ownership controls allow it: setting one raises
    an error whose ``provider_code`` is ``AccessControlListNotSupported``.
    """

    def ex_get_object_acl(self, obj: Object) -> list[dict[str, str | None]]:
        """
        Who may do what with an object: ``permission`` (``READ``, ``FULL_CONTROL`` ...), ``id`` and
        ``name`` of a user, or ``uri`` of a group such as everybody.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html
        """
        return self._acl(obj.container, obj.name)

    def ex_set_object_acl(self, obj: Object, acl: str) -> bool:
        """
        Put a canned ACL in the place of an object's own.

        :param acl: ``private``, ``public-read``, ``authenticated-read`` ...

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html
        """
        return self._set_acl(acl, obj.container, obj.name)

    def ex_get_container_acl(self, container: Container) -> list[dict[str, str | None]]:
        """
        Who may do what with a container. See :meth:`ex_get_object_acl`.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html
        """
        return self._acl(container)

    def ex_set_container_acl(self, container: Container, acl: str) -> bool:
        """
        Put a canned ACL in the place of a container's own. See :meth:`ex_set_object_acl`.

        API: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
        """
        return self._set_acl(acl, container)

    # -- inside -----------------------------------------------------------------------------------

    def _acl(
        self, container: Container, object_name: str | None = None
    ) -> list[dict[str, str | None]]:
        response = self._request(container.name, object_name, params={"acl": ""})
        root = expect_root(response.object, "AccessControlPolicy", body=response.body, driver=self)
        return [self._to_grant(grant) for grant in findall(root, "AccessControlList/Grant")]

    def _to_grant(self, grant: Element) -> dict[str, str | None]:
        return {
            "permission": required_text(grant, "Permission", self),
            "id": findtext(grant, "Grantee/ID"),
            "name": findtext(grant, "Grantee/DisplayName"),
            "uri": findtext(grant, "Grantee/URI"),
        }

    def _set_acl(self, acl: str, container: Container, object_name: str | None = None) -> bool:
        self._request(
            container.name,
            object_name,
            method="PUT",
            params={"acl": ""},
            headers={f"{self.http_vendor_prefix}-acl": acl},
        )
        return True
