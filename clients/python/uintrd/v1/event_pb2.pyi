from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
EVENT_KIND_BLOCK_DONE: EventKind
EVENT_KIND_BLOCK_REQUEST: EventKind
EVENT_KIND_BREAKPOINT_HIT: EventKind
EVENT_KIND_CONSOLE_OUTPUT: EventKind
EVENT_KIND_CQE_POSTED: EventKind
EVENT_KIND_FAULT: EventKind
EVENT_KIND_IPI_ARRIVED: EventKind
EVENT_KIND_IPI_SENT: EventKind
EVENT_KIND_MACHINE_PARKING: EventKind
EVENT_KIND_MACHINE_STATE: EventKind
EVENT_KIND_NOTIFICATION_PROCESSED: EventKind
EVENT_KIND_NOTIFICATION_SPURIOUS: EventKind
EVENT_KIND_OOPS: EventKind
EVENT_KIND_PIR_POSTED: EventKind
EVENT_KIND_PROCESS_EXECUTED: EventKind
EVENT_KIND_PROCESS_EXITED: EventKind
EVENT_KIND_PROCESS_STARTED: EventKind
EVENT_KIND_REMOTE_CALL_FINISHED: EventKind
EVENT_KIND_REMOTE_CALL_STARTED: EventKind
EVENT_KIND_REQUEST_WAITS: EventKind
EVENT_KIND_RESCHEDULE_SENT: EventKind
EVENT_KIND_RING_CLOSED: EventKind
EVENT_KIND_RING_CREATED: EventKind
EVENT_KIND_RING_INTERRUPT: EventKind
EVENT_KIND_RING_REGISTERED: EventKind
EVENT_KIND_SENDUIPI: EventKind
EVENT_KIND_SENDUIPI_FAULT: EventKind
EVENT_KIND_SIGNAL_DELIVERED: EventKind
EVENT_KIND_SIGNAL_GENERATED: EventKind
EVENT_KIND_SQE_SUBMITTED: EventKind
EVENT_KIND_SWITCHED_IN: EventKind
EVENT_KIND_SWITCHED_OUT: EventKind
EVENT_KIND_SYSCALL_BLOCKED: EventKind
EVENT_KIND_SYSCALL_ENTERED: EventKind
EVENT_KIND_SYSCALL_EXITED: EventKind
EVENT_KIND_SYSCALL_UNSUPPORTED: EventKind
EVENT_KIND_THREAD_EXITED: EventKind
EVENT_KIND_THREAD_STARTED: EventKind
EVENT_KIND_UIF_CHANGED: EventKind
EVENT_KIND_UINTR_REGISTERED: EventKind
EVENT_KIND_UINTR_SENDER_REGISTERED: EventKind
EVENT_KIND_UINTR_SENDER_UNREGISTERED: EventKind
EVENT_KIND_UINTR_UNREGISTERED: EventKind
EVENT_KIND_UINTR_VECTOR_CREATED: EventKind
EVENT_KIND_UINTR_WAITING: EventKind
EVENT_KIND_UIRET: EventKind
EVENT_KIND_UITT_ACTIVATED: EventKind
EVENT_KIND_UNSPECIFIED: EventKind
EVENT_KIND_UNSUPPORTED_INSTRUCTION: EventKind
EVENT_KIND_UPID_SUPPRESSED: EventKind
EVENT_KIND_USER_INTERRUPT_DELIVERED: EventKind
EVENT_KIND_USER_INTERRUPT_FAULT: EventKind
EVENT_KIND_USER_INTERRUPT_RECOGNIZED: EventKind
EVENT_KIND_VCPU_IDLE: EventKind
EVENT_KIND_WOKEN: EventKind
EVENT_KIND_WORK_QUEUED: EventKind
EVENT_KIND_WORK_TAKEN: EventKind

class BlockDoneEvent(_message.Message):
    __slots__ = ["bytes", "cycles", "direction", "request"]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    CYCLES_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    bytes: int
    cycles: int
    direction: str
    request: int
    def __init__(self, request: _Optional[int] = ..., direction: _Optional[str] = ..., bytes: _Optional[int] = ..., cycles: _Optional[int] = ...) -> None: ...

class BlockRequestEvent(_message.Message):
    __slots__ = ["bytes", "direction", "inode", "offset", "outstanding", "request"]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    INODE_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    OUTSTANDING_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    bytes: int
    direction: str
    inode: int
    offset: int
    outstanding: int
    request: int
    def __init__(self, request: _Optional[int] = ..., direction: _Optional[str] = ..., inode: _Optional[int] = ..., offset: _Optional[int] = ..., bytes: _Optional[int] = ..., outstanding: _Optional[int] = ...) -> None: ...

class BreakpointHitEvent(_message.Message):
    __slots__ = ["breakpoint", "rip", "symbol"]
    BREAKPOINT_FIELD_NUMBER: _ClassVar[int]
    RIP_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    breakpoint: int
    rip: int
    symbol: str
    def __init__(self, breakpoint: _Optional[int] = ..., rip: _Optional[int] = ..., symbol: _Optional[str] = ...) -> None: ...

