"""A machine: its life, its time, its memory, and what runs in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, Optional, Sequence, Union

from . import errors
from .events import EventIterator
from .names import duration, enum_name
from .process import Process
from .remote_thread import RemoteThread
from .v1 import event_pb2, event_service_pb2, guest_pb2, machine_pb2, snapshot_pb2, uintr_pb2, uring_pb2

if TYPE_CHECKING:
    from .client import Client


def _number(kind: Union[str, int]) -> int:
    return enum_name(event_pb2.EventKind, "EVENT_KIND_", kind)


class Machine:
    """As a context manager it is deleted at the end. Cycles and addresses are exact integers."""

    def __init__(self, client: "Client", name: str) -> None:
        self.client = client
        #: projects/default/machines/{machine}
        self.name = name

    def __repr__(self) -> str:
        return f"<Machine {self.name}>"

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.delete()
        except errors.MachineNotFound:
            pass

    def refresh(self) -> machine_pb2.Machine:
        """State, spec, labels and the rest, as they are now."""
        return self.client.machine.GetMachine(machine_pb2.GetMachineRequest(name=self.name)).machine

    @property
    def state(self) -> str:
        """ "CREATED", "RUNNING", "PAUSED", "QUIESCENT" or "CRASHED"."""
        return machine_pb2.MachineState.Name(self.refresh().state)[len("MACHINE_STATE_") :]

    def start(self) -> machine_pb2.Machine:
        return self.client.machine.StartMachine(machine_pb2.StartMachineRequest(name=self.name)).machine

    def pause(self) -> machine_pb2.Machine:
        return self.client.machine.PauseMachine(machine_pb2.PauseMachineRequest(name=self.name)).machine

    def reset(self) -> machine_pb2.Machine:
        return self.client.machine.ResetMachine(machine_pb2.ResetMachineRequest(name=self.name)).machine

    def delete(self) -> None:
        self.client.machine.DeleteMachine(machine_pb2.DeleteMachineRequest(name=self.name))

    def run(
        self,
        *,
        until_cycle: int = 0,
        cycles: int = 0,
        instructions: int = 0,
        nanoseconds: Optional[int] = None,
        event: Union[str, int, None] = None,
        event_fields: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
    ) -> machine_pb2.RunMachineResponse:
        """Virtual time passes until the first of these ends, or nothing can happen any more; then the machine is paused."""
        request = machine_pb2.RunMachineRequest(name=self.name, until_cycle=until_cycle, cycles=cycles, instructions=instructions)
        if nanoseconds is not None:
            request.virtual_time.CopyFrom(duration(nanoseconds))
        if event is not None:
            request.event.CopyFrom(machine_pb2.EventMatch(kind=_number(event), fields=event_fields or {}))
        return self.client.machine.RunMachine(request, timeout=timeout)

    def snapshot(self, snapshot_id: str = "", *, labels: Optional[Mapping[str, str]] = None) -> str:
        """Keeps the whole state as it is now; the name that restore() and Client.restore() take."""
        request = snapshot_pb2.CreateSnapshotRequest(machine=self.name, snapshot_id=snapshot_id, labels=labels or {})
        return self.client.snapshots.CreateSnapshot(request).snapshot.name

    def restore(self, snapshot: str) -> machine_pb2.Machine:
        """Puts this machine back to a snapshot of a machine with the same spec."""
        request = snapshot_pb2.RestoreSnapshotRequest(name=snapshot, machine=self.name)
        return self.client.snapshots.RestoreSnapshot(request).machine

    def fork(self, machine_id: str = "", *, labels: Optional[Mapping[str, str]] = None) -> "Machine":
        """A second machine that goes on from where this one is; as a context manager it is deleted at the end."""
        new = snapshot_pb2.NewMachine(machine_id=machine_id, labels=labels or {})
        request = snapshot_pb2.ForkMachineRequest(name=self.name, new_machine=new)
        return Machine(self.client, self.client.snapshots.ForkMachine(request).machine.name)

    def stats(self, include_state_hash: bool = False) -> machine_pb2.GetMachineStatsResponse:
        request = machine_pb2.GetMachineStatsRequest(name=self.name, include_state_hash=include_state_hash)
        return self.client.machine.GetMachineStats(request)

    def hertz(self) -> int:
        """Cycles of virtual time in a second."""
        return self.client.machine.GetCostTable(machine_pb2.GetCostTableRequest(machine=self.name)).hertz

    def spawn(
        self,
        image: Optional[bytes] = None,
        *,
        path: str = "/bin/program",
        arguments: Sequence[str] = (),
        artifact: str = "",
        stdin: Optional[bytes] = None,
        descriptors: Optional[Mapping[int, str]] = None,
        **fields: Any,
    ) -> Process:
        """Starts a program: a static ELF file (`image`), an artifact, or what is at `path` in the guest. arguments: with argument 0.

        descriptors: {fd in the new process: name of a descriptor of another one}. Further fields: environment, working_directory,
        files, affinity, stdin_stream, stdin_artifact. As a context manager the process is killed at the end, if it still runs.
        """
        if image is not None:
            fields["image"] = image
        elif artifact:
            fields["artifact"] = artifact
        if stdin is not None:
            fields["stdin_data"] = stdin
        given = [guest_pb2.SpawnDescriptor(fd=fd, source=source) for fd, source in (descriptors or {}).items()]
        request = guest_pb2.SpawnProcessRequest(parent=self.name, path=path, arguments=arguments, descriptors=given, **fields)
        return Process(self.client, self.client.guest.SpawnProcess(request).process)

    def remote_thread(self, comm: str = "", *, park: str = "", affinity: int = 0) -> RemoteThread:
        """A thread, in a process of its own, whose program is this one. park: "SPIN" or "BLOCK". affinity: bit n for vCPU n, 0 for all."""
        return RemoteThread.create(self.client, self.name, comm, park, affinity)

    def processes(self) -> Iterator[Process]:
        token = ""
        while True:
            page = self.client.guest.ListProcesses(guest_pb2.ListProcessesRequest(parent=self.name, page_token=token))
            for process in page.processes:
                yield Process(self.client, process)
            token = page.next_page_token
            if not token:
                return

    def threads(self) -> Iterator[guest_pb2.Thread]:
        token = ""
        while True:
            page = self.client.guest.ListThreads(guest_pb2.ListThreadsRequest(parent=self.name, page_token=token))
            yield from page.threads
            token = page.next_page_token
            if not token:
                return

    def rings(self) -> Iterator[uring_pb2.Ring]:
        """Of all processes."""
        token = ""
        while True:
            page = self.client.uring.ListRings(uring_pb2.ListRingsRequest(parent=self.name, page_token=token))
            yield from page.rings
            token = page.next_page_token
            if not token:
                return

    def uintr_state(self) -> Sequence[uintr_pb2.ThreadUintrState]:
        """MSRs, UPID and UITT of each thread that uses user interrupts."""
        return self.client.uintr.GetUintrState(uintr_pb2.GetUintrStateRequest(name=self.name)).threads

    def explain(self, interrupt: int) -> uintr_pb2.ExplainDeliveryResponse:
        """How the interrupt of that number arrived, or why it has not."""
        return self.client.uintr.ExplainDelivery(uintr_pb2.ExplainDeliveryRequest(parent=self.name, interrupt=interrupt))

    def read_file(self, path: str) -> bytes:
        """A whole file of the guest."""
        data = b""
        while True:
            request = guest_pb2.ReadFileRequest(parent=self.name, path=path, offset=len(data))
            part = self.client.guest.ReadFile(request)
            data += part.data
            if not part.data or len(data) >= part.size_bytes:
                return data

    def write_file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        file = guest_pb2.SpawnFile(path=path, data=data, mode=mode)
        self.client.guest.WriteFile(guest_pb2.WriteFileRequest(parent=self.name, file=file))

    def events(
        self,
        *,
        kinds: Sequence[Union[str, int]] = (),
        sequence: Optional[int] = None,
        resume_token: Optional[str] = None,
        latest: bool = False,
        max_batch_events: int = 1024,
        give_up_after: float = 60.0,
        on_dropped: Optional[Callable[[int, int], None]] = None,
        **fields: Any,
    ) -> EventIterator:
        """Follows the machine's events from the oldest that is kept, a sequence, a token of an earlier iterator, or only what comes.

        kinds: "SENDUIPI", "USER_INTERRUPT_DELIVERED", ...; all if empty. Further fields: max_latency, overflow_policy,
        heartbeat_interval.
        """
        request = event_service_pb2.StreamEventsRequest(parent=self.name, max_batch_events=max_batch_events, **fields)
        if kinds:
            request.filter.kinds.extend(_number(kind) for kind in kinds)
        if resume_token is not None:
            request.resume_token = resume_token
        elif sequence is not None:
            request.sequence = sequence
        elif latest:
            request.position = event_service_pb2.START_POSITION_LATEST
        return EventIterator(self.client, request, give_up_after, on_dropped)

    def recorded_events(self, kinds: Sequence[Union[str, int]] = ()) -> Iterator[event_pb2.Event]:
        """What is in the log now; does not wait for more."""
        chosen = event_service_pb2.EventFilter(kinds=[_number(kind) for kind in kinds])
        token = ""
        while True:
            request = event_service_pb2.ListEventsRequest(parent=self.name, page_size=4096, page_token=token, filter=chosen)
            page = self.client.events.ListEvents(request)
            yield from page.events
            token = page.next_page_token
            if not token:
                return
