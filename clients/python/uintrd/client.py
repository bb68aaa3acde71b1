"""The connection: every service of the API, with errors as exceptions of this package, and the machines behind them."""

from __future__ import annotations

import hashlib
from typing import Any, Callable, Iterable, Iterator, Mapping, Optional, Sequence

import grpc

from . import errors
from .local_daemon import LocalDaemon
from .machine import Machine
from .names import PROJECT, enum_name
from .v1 import (
    artifact_pb2,
    artifact_pb2_grpc,
    event_service_pb2_grpc,
    guest_pb2_grpc,
    lab_pb2,
    lab_pb2_grpc,
    machine_pb2,
    machine_pb2_grpc,
    snapshot_pb2,
    snapshot_pb2_grpc,
    uintr_pb2_grpc,
    uring_pb2_grpc,
)

DEFAULT_ADDRESS = "127.0.0.1:7420"
CONNECT_SECONDS = 10.0
CHUNK_BYTES = 1 << 20
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.enable_http_proxy", 0),
    # What may be repeated, this package repeats itself.
    ("grpc.enable_retries", 0),
    # Connections are not shared between clients of one process.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
)


class Stream:
    """The responses of a call, with its errors as exceptions of this package."""

    def __init__(self, call: Any) -> None:
        self._call = call

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._call
        except grpc.RpcError as error:
            raise errors.from_rpc_error(error) from None

    def cancel(self) -> None:
        self._call.cancel()


Headers = Sequence[tuple[str, str]]


def _raising(method: Callable[..., Any], headers: Headers) -> Callable[..., Any]:
    def call(request: Any, timeout: Optional[float] = None, metadata: Optional[Headers] = None) -> Any:
        try:
            return method(request, timeout=timeout, metadata=[*headers, *metadata] if metadata else headers)
        except grpc.RpcError as error:
            raise errors.from_rpc_error(error) from None

    return call


def _streaming(method: Callable[..., Any], headers: Headers) -> Callable[..., Stream]:
    def call(request: Any, timeout: Optional[float] = None, metadata: Optional[Headers] = None) -> Stream:
        return Stream(method(request, timeout=timeout, metadata=[*headers, *metadata] if metadata else headers))

    return call


class Service:
    """A generated stub whose calls raise ApiError: `client.guest.SpawnProcess(request, timeout=seconds)`."""

    def __init__(self, stub: Any, headers: Headers = ()) -> None:
        for name, method in vars(stub).items():
            streams = isinstance(method, (grpc.UnaryStreamMultiCallable, grpc.StreamStreamMultiCallable))
            setattr(self, name, (_streaming if streams else _raising)(method, headers))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise AttributeError(f"no method {name}")


