from google.protobuf import duration_pb2 as _duration_pb2
from . import event_pb2 as _event_pb2
from . import rules_pb2 as _rules_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
OVERFLOW_POLICY_DROP: OverflowPolicy
OVERFLOW_POLICY_FAIL: OverflowPolicy
OVERFLOW_POLICY_UNSPECIFIED: OverflowPolicy
START_POSITION_LATEST: StartPosition
START_POSITION_OLDEST: StartPosition
START_POSITION_UNSPECIFIED: StartPosition
TRACE_FORMAT_CHROME: TraceFormat
TRACE_FORMAT_JSON_LINES: TraceFormat
TRACE_FORMAT_UNSPECIFIED: TraceFormat

class EventFilter(_message.Message):
    __slots__ = ["kinds"]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    kinds: _containers.RepeatedScalarFieldContainer[_event_pb2.EventKind]
    def __init__(self, kinds: _Optional[_Iterable[_Union[_event_pb2.EventKind, str]]] = ...) -> None: ...

class ExportTraceRequest(_message.Message):
    __slots__ = ["end_sequence", "filter", "format", "parent", "start_sequence"]
    END_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    START_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    end_sequence: int
    filter: EventFilter
    format: TraceFormat
    parent: str
    start_sequence: int
    def __init__(self, parent: _Optional[str] = ..., format: _Optional[_Union[TraceFormat, str]] = ..., filter: _Optional[_Union[EventFilter, _Mapping]] = ..., start_sequence: _Optional[int] = ..., end_sequence: _Optional[int] = ...) -> None: ...

class ExportTraceResponse(_message.Message):
    __slots__ = ["data"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    def __init__(self, data: _Optional[bytes] = ...) -> None: ...

class ListEventsRequest(_message.Message):
    __slots__ = ["filter", "page_size", "page_token", "parent", "start_sequence"]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    START_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    filter: EventFilter
    page_size: int
    page_token: str
    parent: str
    start_sequence: int
    def __init__(self, parent: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., start_sequence: _Optional[int] = ..., filter: _Optional[_Union[EventFilter, _Mapping]] = ...) -> None: ...

class ListEventsResponse(_message.Message):
    __slots__ = ["events", "next_page_token", "next_sequence", "oldest_sequence", "resume_token"]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    NEXT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    OLDEST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_event_pb2.Event]
    next_page_token: str
    next_sequence: int
    oldest_sequence: int
    resume_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[_event_pb2.Event, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., oldest_sequence: _Optional[int] = ..., next_sequence: _Optional[int] = ..., resume_token: _Optional[str] = ...) -> None: ...

class StreamEventsRequest(_message.Message):
    __slots__ = ["filter", "heartbeat_interval", "max_batch_events", "max_latency", "overflow_policy", "parent", "position", "resume_token", "sequence"]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    MAX_BATCH_EVENTS_FIELD_NUMBER: _ClassVar[int]
    MAX_LATENCY_FIELD_NUMBER: _ClassVar[int]
    OVERFLOW_POLICY_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    filter: EventFilter
    heartbeat_interval: _duration_pb2.Duration
    max_batch_events: int
    max_latency: _duration_pb2.Duration
    overflow_policy: OverflowPolicy
    parent: str
    position: StartPosition
    resume_token: str
    sequence: int
    def __init__(self, parent: _Optional[str] = ..., position: _Optional[_Union[StartPosition, str]] = ..., sequence: _Optional[int] = ..., resume_token: _Optional[str] = ..., filter: _Optional[_Union[EventFilter, _Mapping]] = ..., max_batch_events: _Optional[int] = ..., max_latency: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ..., overflow_policy: _Optional[_Union[OverflowPolicy, str]] = ..., heartbeat_interval: _Optional[_Union[_duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class StreamEventsResponse(_message.Message):
    __slots__ = ["dropped", "events", "next_sequence", "resume_token"]
    DROPPED_FIELD_NUMBER: _ClassVar[int]
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    dropped: int
    events: _containers.RepeatedCompositeFieldContainer[_event_pb2.Event]
    next_sequence: int
    resume_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[_event_pb2.Event, _Mapping]]] = ..., next_sequence: _Optional[int] = ..., resume_token: _Optional[str] = ..., dropped: _Optional[int] = ...) -> None: ...

class StartPosition(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class OverflowPolicy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class TraceFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
