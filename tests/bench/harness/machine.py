"""What a result must say beside its figures: the machine, the versions, the date, the command, the noise."""

import datetime
import os
import platform
import subprocess
from pathlib import Path

from . import packages
from .build import ROOT


def cpu_model():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def distribution():
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return platform.system()


def commit():
    done = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def describe(command, used):
    """Markdown lines for the head of a section; `used` are Debian packages."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    versions = [f"{name} {found}" for name in used if (found := packages.version(name))]
    lines = [
        f"- Machine: {cpu_model()}, {len(os.sched_getaffinity(0))} CPUs, {memory:.0f} GiB; {distribution()}, "
        f"Linux {platform.release()}",
        f"- Date: {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC; Orrery at {commit()}; load average of "
        f"others {os.getloadavg()[0]:.1f} at the start",
        f"- Command: `{command}`",
    ]
    if versions:
        lines.append("- Versions: " + ", ".join(versions))
    return lines
