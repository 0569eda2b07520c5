"""
Installs what the machine must have besides Python; quick when it is there already.

Runs before anything else is installed, so it needs the standard library alone.  The
list of packages is the one that ``jianbao doctor`` reads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SYSTEM = Path(__file__).resolve().parent.parent / "src" / "jianbao_tex" / "system.toml"


def main() -> int:
    """0 when everything is there."""
    import tomllib

    system = tomllib.loads(SYSTEM.read_text(encoding="utf-8"))
    packages = [name for group in system["debian"].values() for name in group]
    if not shutil.which("apt-get") or not shutil.which("dpkg-query"):
        return _report_missing(system["texlive"])
    if not _can_make_venv():
        packages.append("python3-venv")
    missing = [name for name in packages if not _is_installed(name)]
    if not missing:
        return 0
    print(f"Installing from Debian: {' '.join(missing)}", flush=True)
    root = [] if os.geteuid() == 0 else ["sudo"]
    if root and not shutil.which("sudo"):
        print("Neither root nor sudo is at hand. As root, run:", file=sys.stderr)
        print(f"  apt-get install --no-install-recommends {' '.join(missing)}", file=sys.stderr)
        return 1
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing]
    for command in (["apt-get", "update", "-q"], install):
        result = subprocess.run([*root, *environment, *command], stdout=sys.stderr, check=False)
        if result.returncode:
            print(f"This failed: {' '.join(command)}", file=sys.stderr)
            return 1
    return 0


def _report_missing(texlive: dict[str, list[str]]) -> int:
    """Without apt the reader installs by hand what is not there yet."""
    tools = ("xelatex", "kpsewhich", "bwrap", "prlimit", "pdftotext")
    missing = [tool for tool in tools if not shutil.which(tool)]
    if not missing:
        return 0
    print(f"This system has no apt, and these programs are missing: {', '.join(missing)}.")
    print("Install, by their TeX Live names:")
    print(f"  collections: {', '.join(texlive['collections'])}")
    print(f"  packages:    {', '.join(texlive['packages'])}")
    print("and from your own system:")
    print(f"  fonts:       {', '.join(texlive['fonts'])}")
    print(f"  tools:       {', '.join(texlive['tools'])}")
    return 1


def _is_installed(name: str) -> bool:
    query = ["dpkg-query", "-W", "-f", "${Status}", name]
    result = subprocess.run(query, capture_output=True, text=True, check=False)
    # dpkg also knows packages that were removed and whose settings stay.
    return result.stdout.endswith("ok installed")


def _can_make_venv() -> bool:
    # Debian has ensurepip in a package of its own.
    check = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 -- a new machine may have an older one
        sys.exit("Python 3.11 or newer is needed.")
    sys.exit(main())
