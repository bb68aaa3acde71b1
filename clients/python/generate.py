#!/usr/bin/env python3
"""Writes the stubs under uintrd/v1 and uintrd/rpc from proto/, with protoc and grpc_python_plugin (Debian: protobuf-compiler-grpc).

generate.py [--check] [DIRECTORY]    --check compares with what is there instead, and fails if it differs.
"""

import filecmp
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parent.parent / "proto"
# Other versions write other text for the same protos.
PROTOC = "libprotoc 3.21.12"


# What the plugin writes for servers, and its experimental calls: from a service's servicer to the next service's stub.
SERVER_HALF = re.compile(r"\nclass \w+Servicer\(object\):\n.*?(?=\nclass \w+Stub\(|\Z)", re.DOTALL)


def protoc(arguments):
    subprocess.run(["protoc", *arguments], check=True)


def generate(target):
    """Fills target/v1 and target/rpc."""
    plugin = shutil.which("grpc_python_plugin")
    if plugin is None or shutil.which("protoc") is None:
        sys.exit("generate.py: protoc and grpc_python_plugin are needed (Debian: protobuf-compiler-grpc)")
    with tempfile.TemporaryDirectory() as directory:
        work = pathlib.Path(directory)
        (work / "proto/uintrd/rpc").mkdir(parents=True)
        shutil.copytree(PROTO / "uintr", work / "proto/uintr")
        # Another package may bring google/rpc too, and a process has only one registry of file names.
        for name in ("status", "error_details"):
            text = (PROTO / "google/rpc" / f"{name}.proto").read_text()
            (work / f"proto/uintrd/rpc/{name}.proto").write_text(text.replace("package google.rpc;", "package uintrd.rpc;"))
        api = sorted(str(path.relative_to(work / "proto")) for path in (work / "proto/uintr/v1").glob("*.proto"))
        details = ["uintrd/rpc/status.proto", "uintrd/rpc/error_details.proto"]
        out = work / "out"
        out.mkdir()
        common = [f"-I{work / 'proto'}", f"--python_out={out}", f"--pyi_out={out}"]
        protoc([*common, f"--plugin=protoc-gen-grpc_python={plugin}", f"--grpc_python_out={out}", *api])
        protoc([*common, *details])
        for made, package in (("uintr/v1", "v1"), ("uintrd/rpc", "rpc")):
            (target / package).mkdir(parents=True, exist_ok=True)
            for path in sorted((out / made).iterdir()):
                text = path.read_text()
                # A file without services has an empty one.
                if path.name.endswith("_pb2_grpc.py") and "class " not in text:
                    continue
                text = SERVER_HALF.sub("\n", text).replace("Client and server classes", "Client classes").rstrip() + "\n"
                module = made.replace("/", ".")
                text = re.sub(rf"^from {re.escape(module)} import", "from . import", text, flags=re.MULTILINE)
                (target / package / path.name).write_text(text)
            (target / package / "__init__.py").write_text('"""Generated from proto/ by generate.py."""\n')


def differences(left, right):
    """Names that differ between two directories, or are in one of them only."""
    compared = filecmp.dircmp(left, right, ignore=["__pycache__"])
    names = compared.left_only + compared.right_only
    _, unequal, odd = filecmp.cmpfiles(left, right, compared.common_files, shallow=False)
    return sorted(names + unequal + odd)


def check(existing):
    version = subprocess.run(["protoc", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if version != PROTOC:
        print(f"SKIPPED: the stubs were made with {PROTOC}, here is {version}")
        return 0
    with tempfile.TemporaryDirectory() as directory:
        fresh = pathlib.Path(directory)
        generate(fresh)
        found = [f"{package}/{name}" for package in ("v1", "rpc") for name in differences(existing / package, fresh / package)]
    for name in found:
        print(f"{name} differs from proto/: run clients/python/generate.py")
    return 1 if found else 0


if __name__ == "__main__":
    rest = [argument for argument in sys.argv[1:] if argument != "--check"]
    package = pathlib.Path(rest[0]) if rest else HERE / "uintrd"
    if "--check" in sys.argv:
        sys.exit(check(package))
    for name in ("v1", "rpc"):
        shutil.rmtree(package / name, ignore_errors=True)
    generate(package)
