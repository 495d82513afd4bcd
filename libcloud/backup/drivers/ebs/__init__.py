"""
Backups of EBS volumes, as their snapshots.

Each volume of the region is a target. A backup job is a snapshot in the making, and a recovery
point one that is complete; both have the snapshot's id. A recovery makes a new volume of a snapshot
and puts it in the place of the old one, which is kept; the job has the id of the new volume.

===================  =============================================================
``driver``           the driver, put together from the rooms
``connection``       connection and answers
``targets``          volumes
``recovery_points``  snapshots of volumes
``recoveries``       a new volume of a snapshot in the place of the old one
``jobs``             backups and recoveries under way
``room``             what these share
===================  =============================================================
"""

from libcloud.backup.drivers.ebs.connection import (
    HOST,
    NS,
    ROOT,
    VERSION,
    EBSConnection,
    EBSResponse,
)
from libcloud.backup.drivers.ebs.driver import EBSBackupDriver

__all__ = ["HOST", "NS", "ROOT", "VERSION", "EBSBackupDriver", "EBSConnection", "EBSResponse"]
