"""
Amazon EC2, and clouds that speak its protocol.

=================== ==============================================================================
``driver``          the drivers, put together from the rooms
``connection``      connection and answers; ``errors``: the codes of EC2
``nodes``           nodes, console output, reservations
``sizes``           sizes, from the packaged figures
``images``          images
``locations``       availability zones
``keys``            key pairs
``volumes``         volumes; ``snapshots``: their snapshots
``tags``            tags of all resources
``security_groups`` security groups
``vpc``             networks, subnets, internet gateways; ``routes``; ``interfaces``; ``addresses``
``account``         placement groups, limits
``variants``        what the look-alikes share; ``eucalyptus``, ``nimbus``, ``outscale``
``params``          parameters made flat; ``attributes``: XML to ``extra``; ``models``: own classes
=================== ==============================================================================
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from libcloud.common.aws import (
    DEFAULT_SIGNATURE_VERSION,
    AWSBaseResponse,
    SignedAWSConnection,
)
from libcloud.compute.drivers.ec2.attributes import (
    RESOURCE_EXTRA_ATTRIBUTES_MAP,
    VOLUME_MODIFICATION_ATTRIBUTE_MAP,
)
from libcloud.compute.drivers.ec2.connection import (
    API_VERSION,
    NAMESPACE,
    EC2Connection,
    EC2Response,
)
from libcloud.compute.drivers.ec2.driver import BaseEC2NodeDriver, EC2NodeDriver
from libcloud.compute.drivers.ec2.errors import EC2_ERRORS, IdempotentParamError
from libcloud.compute.drivers.ec2.models import (
    EC2ImportSnapshotTask,
    EC2Network,
    EC2NetworkInterface,
    EC2NetworkSubnet,
    EC2NodeLocation,
    EC2PlacementGroup,
    EC2ReservedNode,
    EC2Route,
    EC2RouteTable,
    EC2SecurityGroup,
    EC2SubnetAssociation,
    EC2VolumeModification,
    ElasticIP,
    ExEC2AvailabilityZone,
    VPCInternetGateway,
)
from libcloud.compute.drivers.ec2.volumes import VALID_VOLUME_TYPES

if TYPE_CHECKING:
    from libcloud.compute.drivers.ec2.eucalyptus import (
        DEFAULT_EUCA_API_VERSION,
        EUCA_NAMESPACE,
        EucConnection,
        EucNodeDriver,
    )
    from libcloud.compute.drivers.ec2.nimbus import (
        REGION_DETAILS_NIMBUS,
        NimbusConnection,
        NimbusNodeDriver,
    )
    from libcloud.compute.drivers.ec2.outscale import (
        DEFAULT_OUTSCALE_API_VERSION,
        OUTSCALE_NAMESPACE,
        OutscaleConnection,
        OutscaleINCNodeDriver,
        OutscaleNodeDriver,
        OutscaleSASNodeDriver,
    )

__all__ = [
    "API_VERSION",
    "DEFAULT_EUCA_API_VERSION",
    "DEFAULT_OUTSCALE_API_VERSION",
    "DEFAULT_SIGNATURE_VERSION",
    "EC2_ERRORS",
    "EUCA_NAMESPACE",
    "NAMESPACE",
    "OUTSCALE_NAMESPACE",
    "REGION_DETAILS_NIMBUS",
    "RESOURCE_EXTRA_ATTRIBUTES_MAP",
    "VALID_VOLUME_TYPES",
    "VOLUME_MODIFICATION_ATTRIBUTE_MAP",
    "AWSBaseResponse",
    "BaseEC2NodeDriver",
    "EC2Connection",
    "EC2ImportSnapshotTask",
    "EC2Network",
    "EC2NetworkInterface",
    "EC2NetworkSubnet",
    "EC2NodeDriver",
    "EC2NodeLocation",
    "EC2PlacementGroup",
    "EC2ReservedNode",
    "EC2Response",
    "EC2Route",
    "EC2RouteTable",
    "EC2SecurityGroup",
    "EC2SubnetAssociation",
    "EC2VolumeModification",
    "ElasticIP",
    "EucConnection",
    "EucNodeDriver",
    "ExEC2AvailabilityZone",
    "IdempotentParamError",
    "NimbusConnection",
    "NimbusNodeDriver",
    "OutscaleConnection",
    "OutscaleINCNodeDriver",
    "OutscaleNodeDriver",
    "OutscaleSASNodeDriver",
    "SignedAWSConnection",
    "VPCInternetGateway",
]

# The look-alikes, which are not imported by those who only want EC2: name -> module.
_LOOK_ALIKES = {
    "DEFAULT_EUCA_API_VERSION": "eucalyptus",
    "EUCA_NAMESPACE": "eucalyptus",
    "EucConnection": "eucalyptus",
    "EucNodeDriver": "eucalyptus",
    "REGION_DETAILS_NIMBUS": "nimbus",
    "NimbusConnection": "nimbus",
    "NimbusNodeDriver": "nimbus",
    "DEFAULT_OUTSCALE_API_VERSION": "outscale",
    "OUTSCALE_NAMESPACE": "outscale",
    "OutscaleConnection": "outscale",
    "OutscaleINCNodeDriver": "outscale",
    "OutscaleNodeDriver": "outscale",
    "OutscaleSASNodeDriver": "outscale",
}


def __getattr__(name: str) -> Any:
    """The look-alikes, and tables made of the packaged figures, when somebody asks for them."""
    if name in _LOOK_ALIKES:
        module = importlib.import_module(f"{__name__}.{_LOOK_ALIKES[name]}")
        return getattr(module, name)
    from libcloud import data

    if name == "VALID_EC2_REGIONS":
        return data.ec2_regions().keys()
    if name == "INSTANCE_TYPES":
        return data.ec2_sizes()
    if name in ("REGION_DETAILS", "REGION_DETAILS_PARTIAL"):
        offerings = data.ec2_offerings()
        return {
            region: {"id": region, **details, "instance_types": offerings.get(region, [])}
            for region, details in data.ec2_regions().items()
        }
    if name == "OUTSCALE_INSTANCE_TYPES":
        return data.outscale_sizes()
    if name == "OUTSCALE_INC_REGION_DETAILS":
        return data.outscale_regions()["inc"]
    if name == "OUTSCALE_SAS_REGION_DETAILS":
        return data.outscale_regions()["sas"]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