class Client:
    """Made by connect(). The services of the API are attributes; machines() and create_machine() are what most programs need."""

    def __init__(
        self,
        address: str,
        daemon: Optional[LocalDaemon] = None,
        *,
        token: Optional[str] = None,
        project: str = PROJECT,
        credentials: Optional[grpc.ChannelCredentials] = None,
    ) -> None:
        #: "unix:/path" or "host:port".
        self.address = address
        self.daemon = daemon
        #: Where machines and artifacts are made: "projects/default".
        self.project = project if "/" in project else f"projects/{project}"
        if credentials is None:
            self._channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
        else:
            self._channel = grpc.secure_channel(address, credentials, options=CHANNEL_OPTIONS)
        headers = () if token is None else (("authorization", f"Bearer {token}"),)
        self.lab = Service(lab_pb2_grpc.LabServiceStub(self._channel), headers)
        self.machine = Service(machine_pb2_grpc.MachineServiceStub(self._channel), headers)
        self.artifacts = Service(artifact_pb2_grpc.ArtifactServiceStub(self._channel), headers)
        self.snapshots = Service(snapshot_pb2_grpc.SnapshotServiceStub(self._channel), headers)
        self.guest = Service(guest_pb2_grpc.GuestServiceStub(self._channel), headers)
        self.uintr = Service(uintr_pb2_grpc.UintrServiceStub(self._channel), headers)
        self.uring = Service(uring_pb2_grpc.UringServiceStub(self._channel), headers)
        self.events = Service(event_service_pb2_grpc.EventServiceStub(self._channel), headers)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection, and the private daemon if there is one."""
        self._channel.close()
        if self.daemon is not None:
            self.daemon.stop()

    def wait_for_ready(self, seconds: float = CONNECT_SECONDS) -> None:
        """Raises ApiError (UNAVAILABLE) if there is no connection by then."""
        try:
            grpc.channel_ready_future(self._channel).result(timeout=seconds)
        except grpc.FutureTimeoutError:
            raise errors.ApiError("UNAVAILABLE", f"no daemon answers at {self.address}") from None

    def server_info(self) -> lab_pb2.GetServerInfoResponse:
        return self.lab.GetServerInfo(lab_pb2.GetServerInfoRequest())

    def create_machine(
        self,
        machine_id: str = "",
        *,
        start: bool = False,
        labels: Optional[Mapping[str, str]] = None,
        abi: str = "",
        time_mode: str = "",
        cpu_level: str = "",
        **spec: Any,
    ) -> Machine:
        """Makes a machine; as a context manager it is deleted at the end.

        Enums may be short: abi="RFC", time_mode="LOCKSTEP", cpu_level="X86_64_V2". Other fields of MachineSpec go by their names:
        vcpus, ram_bytes, cost_preset, cost_overrides, seed, epoch, event_kinds, limits, root (as {"artifact": client.upload(tar)}).
        """
        described = machine_pb2.MachineSpec(
            abi=enum_name(machine_pb2.Abi, "ABI_", abi),
            time_mode=enum_name(machine_pb2.TimeMode, "TIME_MODE_", time_mode),
            cpu_level=enum_name(machine_pb2.CpuLevel, "CPU_LEVEL_", cpu_level),
            **spec,
        )
        machine = machine_pb2.Machine(labels=labels or {}, spec=described)
        request = machine_pb2.CreateMachineRequest(parent=self.project, machine_id=machine_id, machine=machine)
        made = Machine(self, self.machine.CreateMachine(request).machine.name)
        if start:
            made.start()
        return made

    def get_machine(self, name: str) -> Machine:
        """`name`: projects/default/machines/{machine}, or the last part of it. Raises MachineNotFound."""
        machine = Machine(self, name if "/" in name else f"{self.project}/machines/{name}")
        machine.refresh()
        return machine

    def machines(self) -> Iterator[Machine]:
        """All of them."""
        token = ""
        while True:
            page = self.machine.ListMachines(machine_pb2.ListMachinesRequest(parent=self.project, page_token=token))
            for machine in page.machines:
                yield Machine(self, machine.name)
            token = page.next_page_token
            if not token:
                return

    def restore(self, snapshot: str, machine_id: str = "", *, labels: Optional[Mapping[str, str]] = None) -> Machine:
        """A new machine from a snapshot; as a context manager it is deleted at the end."""
        new = snapshot_pb2.NewMachine(machine_id=machine_id, labels=labels or {})
        request = snapshot_pb2.RestoreSnapshotRequest(name=snapshot, new_machine=new)
        return Machine(self, self.snapshots.RestoreSnapshot(request).machine.name)

    def export_snapshot(self, snapshot: str) -> Iterator[bytes]:
        """One file, in pieces, that import_snapshot() takes on any host."""
        for response in self.snapshots.ExportSnapshot(snapshot_pb2.ExportSnapshotRequest(name=snapshot)):
            yield response.chunk

    def import_snapshot(self, pieces: Iterable[bytes], snapshot_id: str = "") -> str:
        """Takes in an exported snapshot; its name here."""

        def parts() -> Iterable[snapshot_pb2.ImportSnapshotRequest]:
            yield snapshot_pb2.ImportSnapshotRequest(header=snapshot_pb2.SnapshotHeader(parent=self.project, snapshot_id=snapshot_id))
            for piece in pieces:
                for at in range(0, len(piece), CHUNK_BYTES):
                    yield snapshot_pb2.ImportSnapshotRequest(chunk=piece[at : at + CHUNK_BYTES])

        return self.snapshots.ImportSnapshot(parts()).snapshot.name

    def upload(self, data: bytes, labels: Optional[Mapping[str, str]] = None) -> str:
        """Makes an artifact of the bytes; the name that SpawnProcess takes."""

        def parts() -> Iterable[artifact_pb2.UploadArtifactRequest]:
            header = artifact_pb2.ArtifactHeader(parent=self.project, labels=labels or {}, sha256=hashlib.sha256(data).hexdigest())
            yield artifact_pb2.UploadArtifactRequest(header=header)
            for at in range(0, len(data), CHUNK_BYTES):
                yield artifact_pb2.UploadArtifactRequest(chunk=data[at : at + CHUNK_BYTES])

        return self.artifacts.UploadArtifact(parts()).artifact.name


def connect(
    address: Optional[str] = None,
    *,
    local: bool = False,
    flags: Sequence[str] = (),
    token: Optional[str] = None,
    project: str = PROJECT,
    credentials: Optional[grpc.ChannelCredentials] = None,
) -> Client:
    """A connection, as a context manager: `with uintrd.connect(local=True) as client`.

    address: "unix:/path" or "host:port" of a daemon that runs (127.0.0.1:7420). local: starts one for this program alone, with these
    flags, and stops it at the end. token: the secret of a token, where the daemon asks who calls. project: where machines are made.
    credentials: grpc.ssl_channel_credentials(...) to speak TLS. Raises ApiError (UNAVAILABLE) where no daemon answers.
    """
    if local and address is not None:
        raise ValueError("either an address or local=True")
    daemon = LocalDaemon(flags) if local else None
    where = daemon.address if daemon else address or DEFAULT_ADDRESS
    client = Client(where, daemon, token=token, project=project, credentials=credentials)
    try:
        client.wait_for_ready()
    except BaseException:
        client.close()
        raise
    return client
