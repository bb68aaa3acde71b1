from google.protobuf import duration_pb2 as _duration_pb2
from . import guest_pb2 as _guest_pb2
from . import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

BLOCKED_RECEIVER_NONE: BlockedReceiver
BLOCKED_RECEIVER_UNSPECIFIED: BlockedReceiver
BLOCKED_RECEIVER_WAITING_RECEIVER: BlockedReceiver
BLOCKED_RECEIVER_WAITING_SENDER: BlockedReceiver
DELIVERY_VERDICT_BLOCKED: DeliveryVerdict
DELIVERY_VERDICT_COALESCED: DeliveryVerdict
DELIVERY_VERDICT_DELIVERED: DeliveryVerdict
DELIVERY_VERDICT_DESCHEDULED: DeliveryVerdict
DELIVERY_VERDICT_FAULTED: DeliveryVerdict
DELIVERY_VERDICT_IN_FLIGHT: DeliveryVerdict
DELIVERY_VERDICT_IN_KERNEL: DeliveryVerdict
DELIVERY_VERDICT_MASKED: DeliveryVerdict
DELIVERY_VERDICT_NOTHING_POSTED: DeliveryVerdict
DELIVERY_VERDICT_NO_HANDLER: DeliveryVerdict
DELIVERY_VERDICT_RECEIVER_GONE: DeliveryVerdict
DELIVERY_VERDICT_SUPPRESSED: DeliveryVerdict
DELIVERY_VERDICT_UITT_INVALID: DeliveryVerdict
DELIVERY_VERDICT_UNKNOWN: DeliveryVerdict
DELIVERY_VERDICT_UNSPECIFIED: DeliveryVerdict
DELIVERY_VERDICT_WRONG_VECTOR: DeliveryVerdict
DESCRIPTOR: _descriptor.FileDescriptor
HANDLER_MODE_AUTOMATIC: HandlerMode
HANDLER_MODE_MANUAL: HandlerMode
HANDLER_MODE_UNSPECIFIED: HandlerMode
WAIT_MODE_PARKED: WaitMode
WAIT_MODE_UINTR_WAIT: WaitMode
WAIT_MODE_UNSPECIFIED: WaitMode

