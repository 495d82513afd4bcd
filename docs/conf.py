"""Sphinx settings."""

import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent

project = "libcloud"
author = "The libcloud authors"
copyright = author
release = re.search(
    r'__version__ = "([^"]+)"', (ROOT / "libcloud" / "__init__.py").read_text(encoding="utf-8")
).group(1)
version = release

extensions = ["sphinx.ext.autodoc"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {
    "description": "One library for every cloud",
    "fixed_sidebar": True,
    "page_width": "1200px",
    "body_max_width": "none",
}
nitpicky = False
