from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import event_pb2 as _event_pb2
from . import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

ABI_K518: Abi
ABI_NONE: Abi
ABI_POC: Abi
ABI_POC_STACK_TOP: Abi
ABI_RFC: Abi
ABI_UNSPECIFIED: Abi
CPU_LEVEL_UNSPECIFIED: CpuLevel
CPU_LEVEL_X86_64_V1: CpuLevel
CPU_LEVEL_X86_64_V2: CpuLevel
DESCRIPTOR: _descriptor.FileDescriptor
FIGURE_ROLE_CHECK: FigureRole
FIGURE_ROLE_CONTEXT: FigureRole
FIGURE_ROLE_INPUT: FigureRole
FIGURE_ROLE_UNSPECIFIED: FigureRole
MACHINE_STATE_CRASHED: MachineState
MACHINE_STATE_CREATED: MachineState
MACHINE_STATE_PARKED: MachineState
MACHINE_STATE_PAUSED: MachineState
MACHINE_STATE_QUIESCENT: MachineState
MACHINE_STATE_RECOVERING: MachineState
MACHINE_STATE_RUNNING: MachineState
MACHINE_STATE_UNSPECIFIED: MachineState
STOP_REASON_BREAKPOINT: StopReason
STOP_REASON_CYCLE: StopReason
STOP_REASON_EVENT: StopReason
STOP_REASON_INSTRUCTIONS: StopReason
STOP_REASON_NOT_RUNNING: StopReason
STOP_REASON_QUIESCENT: StopReason
STOP_REASON_UNSPECIFIED: StopReason
STOP_REASON_VIRTUAL_LIMIT: StopReason
STORAGE_DISK: Storage
STORAGE_NONE: Storage
STORAGE_NVME: Storage
STORAGE_UNSPECIFIED: Storage
TIME_MODE_FREE_RUNNING: TimeMode
TIME_MODE_LOCKSTEP: TimeMode
TIME_MODE_UNSPECIFIED: TimeMode

