"""An io_uring ring of a remote thread. Its calls execute on that thread, and can fail as those of RemoteThread do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Optional, Sequence

from . import errors
from .names import duration, enum_name
from .v1 import uring_pb2
from .v1.uring_pb2 import SubmissionEntry

if TYPE_CHECKING:
    from .client import Client

#: How WaitCompletions writes "do not wait".
NO_WAIT = 0xFFFF_FFFF
#: An offset of all ones: the file's own position.
OWN_POSITION = (1 << 64) - 1


def nop(user_data: int = 0, flags: int = 0) -> SubmissionEntry:
    """flags, here and below: IOSQE_* bits."""
    return SubmissionEntry(user_data=user_data, flags=flags, nop=uring_pb2.NopOperation())


def read(fd: int, length: int, offset: int = OWN_POSITION, *, user_data: int = 0, flags: int = 0) -> SubmissionEntry:
    """The bytes come back in the completion."""
    operation = uring_pb2.ReadOperation(fd=fd, length=length, offset=offset)
    return SubmissionEntry(user_data=user_data, flags=flags, read=operation)


def write(fd: int, data: bytes, offset: int = OWN_POSITION, *, user_data: int = 0, flags: int = 0) -> SubmissionEntry:
    operation = uring_pb2.WriteOperation(fd=fd, data=data, offset=offset)
    return SubmissionEntry(user_data=user_data, flags=flags, write=operation)


def openat(path: str, open_flags: int = 0, mode: int = 0, *, user_data: int = 0, flags: int = 0) -> SubmissionEntry:
    operation = uring_pb2.OpenatOperation(path=path, open_flags=open_flags, mode=mode)
    return SubmissionEntry(user_data=user_data, flags=flags, openat=operation)


def close(fd: int, *, user_data: int = 0, flags: int = 0) -> SubmissionEntry:
    return SubmissionEntry(user_data=user_data, flags=flags, close=uring_pb2.CloseOperation(fd=fd))


def poll_add(fd: int, events: int, *, user_data: int = 0, flags: int = 0) -> SubmissionEntry:
    """events: POLL* bits."""
    return SubmissionEntry(user_data=user_data, flags=flags, poll_add=uring_pb2.PollAddOperation(fd=fd, events=events))


def timeout(nanoseconds: int, completions: int = 0, *, user_data: int = 0, flags: int = 0) -> SubmissionEntry:
    """Virtual time; ends too after so many completions."""
    operation = uring_pb2.TimeoutOperation(duration=duration(nanoseconds), completions=completions)
    return SubmissionEntry(user_data=user_data, flags=flags, timeout=operation)


class Ring:
    """Made by RemoteThread.ring(). As a context manager it is closed at the end."""

    def __init__(self, client: "Client", description: uring_pb2.Ring) -> None:
        self.client = client
        #: projects/default/machines/{machine}/rings/{ring}
        self.name = description.name
        #: As it was set up: sizes, IORING_SETUP_* and IORING_FEAT_* bits.
        self.description = description

    @classmethod
    def setup(cls, client: "Client", thread: str, entries: int, cq_entries: int, setup_flags: int, uintr_fd: int) -> "Ring":
        request = uring_pb2.SetupRingRequest(
            thread=thread, entries=entries, cq_entries=cq_entries, setup_flags=setup_flags, uintr_fd=uintr_fd
        )
        return cls(client, client.uring.SetupRing(request).ring)

    def __repr__(self) -> str:
        return f"<Ring {self.name}>"

    def __enter__(self) -> "Ring":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.close()
        except (errors.RingNotFound, errors.ThreadNotFound, errors.MachineNotFound, errors.MachineCrashed):
            pass

    def submit(self, *entries: SubmissionEntry) -> int:
        """Fills submission entries (at most 1024) and calls io_uring_enter; answers how many the kernel took."""
        return self.client.uring.SubmitOps(uring_pb2.SubmitOpsRequest(ring=self.name, entries=entries)).submitted

    def wait(
        self, least: int = 1, most: int = 0, nanoseconds: Optional[int] = None, timeout: Optional[float] = None
    ) -> Sequence[uring_pb2.CompletionEntry]:
        """Completions, in the ring's order; time passes until there are `least` of them, or that much virtual time has passed.

        least 0: those that are there, without waiting. timeout: seconds of this host.
        """
        request = uring_pb2.WaitCompletionsRequest(ring=self.name, min_completions=least or NO_WAIT, max_completions=most)
        if nanoseconds is not None:
            request.timeout.CopyFrom(duration(nanoseconds))
        return self.client.uring.WaitCompletions(request, timeout=timeout).completions

    def run(self, *entries: SubmissionEntry) -> Sequence[uring_pb2.CompletionEntry]:
        """Submits and waits for as many completions. Not for entries with CQE_SKIP_SUCCESS, which may bring none."""
        submitted = self.submit(*entries)
        return self.wait(submitted) if submitted > 0 else []

    def cancel(self, *, user_data: Optional[int] = None, fd: Optional[int] = None, all: bool = False) -> uring_pb2.CancelOpsResponse:
        """IORING_OP_ASYNC_CANCEL of the first request that matches, or all of them; of any request if neither is given."""
        target = uring_pb2.CancelOperation(all=all)
        if user_data is not None:
            target.user_data = user_data
        elif fd is not None:
            target.fd = fd
        else:
            target.any = True
        return self.client.uring.CancelOps(uring_pb2.CancelOpsRequest(ring=self.name, target=target))

    def register_files(self, fds: Iterable[int]) -> int:
        """-1 for an empty slot."""
        return self._register(files=uring_pb2.RegisterFiles(fds=fds)).result

    def register_buffers(self, sizes: Iterable[int]) -> int:
        """Bytes of each, at most 1 MiB each."""
        return self._register(buffers=uring_pb2.RegisterBuffers(sizes=sizes)).result

    def register_eventfd(self, fd: int) -> int:
        return self._register(eventfd=fd).result

    def register_uintr(self, fd: int) -> int:
        """From now on completions arrive as user interrupts of this vector descriptor."""
        return self._register(uintr_fd=fd).result

    def unregister(self, kind: str) -> int:
        """kind: "FILES", "BUFFERS", "EVENTFD" or "UINTR"."""
        return self._register(unregister=enum_name(uring_pb2.UnregisterKind, "UNREGISTER_KIND_", kind)).result

    def probe(self) -> Sequence[uring_pb2.SupportedOpcode]:
        """Every operation, and whether the machine's kernel has it."""
        return self._register(probe=True).opcodes

    def state(self) -> uring_pb2.GetRingStateResponse:
        """Heads, tails, and the requests in flight with what each waits for."""
        return self.client.uring.GetRingState(uring_pb2.GetRingStateRequest(name=self.name))

    def close(self) -> None:
        """munmap and close."""
        self.client.uring.CloseRing(uring_pb2.CloseRingRequest(name=self.name))

    def _register(self, **resources: object) -> uring_pb2.RegisterResourcesResponse:
        return self.client.uring.RegisterResources(uring_pb2.RegisterResourcesRequest(ring=self.name, **resources))
