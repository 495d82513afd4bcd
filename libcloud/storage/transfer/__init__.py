"""
Moving the bytes of objects: what all storage drivers do alike.

================  =================================================================================
``models``        ``Download``: what is on its way; ``Destination``: where to; ``Progress``
``sources``       whatever a program uploads, read in pieces
``bodies``        request bodies that count, hash and report while they are sent
``files``         downloads to a file, which is the old one or all of the new one
``downloads``     downloads over HTTP, which go on with ``Range`` when the connection breaks
``ranges``        downloads over HTTP by several requests at once
``verification``  the length and the hash of what arrived
================  =================================================================================
"""

from libcloud.storage.transfer.bodies import FileBody, StreamBody
from libcloud.storage.transfer.downloads import open_download, raw_pieces
from libcloud.storage.transfer.files import TEMPORARY_PREFIX, replace_file, save_to_file
from libcloud.storage.transfer.models import Destination, Download, Progress
from libcloud.storage.transfer.ranges import download_in_ranges
from libcloud.storage.transfer.sources import (
    CHUNK_SIZE,
    Blocks,
    SourceReader,
    chunks_of,
    pieces_of,
)

__all__ = [
    "CHUNK_SIZE",
    "TEMPORARY_PREFIX",
    "Blocks",
    "Destination",
    "Download",
    "FileBody",
    "Progress",
    "SourceReader",
    "StreamBody",
    "chunks_of",
    "download_in_ranges",
    "open_download",
    "pieces_of",
    "raw_pieces",
    "replace_file",
    "save_to_file",
]