class CreateVectorFdRequest(_message.Message):
    __slots__ = ["request_id", "thread", "vector"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    thread: str
    vector: int
    def __init__(self, thread: _Optional[str] = ..., vector: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class CreateVectorFdResponse(_message.Message):
    __slots__ = ["fd", "times", "vector_fd"]
    FD_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FD_FIELD_NUMBER: _ClassVar[int]
    fd: int
    times: _guest_pb2.CallTimes
    vector_fd: str
    def __init__(self, fd: _Optional[int] = ..., vector_fd: _Optional[str] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class DeliveredInterrupt(_message.Message):
    __slots__ = ["cycle", "event_sequence", "handler_depth", "rip", "sources", "symbol", "vcpu", "vector"]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    EVENT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HANDLER_DEPTH_FIELD_NUMBER: _ClassVar[int]
    RIP_FIELD_NUMBER: _ClassVar[int]
    SOURCES_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    VCPU_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    event_sequence: int
    handler_depth: int
    rip: int
    sources: _containers.RepeatedCompositeFieldContainer[InterruptSource]
    symbol: str
    vcpu: int
    vector: int
    def __init__(self, vector: _Optional[int] = ..., cycle: _Optional[int] = ..., vcpu: _Optional[int] = ..., sources: _Optional[_Iterable[_Union[InterruptSource, _Mapping]]] = ..., rip: _Optional[int] = ..., symbol: _Optional[str] = ..., handler_depth: _Optional[int] = ..., event_sequence: _Optional[int] = ...) -> None: ...

class DeliveryLeg(_message.Message):
    __slots__ = ["cycle", "cycles", "event_sequence", "leg", "text", "tid", "vcpu"]
    CYCLES_FIELD_NUMBER: _ClassVar[int]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    EVENT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LEG_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TID_FIELD_NUMBER: _ClassVar[int]
    VCPU_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    cycles: int
    event_sequence: int
    leg: str
    text: str
    tid: int
    vcpu: int
    def __init__(self, leg: _Optional[str] = ..., cycle: _Optional[int] = ..., cycles: _Optional[int] = ..., vcpu: _Optional[int] = ..., tid: _Optional[int] = ..., text: _Optional[str] = ..., event_sequence: _Optional[int] = ...) -> None: ...

class DeliveryObstacle(_message.Message):
    __slots__ = ["place", "since_cycle", "text", "verdict"]
    PLACE_FIELD_NUMBER: _ClassVar[int]
    SINCE_CYCLE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    place: str
    since_cycle: int
    text: str
    verdict: DeliveryVerdict
    def __init__(self, verdict: _Optional[_Union[DeliveryVerdict, str]] = ..., text: _Optional[str] = ..., since_cycle: _Optional[int] = ..., place: _Optional[str] = ...) -> None: ...

class ExplainDeliveryRequest(_message.Message):
    __slots__ = ["interrupt", "parent", "receiver", "sender"]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    RECEIVER_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    interrupt: int
    parent: str
    receiver: str
    sender: SenderSubject
    def __init__(self, parent: _Optional[str] = ..., receiver: _Optional[str] = ..., interrupt: _Optional[int] = ..., sender: _Optional[_Union[SenderSubject, _Mapping]] = ...) -> None: ...

class ExplainDeliveryResponse(_message.Message):
    __slots__ = ["cycle", "legs", "obstacles", "receiver", "remedy", "summary", "verdict"]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    LEGS_FIELD_NUMBER: _ClassVar[int]
    OBSTACLES_FIELD_NUMBER: _ClassVar[int]
    RECEIVER_FIELD_NUMBER: _ClassVar[int]
    REMEDY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    legs: _containers.RepeatedCompositeFieldContainer[DeliveryLeg]
    obstacles: _containers.RepeatedCompositeFieldContainer[DeliveryObstacle]
    receiver: ThreadUintrState
    remedy: str
    summary: str
    verdict: DeliveryVerdict
    def __init__(self, verdict: _Optional[_Union[DeliveryVerdict, str]] = ..., summary: _Optional[str] = ..., remedy: _Optional[str] = ..., legs: _Optional[_Iterable[_Union[DeliveryLeg, _Mapping]]] = ..., obstacles: _Optional[_Iterable[_Union[DeliveryObstacle, _Mapping]]] = ..., receiver: _Optional[_Union[ThreadUintrState, _Mapping]] = ..., cycle: _Optional[int] = ...) -> None: ...

class GetUintrStateRequest(_message.Message):
    __slots__ = ["name"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    name: str
    def __init__(self, name: _Optional[str] = ...) -> None: ...

class GetUintrStateResponse(_message.Message):
    __slots__ = ["cycle", "threads"]
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    cycle: int
    threads: _containers.RepeatedCompositeFieldContainer[ThreadUintrState]
    def __init__(self, cycle: _Optional[int] = ..., threads: _Optional[_Iterable[_Union[ThreadUintrState, _Mapping]]] = ...) -> None: ...

class InterruptSource(_message.Message):
    __slots__ = ["interrupt", "sender", "sender_tid"]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    SENDER_TID_FIELD_NUMBER: _ClassVar[int]
    interrupt: int
    sender: str
    sender_tid: int
    def __init__(self, interrupt: _Optional[int] = ..., sender: _Optional[str] = ..., sender_tid: _Optional[int] = ...) -> None: ...

class RegisterHandlerRequest(_message.Message):
    __slots__ = ["blocked_receiver", "keep_masked", "mode", "request_id", "thread"]
    BLOCKED_RECEIVER_FIELD_NUMBER: _ClassVar[int]
    KEEP_MASKED_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    blocked_receiver: BlockedReceiver
    keep_masked: bool
    mode: HandlerMode
    request_id: str
    thread: str
    def __init__(self, thread: _Optional[str] = ..., mode: _Optional[_Union[HandlerMode, str]] = ..., blocked_receiver: _Optional[_Union[BlockedReceiver, str]] = ..., keep_masked: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class RegisterHandlerResponse(_message.Message):
    __slots__ = ["handler", "times", "upid_address"]
    HANDLER_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    UPID_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    handler: int
    times: _guest_pb2.CallTimes
    upid_address: int
    def __init__(self, handler: _Optional[int] = ..., upid_address: _Optional[int] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class RegisterSenderRequest(_message.Message):
    __slots__ = ["fd", "request_id", "thread", "vector_fd"]
    FD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    VECTOR_FD_FIELD_NUMBER: _ClassVar[int]
    fd: int
    request_id: str
    thread: str
    vector_fd: str
    def __init__(self, thread: _Optional[str] = ..., fd: _Optional[int] = ..., vector_fd: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class RegisterSenderResponse(_message.Message):
    __slots__ = ["fd", "times", "uitt_index"]
    FD_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    UITT_INDEX_FIELD_NUMBER: _ClassVar[int]
    fd: int
    times: _guest_pb2.CallTimes
    uitt_index: int
    def __init__(self, uitt_index: _Optional[int] = ..., fd: _Optional[int] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class ReturnFromInterruptRequest(_message.Message):
    __slots__ = ["request_id", "thread"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    thread: str
    def __init__(self, thread: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class ReturnFromInterruptResponse(_message.Message):
    __slots__ = ["handler_depth", "rip", "times"]
    HANDLER_DEPTH_FIELD_NUMBER: _ClassVar[int]
    RIP_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    handler_depth: int
    rip: int
    times: _guest_pb2.CallTimes
    def __init__(self, handler_depth: _Optional[int] = ..., rip: _Optional[int] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class SendUipiRequest(_message.Message):
    __slots__ = ["request_id", "thread", "uitt_index"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    UITT_INDEX_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    thread: str
    uitt_index: int
    def __init__(self, thread: _Optional[str] = ..., uitt_index: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class SendUipiResponse(_message.Message):
    __slots__ = ["interrupt", "times"]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    interrupt: int
    times: _guest_pb2.CallTimes
    def __init__(self, interrupt: _Optional[int] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class SendUipisRequest(_message.Message):
    __slots__ = ["request_id", "thread", "uitt_indexes"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    UITT_INDEXES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    thread: str
    uitt_indexes: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, thread: _Optional[str] = ..., uitt_indexes: _Optional[_Iterable[int]] = ..., request_id: _Optional[str] = ...) -> None: ...

class SendUipisResponse(_message.Message):
    __slots__ = ["interrupts", "sent", "times"]
    INTERRUPTS_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    interrupts: _containers.RepeatedScalarFieldContainer[int]
    sent: int
    times: _guest_pb2.CallTimes
    def __init__(self, sent: _Optional[int] = ..., interrupts: _Optional[_Iterable[int]] = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class SenderSubject(_message.Message):
    __slots__ = ["thread", "uitt_index"]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    UITT_INDEX_FIELD_NUMBER: _ClassVar[int]
    thread: str
    uitt_index: int
    def __init__(self, thread: _Optional[str] = ..., uitt_index: _Optional[int] = ...) -> None: ...

class SetUserInterruptFlagRequest(_message.Message):
    __slots__ = ["request_id", "thread", "uif"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    UIF_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    thread: str
    uif: bool
    def __init__(self, thread: _Optional[str] = ..., uif: bool = ..., request_id: _Optional[str] = ...) -> None: ...

class SetUserInterruptFlagResponse(_message.Message):
    __slots__ = ["times"]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    times: _guest_pb2.CallTimes
    def __init__(self, times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class TestUserInterruptFlagRequest(_message.Message):
    __slots__ = ["request_id", "thread"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    thread: str
    def __init__(self, thread: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class TestUserInterruptFlagResponse(_message.Message):
    __slots__ = ["times", "uif"]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    UIF_FIELD_NUMBER: _ClassVar[int]
    times: _guest_pb2.CallTimes
    uif: bool
    def __init__(self, uif: bool = ..., times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class ThreadUintrState(_message.Message):
    __slots__ = ["comm", "handler", "handler_symbol", "live_on", "misc", "note", "pd", "pid", "stack_adjust", "thread", "tid", "tt", "uif", "uirr", "uitt", "upid"]
    COMM_FIELD_NUMBER: _ClassVar[int]
    HANDLER_FIELD_NUMBER: _ClassVar[int]
    HANDLER_SYMBOL_FIELD_NUMBER: _ClassVar[int]
    LIVE_ON_FIELD_NUMBER: _ClassVar[int]
    MISC_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    PD_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    STACK_ADJUST_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    TID_FIELD_NUMBER: _ClassVar[int]
    TT_FIELD_NUMBER: _ClassVar[int]
    UIF_FIELD_NUMBER: _ClassVar[int]
    UIRR_FIELD_NUMBER: _ClassVar[int]
    UITT_FIELD_NUMBER: _ClassVar[int]
    UPID_FIELD_NUMBER: _ClassVar[int]
    comm: str
    handler: int
    handler_symbol: str
    live_on: int
    misc: int
    note: str
    pd: int
    pid: int
    stack_adjust: int
    thread: str
    tid: int
    tt: int
    uif: bool
    uirr: int
    uitt: _containers.RepeatedCompositeFieldContainer[UittEntry]
    upid: Upid
    def __init__(self, thread: _Optional[str] = ..., tid: _Optional[int] = ..., pid: _Optional[int] = ..., comm: _Optional[str] = ..., live_on: _Optional[int] = ..., uif: bool = ..., uirr: _Optional[int] = ..., handler: _Optional[int] = ..., handler_symbol: _Optional[str] = ..., stack_adjust: _Optional[int] = ..., misc: _Optional[int] = ..., pd: _Optional[int] = ..., tt: _Optional[int] = ..., upid: _Optional[_Union[Upid, _Mapping]] = ..., uitt: _Optional[_Iterable[_Union[UittEntry, _Mapping]]] = ..., note: _Optional[str] = ...) -> None: ...

class UittEntry(_message.Message):
    __slots__ = ["index", "upid_address", "user_vector", "valid"]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    UPID_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    USER_VECTOR_FIELD_NUMBER: _ClassVar[int]
    VALID_FIELD_NUMBER: _ClassVar[int]
    index: int
    upid_address: int
    user_vector: int
    valid: bool
    def __init__(self, index: _Optional[int] = ..., valid: bool = ..., user_vector: _Optional[int] = ..., upid_address: _Optional[int] = ...) -> None: ...

class UnregisterHandlerRequest(_message.Message):
    __slots__ = ["request_id", "thread"]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    thread: str
    def __init__(self, thread: _Optional[str] = ..., request_id: _Optional[str] = ...) -> None: ...

class UnregisterHandlerResponse(_message.Message):
    __slots__ = ["times"]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    times: _guest_pb2.CallTimes
    def __init__(self, times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class UnregisterSenderRequest(_message.Message):
    __slots__ = ["fd", "request_id", "thread", "uitt_index"]
    FD_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    UITT_INDEX_FIELD_NUMBER: _ClassVar[int]
    fd: int
    request_id: str
    thread: str
    uitt_index: int
    def __init__(self, thread: _Optional[str] = ..., uitt_index: _Optional[int] = ..., fd: _Optional[int] = ..., request_id: _Optional[str] = ...) -> None: ...

class UnregisterSenderResponse(_message.Message):
    __slots__ = ["times"]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    times: _guest_pb2.CallTimes
    def __init__(self, times: _Optional[_Union[_guest_pb2.CallTimes, _Mapping]] = ...) -> None: ...

class Upid(_message.Message):
    __slots__ = ["address", "notification_destination", "notification_vector", "outstanding_notification", "posted_interrupt_requests", "suppress_notification"]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATION_DESTINATION_FIELD_NUMBER: _ClassVar[int]
    NOTIFICATION_VECTOR_FIELD_NUMBER: _ClassVar[int]
    OUTSTANDING_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    POSTED_INTERRUPT_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    SUPPRESS_NOTIFICATION_FIELD_NUMBER: _ClassVar[int]
    address: int
    notification_destination: int
    notification_vector: int
    outstanding_notification: bool
    posted_interrupt_requests: int
    suppress_notification: bool
    def __init__(self, address: _Optional[int] = ..., outstanding_notification: bool = ..., suppress_notification: bool = ..., notification_vector: _Optional[int] = ..., notification_destination: _Optional[int] = ..., posted_interrupt_requests: _Optional[int] = ...) -> None: ...

class WaitForInterruptRequest(_message.Message):
    __slots__ = ["mode", "request_id", "thread", "timeout"]
    MODE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    THREAD_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    mode: WaitMode
    request_id: str
    thread: str
    timeout: _duration_pb2.Duration
    def __init__(self, thread: _Optional[str] = ..., mode: _Optional[_Union[WaitMode, str]] = ..., timeout: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., request_id: _Optional[str] = ...) -> None: ...

class WaitForInterruptResponse(_message.Message):
    __slots__ = ["cycle", "interrupt", "more", "outcome"]
    class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CYCLE_FIELD_NUMBER: _ClassVar[int]
    INTERRUPT_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_INTERRUPT: WaitForInterruptResponse.Outcome
    OUTCOME_QUIESCENT: WaitForInterruptResponse.Outcome
    OUTCOME_TIMED_OUT: WaitForInterruptResponse.Outcome
    OUTCOME_UNSPECIFIED: WaitForInterruptResponse.Outcome
    OUTCOME_VIRTUAL_LIMIT: WaitForInterruptResponse.Outcome
    cycle: int
    interrupt: DeliveredInterrupt
    more: int
    outcome: WaitForInterruptResponse.Outcome
    def __init__(self, outcome: _Optional[_Union[WaitForInterruptResponse.Outcome, str]] = ..., interrupt: _Optional[_Union[DeliveredInterrupt, _Mapping]] = ..., cycle: _Optional[int] = ..., more: _Optional[int] = ...) -> None: ...

class HandlerMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class BlockedReceiver(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class WaitMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class DeliveryVerdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
