"""Names of resources and of enum values."""

from __future__ import annotations

from typing import Any, Union

from google.protobuf import duration_pb2

PROJECT = "projects/default"


def machine_of(name: str) -> str:
    """The machine that a thread, process or ring is of."""
    return "/".join(name.split("/")[:4])


def enum_name(kind: Any, prefix: str, value: Union[str, int]) -> int:
    """The number of "LOCKSTEP", "TIME_MODE_LOCKSTEP" or 2; of an empty text 0, the default."""
    if isinstance(value, int):
        return value
    if value == "":
        return 0
    name = value if value.startswith(prefix) else prefix + value
    try:
        return kind.Value(name)
    except ValueError:
        known = ", ".join(key[len(prefix) :] for key in kind.keys() if not key.endswith("UNSPECIFIED"))
        raise ValueError(f"{value!r} must be one of {known}") from None


def duration(nanoseconds: int) -> duration_pb2.Duration:
    """Virtual time as the API writes it."""
    return duration_pb2.Duration(seconds=nanoseconds // 1_000_000_000, nanos=nanoseconds % 1_000_000_000)
