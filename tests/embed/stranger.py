"""What the tests of a stranger's project share: running words, and the library in a fresh place."""
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
failures = []


def expect(condition, sentence):
    if not condition:
        failures.append(sentence)
        print("FAILED:", sentence)


def run(words, **more):
    done = subprocess.run(words, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"FAILED: {shlex.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def find(root, name):
    return next((os.path.join(at, name) for at, _, files in os.walk(root) if name in files), None)


def install(build, into):
    """Installs the build below `into`. Returns its prefix there, and the folder of the libraries. The files of pkg-config
    say the prefix that they would have; here it lies under the DESTDIR."""
    run(["meson", "install", "-C", build, "--no-rebuild", "--destdir", into])
    packages = os.path.dirname(find(into, "orrery.pc"))
    prefix = None
    for name in ("orrery.pc", "orrery-test.pc"):
        with open(os.path.join(packages, name), encoding="utf-8") as file:
            text = file.read()
        prefix = os.path.join(into, re.search(r"^prefix=/(.*)$", text, re.M)[1])
        with open(os.path.join(packages, name), "w", encoding="utf-8") as file:
            file.write(re.sub(r"^prefix=.*$", "prefix=" + prefix, text, flags=re.M))
    return prefix, os.path.dirname(packages)