class Breakpoint(_message.Message):
    __slots__ = ["address", "hits", "name", "process", "symbol"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    HITS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PROCESS_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    address: int
    hits: int
    name: str
    process: str
    symbol: str
    def __init__(self, name: _Optional[str] = ..., process: _Optional[str] = ..., address: _Optional[int] = ..., symbol: _Optional[str] = ..., hits: _Optional[int] = ...) -> None: ...

class Cost(_message.Message):
    __slots__ = ["bytes", "bytes_per_second", "commands", "cycles", "name", "nanoseconds", "overridden", "source"]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    BYTES_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    COMMANDS_FIELD_NUMBER: _ClassVar[int]
    CYCLES_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NANOSECONDS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDDEN_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    bytes: int
    bytes_per_second: int
    commands: int
    cycles: int
    name: str
    nanoseconds: int
    overridden: bool
    source: str
    def __init__(self, name: _Optional[str] = ..., cycles: _Optional[int] = ..., nanoseconds: _Optional[int] = ..., bytes_per_second: _Optional[int] = ..., commands: _Optional[int] = ..., bytes: _Optional[int] = ..., source: _Optional[str] = ..., overridden: bool = ...) -> None: ...

class CostPreset(_message.Message):
    __slots__ = ["about", "hertz", "name"]
    ABOUT_FIELD_NUMBER: _ClassVar[int]
    HERTZ_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    about: str
    hertz: int
    name: str
    def __init__(self, name: _Optional[str] = ..., hertz: _Optional[int] = ..., about: _Optional[str] = ...) -> None: ...

class CreateBreakpointRequest(_message.Message):
    __slots__ = ["address", "parent", "request_id", "symbol"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    address: int
    parent: str
    request_id: str
    symbol: str
    def __init__(self, parent: _Optional[str] = ..., address: _Optional[int] = ..., symbol: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateBreakpointResponse(_message.Message):
    __slots__ = ["breakpoint"]
    BREAKPOINT_FIELD_NUMBER: _ClassVar[int]
    breakpoint: Breakpoint
    def __init__(self, breakpoint: _Optional[_Union[Breakpoint, _Mapping]] = ...) -> None: ...

class CreateMachineRequest(_message.Message):
    __slots__ = ["machine", "machine_id", "parent", "request_id"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    MACHINE_ID_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    machine_id: str
    parent: str
    request_id: str
    def __init__(self, parent: _Optional[str] = ..., machine_id: _Optional[str] = ..., machine: _Optional[_Union[Machine, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateMachineResponse(_message.Message):
    __slots__ = ["machine"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ...) -> None: ...

class DeleteBreakpointRequest(_message.Message):
    __slots__ = ["name", "request_id"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteBreakpointResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class DeleteMachineRequest(_message.Message):
    __slots__ = ["etag", "name", "request_id"]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    etag: str
    name: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., etag: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class DeleteMachineResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class EngineExit(_message.Message):
    __slots__ = ["cause", "count"]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    cause: str
    count: int
    def __init__(self, cause: _Optional[str] = ..., count: _Optional[int] = ...) -> None: ...

class EngineStats(_message.Message):
    __slots__ = ["code_drops", "compile_microseconds", "compiled_bytes", "decoded_instructions", "exits", "region_entries", "region_instructions", "regions_compiled", "regions_live", "regions_refused", "stepped_instructions"]
    CODE_DROPS_FIELD_NUMBER: _ClassVar[int]
    COMPILED_BYTES_FIELD_NUMBER: _ClassVar[int]
    COMPILE_MICROSECONDS_FIELD_NUMBER: _ClassVar[int]
    DECODED_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    EXITS_FIELD_NUMBER: _ClassVar[int]
    REGIONS_COMPILED_FIELD_NUMBER: _ClassVar[int]
    REGIONS_LIVE_FIELD_NUMBER: _ClassVar[int]
    REGIONS_REFUSED_FIELD_NUMBER: _ClassVar[int]
    REGION_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    REGION_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    STEPPED_INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    code_drops: int
    compile_microseconds: int
    compiled_bytes: int
    decoded_instructions: int
    exits: _containers.RepeatedCompositeFieldContainer[EngineExit]
    region_entries: int
    region_instructions: int
    regions_compiled: int
    regions_live: int
    regions_refused: int
    stepped_instructions: int
    def __init__(self, stepped_instructions: _Optional[int] = ..., region_instructions: _Optional[int] = ..., region_entries: _Optional[int] = ..., decoded_instructions: _Optional[int] = ..., code_drops: _Optional[int] = ..., regions_compiled: _Optional[int] = ..., regions_refused: _Optional[int] = ..., regions_live: _Optional[int] = ..., compiled_bytes: _Optional[int] = ..., compile_microseconds: _Optional[int] = ..., exits: _Optional[_Iterable[_Union[EngineExit, _Mapping]]] = ...) -> None: ...

class EventMatch(_message.Message):
    __slots__ = ["fields", "kind", "pid", "tid", "vcpu"]
    class FieldsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    FIELDS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    TID_FIELD_NUMBER: _ClassVar[int]
    VCPU_FIELD_NUMBER: _ClassVar[int]
    fields: _containers.ScalarMap[str, str]
    kind: _event_pb2.EventKind
    pid: int
    tid: int
    vcpu: int
    def __init__(self, kind: _Optional[_Union[_event_pb2.EventKind, str]] = ..., pid: _Optional[int] = ..., tid: _Optional[int] = ..., vcpu: _Optional[int] = ..., fields: _Optional[_Mapping[str, str]] = ...) -> None: ...

class GetCostTableRequest(_message.Message):
    __slots__ = ["machine", "preset"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    PRESET_FIELD_NUMBER: _ClassVar[int]
    machine: str
    preset: str
    def __init__(self, machine: _Optional[str] = ..., preset: _Optional[str] = ...) -> None: ...

class GetCostTableResponse(_message.Message):
    __slots__ = ["costs", "figures", "hertz", "preset", "presets"]
    COSTS_FIELD_NUMBER: _ClassVar[int]
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    HERTZ_FIELD_NUMBER: _ClassVar[int]
    PRESETS_FIELD_NUMBER: _ClassVar[int]
    PRESET_FIELD_NUMBER: _ClassVar[int]
    costs: _containers.RepeatedCompositeFieldContainer[Cost]
    figures: _containers.RepeatedCompositeFieldContainer[PublishedFigure]
    hertz: int
    preset: str
    presets: _containers.RepeatedCompositeFieldContainer[CostPreset]
    def __init__(self, preset: _Optional[str] = ..., hertz: _Optional[int] = ..., costs: _Optional[_Iterable[_Union[Cost, _Mapping]]] = ..., figures: _Optional[_Iterable[_Union[PublishedFigure, _Mapping]]] = ..., presets: _Optional[_Iterable[_Union[CostPreset, _Mapping]]] = ...) -> None: ...

class GetMachineRequest(_message.Message):
    __slots__ = ["name"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetMachineResponse(_message.Message):
    __slots__ = ["machine"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ...) -> None: ...

class GetMachineStatsRequest(_message.Message):
    __slots__ = ["include_state_hash", "name"]
    INCLUDE_STATE_HASH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    include_state_hash: bool
    name: str
    def __init__(self, name: _Optional[str] = ..., include_state_hash: bool = ...) -> None: ...

class GetMachineStatsResponse(_message.Message):
    __slots__ = ["cycle", "engine", "events", "instructions", "journal_entries", "processes", "ram_used_bytes", "state", "state_hash", "threads", "vcpus", "worker"]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PROCESSES_FIELD_NUMBER: _ClassVar[int]
    RAM_USED_BYTES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_HASH_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    VCPUS_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    engine: EngineStats
    events: int
    instructions: int
    journal_entries: int
    processes: int
    ram_used_bytes: int
    state: MachineState
    state_hash: str
    threads: int
    vcpus: _containers.RepeatedCompositeFieldContainer[VcpuStats]
    worker: int
    def __init__(self, state: _Optional[_Union[MachineState, str]] = ..., cycle: _Optional[int] = ..., instructions: _Optional[int] = ..., events: _Optional[int] = ..., processes: _Optional[int] = ..., threads: _Optional[int] = ..., ram_used_bytes: _Optional[int] = ..., journal_entries: _Optional[int] = ..., vcpus: _Optional[_Iterable[_Union[VcpuStats, _Mapping]]] = ..., state_hash: _Optional[str] = ..., engine: _Optional[_Union[EngineStats, _Mapping]] = ..., worker: _Optional[int] = ...) -> None: ...

class ListBreakpointsRequest(_message.Message):
    __slots__ = ["page_size", "page_token", "parent"]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    parent: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListBreakpointsResponse(_message.Message):
    __slots__ = ["breakpoints", "next_page_token"]
    BREAKPOINTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    breakpoints: _containers.RepeatedCompositeFieldContainer[Breakpoint]
    next_page_token: str
    def __init__(self, breakpoints: _Optional[_Iterable[_Union[Breakpoint, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListMachinesRequest(_message.Message):
    __slots__ = ["page_size", "page_token", "parent"]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    parent: str
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListMachinesResponse(_message.Message):
    __slots__ = ["machines", "next_page_token"]
    MACHINES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    machines: _containers.RepeatedCompositeFieldContainer[Machine]
    next_page_token: str
    def __init__(self, machines: _Optional[_Iterable[_Union[Machine, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Machine(_message.Message):
    __slots__ = ["awaiting_input", "create_time", "cycle", "etag", "incarnation", "labels", "name", "parked_state", "spec", "state", "state_reason", "uid", "worker"]
    class LabelsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    AWAITING_INPUT_FIELD_NUMBER: _ClassVar[int]
    CREATE_TIME_FIELD_NUMBER: _ClassVar[int]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    ETAG_FIELD_NUMBER: _ClassVar[int]
    INCARNATION_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARKED_STATE_FIELD_NUMBER: _ClassVar[int]
    SPEC_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    STATE_REASON_FIELD_NUMBER: _ClassVar[int]
    UID_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    awaiting_input: bool
    create_time: _timestamp_pb2.Timestamp
    cycle: int
    etag: str
    incarnation: int
    labels: _containers.ScalarMap[str, str]
    name: str
    parked_state: MachineState
    spec: MachineSpec
    state: MachineState
    state_reason: str
    uid: str
    worker: int
    def __init__(self, name: _Optional[str] = ..., uid: _Optional[str] = ..., etag: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., create_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., spec: _Optional[_Union[MachineSpec, _Mapping]] = ..., state: _Optional[_Union[MachineState, str]] = ..., state_reason: _Optional[str] = ..., cycle: _Optional[int] = ..., incarnation: _Optional[int] = ..., awaiting_input: bool = ..., worker: _Optional[int] = ..., parked_state: _Optional[_Union[MachineState, str]] = ...) -> None: ...

class MachineLimits(_message.Message):
    __slots__ = ["console_bytes", "file_bytes", "threads", "virtual_cycles"]
    CONSOLE_BYTES_FIELD_NUMBER: _ClassVar[int]
    FILE_BYTES_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    VIRTUAL_CYCLES_FIELD_NUMBER: _ClassVar[int]
    console_bytes: int
    file_bytes: int
    threads: int
    virtual_cycles: int
    def __init__(self, virtual_cycles: _Optional[int] = ..., threads: _Optional[int] = ..., file_bytes: _Optional[int] = ..., console_bytes: _Optional[int] = ...) -> None: ...

class MachineSpec(_message.Message):
    __slots__ = ["abi", "cost_overrides", "cost_preset", "cpu_level", "epoch", "event_kinds", "limits", "ram_bytes", "root", "seed", "storage", "time_mode", "vcpus"]
    class CostOverridesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    ABI_FIELD_NUMBER: _ClassVar[int]
    COST_OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    COST_PRESET_FIELD_NUMBER: _ClassVar[int]
    CPU_LEVEL_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    EVENT_KINDS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    RAM_BYTES_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    STORAGE_FIELD_NUMBER: _ClassVar[int]
    TIME_MODE_FIELD_NUMBER: _ClassVar[int]
    VCPUS_FIELD_NUMBER: _ClassVar[int]
    abi: Abi
    cost_overrides: _containers.ScalarMap[str, int]
    cost_preset: str
    cpu_level: CpuLevel
    epoch: _timestamp_pb2.Timestamp
    event_kinds: _containers.RepeatedScalarFieldContainer[str]
    limits: MachineLimits
    ram_bytes: int
    root: RootFileSystem
    seed: int
    storage: Storage
    time_mode: TimeMode
    vcpus: int
    def __init__(self, vcpus: _Optional[int] = ..., ram_bytes: _Optional[int] = ..., cpu_level: _Optional[_Union[CpuLevel, str]] = ..., abi: _Optional[_Union[Abi, str]] = ..., cost_preset: _Optional[str] = ..., cost_overrides: _Optional[_Mapping[str, int]] = ..., seed: _Optional[int] = ..., epoch: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., time_mode: _Optional[_Union[TimeMode, str]] = ..., event_kinds: _Optional[_Iterable[str]] = ..., limits: _Optional[_Union[MachineLimits, _Mapping]] = ..., root: _Optional[_Union[RootFileSystem, _Mapping]] = ..., storage: _Optional[_Union[Storage, str]] = ...) -> None: ...

class MoveMachineRequest(_message.Message):
    __slots__ = ["name", "request_id", "worker"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    WORKER_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    worker: int
    def __init__(self, name: _Optional[str] = ..., worker: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class MoveMachineResponse(_message.Message):
    __slots__ = ["machine"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ...) -> None: ...

class ParkMachineRequest(_message.Message):
    __slots__ = ["name", "request_id"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ParkMachineResponse(_message.Message):
    __slots__ = ["machine"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ...) -> None: ...

class PauseMachineRequest(_message.Message):
    __slots__ = ["name", "request_id"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class PauseMachineResponse(_message.Message):
    __slots__ = ["machine"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ...) -> None: ...

class PublishedFigure(_message.Message):
    __slots__ = ["hertz", "name", "role", "source", "to", "unit", "value", "what"]
    FROM_FIELD_NUMBER: _ClassVar[int]
    HERTZ_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    WHAT_FIELD_NUMBER: _ClassVar[int]
    hertz: int
    name: str
    role: FigureRole
    source: str
    to: int
    unit: str
    value: int
    what: str
    def __init__(self, name: _Optional[str] = ..., what: _Optional[str] = ..., value: _Optional[int] = ..., unit: _Optional[str] = ..., to: _Optional[int] = ..., role: _Optional[_Union[FigureRole, str]] = ..., hertz: _Optional[int] = ..., source: _Optional[str] = ..., **kwargs) -> None: ...

class ReadMemoryRequest(_message.Message):
    __slots__ = ["address", "length", "name"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    address: int
    length: int
    name: str
    def __init__(self, name: _Optional[str] = ..., address: _Optional[int] = ..., length: _Optional[int] = ...) -> None: ...

class ReadMemoryResponse(_message.Message):
    __slots__ = ["data"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class ReadRegistersRequest(_message.Message):
    __slots__ = ["name"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class ReadRegistersResponse(_message.Message):
    __slots__ = ["cycle", "registers"]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    REGISTERS_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    registers: Registers
    def __init__(self, registers: _Optional[_Union[Registers, _Mapping]] = ..., cycle: _Optional[int] = ...) -> None: ...

class Registers(_message.Message):
    __slots__ = ["values", "vectors"]
    class ValuesEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class VectorsEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bytes
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...
    VALUES_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    values: _containers.ScalarMap[str, int]
    vectors: _containers.ScalarMap[str, bytes]
    def __init__(self, values: _Optional[_Mapping[str, int]] = ..., vectors: _Optional[_Mapping[str, bytes]] = ...) -> None: ...

class ResetMachineRequest(_message.Message):
    __slots__ = ["name", "request_id"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ResetMachineResponse(_message.Message):
    __slots__ = ["machine"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ...) -> None: ...

class RootFileSystem(_message.Message):
    __slots__ = ["artifact", "sha256"]
    ARTIFACT_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    artifact: str
    sha256: str
    def __init__(self, artifact: _Optional[str] = ..., sha256: _Optional[str] = ...) -> None: ...

class RunMachineRequest(_message.Message):
    __slots__ = ["cycles", "event", "instructions", "name", "request_id", "until_cycle", "virtual_time"]
    CYCLES_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    UNTIL_CYCLE_FIELD_NUMBER: _ClassVar[int]
    VIRTUAL_TIME_FIELD_NUMBER: _ClassVar[int]
    cycles: int
    event: EventMatch
    instructions: int
    name: str
    request_id: str
    until_cycle: int
    virtual_time: _duration_pb2.Duration
    def __init__(self, name: _Optional[str] = ..., until_cycle: _Optional[int] = ..., cycles: _Optional[int] = ..., instructions: _Optional[int] = ..., virtual_time: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., event: _Optional[_Union[EventMatch, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class RunMachineResponse(_message.Message):
    __slots__ = ["breakpoint", "cycle", "event_sequence", "instructions", "stop_reason", "thread"]
    BREAKPOINT_FIELD_NUMBER: _ClassVar[int]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    EVENT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    STOP_REASON_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    breakpoint: str
    cycle: int
    event_sequence: int
    instructions: int
    stop_reason: StopReason
    thread: str
    def __init__(self, stop_reason: _Optional[_Union[StopReason, str]] = ..., cycle: _Optional[int] = ..., instructions: _Optional[int] = ..., event_sequence: _Optional[int] = ..., breakpoint: _Optional[str] = ..., thread: _Optional[str] = ...) -> None: ...

class StartMachineRequest(_message.Message):
    __slots__ = ["name", "request_id"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class StartMachineResponse(_message.Message):
    __slots__ = ["machine"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ...) -> None: ...

class StepMachineRequest(_message.Message):
    __slots__ = ["instructions", "name", "request_id", "vcpu"]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    VCPU_FIELD_NUMBER: _ClassVar[int]
    instructions: int
    name: str
    request_id: str
    vcpu: int
    def __init__(self, name: _Optional[str] = ..., vcpu: _Optional[int] = ..., instructions: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class StepMachineResponse(_message.Message):
    __slots__ = ["cycle", "instructions", "rip", "stop_reason", "symbol", "thread"]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    RIP_FIELD_NUMBER: _ClassVar[int]
    STOP_REASON_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    instructions: int
    rip: int
    stop_reason: StopReason
    symbol: str
    thread: str
    def __init__(self, stop_reason: _Optional[_Union[StopReason, str]] = ..., cycle: _Optional[int] = ..., instructions: _Optional[int] = ..., thread: _Optional[str] = ..., rip: _Optional[int] = ..., symbol: _Optional[str] = ...) -> None: ...

class UpdateMachineRequest(_message.Message):
    __slots__ = ["machine", "request_id", "update_mask"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    request_id: str
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class UpdateMachineResponse(_message.Message):
    __slots__ = ["machine"]
    MACHINE_FIELD_NUMBER: _ClassVar[int]
    machine: Machine
    def __init__(self, machine: _Optional[_Union[Machine, _Mapping]] = ...) -> None: ...

class VcpuStats(_message.Message):
    __slots__ = ["cycle", "index", "instructions", "mode", "tid"]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    TID_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    index: int
    instructions: int
    mode: str
    tid: int
    def __init__(self, index: _Optional[int] = ..., mode: _Optional[str] = ..., cycle: _Optional[int] = ..., instructions: _Optional[int] = ..., tid: _Optional[int] = ...) -> None: ...

class WriteMemoryRequest(_message.Message):
    __slots__ = ["address", "data", "name", "request_id"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    address: int
    data: bytes
    name: str
    request_id: str
    def __init__(self, name: _Optional[str] = ..., address: _Optional[int] = ..., data: _Optional[bytes] = ..., request_id: _Optional[str] = ...) -> None: ...

class WriteMemoryResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class WriteRegistersRequest(_message.Message):
    __slots__ = ["name", "registers", "request_id"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    REGISTERS_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    name: str
    registers: Registers
    request_id: str
    def __init__(self, name: _Optional[str] = ..., registers: _Optional[_Union[Registers, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class WriteRegistersResponse(_message.Message):
    __slots__ = ["registers"]
    REGISTERS_FIELD_NUMBER: _ClassVar[int]
    registers: Registers
    def __init__(self, registers: _Optional[_Union[Registers, _Mapping]] = ...) -> None: ...

class CpuLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Abi(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class TimeMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class MachineState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Storage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class StopReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class FigureRole(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
