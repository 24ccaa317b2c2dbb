"""What the tests of a stranger's project share: running words, and the library in a fresh place."""
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
STRICT = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
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


def configure_with_cmake(build, compiler, *words, **more):
    """Configures the stranger's project with CMake. `words` say where the library is."""
    return subprocess.run(["cmake", "-S", os.path.join(HERE, "cmake"), "-B", build, "-DCMAKE_CXX_COMPILER=" + compiler[-1],
                           "-DCMAKE_CXX_FLAGS=" + shlex.join(STRICT[1:]), *words], capture_output=True, text=True, **more)


def check_with_cmake(build, environment, compiler, *words):
    """Builds the stranger's project with CMake, and runs its programs and its tests."""
    configured = configure_with_cmake(build, compiler, *words)
    if configured.returncode != 0:
        sys.exit(f"FAILED: {shlex.join(configured.args)}\n{configured.stdout}{configured.stderr}")
    run(["cmake", "--build", build])
    for name in ("hello", "hello_static"):
        said = run([os.path.join(build, name), "--version"], env=environment)
        expect(said == f"{name} 1.0\n", f"CMake's {name} runs")
    run(["ctest", "--test-dir", build, "--output-on-failure"], env=environment)
