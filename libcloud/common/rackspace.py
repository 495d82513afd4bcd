"""What all drivers of Rackspace share."""

from __future__ import annotations

__all__ = ["AUTH_URL"]

AUTH_URL = "https://identity.api.rackspacecloud.com"
