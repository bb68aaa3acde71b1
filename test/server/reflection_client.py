"""Reads a server's reflection with nothing but grpcio and protobuf, and prints what it found as JSON.

usage: reflection_client.py ADDRESS v1|v1alpha
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ADDRESS, VERSION = sys.argv[1:3]
PACKAGE = f"grpc.reflection.{VERSION}"


def protocol():
    """The messages of the protocol, as far as they are used here: numbers and types as in grpc/reflection/v1/reflection.proto."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="reflection.proto", package=PACKAGE, syntax="proto3")

    def message(name, *fields):
        entry = file.message_type.add(name=name)
        for number, field_name, kind, label in fields:
            added = entry.field.add(name=field_name, number=number, label=label)
            if isinstance(kind, str):
                added.type, added.type_name = field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"
            else:
                added.type = kind

    one, many = field.LABEL_OPTIONAL, field.LABEL_REPEATED
    text, data, number = field.TYPE_STRING, field.TYPE_BYTES, field.TYPE_INT32
    message(
        "ServerReflectionRequest",
        (1, "host", text, one),
        (3, "file_by_filename", text, one),
        (4, "file_containing_symbol", text, one),
        (7, "list_services", text, one),
    )
    message("FileDescriptorResponse", (1, "file_descriptor_proto", data, many))
    message("ServiceResponse", (1, "name", text, one))
    message("ListServiceResponse", (1, "service", "ServiceResponse", many))
    message("ErrorResponse", (1, "error_code", number, one), (2, "error_message", text, one))
    message(
        "ServerReflectionResponse",
        (4, "file_descriptor_response", "FileDescriptorResponse", one),
        (6, "list_services_response", "ListServiceResponse", one),
        (7, "error_response", "ErrorResponse", one),
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    # protobuf before 4.22 knows only the other way.
    make = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
    return [make(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in ("ServerReflectionRequest", "ServerReflectionResponse")]


Request, Response = protocol()


def ask(requests):
    """One stream, an answer for each request."""
    with grpc.insecure_channel(ADDRESS) as channel:
        call = channel.stream_stream(
            f"/{PACKAGE}.ServerReflection/ServerReflectionInfo",
            request_serializer=Request.SerializeToString,
            response_deserializer=Response.FromString,
        )
        return list(call(iter(requests), timeout=60))


def main():
    # Which text it is says nothing.
    (listed,) = ask([Request(list_services="*")])
    services = sorted(service.name for service in listed.list_services_response.service)

    files = {}
    wanted = ask([Request(file_containing_symbol=name) for name in services])
    while wanted:
        missing = set()
        for answer in wanted:
            assert not answer.HasField("error_response"), answer
            for data in answer.file_descriptor_response.file_descriptor_proto:
                file = descriptor_pb2.FileDescriptorProto.FromString(data)
                files[file.name] = file
        for file in files.values():
            missing.update(name for name in file.dependency if name not in files)
        wanted = ask([Request(file_by_filename=name) for name in sorted(missing)]) if missing else []

    pool = descriptor_pool.DescriptorPool()

    def add(name):
        """After what it imports: the pool resolves every type and option, and refuses what it cannot."""
        file = files.pop(name, None)
        if file is None:
            return
        for dependency in file.dependency:
            add(dependency)
        pool.Add(file)

    names = sorted(files)
    for name in names:
        add(name)
    methods = {name: [method.name for method in pool.FindServiceByName(name).methods] for name in services}

    symbols = {}
    for symbol in ["uintr.v1.Machine", "uintr.v1.MachineService.CreateMachine", "uintr.v1.Nothing"]:
        (answer,) = ask([Request(file_containing_symbol=symbol)])
        if answer.HasField("error_response"):
            symbols[symbol] = answer.error_response.error_code
        else:
            first = answer.file_descriptor_response.file_descriptor_proto[0]
            symbols[symbol] = descriptor_pb2.FileDescriptorProto.FromString(first).name
    (answer,) = ask([Request(file_by_filename="no/such.proto")])
    json.dump({"services": services, "files": names, "methods": methods, "symbols": symbols, "unknownFile": answer.error_response.error_code}, sys.stdout)


main()
