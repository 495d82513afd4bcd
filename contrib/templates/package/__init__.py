"""Acme for Apache Libcloud."""
