"""
A tour of compute, storage and DNS that needs no account.

It starts moto, an emulator of AWS, on this machine, and runs the same functions over several
providers: EC2 and DUMMY, S3 and LOCAL, ROUTE53 and DUMMY. Nothing leaves the machine.

On real clouds, swap the constants and the credentials; the functions stay as they are.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from libcloud.compute.base import NodeDriver
from libcloud.compute.providers import get_driver as get_compute_driver
from libcloud.compute.types import NodeState
from libcloud.compute.types import Provider as ComputeProvider
from libcloud.dns.base import DNSDriver
from libcloud.dns.providers import get_driver as get_dns_driver
from libcloud.dns.types import Provider as DNSProvider
from libcloud.dns.types import RecordType
from libcloud.storage import bulk
from libcloud.storage.base import StorageDriver
from libcloud.storage.providers import get_driver as get_storage_driver
from libcloud.storage.types import Provider as StorageProvider

LARGE = 24 * 1024 * 1024


def main() -> None:
    with emulator() as port, tempfile.TemporaryDirectory() as folder:
        aws = {"host": "127.0.0.1", "port": port, "secure": False, "region": "us-east-1"}
        credentials = ("access-key", "secret-key")
        root = Path(folder, "local-storage")
        root.mkdir()

        ec2 = get_compute_driver(ComputeProvider.EC2)(*credentials, **aws)
        s3 = get_storage_driver(StorageProvider.S3)(*credentials, **aws)
        route53 = get_dns_driver(DNSProvider.ROUTE53)(*credentials, **aws)
        local = get_storage_driver(StorageProvider.LOCAL)(str(root))

        for compute in (ec2, get_compute_driver(ComputeProvider.DUMMY)("key")):
            title("compute", compute.name)
            node_tour(compute)

        title("storage", f"{s3.name} and {local.name}")
        storage_tour(s3, local, Path(folder))

        for dns in (route53, get_dns_driver(DNSProvider.DUMMY)("key", "secret")):
            title("DNS", dns.name)
            zone_tour(dns, Path(folder))

    print(
        "\nDone: three domains, six drivers, one vocabulary. A real cloud takes another constant "
        "and your credentials:\n"
        '    get_driver(Provider.EC2)("your access key", "your secret key", region="eu-west-1")'
    )


def node_tour(driver: NodeDriver) -> None:
    """A node from its image to its end."""
    size = min(driver.list_sizes(), key=lambda size: (size.ram, size.id))
    image = next(driver.iterate_images())
    say(f"{len(driver.list_sizes())} sizes; taking {size.id} ({size.ram} MiB) and image {image.id}")

    node = driver.create_node(name="quickstart", size=size, image=image)
    [(node, addresses)] = driver.wait_until_running([node], wait_period=0.2, timeout=60)
    say(f"node {node.id} is {node.state}, reachable at {addresses[0]}")
    say(f"rebooted: {node.reboot()}")

    volume = driver.create_volume(size=8, name="data", location=driver.list_locations()[0])
    say(f"volume {volume.id} attached: {driver.attach_volume(node, volume, device='/dev/sdf')}")
    volume = next(v for v in driver.iterate_volumes() if v.id == volume.id)
    say(f"volume detached: {driver.detach_volume(volume)}; gone: {driver.destroy_volume(volume)}")

    node.destroy()
    left = [n for n in driver.list_nodes() if n.id == node.id and n.state != NodeState.TERMINATED]
    say(f"node destroyed; {len(left)} left of it")


def storage_tour(source: StorageDriver, target: StorageDriver, folder: Path) -> None:
    """The same objects to two providers, one of them copied across, everything verified."""
    files = {
        "docs/readme.txt": b"hello, clouds\n",
        "docs/years 2025//summary #1?.txt": "naïve names are kept ☁".encode(),
        "empty": b"",
    }
    buckets = [driver.create_container("quickstart-photos") for driver in (source, target)]
    for bucket in buckets:
        for name, content in files.items():
            bucket.upload_object_via_stream(iter([content]), name)
        listed = {item.name: item.size for item in bucket.iterate_objects(prefix="docs/")}
        say(f"{bucket.driver.name}: {len(files)} uploaded, listed below docs/: {sorted(listed)}")

    large = folder / "large.bin"
    large.write_bytes(os.urandom(LARGE))
    with progress_bar(f"to {source.name}") as report:
        uploaded = buckets[0].upload_object(str(large), "large.bin", progress=report)
    with progress_bar(f"to {target.name}", uploaded.size) as report:
        bulk.copy([uploaded], buckets[1], progress=lambda run: report(run.bytes, None))
    copied = folder / "copied.bin"
    buckets[1].get_object("large.bin").download(str(copied))
    same = digest(copied) == digest(large)
    say(f"{LARGE >> 20} MiB went to {source.name}, across to {target.name} and back: {same=}")

    for bucket in buckets:
        bulk.delete(bucket.iterate_objects())
        bucket.delete()
    say("objects and containers are gone")


def zone_tour(driver: DNSDriver, folder: Path) -> None:
    """A zone, filled and exported as a file that BIND reads."""
    zone = driver.create_zone("quickstart.example.com", type="master", ttl=3600)
    zone.create_record("www", RecordType.A, "192.0.2.10", extra={"ttl": 300})
    zone.create_record("www", RecordType.A, "192.0.2.11", extra={"ttl": 300})
    zone.create_record("www", RecordType.AAAA, "2001:db8::10", extra={"ttl": 300})
    zone.create_record("", RecordType.MX, "mail.example.com.", extra={"ttl": 3600, "priority": 10})
    zone.create_record("", RecordType.TXT, "v=spf1 -all", extra={"ttl": 3600})
    path = folder / f"{driver.name}.zone"
    zone.export_to_bind_zone_file(str(path))
    exported = path.read_text().splitlines()
    count = len(zone.list_records())
    say(f"{count} records in {zone.domain}, exported for BIND (SOA and NS not shown):")
    for line in exported:
        if not any(f"\t{type}\t" in line for type in ("SOA", "NS")):
            print(f"      {line}")
    for record in zone.list_records():
        if record.type not in (RecordType.SOA, RecordType.NS):
            record.delete()
    say(f"records and zone deleted: {zone.delete()}")


# -- around the tour ------------------------------------------------------------------------------


@contextmanager
def emulator() -> Iterator[int]:
    """A moto server of our own on a free port of the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = "import sys; from moto.server import main; main(sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-c", command, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/moto-api/", process)
        print(f"moto, an emulator of AWS, listens on 127.0.0.1:{port}")
        yield port
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("moto did not start")


@contextmanager
def progress_bar(title: str, total: int = LARGE) -> Iterator:
    with tqdm(total=total, desc=f"   {title}", unit="B", unit_scale=True, leave=False) as bar:
        yield lambda done, _: bar.update(done - bar.n)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def title(domain: str, provider: str) -> None:
    print(f"\n{domain}: {provider}")


def say(text: str) -> None:
    print(f"   {text}")


if __name__ == "__main__":
    main()
