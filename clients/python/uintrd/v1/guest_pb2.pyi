from . import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
PARK_BLOCK: Park
PARK_SPIN: Park
PARK_UNSPECIFIED: Park

class AttachConsoleRequest(_message.Message):
    __slots__ = ["attach", "close_stdin", "resize", "stdin"]
    ATTACH_FIELD_NUMBER: _ClassVar[int]
    CLOSE_STDIN_FIELD_NUMBER: _ClassVar[int]
    RESIZE_FIELD_NUMBER: _ClassVar[int]
    STDIN_FIELD_NUMBER: _ClassVar[int]
    attach: ConsoleAttach
    close_stdin: ConsoleCloseStdin
    resize: TerminalSize
    stdin: bytes
    def __init__(self, attach: _Optional[_Union[ConsoleAttach, _Mapping]] = ..., stdin: _Optional[bytes] = ..., close_stdin: _Optional[_Union[ConsoleCloseStdin, _Mapping]] = ..., resize: _Optional[_Union[TerminalSize, _Mapping]] = ...) -> None: ...

class AttachConsoleResponse(_message.Message):
    __slots__ = ["attached", "output", "stdin_accepted"]
    ATTACHED_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_FIELD_NUMBER: _ClassVar[int]
    STDIN_ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    attached: ConsoleAttached
    output: ConsoleOutput
    stdin_accepted: ConsoleStdinAccepted
    def __init__(self, output: _Optional[_Union[ConsoleOutput, _Mapping]] = ..., stdin_accepted: _Optional[_Union[ConsoleStdinAccepted, _Mapping]] = ..., attached: _Optional[_Union[ConsoleAttached, _Mapping]] = ...) -> None: ...

class CallTimes(_message.Message):
    __slots__ = ["end_cycle", "start_cycle", "vcpu"]
    END_CYCLE_FIELD_NUMBER: _ClassVar[int]
    START_CYCLE_FIELD_NUMBER: _ClassVar[int]
    VCPU_FIELD_NUMBER: _ClassVar[int]
    end_cycle: int
    start_cycle: int
    vcpu: int
    def __init__(self, start_cycle: _Optional[int] = ..., end_cycle: _Optional[int] = ..., vcpu: _Optional[int] = ...) -> None: ...

