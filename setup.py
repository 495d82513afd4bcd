"""
The package's metadata. Static on purpose: building it imports nothing of the package.
"""

import pathlib
import re

from setuptools import find_packages, setup

ROOT = pathlib.Path(__file__).parent
INIT = (ROOT / "libcloud" / "__init__.py").read_text(encoding="utf-8")

# What tests need besides the library. Python packages alone: servers from Debian are started by the
# tests that want them, and those tests are skipped where the server is not installed.
TEST = [
    "boto3>=1.34",
    "botocore>=1.34",
    "dnspython>=2.4",
    "google-api-python-client>=2.100",  # Google's descriptions of its APIs
    "hypothesis>=6",
    "jsonschema>=4.18",
    "moto[server]>=5.0.20",
    "openapi-schema-validator>=0.8",
    "pytest>=8",
    "pytest-randomly>=3.15",
    "pytest-timeout>=2.2",
    "pytest-xdist>=3.5",
    "PyYAML>=6",
    "referencing>=0.30",
    "requests-mock>=1.11",
    "responses>=0.24",
    "rfc3339-validator>=0.1.4",
    "ruff>=0.14",
    "tqdm>=4.60",
    "trustme>=1.1",
    "vcrpy>=6",
]

setup(
    name="apache-libcloud",
    version=re.search(r'__version__ = "([^"]+)"', INIT).group(1),
    description="One Python library through which a program speaks to every cloud",
    long_description=(ROOT / "README.rst").read_text(encoding="utf-8"),
    long_description_content_type="text/x-rst",
    license="Apache-2.0",
    url="https://libcloud.apache.org/",
    python_requires=">=3.10",
    packages=find_packages(include=["libcloud", "libcloud.*"]),
    package_data={"libcloud": ["py.typed", "data/*.json", "data/*.rst", "data/*/*.json"]},
    install_requires=[
        "cryptography>=41",
        "lxml>=4.9.3",
        "paramiko>=3.2",
        "requests>=2.32.2",
        "urllib3>=2",
    ],
    extras_require={
        "dns": ["dnspython>=2.4"],
        "docs": ["sphinx>=7"],
        "lint": ["ruff>=0.14"],
        "quickstart": ["moto[server]>=5.0.20", "tqdm>=4.60"],
        "test": TEST,
        "types": [
            "dnspython>=2.4",
            "lxml-stubs",
            "mypy>=1.14",
            "openapi-schema-validator>=0.8",
            "pytest>=8",
            "referencing>=0.30",
            "types-PyYAML",
            "types-paramiko",
            "types-requests",
        ],
    },
    classifiers=[
        "Development Status :: 4 - Beta",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Programming Language :: Python :: 3.14",
        "Topic :: Software Development :: Libraries :: Python Modules",
        "Typing :: Typed",
    ],
)
