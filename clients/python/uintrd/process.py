"""A process of a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from . import errors
from .names import machine_of
from .remote_thread import RemoteThread
from .v1 import guest_pb2, machine_pb2

if TYPE_CHECKING:
    from .client import Client

SIGKILL = 9


class Process:
    """As a context manager it is killed at the end, if it still runs."""

    def __init__(self, client: "Client", process: guest_pb2.Process) -> None:
        self.client = client
        #: projects/default/machines/{machine}/processes/{pid}
        self.name = process.name
        self.pid = process.pid

    def __repr__(self) -> str:
        return f"<Process {self.name}>"

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self.refresh().state == guest_pb2.Process.STATE_RUNNING:
                self.signal(SIGKILL)
        except (errors.ProcessNotFound, errors.MachineNotFound, errors.MachineCrashed):
            pass

    def refresh(self) -> guest_pb2.Process:
        return self.client.guest.GetProcess(guest_pb2.GetProcessRequest(name=self.name)).process

    def wait(self, until_quiescent: bool = False, timeout: Optional[float] = None) -> guest_pb2.WaitProcessResponse:
        """Until it has exited; `reason` says if it ended otherwise. timeout: seconds of this host."""
        request = guest_pb2.WaitProcessRequest(name=self.name, until_quiescent=until_quiescent)
        return self.client.guest.WaitProcess(request, timeout=timeout)

    def signal(self, number: int) -> None:
        """1 to 64."""
        self.client.guest.SignalProcess(guest_pb2.SignalProcessRequest(name=self.name, signal=number))

    def output(self) -> tuple[bytes, bytes]:
        """Standard output and standard error, as far as they were written and are still kept."""
        attach = guest_pb2.ConsoleAttach(name=self.name, no_follow=True)
        parts: dict[int, list[bytes]] = {guest_pb2.ConsoleOutput.STREAM_STDOUT: [], guest_pb2.ConsoleOutput.STREAM_STDERR: []}
        for response in self.client.guest.AttachConsole(iter([guest_pb2.AttachConsoleRequest(attach=attach)])):
            if response.WhichOneof("report") == "output":
                parts[response.output.stream].append(response.output.data)
        stdout, stderr = parts.values()
        return b"".join(stdout), b"".join(stderr)

    def remote_thread(self, comm: str = "", *, park: str = "", affinity: int = 0) -> RemoteThread:
        """One more thread of this process, whose program is this one."""
        return RemoteThread.create(self.client, self.name, comm, park, affinity)

    def read_memory(self, address: int, length: int) -> bytes:
        """At its virtual address."""
        return self.client.machine.ReadMemory(machine_pb2.ReadMemoryRequest(name=self.name, address=address, length=length)).data

    def write_memory(self, address: int, data: bytes) -> None:
        self.client.machine.WriteMemory(machine_pb2.WriteMemoryRequest(name=self.name, address=address, data=data))

    @property
    def machine_name(self) -> str:
        return machine_of(self.name)
