"""
The constants and errors of compute: providers, states of nodes, volumes and snapshots.

An enumeration's member *is* its value, so ``node.state == "running"`` is as good as
``node.state == NodeState.RUNNING``.
"""

from __future__ import annotations

from typing import Any

from libcloud.common.types import (
    InvalidCredsError,
    InvalidCredsException,
    LibcloudError,
    MalformedResponseError,
    ResourceNotFoundError,
    Type,
)

__all__ = [
    "DEPRECATED_RACKSPACE_PROVIDERS",
    "OLD_CONSTANT_TO_NEW_MAPPING",
    "Architecture",
    "DeploymentError",
    "DeploymentException",
    "InvalidCredsError",
    "InvalidCredsException",
    "KeyPairDoesNotExistError",
    "KeyPairError",
    "LibcloudError",
    "MalformedResponseError",
    "NodeImageMemberState",
    "NodeState",
    "Provider",
    "StorageVolumeState",
    "VolumeSnapshotState",
]


class Provider(Type):
    """
    Who runs the machines. A constant may exist without a driver: ``get_driver`` then says why.
    """

    ABIQUO = "abiquo"
    ALIYUN_ECS = "aliyun_ecs"
    AURORACOMPUTE = "aurora_compute"
    AZURE = "azure"
    AZURE_ARM = "azure_arm"
    BRIGHTBOX = "brightbox"
    CISCOCCS = "ciscoccs"
    CLOUDFRAMES = "cloudframes"
    CLOUDSCALE = "cloudscale"
    CLOUDSIGMA = "cloudsigma"
    CLOUDSIGMA_US = "cloudsigma_us"
    CLOUDSTACK = "cloudstack"
    DIGITAL_OCEAN = "digitalocean"
    DIMENSIONDATA = "dimensiondata"
    DUMMY = "dummy"
    EC2 = "ec2"
    EQUINIXMETAL = "equinixmetal"
    EUCALYPTUS = "eucalyptus"
    EXOSCALE = "exoscale"
    GANDI = "gandi"
    GCE = "gce"
    GIG_G8 = "gig_g8"
    GRIDSCALE = "gridscale"
    HPCLOUD = "hpcloud"
    IBM = "ibm"
    IKOULA = "ikoula"
    INTERNETSOLUTIONS = "internetsolutions"
    KAMATERA = "kamatera"
    KTUCLOUD = "ktucloud"
    KUBEVIRT = "kubevirt"
    LIBVIRT = "libvirt"
    LINODE = "linode"
    MAXIHOST = "maxihost"
    NIMBUS = "nimbus"
    NINEFOLD = "ninefold"
    NTTA = "ntta"
    NTTCIS = "nttcis"
    ONAPP = "onapp"
    OPENNEBULA = "opennebula"
    OPENSTACK = "openstack"
    OPSOURCE = "opsource"
    OUTSCALE = "outscale"
    OUTSCALE_INC = "outscale_inc"
    OUTSCALE_SAS = "outscale_sas"
    OVH = "ovh"
    RACKSPACE = "rackspace"
    RACKSPACE_FIRST_GEN = "rackspace_first_gen"
    RIMUHOSTING = "rimuhosting"
    RUNABOVE = "runabove"
    SCALEWAY = "scaleway"
    TERREMARK = "terremark"
    UPCLOUD = "upcloud"
    VCL = "vcl"
    VCLOUD = "vcloud"
    VPSNET = "vpsnet"
    VSPHERE = "vsphere"
    VULTR = "vultr"

    # Constants of the time when a region was a provider: see OLD_CONSTANT_TO_NEW_MAPPING.
    EC2_AP_NORTHEAST = "ec2_ap_northeast"
    EC2_AP_NORTHEAST1 = "ec2_ap_northeast_1"
    EC2_AP_NORTHEAST2 = "ec2_ap_northeast_2"
    EC2_AP_SOUTHEAST = "ec2_ap_southeast"
    EC2_AP_SOUTHEAST2 = "ec2_ap_southeast_2"
    EC2_CA_CENTRAL1 = "ec2_ca_central_1"
    EC2_EU = "ec2_eu_west"
    EC2_EU_WEST = "ec2_eu_west"
    EC2_EU_WEST2 = "ec2_eu_west_london"
    EC2_SA_EAST = "ec2_sa_east"
    EC2_US_EAST = "ec2_us_east"
    EC2_US_EAST_OHIO = "ec2_us_east_ohio"
    EC2_US_WEST = "ec2_us_west"
    EC2_US_WEST_OREGON = "ec2_us_west_oregon"
    RACKSPACE_NOVA_BETA = "rackspace_nova_beta"
    RACKSPACE_NOVA_DFW = "rackspace_nova_dfw"
    RACKSPACE_NOVA_LON = "rackspace_nova_lon"
    RACKSPACE_NOVA_ORD = "rackspace_nova_ord"
    RACKSPACE_UK = "rackspace_uk"


DEPRECATED_RACKSPACE_PROVIDERS = [
    Provider.RACKSPACE_UK,
    Provider.RACKSPACE_NOVA_BETA,
    Provider.RACKSPACE_NOVA_DFW,
    Provider.RACKSPACE_NOVA_LON,
    Provider.RACKSPACE_NOVA_ORD,
]

