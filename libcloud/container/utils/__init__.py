"""Helpers for the container domain: :mod:`libcloud.container.utils.docker`, image registries."""
