"""Client of uintrd, a daemon that hosts emulated x86-64 machines with Intel user interrupts.

    with uintrd.connect(local=True) as client, client.create_machine(time_mode="LOCKSTEP") as machine:
        thread = machine.remote_thread()

Messages are those of uintrd.v1, generated from the API's protos; errors are in uintrd.errors.
"""

from . import errors, ring
from .client import Client, connect
from .errors import ApiError
from .events import EventIterator
from .machine import Machine
from .process import Process
from .remote_thread import RemoteThread, Space
from .ring import Ring

__all__ = [
    "ApiError",
    "Client",
    "EventIterator",
    "Machine",
    "Process",
    "RemoteThread",
    "Ring",
    "Space",
    "connect",
    "errors",
    "ring",
]
