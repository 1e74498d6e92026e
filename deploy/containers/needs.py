"""What the trial of the containers needs of the machine: podman and its parts, and a base image."""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.containers.podman import Podman, PodmanFailed
from deploy.local.files import ROOT

# Debian's package: a command or file by which we see that it is there.
PACKAGES: dict[str, tuple[str, ...]] = {
    "podman": ("podman",),
    "runc": ("runc",),
    "netavark": ("/usr/lib/podman/netavark", "/usr/libexec/podman/netavark"),
    "aardvark-dns": ("/usr/lib/podman/aardvark-dns", "/usr/libexec/podman/aardvark-dns"),
    "iptables": ("iptables",),
    "mmdebstrap": ("mmdebstrap",),
}

# The name under which the Dockerfiles find it, so that no registry of images is asked.
BASE = "docker.io/library/debian:trixie-slim"
# What Debian's own slim image leaves out too.
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
AUTHORITIES = Path("/usr/local/share/ca-certificates")


class NotHere(Exception):
    """Something that only the person at the machine can provide."""


def refuse_unfit_machine() -> None:
    """Raises NotHere with the sentence that says what is missing and how to get it."""
    if os.geteuid() != 0:
        raise NotHere("make containers has to run as root: it makes networks and a base image.")
    missing = [package for package, signs in PACKAGES.items() if not any(map(shutil.which, signs))]
    if missing:
        raise NotHere(
            f"Not on this machine: {', '.join(missing)}. On Debian and Ubuntu:\n"
            f"    apt-get install --no-install-recommends {' '.join(missing)}"
        )


def install_tools(place: Path) -> Path:
    """podman-compose and hadolint in an environment of their own; returns the folder of their commands."""
    uv, lock = ROOT / ".venv" / "bin" / "uv", ROOT / "requirements" / "containers.txt"
    environment = place / "tools"
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([str(uv), "venv", "--quiet", str(environment)], check=True)
    sync = [str(uv), "pip", "sync", "--quiet", "--system-certs", "--require-hashes"]
    subprocess.run([*sync, "--python", str(python), str(lock)], check=True)
    return environment / "bin"


def make_base_image(podman: Podman) -> None:
    """Debian's minimal system from its archive, as the image from which ours are built; once."""
    if podman.attempt(["podman", "image", "exists", BASE]).returncode == 0:
        return
    archive = podman.place / "base.tar"
    options = [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    if AUTHORITIES.is_dir():
        # Behind a company's proxy nothing could be installed without the company's own authority.
        options.append(f"--customize-hook=copy-in {AUTHORITIES} {AUTHORITIES.parent}")
    command = ["mmdebstrap", "--quiet", "--variant=minbase", *options, "trixie", str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PodmanFailed(f"mmdebstrap could not make the base image:\n{done.stderr[-2000:]}")
    podman("import", str(archive), BASE)
    archive.unlink()
