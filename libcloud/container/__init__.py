"""Containers: images, the containers that run from them, and the clusters that hold them."""
