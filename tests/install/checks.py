"""What the checks of this folder share: expectations that are counted, commands that must succeed, and a service in a root of its
own that is started, asked and stopped."""
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import urllib.request

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED = 77
failures = []


def expect(condition, sentence):
    if not condition:
        failures.append(sentence)
        print("FAILED:", sentence)
    return condition


def run(words, **more):
    done = subprocess.run(words, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"FAILED: {shlex.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def end():
    sys.exit(1 if failures else 0)


def skip(sentence):
    print("skipped:", sentence)
    sys.exit(SKIPPED)


def into(root):
    """The words that run a command with this folder as its root; with no rights of root, in a user namespace."""
    words = [] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user"]
    words = [*words, "chroot", root]
    return words


def need_chroot():
    if not shutil.which("chroot", path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
        skip("chroot is missing")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    # Root in a container may have neither right.
    namespace = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    for words in (into("/"), namespace):
        if subprocess.run([*words, "true"], capture_output=True).returncode != 0:
            skip(f"a root folder of its own cannot be had here: {' '.join(words)} is refused")


def libraries(program):
    """{name: path} of what the loader gives the program, the loader itself included."""
    listed = run(["ldd", program])
    found = dict(re.findall(r"^\s*(\S+) => (/\S+)", listed, re.M))
    found.update({os.path.basename(path): path for path in re.findall(r"^\s*(/\S+) \(", listed, re.M)})
    return found


def give_libc(root, program):
    """Copies the C library into the root, and nothing else. Returns the names of the libraries that do not belong to it."""
    foreign = []
    for name, path in libraries(program).items():
        if not re.match(r"(ld-linux.*|libc|libm|libdl|libpthread|librt)\.so\.\d+$", name):
            foreign.append(name)
            continue
        # The loader has its one place; the others are looked for in these.
        to = os.path.join(root, path.lstrip("/") if name.startswith("ld-") else os.path.join("lib", name))
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shutil.copyfile(path, to)
        shutil.copymode(path, to)
    return foreign


def serve(words, ask="/planets/mars", **more):
    """Starts the service, asks once, stops it. Returns the answer's body and the log."""
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, **more)
    log, body = [], ""
    try:
        port = None
        for line in server.stderr:
            log.append(line)
            found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", line)
            port = int(found[1]) if found else port
            if "serves:" in line:
                break
        if expect(port, "the service says where it listens:\n" + "".join(log)):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{ask}", timeout=20) as answer:
                body = answer.read().decode()
        server.send_signal(signal.SIGTERM)
        expect(server.wait(timeout=30) == 0, "the service ends with 0 at TERM")
        log += server.stderr.readlines()
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    return body, "".join(log)