class ConsoleOutputEvent(_message.Message):
    __slots__ = ["data", "offset", "stream"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    offset: int
    stream: int
    def __init__(self, stream: _Optional[int] = ..., data: _Optional[bytes] = ..., offset: _Optional[int] = ...) -> None: ...

class CqePostedEvent(_message.Message):
    __slots__ = ["cq_tail", "flags", "overflowed", "request", "result", "ring", "user_data"]
    CQ_TAIL_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    OVERFLOWED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    cq_tail: int
    flags: int
    overflowed: bool
    request: int
    result: int
    ring: int
    user_data: int
    def __init__(self, ring: _Optional[int] = ..., request: _Optional[int] = ..., user_data: _Optional[int] = ..., result: _Optional[int] = ..., flags: _Optional[int] = ..., cq_tail: _Optional[int] = ..., overflowed: bool = ...) -> None: ...

class Event(_message.Message):
    __slots__ = ["block_done", "block_request", "breakpoint_hit", "console_output", "cqe_posted", "cycle", "fault", "ipi_arrived", "ipi_sent", "machine_parking", "machine_state", "notification_processed", "notification_spurious", "oops", "pid", "pir_posted", "process_executed", "process_exited", "process_started", "remote_call_finished", "remote_call_started", "request_waits", "reschedule_sent", "ring_closed", "ring_created", "ring_interrupt", "ring_registered", "senduipi", "senduipi_fault", "sequence", "signal_delivered", "signal_generated", "sqe_submitted", "switched_in", "switched_out", "syscall_blocked", "syscall_entered", "syscall_exited", "syscall_unsupported", "thread_exited", "thread_started", "tid", "uif_changed", "uintr_registered", "uintr_sender_registered", "uintr_sender_unregistered", "uintr_unregistered", "uintr_vector_created", "uintr_waiting", "uiret", "uitt_activated", "unsupported_instruction", "upid_suppressed", "user_interrupt_delivered", "user_interrupt_fault", "user_interrupt_recognized", "vcpu", "vcpu_idle", "woken", "work_queued", "work_taken"]
    BLOCK_DONE_FIELD_NUMBER: _ClassVar[int]
    BLOCK_REQUEST_FIELD_NUMBER: _ClassVar[int]
    BREAKPOINT_HIT_FIELD_NUMBER: _ClassVar[int]
    CONSOLE_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    CQE_POSTED_FIELD_NUMBER: _ClassVar[int]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    FAULT_FIELD_NUMBER: _ClassVar[int]
    IPI_ARRIVED_FIELD_NUMBER: _ClassVar[int]
    IPI_SENT_FIELD_NUMBER: _ClassVar[int]
    MACHINE_PARKING_FIELD_NUMBER: _ClassVar[int]
    MACHINE_STATE_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATION_PROCESSED_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATION_SPURIOUS_FIELD_NUMBER: _ClassVar[int]
    OOPS_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    PIR_POSTED_FIELD_NUMBER: _ClassVar[int]
    PROCESS_EXECUTED_FIELD_NUMBER: _ClassVar[int]
    PROCESS_EXITED_FIELD_NUMBER: _ClassVar[int]
    PROCESS_STARTED_FIELD_NUMBER: _ClassVar[int]
    REMOTE_CALL_FINISHED_FIELD_NUMBER: _ClassVar[int]
    REMOTE_CALL_STARTED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_WAITS_FIELD_NUMBER: _ClassVar[int]
    RESCHEDULE_SENT_FIELD_NUMBER: _ClassVar[int]
    RING_CLOSED_FIELD_NUMBER: _ClassVar[int]
    RING_CREATED_FIELD_NUMBER: _ClassVar[int]
    RING_INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    RING_REGISTERED_FIELD_NUMBER: _ClassVar[int]
    SENDUIPI_FAULT_FIELD_NUMBER: _ClassVar[int]
    SENDUIPI_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_DELIVERED_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_GENERATED_FIELD_NUMBER: _ClassVar[int]
    SQE_SUBMITTED_FIELD_NUMBER: _ClassVar[int]
    SWITCHED_IN_FIELD_NUMBER: _ClassVar[int]
    SWITCHED_OUT_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_BLOCKED_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_ENTERED_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_EXITED_FIELD_NUMBER: _ClassVar[int]
    SYSCALL_UNSUPPORTED_FIELD_NUMBER: _ClassVar[int]
    THREAD_EXITED_FIELD_NUMBER: _ClassVar[int]
    THREAD_STARTED_FIELD_NUMBER: _ClassVar[int]
    TID_FIELD_NUMBER: _ClassVar[int]
    UIF_CHANGED_FIELD_NUMBER: _ClassVar[int]
    UINTR_REGISTERED_FIELD_NUMBER: _ClassVar[int]
    UINTR_SENDER_REGISTERED_FIELD_NUMBER: _ClassVar[int]
    UINTR_SENDER_UNREGISTERED_FIELD_NUMBER: _ClassVar[int]
    UINTR_UNREGISTERED_FIELD_NUMBER: _ClassVar[int]
    UINTR_VECTOR_CREATED_FIELD_NUMBER: _ClassVar[int]
    UINTR_WAITING_FIELD_NUMBER: _ClassVar[int]
    UIRET_FIELD_NUMBER: _ClassVar[int]
    UITT_ACTIVATED_FIELD_NUMBER: _ClassVar[int]
    UNSUPPORTED_INSTRUCTION_FIELD_NUMBER: _ClassVar[int]
    UPID_SUPPRESSED_FIELD_NUMBER: _ClassVar[int]
    USER_INTERRUPT_DELIVERED_FIELD_NUMBER: _ClassVar[int]
    USER_INTERRUPT_FAULT_FIELD_NUMBER: _ClassVar[int]
    USER_INTERRUPT_RECOGNIZED_FIELD_NUMBER: _ClassVar[int]
    VCPU_FIELD_NUMBER: _ClassVar[int]
    VCPU_IDLE_FIELD_NUMBER: _ClassVar[int]
    WOKEN_FIELD_NUMBER: _ClassVar[int]
    WORK_QUEUED_FIELD_NUMBER: _ClassVar[int]
    WORK_TAKEN_FIELD_NUMBER: _ClassVar[int]
    block_done: BlockDoneEvent
    block_request: BlockRequestEvent
    breakpoint_hit: BreakpointHitEvent
    console_output: ConsoleOutputEvent
    cqe_posted: CqePostedEvent
    cycle: int
    fault: FaultEvent
    ipi_arrived: IpiArrivedEvent
    ipi_sent: IpiSentEvent
    machine_parking: MachineParkingEvent
    machine_state: MachineStateEvent
    notification_processed: NotificationProcessedEvent
    notification_spurious: NotificationSpuriousEvent
    oops: OopsEvent
    pid: int
    pir_posted: PirPostedEvent
    process_executed: ProcessExecutedEvent
    process_exited: ProcessExitedEvent
    process_started: ProcessStartedEvent
    remote_call_finished: RemoteCallFinishedEvent
    remote_call_started: RemoteCallStartedEvent
    request_waits: RequestWaitsEvent
    reschedule_sent: RescheduleSentEvent
    ring_closed: RingClosedEvent
    ring_created: RingCreatedEvent
    ring_interrupt: RingInterruptEvent
    ring_registered: RingRegisteredEvent
    senduipi: SenduipiEvent
    senduipi_fault: SenduipiFaultEvent
    sequence: int
    signal_delivered: SignalDeliveredEvent
    signal_generated: SignalGeneratedEvent
    sqe_submitted: SqeSubmittedEvent
    switched_in: SwitchedInEvent
    switched_out: SwitchedOutEvent
    syscall_blocked: SyscallBlockedEvent
    syscall_entered: SyscallEnteredEvent
    syscall_exited: SyscallExitedEvent
    syscall_unsupported: SyscallUnsupportedEvent
    thread_exited: ThreadExitedEvent
    thread_started: ThreadStartedEvent
    tid: int
    uif_changed: UifChangedEvent
    uintr_registered: UintrRegisteredEvent
    uintr_sender_registered: UintrSenderRegisteredEvent
    uintr_sender_unregistered: UintrSenderUnregisteredEvent
    uintr_unregistered: UintrUnregisteredEvent
    uintr_vector_created: UintrVectorCreatedEvent
    uintr_waiting: UintrWaitingEvent
    uiret: UiretEvent
    uitt_activated: UittActivatedEvent
    unsupported_instruction: UnsupportedInstructionEvent
    upid_suppressed: UpidSuppressedEvent
    user_interrupt_delivered: UserInterruptDeliveredEvent
    user_interrupt_fault: UserInterruptFaultEvent
    user_interrupt_recognized: UserInterruptRecognizedEvent
    vcpu: int
    vcpu_idle: VcpuIdleEvent
    woken: WokenEvent
    work_queued: WorkQueuedEvent
    work_taken: WorkTakenEvent
    def __init__(self, sequence: _Optional[int] = ..., cycle: _Optional[int] = ..., vcpu: _Optional[int] = ..., pid: _Optional[int] = ..., tid: _Optional[int] = ..., machine_state: _Optional[_Union[MachineStateEvent, _Mapping]] = ..., oops: _Optional[_Union[OopsEvent, _Mapping]] = ..., process_started: _Optional[_Union[ProcessStartedEvent, _Mapping]] = ..., process_executed: _Optional[_Union[ProcessExecutedEvent, _Mapping]] = ..., process_exited: _Optional[_Union[ProcessExitedEvent, _Mapping]] = ..., thread_started: _Optional[_Union[ThreadStartedEvent, _Mapping]] = ..., thread_exited: _Optional[_Union[ThreadExitedEvent, _Mapping]] = ..., console_output: _Optional[_Union[ConsoleOutputEvent, _Mapping]] = ..., machine_parking: _Optional[_Union[MachineParkingEvent, _Mapping]] = ..., syscall_entered: _Optional[_Union[SyscallEnteredEvent, _Mapping]] = ..., syscall_exited: _Optional[_Union[SyscallExitedEvent, _Mapping]] = ..., syscall_blocked: _Optional[_Union[SyscallBlockedEvent, _Mapping]] = ..., syscall_unsupported: _Optional[_Union[SyscallUnsupportedEvent, _Mapping]] = ..., switched_in: _Optional[_Union[SwitchedInEvent, _Mapping]] = ..., switched_out: _Optional[_Union[SwitchedOutEvent, _Mapping]] = ..., woken: _Optional[_Union[WokenEvent, _Mapping]] = ..., vcpu_idle: _Optional[_Union[VcpuIdleEvent, _Mapping]] = ..., reschedule_sent: _Optional[_Union[RescheduleSentEvent, _Mapping]] = ..., fault: _Optional[_Union[FaultEvent, _Mapping]] = ..., unsupported_instruction: _Optional[_Union[UnsupportedInstructionEvent, _Mapping]] = ..., signal_generated: _Optional[_Union[SignalGeneratedEvent, _Mapping]] = ..., signal_delivered: _Optional[_Union[SignalDeliveredEvent, _Mapping]] = ..., senduipi: _Optional[_Union[SenduipiEvent, _Mapping]] = ..., senduipi_fault: _Optional[_Union[SenduipiFaultEvent, _Mapping]] = ..., pir_posted: _Optional[_Union[PirPostedEvent, _Mapping]] = ..., ipi_sent: _Optional[_Union[IpiSentEvent, _Mapping]] = ..., ipi_arrived: _Optional[_Union[IpiArrivedEvent, _Mapping]] = ..., notification_processed: _Optional[_Union[NotificationProcessedEvent, _Mapping]] = ..., user_interrupt_recognized: _Optional[_Union[UserInterruptRecognizedEvent, _Mapping]] = ..., user_interrupt_delivered: _Optional[_Union[UserInterruptDeliveredEvent, _Mapping]] = ..., user_interrupt_fault: _Optional[_Union[UserInterruptFaultEvent, _Mapping]] = ..., uiret: _Optional[_Union[UiretEvent, _Mapping]] = ..., uif_changed: _Optional[_Union[UifChangedEvent, _Mapping]] = ..., notification_spurious: _Optional[_Union[NotificationSpuriousEvent, _Mapping]] = ..., uintr_registered: _Optional[_Union[UintrRegisteredEvent, _Mapping]] = ..., uintr_unregistered: _Optional[_Union[UintrUnregisteredEvent, _Mapping]] = ..., uintr_vector_created: _Optional[_Union[UintrVectorCreatedEvent, _Mapping]] = ..., uintr_sender_registered: _Optional[_Union[UintrSenderRegisteredEvent, _Mapping]] = ..., uintr_sender_unregistered: _Optional[_Union[UintrSenderUnregisteredEvent, _Mapping]] = ..., upid_suppressed: _Optional[_Union[UpidSuppressedEvent, _Mapping]] = ..., uintr_waiting: _Optional[_Union[UintrWaitingEvent, _Mapping]] = ..., uitt_activated: _Optional[_Union[UittActivatedEvent, _Mapping]] = ..., ring_created: _Optional[_Union[RingCreatedEvent, _Mapping]] = ..., ring_closed: _Optional[_Union[RingClosedEvent, _Mapping]] = ..., ring_registered: _Optional[_Union[RingRegisteredEvent, _Mapping]] = ..., sqe_submitted: _Optional[_Union[SqeSubmittedEvent, _Mapping]] = ..., request_waits: _Optional[_Union[RequestWaitsEvent, _Mapping]] = ..., cqe_posted: _Optional[_Union[CqePostedEvent, _Mapping]] = ..., ring_interrupt: _Optional[_Union[RingInterruptEvent, _Mapping]] = ..., work_queued: _Optional[_Union[WorkQueuedEvent, _Mapping]] = ..., work_taken: _Optional[_Union[WorkTakenEvent, _Mapping]] = ..., remote_call_started: _Optional[_Union[RemoteCallStartedEvent, _Mapping]] = ..., remote_call_finished: _Optional[_Union[RemoteCallFinishedEvent, _Mapping]] = ..., breakpoint_hit: _Optional[_Union[BreakpointHitEvent, _Mapping]] = ..., block_request: _Optional[_Union[BlockRequestEvent, _Mapping]] = ..., block_done: _Optional[_Union[BlockDoneEvent, _Mapping]] = ...) -> None: ...

class FaultEvent(_message.Message):
    __slots__ = ["address", "error_code", "rip", "symbol", "vector"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    ERROR_CODE_FIELD_NUMBER: _ClassVar[int]
    RIP_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    address: int
    error_code: int
    rip: int
    symbol: str
    vector: int
    def __init__(self, vector: _Optional[int] = ..., error_code: _Optional[int] = ..., address: _Optional[int] = ..., rip: _Optional[int] = ..., symbol: _Optional[str] = ...) -> None: ...

class IpiArrivedEvent(_message.Message):
    __slots__ = ["idt_vector", "interrupt", "mode"]
    IDT_VECTOR_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    idt_vector: int
    interrupt: int
    mode: str
    def __init__(self, interrupt: _Optional[int] = ..., idt_vector: _Optional[int] = ..., mode: _Optional[str] = ...) -> None: ...

class IpiSentEvent(_message.Message):
    __slots__ = ["arrives_at", "destination_apic", "idt_vector", "interrupt"]
    ARRIVES_AT_FIELD_NUMBER: _ClassVar[int]
    DESTINATION_APIC_FIELD_NUMBER: _ClassVar[int]
    IDT_VECTOR_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    arrives_at: int
    destination_apic: int
    idt_vector: int
    interrupt: int
    def __init__(self, interrupt: _Optional[int] = ..., destination_apic: _Optional[int] = ..., idt_vector: _Optional[int] = ..., arrives_at: _Optional[int] = ...) -> None: ...

class MachineParkingEvent(_message.Message):
    __slots__ = ["idle_seconds", "in_seconds"]
    IDLE_SECONDS_FIELD_NUMBER: _ClassVar[int]
    IN_SECONDS_FIELD_NUMBER: _ClassVar[int]
    idle_seconds: int
    in_seconds: int
    def __init__(self, idle_seconds: _Optional[int] = ..., in_seconds: _Optional[int] = ...) -> None: ...

class MachineStateEvent(_message.Message):
    __slots__ = ["reason", "state"]
    REASON_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    reason: str
    state: str
    def __init__(self, state: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class NotificationProcessedEvent(_message.Message):
    __slots__ = ["mode", "taken", "uirr", "upid"]
    MODE_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    UIRR_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    mode: str
    taken: int
    uirr: int
    upid: int
    def __init__(self, upid: _Optional[int] = ..., taken: _Optional[int] = ..., uirr: _Optional[int] = ..., mode: _Optional[str] = ...) -> None: ...

class NotificationSpuriousEvent(_message.Message):
    __slots__ = ["idt_vector"]
    IDT_VECTOR_FIELD_NUMBER: _ClassVar[int]
    idt_vector: int
    def __init__(self, idt_vector: _Optional[int] = ...) -> None: ...

class OopsEvent(_message.Message):
    __slots__ = ["message"]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    message: str
    def __init__(self, message: _Optional[str] = ...) -> None: ...

class PirPostedEvent(_message.Message):
    __slots__ = ["coalesced_with", "interrupt", "pir", "upid", "vector"]
    COALESCED_WITH_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    PIR_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    coalesced_with: int
    interrupt: int
    pir: int
    upid: int
    vector: int
    def __init__(self, interrupt: _Optional[int] = ..., vector: _Optional[int] = ..., upid: _Optional[int] = ..., pir: _Optional[int] = ..., coalesced_with: _Optional[int] = ...) -> None: ...

class ProcessExecutedEvent(_message.Message):
    __slots__ = ["arguments", "path"]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    arguments: str
    path: str
    def __init__(self, path: _Optional[str] = ..., arguments: _Optional[str] = ...) -> None: ...

class ProcessExitedEvent(_message.Message):
    __slots__ = ["core", "exit_code", "signal"]
    CORE_FIELD_NUMBER: _ClassVar[int]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    core: bool
    exit_code: int
    signal: int
    def __init__(self, exit_code: _Optional[int] = ..., signal: _Optional[int] = ..., core: bool = ...) -> None: ...

class ProcessStartedEvent(_message.Message):
    __slots__ = ["parent_pid", "path"]
    PARENT_PID_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    parent_pid: int
    path: str
    def __init__(self, parent_pid: _Optional[int] = ..., path: _Optional[str] = ...) -> None: ...

class RemoteCallFinishedEvent(_message.Message):
    __slots__ = ["call", "name", "outcome"]
    CALL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    call: int
    name: str
    outcome: str
    def __init__(self, call: _Optional[int] = ..., name: _Optional[str] = ..., outcome: _Optional[str] = ...) -> None: ...

class RemoteCallStartedEvent(_message.Message):
    __slots__ = ["call", "name"]
    CALL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    call: int
    name: str
    def __init__(self, call: _Optional[int] = ..., name: _Optional[str] = ...) -> None: ...

class RequestWaitsEvent(_message.Message):
    __slots__ = ["request", "ring", "waiting_for"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    request: int
    ring: int
    waiting_for: str
    def __init__(self, ring: _Optional[int] = ..., request: _Optional[int] = ..., waiting_for: _Optional[str] = ...) -> None: ...

class RescheduleSentEvent(_message.Message):
    __slots__ = ["arrives_at", "target_vcpu"]
    ARRIVES_AT_FIELD_NUMBER: _ClassVar[int]
    TARGET_VCPU_FIELD_NUMBER: _ClassVar[int]
    arrives_at: int
    target_vcpu: int
    def __init__(self, target_vcpu: _Optional[int] = ..., arrives_at: _Optional[int] = ...) -> None: ...

class RingClosedEvent(_message.Message):
    __slots__ = ["ring"]
    RING_FIELD_NUMBER: _ClassVar[int]
    ring: int
    def __init__(self, ring: _Optional[int] = ...) -> None: ...

class RingCreatedEvent(_message.Message):
    __slots__ = ["cq_entries", "fd", "flags", "ring", "sq_entries"]
    CQ_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    FD_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    SQ_ENTRIES_FIELD_NUMBER: _ClassVar[int]
    cq_entries: int
    fd: int
    flags: int
    ring: int
    sq_entries: int
    def __init__(self, ring: _Optional[int] = ..., fd: _Optional[int] = ..., sq_entries: _Optional[int] = ..., cq_entries: _Optional[int] = ..., flags: _Optional[int] = ...) -> None: ...

class RingInterruptEvent(_message.Message):
    __slots__ = ["abi", "completions", "interrupt", "request", "ring", "sends_ipi", "upid", "vector"]
    ABI_FIELD_NUMBER: _ClassVar[int]
    COMPLETIONS_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    SENDS_IPI_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    abi: str
    completions: int
    interrupt: int
    request: int
    ring: int
    sends_ipi: bool
    upid: int
    vector: int
    def __init__(self, ring: _Optional[int] = ..., request: _Optional[int] = ..., interrupt: _Optional[int] = ..., vector: _Optional[int] = ..., upid: _Optional[int] = ..., completions: _Optional[int] = ..., abi: _Optional[str] = ..., sends_ipi: bool = ...) -> None: ...

class RingRegisteredEvent(_message.Message):
    __slots__ = ["name", "opcode", "result", "ring"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPCODE_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    name: str
    opcode: int
    result: int
    ring: int
    def __init__(self, ring: _Optional[int] = ..., opcode: _Optional[int] = ..., name: _Optional[str] = ..., result: _Optional[int] = ...) -> None: ...

class SenduipiEvent(_message.Message):
    __slots__ = ["interrupt", "sends_ipi", "suppressed_by", "uitt_index", "upid", "vector"]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    SENDS_IPI_FIELD_NUMBER: _ClassVar[int]
    SUPPRESSED_BY_FIELD_NUMBER: _ClassVar[int]
    UITT_INDEX_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    interrupt: int
    sends_ipi: bool
    suppressed_by: str
    uitt_index: int
    upid: int
    vector: int
    def __init__(self, interrupt: _Optional[int] = ..., uitt_index: _Optional[int] = ..., vector: _Optional[int] = ..., upid: _Optional[int] = ..., sends_ipi: bool = ..., suppressed_by: _Optional[str] = ...) -> None: ...

class SenduipiFaultEvent(_message.Message):
    __slots__ = ["fault_vector", "reason", "uitt_index"]
    FAULT_VECTOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UITT_INDEX_FIELD_NUMBER: _ClassVar[int]
    fault_vector: int
    reason: str
    uitt_index: int
    def __init__(self, uitt_index: _Optional[int] = ..., reason: _Optional[str] = ..., fault_vector: _Optional[int] = ...) -> None: ...

class SignalDeliveredEvent(_message.Message):
    __slots__ = ["handler", "signal"]
    HANDLER_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    handler: int
    signal: int
    def __init__(self, signal: _Optional[int] = ..., handler: _Optional[int] = ...) -> None: ...

class SignalGeneratedEvent(_message.Message):
    __slots__ = ["code", "sender_pid", "signal", "target_tid"]
    CODE_FIELD_NUMBER: _ClassVar[int]
    SENDER_PID_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    TARGET_TID_FIELD_NUMBER: _ClassVar[int]
    code: int
    sender_pid: int
    signal: int
    target_tid: int
    def __init__(self, signal: _Optional[int] = ..., code: _Optional[int] = ..., sender_pid: _Optional[int] = ..., target_tid: _Optional[int] = ...) -> None: ...

class SqeSubmittedEvent(_message.Message):
    __slots__ = ["fd", "flags", "name", "opcode", "request", "ring", "user_data"]
    FD_FIELD_NUMBER: _ClassVar[int]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPCODE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    USER_DATA_FIELD_NUMBER: _ClassVar[int]
    fd: int
    flags: int
    name: str
    opcode: int
    request: int
    ring: int
    user_data: int
    def __init__(self, ring: _Optional[int] = ..., request: _Optional[int] = ..., opcode: _Optional[int] = ..., name: _Optional[str] = ..., user_data: _Optional[int] = ..., fd: _Optional[int] = ..., flags: _Optional[int] = ...) -> None: ...

class SwitchedInEvent(_message.Message):
    __slots__ = ["migrated_from", "returns_at"]
    MIGRATED_FROM_FIELD_NUMBER: _ClassVar[int]
    RETURNS_AT_FIELD_NUMBER: _ClassVar[int]
    migrated_from: int
    returns_at: int
    def __init__(self, migrated_from: _Optional[int] = ..., returns_at: _Optional[int] = ...) -> None: ...

class SwitchedOutEvent(_message.Message):
    __slots__ = ["reason"]
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class SyscallBlockedEvent(_message.Message):
    __slots__ = ["name", "number", "waiting_for"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    WAITING_FOR_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    waiting_for: str
    def __init__(self, number: _Optional[int] = ..., name: _Optional[str] = ..., waiting_for: _Optional[str] = ...) -> None: ...

class SyscallEnteredEvent(_message.Message):
    __slots__ = ["arguments", "name", "number"]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    arguments: _containers.RepeatedScalarFieldContainer[int]
    name: str
    number: int
    def __init__(self, number: _Optional[int] = ..., name: _Optional[str] = ..., arguments: _Optional[_Iterable[int]] = ...) -> None: ...

class SyscallExitedEvent(_message.Message):
    __slots__ = ["error", "name", "number", "result", "returns_at"]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    RETURNS_AT_FIELD_NUMBER: _ClassVar[int]
    error: str
    name: str
    number: int
    result: int
    returns_at: int
    def __init__(self, number: _Optional[int] = ..., name: _Optional[str] = ..., result: _Optional[int] = ..., error: _Optional[str] = ..., returns_at: _Optional[int] = ...) -> None: ...

class SyscallUnsupportedEvent(_message.Message):
    __slots__ = ["name", "number", "reason"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    number: int
    reason: str
    def __init__(self, number: _Optional[int] = ..., name: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ThreadExitedEvent(_message.Message):
    __slots__ = ["exit_code"]
    EXIT_CODE_FIELD_NUMBER: _ClassVar[int]
    exit_code: int
    def __init__(self, exit_code: _Optional[int] = ...) -> None: ...

class ThreadStartedEvent(_message.Message):
    __slots__ = ["parent_tid"]
    PARENT_TID_FIELD_NUMBER: _ClassVar[int]
    parent_tid: int
    def __init__(self, parent_tid: _Optional[int] = ...) -> None: ...

class UifChangedEvent(_message.Message):
    __slots__ = ["by", "uif"]
    BY_FIELD_NUMBER: _ClassVar[int]
    UIF_FIELD_NUMBER: _ClassVar[int]
    by: str
    uif: bool
    def __init__(self, uif: bool = ..., by: _Optional[str] = ...) -> None: ...

class UintrRegisteredEvent(_message.Message):
    __slots__ = ["flags", "handler", "symbol", "upid"]
    FLAGS_FIELD_NUMBER: _ClassVar[int]
    HANDLER_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    flags: int
    handler: int
    symbol: str
    upid: int
    def __init__(self, handler: _Optional[int] = ..., flags: _Optional[int] = ..., upid: _Optional[int] = ..., symbol: _Optional[str] = ...) -> None: ...

class UintrSenderRegisteredEvent(_message.Message):
    __slots__ = ["uitt_index", "upid", "vector"]
    UITT_INDEX_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    uitt_index: int
    upid: int
    vector: int
    def __init__(self, uitt_index: _Optional[int] = ..., vector: _Optional[int] = ..., upid: _Optional[int] = ...) -> None: ...

class UintrSenderUnregisteredEvent(_message.Message):
    __slots__ = ["uitt_index"]
    UITT_INDEX_FIELD_NUMBER: _ClassVar[int]
    uitt_index: int
    def __init__(self, uitt_index: _Optional[int] = ...) -> None: ...

class UintrUnregisteredEvent(_message.Message):
    __slots__ = ["upid"]
    UPID_FIELD_NUMBER: _ClassVar[int]
    upid: int
    def __init__(self, upid: _Optional[int] = ...) -> None: ...

class UintrVectorCreatedEvent(_message.Message):
    __slots__ = ["fd", "upid", "vector"]
    FD_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    fd: int
    upid: int
    vector: int
    def __init__(self, fd: _Optional[int] = ..., vector: _Optional[int] = ..., upid: _Optional[int] = ...) -> None: ...

class UintrWaitingEvent(_message.Message):
    __slots__ = ["mode"]
    MODE_FIELD_NUMBER: _ClassVar[int]
    mode: str
    def __init__(self, mode: _Optional[str] = ...) -> None: ...

class UiretEvent(_message.Message):
    __slots__ = ["rip", "uif"]
    RIP_FIELD_NUMBER: _ClassVar[int]
    UIF_FIELD_NUMBER: _ClassVar[int]
    rip: int
    uif: bool
    def __init__(self, rip: _Optional[int] = ..., uif: bool = ...) -> None: ...

class UittActivatedEvent(_message.Message):
    __slots__ = ["by", "uitt"]
    BY_FIELD_NUMBER: _ClassVar[int]
    UITT_FIELD_NUMBER: _ClassVar[int]
    by: str
    uitt: int
    def __init__(self, uitt: _Optional[int] = ..., by: _Optional[str] = ...) -> None: ...

class UnsupportedInstructionEvent(_message.Message):
    __slots__ = ["encoding", "feature", "mnemonic", "remedy", "rip", "symbol"]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    FEATURE_FIELD_NUMBER: _ClassVar[int]
    MNEMONIC_FIELD_NUMBER: _ClassVar[int]
    REMEDY_FIELD_NUMBER: _ClassVar[int]
    RIP_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    encoding: bytes
    feature: str
    mnemonic: str
    remedy: str
    rip: int
    symbol: str
    def __init__(self, mnemonic: _Optional[str] = ..., encoding: _Optional[bytes] = ..., feature: _Optional[str] = ..., remedy: _Optional[str] = ..., rip: _Optional[int] = ..., symbol: _Optional[str] = ...) -> None: ...

class UpidSuppressedEvent(_message.Message):
    __slots__ = ["by", "suppressed", "upid"]
    BY_FIELD_NUMBER: _ClassVar[int]
    SUPPRESSED_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    by: str
    suppressed: bool
    upid: int
    def __init__(self, upid: _Optional[int] = ..., suppressed: bool = ..., by: _Optional[str] = ...) -> None: ...

class UserInterruptDeliveredEvent(_message.Message):
    __slots__ = ["handler", "interrupt", "interrupts", "rip", "rsp", "senders", "symbol", "unlisted", "vector"]
    HANDLER_FIELD_NUMBER: _ClassVar[int]
    INTERRUPTS_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    RIP_FIELD_NUMBER: _ClassVar[int]
    RSP_FIELD_NUMBER: _ClassVar[int]
    SENDERS_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    UNLISTED_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    handler: int
    interrupt: int
    interrupts: _containers.RepeatedScalarFieldContainer[int]
    rip: int
    rsp: int
    senders: _containers.RepeatedScalarFieldContainer[int]
    symbol: str
    unlisted: int
    vector: int
    def __init__(self, interrupt: _Optional[int] = ..., vector: _Optional[int] = ..., handler: _Optional[int] = ..., rip: _Optional[int] = ..., rsp: _Optional[int] = ..., symbol: _Optional[str] = ..., senders: _Optional[_Iterable[int]] = ..., interrupts: _Optional[_Iterable[int]] = ..., unlisted: _Optional[int] = ...) -> None: ...

class UserInterruptFaultEvent(_message.Message):
    __slots__ = ["address", "fault_vector", "vector"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    FAULT_VECTOR_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    address: int
    fault_vector: int
    vector: int
    def __init__(self, vector: _Optional[int] = ..., fault_vector: _Optional[int] = ..., address: _Optional[int] = ...) -> None: ...

class UserInterruptRecognizedEvent(_message.Message):
    __slots__ = ["deliverable", "uirr", "waits_for"]
    DELIVERABLE_FIELD_NUMBER: _ClassVar[int]
    UIRR_FIELD_NUMBER: _ClassVar[int]
    WAITS_FOR_FIELD_NUMBER: _ClassVar[int]
    deliverable: bool
    uirr: int
    waits_for: str
    def __init__(self, uirr: _Optional[int] = ..., deliverable: bool = ..., waits_for: _Optional[str] = ...) -> None: ...

class VcpuIdleEvent(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class WokenEvent(_message.Message):
    __slots__ = ["by", "target_vcpu"]
    BY_FIELD_NUMBER: _ClassVar[int]
    TARGET_VCPU_FIELD_NUMBER: _ClassVar[int]
    by: str
    target_vcpu: int
    def __init__(self, target_vcpu: _Optional[int] = ..., by: _Optional[str] = ...) -> None: ...

class WorkQueuedEvent(_message.Message):
    __slots__ = ["kind", "owner_tid", "request", "ring"]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OWNER_TID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    kind: str
    owner_tid: int
    request: int
    ring: int
    def __init__(self, ring: _Optional[int] = ..., request: _Optional[int] = ..., owner_tid: _Optional[int] = ..., kind: _Optional[str] = ...) -> None: ...

class WorkTakenEvent(_message.Message):
    __slots__ = ["request", "ring"]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    RING_FIELD_NUMBER: _ClassVar[int]
    request: int
    ring: int
    def __init__(self, ring: _Optional[int] = ..., request: _Optional[int] = ...) -> None: ...

class EventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
