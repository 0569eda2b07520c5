"""
Runs the test suite on another Debian release, in a chroot where bubblewrap cannot work.

    make matrix                     Debian 13
    make matrix SUITE=bookworm      Debian 12

It needs root and debootstrap.  The chroot stays in build/matrix/, so that the second run is
quick; packages come from where this machine takes its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUITE = "trixie"
_PACKAGES = "ca-certificates,git,make,python3,python3-venv"
# How this machine reaches its package registries; absent on most machines.
_COPIED_FILES = ("/etc/pip.conf", "/etc/resolv.conf", "/etc/ssl/certs/ca-certificates.crt")
_CERTIFICATES = Path("/usr/local/share/ca-certificates")
_READY = "ready"
_SKIPPED = 77
_INSIDE = "checkout"
_NOT_INHERITED = (
    "PYTHON",
    "MAKE",
    "MFLAGS",
    "VIRTUAL_ENV",
    "LC_",
    "LANG",
    "TMPDIR",
    "PIP_FIND_LINKS",
)


def main(words: list[str]) -> int:
    """The exit code of the suite; 77 where no chroot can be made here."""
    suite = words[0] if words else SUITE
    command = words[1:] or ["make", "test"]
    tools = ("debootstrap", "unshare", "chroot")
    missing = [tool for tool in tools if not shutil.which(tool)]
    if os.geteuid() or missing:
        print("A chroot can be made by root alone, with debootstrap (Debian: apt-get install")
        print("debootstrap). Without them, run `make check` on a machine with the release.")
        return _SKIPPED
    home = ROOT / "build" / "matrix" / suite
    _make(home, suite)
    _copy_checkout(home / _INSIDE)
    return _run(home, command)


def _make(home: Path, suite: str) -> None:
    """A chroot with the release, as bare as a new machine; once."""
    ready = home.parent / f"{suite}-{_READY}"
    if ready.exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    make = ["debootstrap", "--variant=minbase", f"--include={_PACKAGES}", suite, str(home)]
    subprocess.run([*make, *_mirror()], check=True)
    for name in _COPIED_FILES:
        if Path(name).is_file():
            shutil.copyfile(name, home / name.removeprefix("/"))
    if _CERTIFICATES.is_dir():
        shutil.copytree(
            _CERTIFICATES, home / str(_CERTIFICATES).removeprefix("/"), dirs_exist_ok=True
        )
    ready.touch()


def _mirror() -> list[str]:
    """The archive from which this machine installs; debootstrap knows one where it has none."""
    targets = ["apt-get", "indextargets", "--format", "$(COMPONENT) $(SITE)"]
    if not shutil.which(targets[0]):
        return []
    result = subprocess.run(targets, capture_output=True, text=True, check=False)
    sites = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("main ")]
    # The archive of security updates has no whole release.
    return [site for site in sites if not site.rstrip("/").endswith("-security")][:1]


def _copy_checkout(folder: Path) -> None:
    """The files of this checkout as they are now; what was installed there stays."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if not path.name.startswith(".venv"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    result = subprocess.run(list_files, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, result.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        # A file that was deleted and not yet committed is still in the list.
        if source.exists() or source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)


def _run(home: Path, command: list[str]) -> int:
    """Runs a command in the chroot; what is mounted for it is gone when it ends."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_INHERITED)}
    environment = {
        **inherited,
        "CI": "true",
        "HOME": "/root",
        "LC_ALL": "C.UTF-8",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }
    inside = f'cd /{_INSIDE} && exec "$@"'
    mounts = (
        'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && '
        'exec chroot "$0" /bin/sh -c "$@"'
    )
    words = ["unshare", "--mount", "sh", "-c", mounts, str(home), inside, "sh", *command]
    return subprocess.run(words, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
