"""
The driver for Amazon ECS, put together from its rooms.

API version 2014-11-13, and 2015-09-21 of ECR; signature version 4. One driver works in one region.

API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from typing import Any

from libcloud.common.aws import AWSDriver
from libcloud.common.aws.connection import DEFAULT_REGION
from libcloud.container.drivers.ecs.connection import (
    ECRJsonConnection,
    ECSJsonConnection,
    ecr_host,
    ecs_host,
)
from libcloud.container.drivers.ecs.containers import Containers
from libcloud.container.drivers.ecs.images import Images
from libcloud.container.drivers.ecs.services import Services

__all__ = ["ElasticContainerDriver"]

# What the second connection takes from the first.
_SHARED = ("ca_cert", "cert_file", "key_file", "retry", "verify_ssl_cert")


class ElasticContainerDriver(AWSDriver, Containers, Services, Images):
    """
    Amazon Elastic Container Service, with the images of Amazon Elastic Container Registry.

    A container's ``extra`` has ``taskArn`` and ``taskDefinitionArn``, and of what ECS says about
    the container and its task what there is: ``clusterArn``, ``lastStatus``, ``desiredStatus``,
    ``launchType``, ``exitCode``, ``reason``, ``stoppedReason``, ``healthStatus``,
    ``networkBindings`` ...

    :param access_id: Access key id.
    :param secret: Secret access key.
    :param region: ``us-east-1`` ...
    :param token: Session token of temporary credentials.
    :param credentials: In place of key, secret and token: a source of credentials, such as
        :func:`libcloud.common.aws.credentials.default_credentials` gives.
    :param host: Instead of the region's endpoint of ECS, and of ECR.
    :param ex_ecr_host: Instead of the region's endpoint of ECR alone.
    """

    type = "ecs"
    name = "Amazon Elastic Container Service"
    website = "https://aws.amazon.com/ecs/details/"
    connectionCls: Any = ECSJsonConnection
    ecrConnectionClass: Any = ECRJsonConnection
    # The value that programs of 3.x read from the class.
    supports_clusters = False

    def __init__(
        self,
        access_id: str | None = None,
        secret: str | None = None,
        region: str = DEFAULT_REGION,
        secure: bool = True,
        host: str | None = None,
        port: int | None = None,
        token: str | None = None,
        ex_ecr_host: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.region_name = region
        super().__init__(
            access_id,
            secret,
            secure=secure,
            host=host or ecs_host(region),
            port=port,
            region=region,
            token=token,
            **kwargs,
        )
        self.supports_clusters = True
        self.ecr_connection = self._connect_to_ecr(ex_ecr_host or host or ecr_host(region))

    def _connect_to_ecr(self, host: str) -> Any:
        first = self.connection
        connection = self.ecrConnectionClass(
            self.key,
            self.secret,
            secure=self.secure,
            host=host,
            port=first.port,
            timeout=first.timeout,
            proxy_url=first.proxy_url,
            retry_delay=first.retry_delay,
            backoff=first.backoff,
            **self._ex_connection_class_kwargs(),
        )
        for name in _SHARED:
            setattr(connection, name, getattr(first, name))
        connection.driver = self
        connection.connect()
        return connection
