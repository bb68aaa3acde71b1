from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import access_pb2 as _access_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

CREDENTIAL_CERTIFICATE: Credential
CREDENTIAL_NONE: Credential
CREDENTIAL_TOKEN: Credential
CREDENTIAL_UNIX_SOCKET: Credential
CREDENTIAL_UNSPECIFIED: Credential
DESCRIPTOR: _descriptor.FileDescriptor

class GetServerInfoRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class GetServerInfoResponse(_message.Message):
    __slots__ = ["artifact_bytes", "limits", "machine_ram_bytes", "machines", "node_version", "recovering_machines", "start_time", "version", "workers"]
    ARTIFACT_BYTES_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    MACHINES_FIELD_NUMBER: _ClassVar[int]
    MACHINE_RAM_BYTES_FIELD_NUMBER: _ClassVar[int]
    NODE_VERSION_FIELD_NUMBER: _ClassVar[int]
    RECOVERING_MACHINES_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    WORKERS_FIELD_NUMBER: _ClassVar[int]
    artifact_bytes: int
    limits: ServerLimits
    machine_ram_bytes: int
    machines: int
    node_version: str
    recovering_machines: int
    start_time: _timestamp_pb2.Timestamp
    version: str
    workers: int
    def __init__(self, version: _Optional[str] = ..., node_version: _Optional[str] = ..., start_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ..., workers: _Optional[int] = ..., machines: _Optional[int] = ..., limits: _Optional[_Union[ServerLimits, _Mapping]] = ..., machine_ram_bytes: _Optional[int] = ..., artifact_bytes: _Optional[int] = ..., recovering_machines: _Optional[int] = ...) -> None: ...

class ServerLimits(_message.Message):
    __slots__ = ["artifact_bytes", "event_log_bytes", "machine_ram_bytes", "machines", "message_bytes"]
    ARTIFACT_BYTES_FIELD_NUMBER: _ClassVar[int]
    EVENT_LOG_BYTES_FIELD_NUMBER: _ClassVar[int]
    MACHINES_FIELD_NUMBER: _ClassVar[int]
    MACHINE_RAM_BYTES_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    artifact_bytes: int
    event_log_bytes: int
    machine_ram_bytes: int
    machines: int
    message_bytes: int
    def __init__(self, machines: _Optional[int] = ..., machine_ram_bytes: _Optional[int] = ..., artifact_bytes: _Optional[int] = ..., event_log_bytes: _Optional[int] = ..., message_bytes: _Optional[int] = ...) -> None: ...

class WhoAmIRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class WhoAmIResponse(_message.Message):
    __slots__ = ["credential", "expire_time", "roles", "token", "user"]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    credential: Credential
    expire_time: _timestamp_pb2.Timestamp
    roles: _containers.RepeatedCompositeFieldContainer[_access_pb2.RoleBinding]
    token: str
    user: str
    def __init__(self, user: _Optional[str] = ..., credential: _Optional[_Union[Credential, str]] = ..., roles: _Optional[_Iterable[_Union[_access_pb2.RoleBinding, _Mapping]]] = ..., token: _Optional[str] = ..., expire_time: _Optional[_Union[_timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Credential(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
