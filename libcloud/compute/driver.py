"""
The contract between programs and compute drivers.

A driver is a subclass of :class:`NodeDriver` that overrides the operations its provider has. The
docstring of an operation says what the driver MUST do, whatever the provider; the suite
:class:`libcloud.testing.compute.NodeDriverConformance` checks it.

Errors are the same for all operations: what a call names and does not exist raises
:class:`~libcloud.common.errors.ResourceNotFoundError` (``KeyPairDoesNotExistError`` for key pairs),
bad credentials raise ``InvalidCredsError``, an operation that the driver lacks raises
``UnsupportedOperation``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from libcloud.common.base import BaseDriver, ConnectionKey
from libcloud.common.errors import LibcloudError
from libcloud.common.operations import operation, overrides, unsupported
from libcloud.compute.models import NodeAuthPassword, NodeAuthSSHKey

if TYPE_CHECKING:
    from libcloud.compute.deployment import Deployment
    from libcloud.compute.models import (
        KeyPair,
        Node,
        NodeImage,
        NodeLocation,
        NodeSize,
        StorageVolume,
        T_Auth,
        VolumeSnapshot,
    )
    from libcloud.compute.ssh import BaseSSHClient
    from libcloud.compute.types import Provider

__all__ = ["NodeDriver"]


class NodeDriver(BaseDriver):
    """
    Base of all compute drivers.

    Listings come in two forms: ``list_x`` returns all of them in a list, ``iterate_x`` yields them
    while the provider's pages are read, one request before the first item. A driver overrides
    either, and has both.
    """

    connectionCls: Any = ConnectionKey
    #: The provider's name, for humans.
    name: Any = None
    #: The provider's key in the price list.
    api_name: Any = None
    website: Any = None
    #: The driver's constant. It enters the ``uuid`` of nodes, so it never changes.
    type: Provider | str | None = None
    port: Any = None
    #: How ``create_node`` lets the user in: any of ``ssh_key`` (takes ``NodeAuthSSHKey``),
    #: ``password`` (takes ``NodeAuthPassword``, and makes one up when there is no ``auth``) and
    #: ``generates_password`` (the provider makes one up). A password that the user did not give is
    #: in ``node.extra["password"]``.
    features: dict[str, list[str]] = {"create_node": []}
    #: The provider's state -> :class:`~libcloud.compute.types.NodeState`.
    NODE_STATE_MAP: ClassVar[dict[Any, Any]] = {}

    # -- nodes ----------------------------------------------------------------------------------

    @operation("nodes", needs=("list_nodes",))
    def iterate_nodes(self, *args: Any, **kwargs: Any) -> Iterator[Node]:
        """
        Yield the account's nodes (of the driver's region, where there are regions).

        A node that was destroyed MUST be left out, or listed as ``TERMINATED``; while it goes,
        as ``STOPPING`` or ``UNKNOWN``.
        Takes the provider's filters as ``ex_`` arguments.
        """
        return _from_list(self, "nodes", args, kwargs)

    @operation("nodes", needs=("iterate_nodes",))
    def list_nodes(self, *args: Any, **kwargs: Any) -> list[Node]:
        """Return what :meth:`iterate_nodes` yields."""
        return _from_iterator(self, "nodes", args, kwargs)

    @operation("nodes")
    def create_node(
        self,
        name: str,
        size: NodeSize,
        image: NodeImage,
        location: NodeLocation | None = None,
        auth: T_Auth | None = None,
    ) -> Node:
        """
        Make a node and return it, without waiting until it runs.

        The call MUST NOT make two nodes, however often a request is sent again. The node MUST have
        an ``id``, the ``name``, and a state. Where the work takes several requests and a later one
        fails, the driver MUST remove what it made, or name it in the error.

        :param name: A name for humans; providers restrict its characters.
        :param size: One of :meth:`list_sizes`.
        :param image: One of :meth:`list_images`.
        :param location: Where; the provider's (or driver's) default when it is None.
        :param auth: How to let the user in; the kinds that ``features`` names.
        """
        raise unsupported(self, "create_node")

    @operation("nodes")
    def reboot_node(self, node: Node) -> bool:
        """Restart a running node, and return True once the provider has accepted it."""
        raise unsupported(self, "reboot_node")

    @operation("nodes")
    def start_node(self, node: Node) -> bool:
        """Switch on a stopped node, and return True once the provider has accepted it."""
        raise unsupported(self, "start_node")

    @operation("nodes")
    def stop_node(self, node: Node) -> bool:
        """
        Switch off a node, keeping its disk, and return True once the provider has accepted it.

        Most providers go on charging for its disk and addresses.
        """
        raise unsupported(self, "stop_node")

    @operation("nodes")
    def destroy_node(self, node: Node) -> bool:
        """
        Remove a node for good, with the disk it came with, and return True.

        Volumes that were attached to it MUST survive.
        """
        raise unsupported(self, "destroy_node")

    def wait_until_running(
        self,
        nodes: list[Node],
        wait_period: float = 5,
        timeout: int = 600,
        ssh_interface: str = "public_ips",
        force_ipv4: bool = True,
        ex_list_nodes_kwargs: dict[str, Any] | None = None,
    ) -> list[tuple[Node, list[str]]]:
        """
        Wait until nodes run and have an address, and return each with its addresses.

        One ``list_nodes`` call a turn, however many nodes are waited for.

        :param nodes: The nodes; the result has the same order, and fresh objects.
        :param wait_period: Seconds between two turns.
        :param timeout: Seconds after which to give up.
        :param ssh_interface: ``public_ips`` or ``private_ips``: the addresses that count.
        :param force_ipv4: Whether to leave out addresses other than IPv4.
        :param ex_list_nodes_kwargs: Arguments for ``list_nodes``: filters that make it cheaper.
        :raises LibcloudError: a node is in state ``ERROR`` or ``TERMINATED``, which no waiting
            changes.
        :raises WaitTimeoutError: it took too long; the text names the nodes and their states.
        :raises ValueError: ``ssh_interface`` is neither of the two.
        """
        from libcloud.compute import provisioning

        return provisioning.wait_until_running(
            self, nodes, wait_period, timeout, ssh_interface, force_ipv4, ex_list_nodes_kwargs
        )

    def deploy_node(
        self,
        deploy: Deployment,
        ssh_username: str = "root",
        ssh_alternate_usernames: list[str] | None = None,
        ssh_port: int = 22,
        ssh_timeout: int = 10,
        ssh_key: str | list[str] | None = None,
        ssh_key_password: str | None = None,
        auth: T_Auth | None = None,
        timeout: int = 300,
        max_tries: int = 3,
        ssh_interface: str = "public_ips",
        at_exit_func: Callable[..., Any] | None = None,
        wait_period: float = 5,
        *,
        host_key_policy: Any = None,
        destroy_on_failure: bool = False,
        **create_node_kwargs: Any,
    ) -> Node:
        """
        Make a node, wait until it runs, run a task on it over SSH, and return it.

        The node exists from the first step on, and is the user's to destroy when a later step
        fails: ``DeploymentError.node`` is it. ``create_node`` is called once.

        :param deploy: What to do on the node.
        :param ssh_username: The user to log in as.
        :param ssh_alternate_usernames: Users to try, in this order, when the first one fails.
        :param ssh_port: Port of the SSH server.
        :param ssh_timeout: Seconds for one attempt to connect.
        :param ssh_key: Path of the private key, or a list of paths.
        :param ssh_key_password: What opens an encrypted private key.
        :param auth: Handed to ``create_node``; a password is also used to log in. Without it, the
            one in ``node.extra["password"]`` is.
        :param timeout: Seconds to wait until the node runs, and again until SSH answers. A login
            that is refused for a minute is given up earlier.
        :param max_tries: How often to run the task until it succeeds. A command that runs out of
            time is not tried again.
        :param ssh_interface: ``public_ips`` or ``private_ips``: where to connect to.
        :param at_exit_func: Called as ``at_exit_func(driver=..., node=...)`` when the program ends
            (Ctrl-C, say) while this is at work.
        :param wait_period: Seconds between two looks at the node.
        :param host_key_policy: A :class:`~libcloud.compute.ssh.HostKeys` or ``HostKeyPolicy``. By
            default the key of the new server is pinned, in place of one that an earlier server
            at its address had.
        :param destroy_on_failure: Whether to destroy the node when a step after its creation
            fails; ``DeploymentError.destroyed`` says whether that worked.
        :param create_node_kwargs: Everything else goes to ``create_node``.
        :raises DeploymentError: a step after the creation failed.
        :raises UnsupportedOperation: there is no way to log in: the driver's ``features`` have no
            password, and no ``ssh_key`` is given; or ``auth`` is of an unknown kind.
        :raises RuntimeError: paramiko is not installed.
        :raises ValueError: there is no such ``host_key_policy``.
        """
        from libcloud.compute import provisioning

        login = provisioning.Login(
            username=ssh_username,
            alternate_usernames=tuple(ssh_alternate_usernames or ()),
            port=ssh_port,
            connect_timeout=ssh_timeout,
            key_files=ssh_key,
            key_password=ssh_key_password,
            interface=ssh_interface,
            host_key_policy=host_key_policy,
        )
        from libcloud.compute import provisioning

        return provisioning.deploy_node(
            self,
            deploy,
            login,
            auth,
            create_node_kwargs,
            timeout=timeout,
            wait_period=wait_period,
            max_tries=max_tries,
            at_exit=at_exit_func,
            destroy_on_failure=destroy_on_failure,
        )

    # -- sizes, images, locations ---------------------------------------------------------------

    @operation("sizes", needs=("list_sizes",))
    def iterate_sizes(self, location: NodeLocation | None = None) -> Iterator[NodeSize]:
        """
        Yield the sizes that nodes can have.

        ``ram`` MUST be in MiB, ``disk`` in GB, ``price`` in US dollars an hour or None.

        :param location: Only those that the location offers.
        """
        return _from_list(self, "sizes", (), _given(location=location))

    @operation("sizes", needs=("iterate_sizes",))
    def list_sizes(self, location: NodeLocation | None = None) -> list[NodeSize]:
        """Return what :meth:`iterate_sizes` yields."""
        return _from_iterator(self, "sizes", (), _given(location=location))

    @operation("images", needs=("list_images",))
    def iterate_images(self, location: NodeLocation | None = None) -> Iterator[NodeImage]:
        """
        Yield the images that nodes can be made from. There may be tens of thousands.

        :param location: Only those that the location offers.
        """
        return _from_list(self, "images", (), _given(location=location))

    @operation("images", needs=("iterate_images",))
    def list_images(self, location: NodeLocation | None = None) -> list[NodeImage]:
        """Return what :meth:`iterate_images` yields."""
        return _from_iterator(self, "images", (), _given(location=location))

    @operation("images")
    def get_image(self, image_id: str) -> NodeImage:
        """
        Return one image, in one request.

        :raises ResourceNotFoundError: there is no such image.
        """
        raise unsupported(self, "get_image")

    @operation("images")
    def create_image(self, node: Node, name: str, description: str | None = None) -> NodeImage:
        """
        Make an image of a node's disk and return it; it may still be in the making.

        :param name: A name for humans.
        :param description: A longer text.
        """
        raise unsupported(self, "create_image")

    @operation("images")
    def delete_image(self, node_image: NodeImage) -> bool:
        """Delete an image of the account and return True. Nodes made from it MUST go on."""
        raise unsupported(self, "delete_image")

    @operation("images")
    def copy_image(
        self,
        source_region: str,
        node_image: NodeImage,
        name: str,
        description: str | None = None,
    ) -> NodeImage:
        """
        Copy an image from another region to the driver's, and return the copy.

        :param source_region: Where ``node_image`` is.
        :param name: Name of the copy.
        :param description: A longer text.
        """
        raise unsupported(self, "copy_image")

    @operation("locations", needs=("list_locations",))
    def iterate_locations(self) -> Iterator[NodeLocation]:
        """Yield the places where nodes can be made."""
        return _from_list(self, "locations", (), {})

    @operation("locations", needs=("iterate_locations",))
    def list_locations(self) -> list[NodeLocation]:
        """Return what :meth:`iterate_locations` yields."""
        return _from_iterator(self, "locations", (), {})

    # -- volumes --------------------------------------------------------------------------------

    @operation("volumes", needs=("list_volumes",))
    def iterate_volumes(self) -> Iterator[StorageVolume]:
        """Yield the account's volumes, attached or not. ``size`` MUST be in GB."""
        return _from_list(self, "volumes", (), {})

    @operation("volumes", needs=("iterate_volumes",))
    def list_volumes(self) -> list[StorageVolume]:
        """Return what :meth:`iterate_volumes` yields."""
        return _from_iterator(self, "volumes", (), {})

    @operation("volumes")
    def create_volume(
        self,
        size: int,
        name: str,
        location: NodeLocation | None = None,
        snapshot: VolumeSnapshot | None = None,
    ) -> StorageVolume:
        """
        Make a volume and return it; it may still be in the making.

        :param size: Size, in GB.
        :param name: A name for humans.
        :param location: Where; the provider's (or driver's) default when it is None.
        :param snapshot: What to fill it with; it is empty when this is None.
        """
        raise unsupported(self, "create_volume")

    @operation("volumes")
    def attach_volume(self, node: Node, volume: StorageVolume, device: str | None = None) -> bool:
        """
        Attach a volume to a node and return True.

        :param device: Name of the disk within the node (``/dev/sdf``); None leaves it to the
            provider, or to the driver where the provider insists on one.
        :raises ConflictError: the volume is attached already.
        """
        raise unsupported(self, "attach_volume")

    @operation("volumes")
    def detach_volume(self, volume: StorageVolume) -> bool:
        """Take a volume off its node and return True."""
        raise unsupported(self, "detach_volume")

    @operation("volumes")
    def destroy_volume(self, volume: StorageVolume) -> bool:
        """
        Delete a volume that is not attached, and return True. Its snapshots MUST survive, where
        the provider allows it.
        """
        raise unsupported(self, "destroy_volume")

    @operation("volume snapshots", needs=("list_volume_snapshots",))
    def iterate_volume_snapshots(self, volume: StorageVolume) -> Iterator[VolumeSnapshot]:
        """Yield the snapshots of one volume."""
        return _from_list(self, "volume_snapshots", (volume,), {})

    @operation("volume snapshots", needs=("iterate_volume_snapshots",))
    def list_volume_snapshots(self, volume: StorageVolume) -> list[VolumeSnapshot]:
        """Return what :meth:`iterate_volume_snapshots` yields."""
        return _from_iterator(self, "volume_snapshots", (volume,), {})

    @operation("volume snapshots")
    def create_volume_snapshot(
        self, volume: StorageVolume, name: str | None = None
    ) -> VolumeSnapshot:
        """
        Make a snapshot of a volume and return it; it may still be in the making.

        :param name: A name for humans.
        """
        raise unsupported(self, "create_volume_snapshot")

    @operation("volume snapshots")
    def destroy_volume_snapshot(self, snapshot: VolumeSnapshot) -> bool:
        """Delete a snapshot and return True."""
        raise unsupported(self, "destroy_volume_snapshot")

    # -- key pairs ------------------------------------------------------------------------------

    @operation("key pairs", needs=("list_key_pairs",))
    def iterate_key_pairs(self) -> Iterator[KeyPair]:
        """Yield the SSH keys that the provider knows; none has a ``private_key``."""
        return _from_list(self, "key_pairs", (), {})

    @operation("key pairs", needs=("iterate_key_pairs",))
    def list_key_pairs(self) -> list[KeyPair]:
        """Return what :meth:`iterate_key_pairs` yields."""
        return _from_iterator(self, "key_pairs", (), {})

    @operation("key pairs")
    def get_key_pair(self, name: str) -> KeyPair:
        """
        Return one key pair, in one request where the provider allows it.

        :raises KeyPairDoesNotExistError: there is no key pair of that name.
        """
        raise unsupported(self, "get_key_pair")

    @operation("key pairs")
    def create_key_pair(self, name: str) -> KeyPair:
        """
        Make a key pair and return it. This is the only time that ``private_key`` is set.

        :raises ResourceExistsError: the name is taken.
        """
        raise unsupported(self, "create_key_pair")

    @operation("key pairs")
    def import_key_pair_from_string(self, name: str, key_material: str) -> KeyPair:
        """
        Make a public key known to the provider, and return it.

        :param key_material: The public key in OpenSSH's form.
        :raises ResourceExistsError: the name is taken.
        """
        raise unsupported(self, "import_key_pair_from_string")

    @operation("key pairs", needs=("import_key_pair_from_string",))
    def import_key_pair_from_file(self, name: str, key_file_path: str) -> KeyPair:
        """
        The same as :meth:`import_key_pair_from_string`, with the content of a file.

        :param key_file_path: Path of the public key; ``~`` is expanded.
        :raises OSError: the file cannot be read.
        """
        if not overrides(self, "import_key_pair_from_string"):
            raise unsupported(self, "import_key_pair_from_file")
        import os

        with open(os.path.expanduser(key_file_path), encoding="utf-8") as file:
            return self.import_key_pair_from_string(name, file.read().strip())

    @operation("key pairs")
    def delete_key_pair(self, key_pair: KeyPair) -> bool:
        """
        Make the provider forget a key pair, and return True. Nodes that have it keep it.

        :raises KeyPairDoesNotExistError: there is no key pair of that name, where the provider
            says so.
        """
        raise unsupported(self, "delete_key_pair")

    # -- for drivers ----------------------------------------------------------------------------

    def _get_and_check_auth(self, auth: T_Auth | None) -> T_Auth | None:
        """
        The ``auth`` of ``create_node``, when the driver's ``features`` have its kind.

        Without one, a password is made up where ``features`` have passwords.

        :raises LibcloudError: the driver does not take that kind.
        """
        kinds = self.features.get("create_node", [])
        if isinstance(auth, NodeAuthSSHKey):
            if "ssh_key" in kinds:
                return auth
            problem = "an SSH key is given as auth, and this driver does not take one"
        elif isinstance(auth, NodeAuthPassword):
            if "password" in kinds:
                return auth
            problem = "a password is given as auth, and this driver does not take one"
        elif "password" in kinds:
            from libcloud.compute.provisioning import generated_password

            return generated_password()
        elif auth is None:
            return None
        else:
            problem = "auth is neither a NodeAuthPassword nor a NodeAuthSSHKey"
        raise LibcloudError(problem, driver=self)

    def _get_size_price(self, size_id: str) -> float | None:
        """
        US dollars an hour for a size, None when the price list does not have it.

        :param size_id: The size's key in the price list, under the driver's ``api_name``.
        """
        from libcloud.compute import base as home

        return home.get_size_price(
            driver_type="compute", driver_name=self.api_name, size_id=size_id
        )

    def _connect_and_run_deployment_script(
        self,
        task: Deployment,
        node: Node,
        ssh_hostname: str,
        ssh_port: int,
        ssh_username: str,
        ssh_password: str | None,
        ssh_key_file: str | list[str] | None,
        ssh_key_password: str | None,
        ssh_timeout: int,
        timeout: int,
        max_tries: int,
        host_key_policy: Any = None,
    ) -> Node:
        """Log in as one user and run the task: a step of :meth:`deploy_node`."""
        from libcloud.compute import provisioning

        client = provisioning.ssh_client(
            hostname=ssh_hostname,
            port=ssh_port,
            username=ssh_username,
            # The client opens an encrypted key with what it has for a password.
            password=ssh_key_password if ssh_key_file and ssh_key_password else ssh_password,
            key_files=ssh_key_file,
            timeout=ssh_timeout,
            host_key_policy=host_key_policy,
        )
        client = self._ssh_client_connect(ssh_client=client, timeout=timeout)
        return self._run_deployment_script(
            task=task, node=node, ssh_client=client, max_tries=max_tries
        )

    def _ssh_client_connect(
        self, ssh_client: BaseSSHClient, wait_period: float = 1.5, timeout: int = 300
    ) -> BaseSSHClient:
        """Connect, again and again while the server is coming up; return the client."""
        from libcloud.compute import provisioning

        return provisioning.connect(self, ssh_client, wait_period, timeout)

    def _run_deployment_script(
        self, task: Deployment, node: Node, ssh_client: BaseSSHClient, max_tries: int = 3
    ) -> Node:
        """Run the task, again while it fails; close the client; return the task's node."""
        from libcloud.compute import provisioning

        return provisioning.run_task(self, task, node, ssh_client, max_tries)


def _from_list(
    driver: NodeDriver, resource: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[Any]:
    """What ``iterate_<resource>`` yields for a driver that only overrides ``list_<resource>``."""
    if not overrides(driver, f"list_{resource}"):
        raise unsupported(driver, f"iterate_{resource}")
    return _lazily(getattr(driver, f"list_{resource}"), args, kwargs)


def _lazily(
    function: Callable[..., list[Any]], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[Any]:
    yield from function(*args, **kwargs)


def _from_iterator(
    driver: NodeDriver, resource: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> list[Any]:
    """What ``list_<resource>`` returns for a driver that overrides ``iterate_<resource>``."""
    if not overrides(driver, f"iterate_{resource}"):
        raise unsupported(driver, f"list_{resource}")
    return list(getattr(driver, f"iterate_{resource}")(*args, **kwargs))


def _given(**arguments: Any) -> dict[str, Any]:
    """The arguments that are not None: drivers differ in which of them they take at all."""
    return {name: value for name, value in arguments.items() if value is not None}
