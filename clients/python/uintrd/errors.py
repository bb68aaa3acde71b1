"""What a call that fails raises: an ApiError, of a class of its own for each reason that uintrd gives."""

from __future__ import annotations

import grpc

from .rpc import error_details_pb2, status_pb2


class ApiError(Exception):
    """A gRPC status with the details that came along (google.aip.dev/193)."""

    #: Reason that this class stands for.
    REASON = ""

    def __init__(
        self,
        status: str,
        message: str,
        reason: str = "",
        metadata: dict[str, str] | None = None,
        field_violations: list[tuple[str, str]] | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        #: gRPC's name: "NOT_FOUND".
        self.status = status
        self.message = message
        #: ErrorInfo.reason: "MACHINE_NOT_FOUND"; empty where the status does not come from uintrd (no connection, say).
        self.reason = reason
        #: Facts by name, as the class says.
        self.metadata = metadata or {}
        #: (field, what it must be).
        self.field_violations = field_violations or []
        #: Finds the call in the daemon's log.
        self.request_id = request_id

    def __str__(self) -> str:
        return f"{self.reason or self.status}: {self.message}"


class InvalidField(ApiError):
    """A field of the request is wrong; field_violations says which, and what it must be."""

    REASON = "INVALID_FIELD"


class RequestIdReused(ApiError):
    """The request_id was used before, with another request."""

    REASON = "REQUEST_ID_REUSED"


class MachineNotFound(ApiError):
    """There is no such machine."""

    REASON = "MACHINE_NOT_FOUND"


class ProcessNotFound(ApiError):
    """There is no such process."""

    REASON = "PROCESS_NOT_FOUND"


class ThreadNotFound(ApiError):
    """There is no such thread."""

    REASON = "THREAD_NOT_FOUND"


class ArtifactNotFound(ApiError):
    """There is no such artifact."""

    REASON = "ARTIFACT_NOT_FOUND"


class ProjectNotFound(ApiError):
    """There is no such project."""

    REASON = "PROJECT_NOT_FOUND"


class UserNotFound(ApiError):
    """There is no such user."""

    REASON = "USER_NOT_FOUND"


class TokenNotFound(ApiError):
    """There is no such token."""

    REASON = "TOKEN_NOT_FOUND"


class ServiceNotFound(ApiError):
    """There is no such service."""

    REASON = "SERVICE_NOT_FOUND"


class AlreadyExists(ApiError):
    """The name is taken."""

    REASON = "ALREADY_EXISTS"


class WrongState(ApiError):
    """The machine is in a state in which this is not allowed; metadata: state, allowed."""

    REASON = "WRONG_STATE"


class EtagMismatch(ApiError):
    """The resource has changed since the etag was read."""

    REASON = "ETAG_MISMATCH"


class ProgramNotFound(ApiError):
    """There is no file at the program's path."""

    REASON = "PROGRAM_NOT_FOUND"


class NotExecutable(ApiError):
    """The file is no program for this machine."""

    REASON = "NOT_EXECUTABLE"


class RingNotFound(ApiError):
    """There is no such ring."""

    REASON = "RING_NOT_FOUND"


class BreakpointNotFound(ApiError):
    """There is no such breakpoint."""

    REASON = "BREAKPOINT_NOT_FOUND"


class SymbolNotFound(ApiError):
    """The program has no such symbol; metadata: symbol."""

    REASON = "SYMBOL_NOT_FOUND"


class MemoryFault(ApiError):
    """Memory that is not there; metadata: address."""

    REASON = "MEMORY_FAULT"


class NotRemote(ApiError):
    """The thread was not made by CreateRemoteThread."""

    REASON = "NOT_REMOTE"


class ThreadBusy(ApiError):
    """The remote thread executes another call; metadata: call."""

    REASON = "THREAD_BUSY"


class ThreadInterrupted(ApiError):
    """The remote thread entered a handler of mode MANUAL before the call began; metadata: vector."""

    REASON = "THREAD_INTERRUPTED"


class ThreadKilled(ApiError):
    """The call ended the thread; metadata: signal, fault."""

    REASON = "THREAD_KILLED"


class SyscallFailed(ApiError):
    """A system call failed; metadata: syscall, errno."""

    REASON = "SYSCALL_FAILED"

    @property
    def syscall(self) -> str:
        """Name of the system call."""
        return self.metadata.get("syscall", "")

    @property
    def errno(self) -> str:
        """Name of the error: "EBUSY"."""
        return self.metadata.get("errno", "")


class FileError(ApiError):
    """A file of the guest could not be used; metadata: errno."""

    REASON = "FILE_ERROR"


class SnapshotNotFound(ApiError):
    """There is no such snapshot."""

    REASON = "SNAPSHOT_NOT_FOUND"


class BadSnapshot(ApiError):
    """A snapshot is damaged, or of another version of uintrd or another machine."""

    REASON = "BAD_SNAPSHOT"


class BadJournal(ApiError):
    """The journal of a machine is damaged, or of another version of uintrd; metadata: path."""

    REASON = "BAD_JOURNAL"


class BadArchive(ApiError):
    """A root file system cannot be unpacked; metadata: entry."""

    REASON = "BAD_ARCHIVE"


class StdinClosed(ApiError):
    """Standard input of the process was closed before."""

    REASON = "STDIN_CLOSED"


class NoTerminal(ApiError):
    """The process was not spawned with a terminal."""

    REASON = "NO_TERMINAL"


class LimitExceeded(ApiError):
    """More than a limit allows; metadata: subject, limit."""

    REASON = "LIMIT_EXCEEDED"


class QuotaExceeded(ApiError):
    """More than a project may have; metadata: subject, quota, limit, present, asked."""

    REASON = "QUOTA_EXCEEDED"


class RateLimited(ApiError):
    """More requests than a project may make; metadata: subject, limit, retry_milliseconds."""

    REASON = "RATE_LIMITED"


class Leased(ApiError):
    """Others have leased the machine; metadata: name, lease, holder, until."""

    REASON = "LEASED"


class LeaseNotFound(ApiError):
    """There is no such lease, or it has ended."""

    REASON = "LEASE_NOT_FOUND"


class LeaseEnded(ApiError):
    """The lease that the call depended on has ended; metadata: name, lease."""

    REASON = "LEASE_ENDED"


class ChecksumMismatch(ApiError):
    """The bytes are not those of the checksum."""

    REASON = "CHECKSUM_MISMATCH"


class MachineReset(ApiError):
    """The machine was reset: this belongs to its life before."""

    REASON = "MACHINE_RESET"


class HistoryGone(ApiError):
    """Events that are no longer kept; metadata: oldest_sequence."""

    REASON = "HISTORY_GONE"

    @property
    def oldest_sequence(self) -> int:
        """The oldest event that is still there."""
        return int(self.metadata.get("oldest_sequence", "0"))


class TokenInvalid(ApiError):
    """Not a token of this machine."""

    REASON = "TOKEN_INVALID"


class MachineCrashed(ApiError):
    """The emulator failed inside this machine."""

    REASON = "MACHINE_CRASHED"


class MachineBusy(ApiError):
    """The machine has something to do that cannot go with it: ask again."""

    REASON = "MACHINE_BUSY"


class MachineRecovering(ApiError):
    """The daemon has just started and is bringing the machine back: ask again."""

    REASON = "MACHINE_RECOVERING"


class WorkerLost(ApiError):
    """The thread of the daemon that ran this machine was lost."""

    REASON = "WORKER_LOST"


class Unauthenticated(ApiError):
    """Who calls is not known, or not any more."""

    REASON = "UNAUTHENTICATED"


class TooManyAttempts(ApiError):
    """Too many failed attempts to come in; metadata: retry_milliseconds."""

    REASON = "TOO_MANY_ATTEMPTS"


class PermissionDenied(ApiError):
    """The caller may not do this; metadata: user, resource, role (the least that is needed)."""

    REASON = "PERMISSION_DENIED"


class Draining(ApiError):
    """The daemon is stopping; metadata: resume_token, where a stream was ended."""

    REASON = "DRAINING"


class Cancelled(ApiError):
    """The call was cancelled, or its deadline passed."""

    REASON = "CANCELLED"


class DeadlinePassed(ApiError):
    """The deadline had passed before the call began."""

    REASON = "DEADLINE_PASSED"


class Unsupported(ApiError):
    """This daemon does not do that."""

    REASON = "UNSUPPORTED"


class InternalError(ApiError):
    """The daemon failed; its log has the particulars under request_id."""

    REASON = "INTERNAL"


CLASSES: dict[str, type[ApiError]] = {kind.REASON: kind for kind in ApiError.__subclasses__()}


def from_rpc_error(error: grpc.RpcError) -> ApiError:
    """The error of a call, with what grpc-status-details-bin says."""
    reason, metadata, violations, request_id = "", {}, [], ""
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        for detail in status_pb2.Status.FromString(value).details:
            kind = detail.type_url.rpartition(".")[2]
            if kind == "ErrorInfo":
                info = error_details_pb2.ErrorInfo.FromString(detail.value)
                reason, metadata = info.reason, dict(info.metadata)
            elif kind == "BadRequest":
                bad = error_details_pb2.BadRequest.FromString(detail.value)
                violations = [(violation.field, violation.description) for violation in bad.field_violations]
            elif kind == "RequestInfo":
                request_id = error_details_pb2.RequestInfo.FromString(detail.value).request_id
    kind = CLASSES.get(reason, ApiError)
    return kind(error.code().name, error.details() or "", reason, metadata, violations, request_id)