#: Constants that ``get_driver`` refuses, and the ones that replaced them.
OLD_CONSTANT_TO_NEW_MAPPING = {
    Provider.EC2_AP_NORTHEAST: Provider.EC2,
    Provider.EC2_AP_NORTHEAST1: Provider.EC2,
    Provider.EC2_AP_NORTHEAST2: Provider.EC2,
    Provider.EC2_AP_SOUTHEAST: Provider.EC2,
    Provider.EC2_AP_SOUTHEAST2: Provider.EC2,
    Provider.EC2_CA_CENTRAL1: Provider.EC2,
    Provider.EC2_EU: Provider.EC2,
    Provider.EC2_EU_WEST2: Provider.EC2,
    Provider.EC2_SA_EAST: Provider.EC2,
    Provider.EC2_US_EAST: Provider.EC2,
    Provider.EC2_US_EAST_OHIO: Provider.EC2,
    Provider.EC2_US_WEST: Provider.EC2,
    Provider.EC2_US_WEST_OREGON: Provider.EC2,
    Provider.RACKSPACE_NOVA_BETA: Provider.RACKSPACE,
    Provider.RACKSPACE_NOVA_DFW: Provider.RACKSPACE,
    Provider.RACKSPACE_NOVA_LON: Provider.RACKSPACE,
    Provider.RACKSPACE_NOVA_ORD: Provider.RACKSPACE,
    Provider.RACKSPACE_UK: Provider.RACKSPACE_FIRST_GEN,
}


class NodeState(Type):
    """What a node is doing. A driver translates the provider's states into these."""

    #: It is up, and what it runs can be reached.
    RUNNING = "running"
    #: It is booting after it was stopped.
    STARTING = "starting"
    REBOOTING = "rebooting"
    #: It is gone for good. Some providers list such nodes for a while.
    TERMINATED = "terminated"
    #: It is being made.
    PENDING = "pending"
    #: The provider says something that the driver does not know.
    UNKNOWN = "unknown"
    STOPPING = "stopping"
    #: It is off, and can be started again.
    STOPPED = "stopped"
    #: It is off, and its memory is kept on disk.
    SUSPENDED = "suspended"
    #: It failed, and does not run without help.
    ERROR = "error"
    #: It is frozen, and its memory is kept.
    PAUSED = "paused"
    RECONFIGURING = "reconfiguring"
    #: It is being moved to another host.
    MIGRATING = "migrating"
    NORMAL = "normal"
    UPDATING = "updating"


class StorageVolumeState(Type):
    """What a volume is doing."""

    #: It can be attached to a node.
    AVAILABLE = "available"
    ERROR = "error"
    #: It is attached to a node.
    INUSE = "inuse"
    CREATING = "creating"
    DELETING = "deleting"
    DELETED = "deleted"
    BACKUP = "backup"
    ATTACHING = "attaching"
    UNKNOWN = "unknown"
    MIGRATING = "migrating"
    UPDATING = "updating"


class VolumeSnapshotState(Type):
    """What a snapshot of a volume is doing."""

    #: It is complete, and volumes can be made from it.
    AVAILABLE = "available"
    ERROR = "error"
    CREATING = "creating"
    DELETING = "deleting"
    RESTORING = "restoring"
    UNKNOWN = "unknown"
    UPDATING = "updating"


class NodeImageMemberState(Type):
    """Whether another account has taken an image that is shared with it."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    REJECTED = "rejected"


class Architecture:
    """Instruction sets, by the numbers that old drivers use."""

    I386 = 0
    X86_X64 = 1


class DeploymentError(LibcloudError):
    """
    ``deploy_node`` made a node, and failed to deploy on it.

    :param node: The node, which exists, and costs, until it is destroyed.
    :param original_exception: What went wrong.
    :param driver: The driver that made the node.

    ``destroyed`` is True when ``deploy_node`` was asked to destroy the node, and did.
    """

    destroyed = False

    def __init__(
        self, node: Any, original_exception: BaseException | None = None, driver: Any = None
    ) -> None:
        super().__init__(original_exception, driver=driver)
        self.args = (node, original_exception, driver)
        self.node = node
        self.original_error = original_exception

    def __str__(self) -> str:
        return (
            f"<DeploymentError: node={self.node.id}, error={self.value!s}, driver={self.driver!s}>"
        )

    def __repr__(self) -> str:
        return str(self)


DeploymentException = DeploymentError


class KeyPairError(LibcloudError):
    """
    Something is wrong with a key pair.

    :param name: Name of the key pair.
    :param driver: The driver that was at work.
    """

    error_type = "KeyPairError"

    def __init__(self, name: str, driver: Any) -> None:
        LibcloudError.__init__(
            self, value=f"Key pair with name {name} does not exist", driver=driver
        )
        self.name = name

    def __str__(self) -> str:
        provider = getattr(self.driver, "name", None)
        return f"<{self.error_type} name={self.name}, value={self.value}, driver={provider}>"

    def __repr__(self) -> str:
        return str(self)


class KeyPairDoesNotExistError(KeyPairError, ResourceNotFoundError):
    """There is no key pair of that name."""

    error_type = "KeyPairDoesNotExistError"
