"""
XML from a network, parsed so that it cannot bite: no entities, no DTD, no file or network access.

Elements are lxml's.
"""

from __future__ import annotations

from typing import Any

__all__ = ["parse_xml"]


def parse_xml(content: bytes | str) -> Any:
    """
    The root element of a document, without the white space between its tags.

    :param content: The document; bytes are decoded as its declaration says.
    :raises ValueError: the document is not well-formed, or defines entities.
    """
    from lxml import etree

    if isinstance(content, str):
        # lxml refuses text that declares an encoding, because text has none any more.
        content = content.encode("utf-8")
        parser_encoding = "utf-8"
    else:
        parser_encoding = None
    parser = etree.XMLParser(
        encoding=parser_encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
    if root is None:
        raise ValueError("not XML: the document is empty")
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise ValueError("the document defines entities, which are refused")
    return root
