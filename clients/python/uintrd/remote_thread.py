"""A thread of a machine whose program is the client: each method is one real system call or instruction on its vCPU.

All can raise ThreadBusy, ThreadInterrupted, SyscallFailed, ThreadKilled, MachineCrashed. Times in `times` are virtual cycles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Optional, Sequence, Union

from . import errors
from .names import duration, enum_name, machine_of
from .ring import Ring
from .v1 import guest_pb2, uintr_pb2

if TYPE_CHECKING:
    from .client import Client

SIGKILL = 9


class Space(NamedTuple):
    """An argument of a system call: a pointer to so many zero bytes, which come back in `outputs`."""

    bytes: int


#: A number as it is (negative: two's complement), text with a NUL, bytes, or Space; the last two come back in `outputs`.
SyscallValue = Union[int, str, bytes, Space]


def _argument(value: SyscallValue) -> guest_pb2.SyscallArgument:
    if isinstance(value, Space):
        return guest_pb2.SyscallArgument(space=value.bytes)
    if isinstance(value, int):
        return guest_pb2.SyscallArgument(value=value % (1 << 64))
    if isinstance(value, str):
        return guest_pb2.SyscallArgument(text=value)
    return guest_pb2.SyscallArgument(data=value)


class RemoteThread:
    """Made by Machine.remote_thread() or Process.remote_thread(). As a context manager it is ended at the end."""

    def __init__(self, client: "Client", name: str, process: str = "", owns_process: bool = False) -> None:
        self.client = client
        #: projects/default/machines/{machine}/threads/{tid}
        self.name = name
        #: projects/default/machines/{machine}/processes/{pid}; empty if the thread was not made here.
        self.process = process
        self._owns_process = owns_process

    @classmethod
    def create(cls, client: "Client", parent: str, comm: str, park: str, affinity: int) -> "RemoteThread":
        request = guest_pb2.CreateRemoteThreadRequest(
            parent=parent, comm=comm, park=enum_name(guest_pb2.Park, "PARK_", park), affinity=affinity
        )
        thread = client.guest.CreateRemoteThread(request).thread
        machine = machine_of(thread.name)
        return cls(client, thread.name, f"{machine}/processes/{thread.pid}", parent == machine)

    def __repr__(self) -> str:
        return f"<RemoteThread {self.name}>"

    def __enter__(self) -> "RemoteThread":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.end()
        except (errors.MachineNotFound, errors.MachineCrashed):
            pass

    def register_handler(self, mode: str = "", blocked_receiver: str = "", keep_masked: bool = False) -> uintr_pb2.RegisterHandlerResponse:
        """uintr_register_handler, and STUI unless it is to stay masked.

        mode: "AUTOMATIC" (the default) returns at once, "MANUAL" stays in the handler until uiret().
        blocked_receiver: "NONE" (the default), "WAITING_RECEIVER" or "WAITING_SENDER".
        """
        return self.client.uintr.RegisterHandler(
            uintr_pb2.RegisterHandlerRequest(
                thread=self.name,
                mode=enum_name(uintr_pb2.HandlerMode, "HANDLER_MODE_", mode),
                blocked_receiver=enum_name(uintr_pb2.BlockedReceiver, "BLOCKED_RECEIVER_", blocked_receiver),
                keep_masked=keep_masked,
            )
        )

    def unregister_handler(self) -> uintr_pb2.UnregisterHandlerResponse:
        return self.client.uintr.UnregisterHandler(uintr_pb2.UnregisterHandlerRequest(thread=self.name))

    def create_vector_fd(self, vector: int) -> uintr_pb2.CreateVectorFdResponse:
        """uintr_vector_fd. vector: 0 to 63. The answer's vector_fd is a name that other threads can register as senders with."""
        return self.client.uintr.CreateVectorFd(uintr_pb2.CreateVectorFdRequest(thread=self.name, vector=vector))

    def register_sender(self, target: Union[int, str]) -> uintr_pb2.RegisterSenderResponse:
        """uintr_register_sender. A number is a descriptor of this thread's process; a name one of any process, passed to it first."""
        request = uintr_pb2.RegisterSenderRequest(thread=self.name)
        if isinstance(target, int):
            request.fd = target
        else:
            request.vector_fd = target
        return self.client.uintr.RegisterSender(request)

    def unregister_sender(self, sender: uintr_pb2.RegisterSenderResponse) -> uintr_pb2.UnregisterSenderResponse:
        """uintr_unregister_sender, with what register_sender answered."""
        request = uintr_pb2.UnregisterSenderRequest(thread=self.name, uitt_index=sender.uitt_index, fd=sender.fd)
        return self.client.uintr.UnregisterSender(request)

    def send_uipi(self, uitt_index: int) -> uintr_pb2.SendUipiResponse:
        """SENDUIPI. An index that is not valid kills the thread: ThreadKilled."""
        return self.client.uintr.SendUipi(uintr_pb2.SendUipiRequest(thread=self.name, uitt_index=uitt_index))

    def send_uipis(self, uitt_indexes: Sequence[int]) -> uintr_pb2.SendUipisResponse:
        """SENDUIPI once for each index, back to back; at most 4096."""
        return self.client.uintr.SendUipis(uintr_pb2.SendUipisRequest(thread=self.name, uitt_indexes=uitt_indexes))

    def stui(self) -> uintr_pb2.SetUserInterruptFlagResponse:
        return self.client.uintr.SetUserInterruptFlag(uintr_pb2.SetUserInterruptFlagRequest(thread=self.name, uif=True))

    def clui(self) -> uintr_pb2.SetUserInterruptFlagResponse:
        return self.client.uintr.SetUserInterruptFlag(uintr_pb2.SetUserInterruptFlagRequest(thread=self.name, uif=False))

    def testui(self) -> bool:
        return self.client.uintr.TestUserInterruptFlag(uintr_pb2.TestUserInterruptFlagRequest(thread=self.name)).uif

    def wait(
        self, mode: str = "", nanoseconds: Optional[int] = None, timeout: Optional[float] = None
    ) -> uintr_pb2.WaitForInterruptResponse:
        """The oldest interrupt taken and not yet answered for; makes time pass until there is one. `outcome` says how it ended.

        mode: "PARKED" (the default) or "UINTR_WAIT". nanoseconds: of virtual time, for ever if absent. timeout: seconds of this host.
        """
        request = uintr_pb2.WaitForInterruptRequest(thread=self.name, mode=enum_name(uintr_pb2.WaitMode, "WAIT_MODE_", mode))
        if nanoseconds is not None:
            request.timeout.CopyFrom(duration(nanoseconds))
        return self.client.uintr.WaitForInterrupt(request, timeout=timeout)

    def uiret(self) -> uintr_pb2.ReturnFromInterruptResponse:
        """UIRET, from a handler of mode MANUAL."""
        return self.client.uintr.ReturnFromInterrupt(uintr_pb2.ReturnFromInterruptRequest(thread=self.name))

    def syscall(self, call: Union[int, str], *values: SyscallValue) -> guest_pb2.ExecuteSyscallResponse:
        """Any system call, by name or number (of the machine's profile). One that fails raises nothing: `result` is -errno."""
        which: dict[str, Any] = {"number": call} if isinstance(call, int) else {"name": call}
        request = guest_pb2.ExecuteSyscallRequest(thread=self.name, arguments=[_argument(value) for value in values], **which)
        return self.client.guest.ExecuteSyscall(request)

    def state(self) -> uintr_pb2.ThreadUintrState:
        """MSRs, UPID and UITT of this thread."""
        return self.client.uintr.GetUintrState(uintr_pb2.GetUintrStateRequest(name=self.name)).threads[0]

    def explain(self) -> uintr_pb2.ExplainDeliveryResponse:
        """What stands between this thread and its next interrupt."""
        request = uintr_pb2.ExplainDeliveryRequest(parent=machine_of(self.name), receiver=self.name)
        return self.client.uintr.ExplainDelivery(request)

    def ring(self, entries: int, *, cq_entries: int = 0, setup_flags: int = 0, uintr_fd: int = 0) -> Ring:
        """io_uring_setup, and mmap of its rings."""
        return Ring.setup(self.client, self.name, entries, cq_entries, setup_flags, uintr_fd)

    def end(self) -> None:
        """Ends the thread, and its process if that was made for it."""
        try:
            if self._owns_process:
                self.client.guest.SignalProcess(guest_pb2.SignalProcessRequest(name=self.process, signal=SIGKILL))
            else:
                self.syscall("exit", 0)
        except (errors.ThreadKilled, errors.ThreadNotFound, errors.ProcessNotFound):
            # It has ended: that is what was wanted.
            pass
