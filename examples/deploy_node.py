"""
Make a node, put a file on it and run a script there.

    python examples/deploy_node.py ec2 ACCESS_KEY SECRET_KEY --ssh-key ~/.ssh/id_ed25519

Any other provider works the same: swap its name and the credentials.
"""

import argparse
import pathlib
import sys
import tempfile

from libcloud.compute.base import NodeAuthSSHKey
from libcloud.compute.deployment import FileDeployment, MultiStepDeployment, ScriptDeployment
from libcloud.compute.providers import get_driver
from libcloud.compute.types import DeploymentError

SCRIPT = """#!/bin/sh
echo "Hello from $(hostname), this is $(id -un)"
cat greeting.txt
"""


def main() -> int:
    parser = argparse.ArgumentParser(description="Make a node and run a script on it.")
    parser.add_argument("provider")
    parser.add_argument("credentials", nargs="+", help="what the driver's constructor takes")
    parser.add_argument("--ssh-key", required=True, help="private key; KEY.pub lies beside it")
    parser.add_argument("--ssh-user", default="root")
    parser.add_argument("--ssh-port", type=int, default=22)
    arguments = parser.parse_args()

    driver = get_driver(arguments.provider)(*arguments.credentials)
    ssh_key = pathlib.Path(arguments.ssh_key).expanduser()
    with tempfile.TemporaryDirectory() as folder:
        greeting = pathlib.Path(folder, "greeting.txt")
        greeting.write_text("A file that was here a moment ago.\n")
        steps = MultiStepDeployment(
            [
                FileDeployment(str(greeting), "greeting.txt", chmod=0o644),
                ScriptDeployment(SCRIPT, timeout=60, on_stdout=sys.stdout.write),
            ]
        )
        try:
            node = driver.deploy_node(
                name="libcloud-example",
                size=driver.list_sizes()[0],
                image=driver.list_images()[0],
                auth=NodeAuthSSHKey(pathlib.Path(f"{ssh_key}.pub").read_text()),
                deploy=steps,
                ssh_key=str(ssh_key),
                ssh_username=arguments.ssh_user,
                ssh_port=arguments.ssh_port,
                destroy_on_failure=True,
            )
        except DeploymentError as error:
            print(f"Failed: {error.original_error}", file=sys.stderr)
            return 1
    print(f"Node {node.name} at {node.public_ips[0]} is ready; destroying it again")
    return 0 if driver.destroy_node(node) else 1


if __name__ == "__main__":
    sys.exit(main())