class ConsoleAttach(_message.Message):
    __slots__ = ["name", "no_follow", "stderr_offset", "stdout_offset"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NO_FOLLOW_FIELD_NUMBER: _ClassVar[int]
    STDERR_OFFSET_FIELD_NUMBER: _ClassVar[int]
    STDOUT_OFFSET_FIELD_NUMBER: _ClassVar[int]
    name: str
    no_follow: bool
    stderr_offset: int
    stdout_offset: int
    def __init__(self, name: _Optional[str] = ..., stdout_offset: _Optional[int] = ..., stderr_offset: _Optional[int] = ..., no_follow: bool = ...) -> None: ...

class ConsoleAttached(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ConsoleCloseStdin(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ConsoleOutput(_message.Message):
    __slots__ = ["data", "offset", "stream"]
    class Stream(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    DATA_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    STREAM_STDERR: ConsoleOutput.Stream
    STREAM_STDOUT: ConsoleOutput.Stream
    STREAM_UNSPECIFIED: ConsoleOutput.Stream
    data: bytes
    offset: int
    stream: ConsoleOutput.Stream
    def __init__(self, stream: _Optional[_Union[ConsoleOutput.Stream, str]] = ..., offset: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class ConsoleStdinAccepted(_message.Message):
    __slots__ = ["offset"]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    offset: int
    def __init__(self, offset: _Optional[int] = ...) -> None: ...

class CreateRemoteThreadRequest(_message.Message):
    __slots__ = ["affinity", "comm", "parent", "park", "request_id"]
    AFFINITY_FIELD_NUMBER: _ClassVar[int]
    COMM_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PARK_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    affinity: int
    comm: str
    parent: str
    park: Park
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., comm: _Optional[str] = ..., park: _Optional[_Union[Park, str]] = ..., affinity: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateRemoteThreadResponse(_message.Message):
    __slots__ = ["thread"]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    thread: Thread
    def __init__(self, thread: _Optional[_Union[Thread, _Mapping]] = ...) -> None: ...

class ExecuteSyscallRequest(_message.Message):
    __slots__ = ["arguments", "name", "number", "request_id", "thread"]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    arguments: _containers.RepeatedCompositeFieldContainer[SyscallArgument]
    name: str
    number: int
    request_id: str
    thread: str
    def __init__(self, thread: _Optional[str] = ..., number: _Optional[int] = ..., name: _Optional[str] = ..., arguments: _Optional[_Iterable[_Union[SyscallArgument, _Mapping]]] = ..., request_id: _Optional[str] = ...) -> None: ...

class ExecuteSyscallResponse(_message.Message):
    __slots__ = ["error", "outputs", "result", "times"]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    error: str
    outputs: _containers.RepeatedScalarFieldContainer[bytes]
    result: int
    times: CallTimes
    def __init__(self, result: _Optional[int] = ..., error: _Optional[str] = ..., outputs: _Optional[_Iterable[bytes]] = ..., times: _Optional[_Union[CallTimes, _Mapping]] = ...) -> None: ...

class GetProcessRequest(_message.Message):
    __slots__ = ["name"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetProcessResponse(_message.Message):
    __slots__ = ["process"]
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    process: Process
    def __init__(self, process: _Optional[_Union[Process, _Mapping]] = ...) -> None: ...

class ListProcessesRequest(_message.Message):
    __slots__ = ["page_size", "page_token", "parent"]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    parent: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListProcessesResponse(_message.Message):
    __slots__ = ["next_page_token", "processes"]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PROCESSES_FIELD_NUMBER: _ClassVar[int]
    next_page_token: str
    processes: _containers.RepeatedCompositeFieldContainer[Process]
    def __init__(self, processes: _Optional[_Iterable[_Union[Process, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListThreadsRequest(_message.Message):
    __slots__ = ["page_size", "page_token", "parent"]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    parent: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListThreadsResponse(_message.Message):
    __slots__ = ["next_page_token", "threads"]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    next_page_token: str
    threads: _containers.RepeatedCompositeFieldContainer[Thread]
    def __init__(self, threads: _Optional[_Iterable[_Union[Thread, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Process(_message.Message):
    __slots__ = ["arguments", "core_dumped", "exit_code", "name", "parent_pid", "path", "pid", "resident_bytes", "signal", "spawned", "state", "threads"]
    class State(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    CORE_DUMPED_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARENT_PID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    RESIDENT_BYTES_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    SPAWNED_FIELD_NUMBER: _ClassVar[int]
    STATE_EXITED: Process.State
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_RUNNING: Process.State
    STATE_UNSPECIFIED: Process.State
    THREADS_FIELD_NUMBER: _ClassVar[int]
    arguments: _containers.RepeatedScalarFieldContainer[str]
    core_dumped: bool
    exit_code: int
    name: str
    parent_pid: int
    path: str
    pid: int
    resident_bytes: int
    signal: int
    spawned: bool
    state: Process.State
    threads: int
    def __init__(self, name: _Optional[str] = ..., pid: _Optional[int] = ..., parent_pid: _Optional[int] = ..., path: _Optional[str] = ..., arguments: _Optional[_Iterable[str]] = ..., state: _Optional[_Union[Process.State, str]] = ..., exit_code: _Optional[int] = ..., signal: _Optional[int] = ..., core_dumped: bool = ..., threads: _Optional[int] = ..., spawned: bool = ..., resident_bytes: _Optional[int] = ...) -> None: ...

class ReadFileRequest(_message.Message):
    __slots__ = ["length", "offset", "parent", "path"]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    length: int
    offset: int
    parent: str
    path: str
    def __init__(self, parent: _Optional[str] = ..., path: _Optional[str] = ..., offset: _Optional[int] = ..., length: _Optional[int] = ...) -> None: ...

class ReadFileResponse(_message.Message):
    __slots__ = ["data", "mode", "size_bytes"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    mode: int
    size_bytes: int
    def __init__(self, data: _Optional[bytes] = ..., size_bytes: _Optional[int] = ..., mode: _Optional[int] = ...) -> None: ...

class RemoteThreadState(_message.Message):
    __slots__ = ["call", "handler_depth", "park"]
    CALL_FIELD_NUMBER: _ClassVar[int]
    HANDLER_DEPTH_FIELD_NUMBER: _ClassVar[int]
    PARK_FIELD_NUMBER: _ClassVar[int]
    call: str
    handler_depth: int
    park: Park
    def __init__(self, park: _Optional[_Union[Park, str]] = ..., call: _Optional[str] = ..., handler_depth: _Optional[int] = ...) -> None: ...

class SignalProcessRequest(_message.Message):
    __slots__ = ["name", "request_id", "signal"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    signal: int
    def __init__(self, name: _Optional[str] = ..., signal: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class SignalProcessResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class SpawnDescriptor(_message.Message):
    __slots__ = ["fd", "source"]
    FD_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    fd: int
    source: str
    def __init__(self, fd: _Optional[int] = ..., source: _Optional[str] = ...) -> None: ...

class SpawnFile(_message.Message):
    __slots__ = ["artifact", "data", "mode", "path", "symlink"]
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    SYMLINK_FIELD_NUMBER: _ClassVar[int]
    artifact: str
    data: bytes
    mode: int
    path: str
    symlink: str
    def __init__(self, path: _Optional[str] = ..., data: _Optional[bytes] = ..., artifact: _Optional[str] = ..., symlink: _Optional[str] = ..., mode: _Optional[int] = ...) -> None: ...

class SpawnProcessRequest(_message.Message):
    __slots__ = ["affinity", "arguments", "artifact", "descriptors", "environment", "files", "image", "parent", "path", "request_id", "stdin_artifact", "stdin_data", "stdin_stream", "terminal", "working_directory"]
    AFFINITY_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTORS_FIELD_NUMBER: _ClassVar[int]
    ENVIRONMENT_FIELD_NUMBER: _ClassVar[int]
    FILES_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    STDIN_ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    STDIN_DATA_FIELD_NUMBER: _ClassVar[int]
    STDIN_STREAM_FIELD_NUMBER: _ClassVar[int]
    TERMINAL_FIELD_NUMBER: _ClassVar[int]
    WORKING_DIRECTORY_FIELD_NUMBER: _ClassVar[int]
    affinity: int
    arguments: _containers.RepeatedScalarFieldContainer[str]
    artifact: str
    descriptors: _containers.RepeatedCompositeFieldContainer[SpawnDescriptor]
    environment: _containers.RepeatedScalarFieldContainer[str]
    files: _containers.RepeatedCompositeFieldContainer[SpawnFile]
    image: bytes
    parent: str
    path: str
    request_id: str
    stdin_artifact: str
    stdin_data: bytes
    stdin_stream: bool
    terminal: TerminalSize
    working_directory: str
    def __init__(self, parent: _Optional[str] = ..., image: _Optional[bytes] = ..., artifact: _Optional[str] = ..., path: _Optional[str] = ..., arguments: _Optional[_Iterable[str]] = ..., environment: _Optional[_Iterable[str]] = ..., working_directory: _Optional[str] = ..., stdin_data: _Optional[bytes] = ..., stdin_artifact: _Optional[str] = ..., stdin_stream: bool = ..., terminal: _Optional[_Union[TerminalSize, _Mapping]] = ..., files: _Optional[_Iterable[_Union[SpawnFile, _Mapping]]] = ..., affinity: _Optional[int] = ..., request_id: _Optional[str] = ..., descriptors: _Optional[_Iterable[_Union[SpawnDescriptor, _Mapping]]] = ...) -> None: ...

class SpawnProcessResponse(_message.Message):
    __slots__ = ["process"]
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    process: Process
    def __init__(self, process: _Optional[_Union[Process, _Mapping]] = ...) -> None: ...

class SyscallArgument(_message.Message):
    __slots__ = ["data", "space", "text", "value"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    SPACE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    space: int
    text: str
    value: int
    def __init__(self, value: _Optional[int] = ..., data: _Optional[bytes] = ..., space: _Optional[int] = ..., text: _Optional[str] = ...) -> None: ...

class TerminalSize(_message.Message):
    __slots__ = ["columns", "rows"]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    columns: int
    rows: int
    def __init__(self, rows: _Optional[int] = ..., columns: _Optional[int] = ...) -> None: ...

class Thread(_message.Message):
    __slots__ = ["comm", "interrupt_note", "name", "pid", "remote", "rip", "state", "symbol", "tid", "vcpu", "waiting_for"]
    COMM_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_NOTE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    REMOTE_FIELD_NUMBER: _ClassVar[int]
    RIP_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    TID_FIELD_NUMBER: _ClassVar[int]
    VCPU_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    comm: str
    interrupt_note: str
    name: str
    pid: int
    remote: RemoteThreadState
    rip: int
    state: str
    symbol: str
    tid: int
    vcpu: int
    waiting_for: str
    def __init__(self, name: _Optional[str] = ..., tid: _Optional[int] = ..., pid: _Optional[int] = ..., comm: _Optional[str] = ..., state: _Optional[str] = ..., vcpu: _Optional[int] = ..., rip: _Optional[int] = ..., symbol: _Optional[str] = ..., waiting_for: _Optional[str] = ..., interrupt_note: _Optional[str] = ..., remote: _Optional[_Union[RemoteThreadState, _Mapping]] = ...) -> None: ...

class WaitProcessRequest(_message.Message):
    __slots__ = ["name", "until_quiescent"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    UNTIL_QUIESCENT_FIELD_NUMBER: _ClassVar[int]
    name: str
    until_quiescent: bool
    def __init__(self, name: _Optional[str] = ..., until_quiescent: bool = ...) -> None: ...

class WaitProcessResponse(_message.Message):
    __slots__ = ["cycle", "process", "reason", "stderr_bytes", "stdout_bytes", "threads"]
    class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    REASON_EXITED: WaitProcessResponse.Reason
    REASON_FIELD_NUMBER: _ClassVar[int]
    REASON_QUIESCENT: WaitProcessResponse.Reason
    REASON_UNSPECIFIED: WaitProcessResponse.Reason
    REASON_VIRTUAL_LIMIT: WaitProcessResponse.Reason
    STDERR_BYTES_FIELD_NUMBER: _ClassVar[int]
    STDOUT_BYTES_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    process: Process
    reason: WaitProcessResponse.Reason
    stderr_bytes: int
    stdout_bytes: int
    threads: _containers.RepeatedCompositeFieldContainer[Thread]
    def __init__(self, reason: _Optional[_Union[WaitProcessResponse.Reason, str]] = ..., process: _Optional[_Union[Process, _Mapping]] = ..., cycle: _Optional[int] = ..., threads: _Optional[_Iterable[_Union[Thread, _Mapping]]] = ..., stdout_bytes: _Optional[int] = ..., stderr_bytes: _Optional[int] = ...) -> None: ...

class WriteFileRequest(_message.Message):
    __slots__ = ["file", "parent", "request_id"]
    FILE_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    file: SpawnFile
    parent: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., file: _Optional[_Union[SpawnFile, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class WriteFileResponse(_message.Message):
    __slots__ = ["size_bytes"]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    size_bytes: int
    def __init__(self, size_bytes: _Optional[int] = ...) -> None: ...

class Park(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
