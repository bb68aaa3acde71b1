from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
FORMAT_ENVIRONMENT: Format
FORMAT_ID: Format
FORMAT_LABELS: Format
FORMAT_PATH: Format
FORMAT_REQUEST_ID: Format
FORMAT_SHA256: Format
FORMAT_TEXT: Format
FORMAT_UNSPECIFIED: Format
ONE_REQUIRED_FIELD_NUMBER: _ClassVar[int]
RESOURCE_KIND_ARTIFACT: ResourceKind
RESOURCE_KIND_BREAKPOINT: ResourceKind
RESOURCE_KIND_DESCRIPTOR: ResourceKind
RESOURCE_KIND_EVERY_PROJECT: ResourceKind
RESOURCE_KIND_LEASE: ResourceKind
RESOURCE_KIND_MACHINE: ResourceKind
RESOURCE_KIND_PROCESS: ResourceKind
RESOURCE_KIND_PROJECT: ResourceKind
RESOURCE_KIND_RING: ResourceKind
RESOURCE_KIND_SNAPSHOT: ResourceKind
RESOURCE_KIND_THREAD: ResourceKind
RESOURCE_KIND_TOKEN: ResourceKind
RESOURCE_KIND_UNSPECIFIED: ResourceKind
RESOURCE_KIND_USER: ResourceKind
RULES_FIELD_NUMBER: _ClassVar[int]
one_required: _descriptor.FieldDescriptor
rules: _descriptor.FieldDescriptor

class FieldRules(_message.Message):
    __slots__ = ["format", "max", "max_items", "max_length", "max_millis", "min", "min_length", "min_millis", "multiple_of", "only", "required", "resource"]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    MAX_FIELD_NUMBER: _ClassVar[int]
    MAX_ITEMS_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    MAX_MILLIS_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    MIN_LENGTH_FIELD_NUMBER: _ClassVar[int]
    MIN_MILLIS_FIELD_NUMBER: _ClassVar[int]
    MULTIPLE_OF_FIELD_NUMBER: _ClassVar[int]
    ONLY_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_FIELD_NUMBER: _ClassVar[int]
    format: Format
    max: int
    max_items: int
    max_length: int
    max_millis: int
    min: int
    min_length: int
    min_millis: int
    multiple_of: int
    only: _containers.RepeatedScalarFieldContainer[str]
    required: bool
    resource: _containers.RepeatedScalarFieldContainer[ResourceKind]
    def __init__(self, required: bool = ..., resource: _Optional[_Iterable[_Union[ResourceKind, str]]] = ..., format: _Optional[_Union[Format, str]] = ..., min: _Optional[int] = ..., max: _Optional[int] = ..., multiple_of: _Optional[int] = ..., min_length: _Optional[int] = ..., max_length: _Optional[int] = ..., max_items: _Optional[int] = ..., min_millis: _Optional[int] = ..., max_millis: _Optional[int] = ..., only: _Optional[_Iterable[str]] = ...) -> None: ...

class ResourceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Format(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
