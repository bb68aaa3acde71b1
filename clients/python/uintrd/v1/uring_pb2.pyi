from google.protobuf import duration_pb2 as _duration_pb2
from . import guest_pb2 as _guest_pb2
from . import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
UNREGISTER_KIND_BUFFERS: UnregisterKind
UNREGISTER_KIND_EVENTFD: UnregisterKind
UNREGISTER_KIND_FILES: UnregisterKind
UNREGISTER_KIND_UINTR: UnregisterKind
UNREGISTER_KIND_UNSPECIFIED: UnregisterKind

class CancelOperation(_message.Message):
    __slots__ = ["all", "any", "fd", "user_data"]
    ALL_FIELD_NUMBER: _ClassVar[int]
    ANY_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    all: bool
    any: bool
    fd: int
    user_data: int
    def __init__(self, user_data: _Optional[int] = ..., fd: _Optional[int] = ..., any: bool = ..., all: bool = ...) -> None: ...

class CancelOpsRequest(_message.Message):
    __slots__ = ["request_id", "ring", "target"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    ring: str
    target: CancelOperation
    def __init__(self, ring: _Optional[str] = ..., target: _Optional[_Union[CancelOperation, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CancelOpsResponse(_message.Message):
    __slots__ = ["cancelled", "error", "times"]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    cancelled: int
    error: str
    times: _guest_pb2.CallTimes
    def __init__(self, cancelled: _Optional[int] = ..., error: _Optional[str] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class CloseOperation(_message.Message):
    __slots__ = ["fd"]
    FD_FIELD_NUMBER: _ClassVar[int]
    fd: int
    def __init__(self, fd: _Optional[int] = ...) -> None: ...

class CloseRingRequest(_message.Message):
    __slots__ = ["name", "request_id"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CloseRingResponse(_message.Message):
    __slots__ = ["times"]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    times: _guest_pb2.CallTimes
    def __init__(self, times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class CompletionEntry(_message.Message):
    __slots__ = ["data", "error", "flags", "result", "user_data"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    error: str
    flags: int
    result: int
    user_data: int
    def __init__(self, user_data: _Optional[int] = ..., result: _Optional[int] = ..., flags: _Optional[int] = ..., error: _Optional[str] = ..., data: _Optional[bytes] = ...) -> None: ...

class FsyncOperation(_message.Message):
    __slots__ = ["data_only", "fd"]
    DATA_ONLY_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    data_only: bool
    fd: int
    def __init__(self, fd: _Optional[int] = ..., data_only: bool = ...) -> None: ...

class GetRingStateRequest(_message.Message):
    __slots__ = ["name"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetRingStateResponse(_message.Message):
    __slots__ = ["cq_head", "cq_overflow", "cq_tail", "cycle", "eventfd", "in_flight", "overflowed", "registered_buffers", "registered_files", "ring", "sq_dropped", "sq_flags", "sq_head", "sq_tail", "uintr_upid", "uintr_vector"]
    CQ_HEAD_FIELD_NUMBER: _ClassVar[int]
    CQ_OVERFLOW_FIELD_NUMBER: _ClassVar[int]
    CQ_TAIL_FIELD_NUMBER: _ClassVar[int]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    EVENTFD_FIELD_NUMBER: _ClassVar[int]
    IN_FLIGHT_FIELD_NUMBER: _ClassVar[int]
    OVERFLOWED_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_BUFFERS_FIELD_NUMBER: _ClassVar[int]
    REGISTERED_FILES_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    SQ_DROPPED_FIELD_NUMBER: _ClassVar[int]
    SQ_FLAGS_FIELD_NUMBER: _ClassVar[int]
    SQ_HEAD_FIELD_NUMBER: _ClassVar[int]
    SQ_TAIL_FIELD_NUMBER: _ClassVar[int]
    UINTR_UPID_FIELD_NUMBER: _ClassVar[int]
    UINTR_VECTOR_FIELD_NUMBER: _ClassVar[int]
    cq_head: int
    cq_overflow: int
    cq_tail: int
    cycle: int
    eventfd: bool
    in_flight: _containers.RepeatedCompositeFieldContainer[RequestState]
    overflowed: int
    registered_buffers: int
    registered_files: int
    ring: Ring
    sq_dropped: int
    sq_flags: int
    sq_head: int
    sq_tail: int
    uintr_upid: int
    uintr_vector: int
    def __init__(self, ring: _Optional[_Union[Ring, _Mapping]] = ..., sq_head: _Optional[int] = ..., sq_tail: _Optional[int] = ..., cq_head: _Optional[int] = ..., cq_tail: _Optional[int] = ..., sq_dropped: _Optional[int] = ..., cq_overflow: _Optional[int] = ..., sq_flags: _Optional[int] = ..., overflowed: _Optional[int] = ..., in_flight: _Optional[_Iterable[_Union[RequestState, _Mapping]]] = ..., registered_files: _Optional[int] = ..., registered_buffers: _Optional[int] = ..., eventfd: bool = ..., uintr_vector: _Optional[int] = ..., uintr_upid: _Optional[int] = ..., cycle: _Optional[int] = ...) -> None: ...

class ListRingsRequest(_message.Message):
    __slots__ = ["page_size", "page_token", "parent"]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    parent: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListRingsResponse(_message.Message):
    __slots__ = ["next_page_token", "rings"]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    RINGS_FIELD_NUMBER: _ClassVar[int]
    next_page_token: str
    rings: _containers.RepeatedCompositeFieldContainer[Ring]
    def __init__(self, rings: _Optional[_Iterable[_Union[Ring, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class NopOperation(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class OpenatOperation(_message.Message):
    __slots__ = ["directory_fd", "mode", "open_flags", "path"]
    DIRECTORY_FD_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    OPEN_FLAGS_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    directory_fd: int
    mode: int
    open_flags: int
    path: str
    def __init__(self, directory_fd: _Optional[int] = ..., path: _Optional[str] = ..., open_flags: _Optional[int] = ..., mode: _Optional[int] = ...) -> None: ...

class PollAddOperation(_message.Message):
    __slots__ = ["events", "fd"]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    events: int
    fd: int
    def __init__(self, fd: _Optional[int] = ..., events: _Optional[int] = ...) -> None: ...

class ReadOperation(_message.Message):
    __slots__ = ["buffer_index", "fd", "length", "offset"]
    BUFFER_INDEX_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    buffer_index: int
    fd: int
    length: int
    offset: int
    def __init__(self, fd: _Optional[int] = ..., length: _Optional[int] = ..., offset: _Optional[int] = ..., buffer_index: _Optional[int] = ...) -> None: ...

class ReadvOperation(_message.Message):
    __slots__ = ["fd", "lengths", "offset"]
    FD_FIELD_NUMBER: _ClassVar[int]
    LENGTHS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    fd: int
    lengths: _containers.RepeatedScalarFieldContainer[int]
    offset: int
    def __init__(self, fd: _Optional[int] = ..., lengths: _Optional[_Iterable[int]] = ..., offset: _Optional[int] = ...) -> None: ...

class RegisterBuffers(_message.Message):
    __slots__ = ["sizes"]
    SIZES_FIELD_NUMBER: _ClassVar[int]
    sizes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, sizes: _Optional[_Iterable[int]] = ...) -> None: ...

class RegisterFiles(_message.Message):
    __slots__ = ["fds"]
    FDS_FIELD_NUMBER: _ClassVar[int]
    fds: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, fds: _Optional[_Iterable[int]] = ...) -> None: ...

class RegisterResourcesRequest(_message.Message):
    __slots__ = ["buffers", "eventfd", "files", "probe", "request_id", "ring", "uintr_fd", "unregister"]
    BUFFERS_FIELD_NUMBER: _ClassVar[int]
    EVENTFD_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    PROBE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    UINTR_FD_FIELD_NUMBER: _ClassVar[int]
    UNREGISTER_FIELD_NUMBER: _ClassVar[int]
    buffers: RegisterBuffers
    eventfd: int
    files: RegisterFiles
    probe: bool
    request_id: str
    ring: str
    uintr_fd: int
    unregister: UnregisterKind
    def __init__(self, ring: _Optional[str] = ..., files: _Optional[_Union[RegisterFiles, _Mapping]] = ..., buffers: _Optional[_Union[RegisterBuffers, _Mapping]] = ..., eventfd: _Optional[int] = ..., uintr_fd: _Optional[int] = ..., probe: bool = ..., unregister: _Optional[_Union[UnregisterKind, str]] = ..., request_id: _Optional[str] = ...) -> None: ...

class RegisterResourcesResponse(_message.Message):
    __slots__ = ["opcodes", "result", "times"]
    OPCODES_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    opcodes: _containers.RepeatedCompositeFieldContainer[SupportedOpcode]
    result: int
    times: _guest_pb2.CallTimes
    def __init__(self, result: _Optional[int] = ..., opcodes: _Optional[_Iterable[_Union[SupportedOpcode, _Mapping]]] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class RequestState(_message.Message):
    __slots__ = ["operation", "request", "user_data", "waiting_for"]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    operation: str
    request: int
    user_data: int
    waiting_for: str
    def __init__(self, request: _Optional[int] = ..., user_data: _Optional[int] = ..., operation: _Optional[str] = ..., waiting_for: _Optional[str] = ...) -> None: ...

class Ring(_message.Message):
    __slots__ = ["cq_entries", "fd", "features", "name", "pid", "ring", "setup_flags", "sq_entries", "thread"]
    CQ_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    FEATURES_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    SETUP_FLAGS_FIELD_NUMBER: _ClassVar[int]
    SQ_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    cq_entries: int
    fd: int
    features: int
    name: str
    pid: int
    ring: int
    setup_flags: int
    sq_entries: int
    thread: str
    def __init__(self, name: _Optional[str] = ..., ring: _Optional[int] = ..., thread: _Optional[str] = ..., pid: _Optional[int] = ..., fd: _Optional[int] = ..., sq_entries: _Optional[int] = ..., cq_entries: _Optional[int] = ..., setup_flags: _Optional[int] = ..., features: _Optional[int] = ...) -> None: ...

class SetupRingRequest(_message.Message):
    __slots__ = ["cq_entries", "entries", "request_id", "setup_flags", "thread", "uintr_fd"]
    CQ_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SETUP_FLAGS_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    UINTR_FD_FIELD_NUMBER: _ClassVar[int]
    cq_entries: int
    entries: int
    request_id: str
    setup_flags: int
    thread: str
    uintr_fd: int
    def __init__(self, thread: _Optional[str] = ..., entries: _Optional[int] = ..., cq_entries: _Optional[int] = ..., setup_flags: _Optional[int] = ..., uintr_fd: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class SetupRingResponse(_message.Message):
    __slots__ = ["ring", "times"]
    RING_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    ring: Ring
    times: _guest_pb2.CallTimes
    def __init__(self, ring: _Optional[_Union[Ring, _Mapping]] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class SubmissionEntry(_message.Message):
    __slots__ = ["cancel", "close", "flags", "fsync", "nop", "openat", "poll_add", "raw", "read", "readv", "timeout", "user_data", "write", "writev"]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    CLOSE_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    FSYNC_FIELD_NUMBER: _ClassVar[int]
    NOP_FIELD_NUMBER: _ClassVar[int]
    OPENAT_FIELD_NUMBER: _ClassVar[int]
    POLL_ADD_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    READV_FIELD_NUMBER: _ClassVar[int]
    READ_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    WRITEV_FIELD_NUMBER: _ClassVar[int]
    WRITE_FIELD_NUMBER: _ClassVar[int]
    cancel: CancelOperation
    close: CloseOperation
    flags: int
    fsync: FsyncOperation
    nop: NopOperation
    openat: OpenatOperation
    poll_add: PollAddOperation
    raw: bytes
    read: ReadOperation
    readv: ReadvOperation
    timeout: TimeoutOperation
    user_data: int
    write: WriteOperation
    writev: WritevOperation
    def __init__(self, user_data: _Optional[int] = ..., flags: _Optional[int] = ..., nop: _Optional[_Union[NopOperation, _Mapping]] = ..., read: _Optional[_Union[ReadOperation, _Mapping]] = ..., write: _Optional[_Union[WriteOperation, _Mapping]] = ..., readv: _Optional[_Union[ReadvOperation, _Mapping]] = ..., writev: _Optional[_Union[WritevOperation, _Mapping]] = ..., fsync: _Optional[_Union[FsyncOperation, _Mapping]] = ..., openat: _Optional[_Union[OpenatOperation, _Mapping]] = ..., close: _Optional[_Union[CloseOperation, _Mapping]] = ..., poll_add: _Optional[_Union[PollAddOperation, _Mapping]] = ..., timeout: _Optional[_Union[TimeoutOperation, _Mapping]] = ..., cancel: _Optional[_Union[CancelOperation, _Mapping]] = ..., raw: _Optional[bytes] = ...) -> None: ...

class SubmitOpsRequest(_message.Message):
    __slots__ = ["entries", "request_id", "ring"]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[SubmissionEntry]
    request_id: str
    ring: str
    def __init__(self, ring: _Optional[str] = ..., entries: _Optional[_Iterable[_Union[SubmissionEntry, _Mapping]]] = ..., request_id: _Optional[str] = ...) -> None: ...

class SubmitOpsResponse(_message.Message):
    __slots__ = ["submitted", "times"]
    SUBMITTED_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    submitted: int
    times: _guest_pb2.CallTimes
    def __init__(self, submitted: _Optional[int] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class SupportedOpcode(_message.Message):
    __slots__ = ["name", "opcode", "supported"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPCODE_FIELD_NUMBER: _ClassVar[int]
    SUPPORTED_FIELD_NUMBER: _ClassVar[int]
    name: str
    opcode: int
    supported: bool
    def __init__(self, opcode: _Optional[int] = ..., name: _Optional[str] = ..., supported: bool = ...) -> None: ...

class TimeoutOperation(_message.Message):
    __slots__ = ["completions", "duration"]
    COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    DURATION_FIELD_NUMBER: _ClassVar[int]
    completions: int
    duration: _duration_pb2.Duration
    def __init__(self, duration: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., completions: _Optional[int] = ...) -> None: ...

class WaitCompletionsRequest(_message.Message):
    __slots__ = ["max_completions", "min_completions", "request_id", "ring", "timeout"]
    MAX_COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    MIN_COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    max_completions: int
    min_completions: int
    request_id: str
    ring: str
    timeout: _duration_pb2.Duration
    def __init__(self, ring: _Optional[str] = ..., min_completions: _Optional[int] = ..., max_completions: _Optional[int] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class WaitCompletionsResponse(_message.Message):
    __slots__ = ["completions", "timed_out", "times"]
    COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    completions: _containers.RepeatedCompositeFieldContainer[CompletionEntry]
    timed_out: bool
    times: _guest_pb2.CallTimes
    def __init__(self, completions: _Optional[_Iterable[_Union[CompletionEntry, _Mapping]]] = ..., timed_out: bool = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class WriteOperation(_message.Message):
    __slots__ = ["buffer_index", "data", "fd", "offset"]
    BUFFER_INDEX_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    buffer_index: int
    data: bytes
    fd: int
    offset: int
    def __init__(self, fd: _Optional[int] = ..., data: _Optional[bytes] = ..., offset: _Optional[int] = ..., buffer_index: _Optional[int] = ...) -> None: ...

class WritevOperation(_message.Message):
    __slots__ = ["data", "fd", "offset"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    data: _containers.RepeatedScalarFieldContainer[bytes]
    fd: int
    offset: int
    def __init__(self, fd: _Optional[int] = ..., data: _Optional[_Iterable[bytes]] = ..., offset: _Optional[int] = ...) -> None: ...

class UnregisterKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
