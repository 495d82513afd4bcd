"""A node, an object and a DNS record, without an account."""

import tempfile

from libcloud.compute.providers import get_driver as get_compute_driver
from libcloud.dns.providers import get_driver as get_dns_driver
from libcloud.storage.providers import get_driver as get_storage_driver


def main() -> None:
    compute = get_compute_driver("dummy")("key")
    size, image = compute.list_sizes()[0], compute.list_images()[0]
    node = compute.create_node(name="web", size=size, image=image)
    print(node.name, node.state, node.public_ips)

    with tempfile.TemporaryDirectory() as root:
        storage = get_storage_driver("local")(root)
        container = storage.create_container("photos")
        storage.upload_object_via_stream(iter([b"a picture"]), container, "2026/cat.jpg")
        for item in storage.iterate_container_objects(container):
            print(item.name, item.size)

    dns = get_dns_driver("dummy")("key", "secret")
    zone = dns.create_zone("example.com")
    zone.create_record("www", "A", "192.0.2.1")
    print(zone.export_to_bind_format())


if __name__ == "__main__":
    main()
