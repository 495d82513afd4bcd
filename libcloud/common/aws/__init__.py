"""
What all AWS drivers share.

=============== ==================================================================================
``signing``     signatures of version 2 and 4, as pure functions
``signers``     what a connection asks to sign a request
``connection``  connections that sign; ``query``, ``json_protocol``: those that call actions
``driver``      what the drivers have in common
``responses``   answers in XML and JSON
``errors``      the codes of AWS, and the exceptions that they become
``xml``         reading XML in any namespace
=============== ==================================================================================
"""

from __future__ import annotations

from libcloud.common.aws.connection import (
    DEFAULT_SIGNATURE_VERSION,
    AWSConnection,
    AWSTokenConnection,
    SignedAWSConnection,
)
from libcloud.common.aws.driver import AWSDriver
from libcloud.common.aws.errors import AWS_ERRORS
from libcloud.common.aws.query import PARAMS_NOT_STRING_ERROR_MSG, AWSQueryConnection
from libcloud.common.aws.responses import AWSBaseResponse, AWSGenericResponse, AWSJsonResponse
from libcloud.common.aws.signers import (
    AWSRequestSigner,
    AWSRequestSignerAlgorithmV2,
    AWSRequestSignerAlgorithmV4,
    UnsignedPayloadSentinel,
)
from libcloud.common.aws.signing import UNSIGNED_PAYLOAD, Credentials

__all__ = [
    "AWS_ERRORS",
    "DEFAULT_SIGNATURE_VERSION",
    "PARAMS_NOT_STRING_ERROR_MSG",
    "UNSIGNED_PAYLOAD",
    "AWSBaseResponse",
    "AWSConnection",
    "AWSDriver",
    "AWSGenericResponse",
    "AWSJsonResponse",
    "AWSQueryConnection",
    "AWSRequestSigner",
    "AWSRequestSignerAlgorithmV2",
    "AWSRequestSignerAlgorithmV4",
    "AWSTokenConnection",
    "Credentials",
    "SignedAWSConnection",
    "UnsignedPayloadSentinel",
]
