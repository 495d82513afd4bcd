"""Ceph's RADOS gateway, whose S3 API checks signatures, on a cluster of one in memory."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.process import debian_program, free_port, http_answers, port_answers, running

PACKAGES = "radosgw ceph-mon ceph-osd ceph-mgr ceph-common"

CLUSTER = "11111111-1111-1111-1111-111111111111"
STORE = "22222222-2222-2222-2222-222222222222"

CONFIGURATION = """\
[global]
fsid = {cluster}
mon_host = v1:127.0.0.1:{mon_port}
mon_initial_members = a
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_bind_msgr2 = false
public_network = 127.0.0.0/8
osd_pool_default_size = 1
osd_pool_default_min_size = 1
mon_allow_pool_size_one = true
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_crush_chooseleaf_type = 0
run_dir = {folder}/run
admin_socket = {folder}/run/$name.asok
log_file = {folder}/$name.log
pid_file = {folder}/run/$name.pid
[mon.a]
mon_data = {folder}/mon
[osd.0]
osd_objectstore = memstore
memstore_device_bytes = 2147483648
osd_data = {folder}/osd
# What it would do by itself, and now and then before it knows the cluster: "wrong fsid".
osd_crush_update_on_start = false
osd_class_update_on_start = false
[client.rgw.a]
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_data = {folder}/rgw
"""


@dataclass(frozen=True)
class RGWServer:
    """S3 with paths rather than host names for buckets. Any region will do."""

    host: str
    port: int
    key: str = "AKRGW"
    secret: str = "secret of rgw"
    region: str = "us-east-1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextlib.contextmanager
def running_rgw(folder: Path) -> Iterator[RGWServer]:
    names = ("ceph-mon", "ceph-osd", "ceph-mgr", "radosgw", "radosgw-admin", "ceph")
    names += ("ceph-authtool", "monmaptool")
    program = {name: debian_program(name, PACKAGES) for name in names}
    server, mon_port = RGWServer("127.0.0.1", free_port()), free_port()
    for name in ("mon", "osd", "rgw", "run"):
        (folder / name).mkdir()
    (folder / "ceph.conf").write_text(
        CONFIGURATION.format(cluster=CLUSTER, folder=folder, mon_port=mon_port, port=server.port)
    )

    def run(name: str, *arguments: str) -> None:
        # Some of the programs are in Python: Debian's, not that of the tests.
        subprocess.run(
            [program[name], *arguments],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=60,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )

    configuration = ("-c", "ceph.conf")
    everything = ("--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *")
    keyring = ("mon.keyring", "--gen-key", "-n")
    run("ceph-authtool", "--create-keyring", *keyring, "mon.", "--cap", "mon", "allow *")
    run("ceph-authtool", *keyring, "client.admin", *everything)
    monitor = ("--addv", "a", f"[v1:127.0.0.1:{mon_port}]")
    run("monmaptool", "--create", "--fsid", CLUSTER, *monitor, "monmap")
    mon = ("-i", "a", "--mkfs", "--monmap", "monmap", "--keyring", "mon.keyring")
    run("ceph-mon", *configuration, *mon)
    with contextlib.ExitStack() as stack:

        def start(name: str, instance: tuple[str, ...], ready: object) -> None:
            command = [program[name], *configuration, *instance, "-f"]
            stack.enter_context(running(command, folder / f"{name}.out", ready))

        def osd_is_known() -> bool:
            # A monitor that has only just begun answers, and refuses: "wrong fsid".
            try:
                run("ceph", *configuration, "osd", "new", STORE)
            except subprocess.CalledProcessError:
                return False
            return True

        start("ceph-mon", ("-i", "a"), lambda: port_answers(mon_port)() and osd_is_known())
        place = ("crush", "add", "osd.0", "1", "root=default", "host=a")
        run("ceph", *configuration, "osd", *place)
        run("ceph-osd", *configuration, "-i", "0", "--mkfs", "--osd-uuid", STORE)
        start("ceph-osd", ("-i", "0"), lambda: (folder / "run" / "osd.0.asok").exists())
        start("ceph-mgr", ("-i", "x"), lambda: (folder / "run" / "mgr.x.asok").exists())
        start("radosgw", ("-n", "client.rgw.a"), http_answers(server.url))
        user = ("user", "create", "--uid=tester", "--display-name=Tester")
        keys = (f"--access-key={server.key}", f"--secret-key={server.secret}")
        run("radosgw-admin", *configuration, *user, *keys)
        yield server


@pytest.fixture(scope="session")
def rgw_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RGWServer]:
    """A RADOS gateway of this worker. Tests share it: use containers of your own."""
    with running_rgw(tmp_path_factory.mktemp("rgw")) as server:
        yield server
