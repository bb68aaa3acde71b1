"""Follows a machine's events across lost connections: each event once, in order, or an error that says why not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable, Iterator, Optional

from . import errors
from .v1 import event_pb2, event_service_pb2

if TYPE_CHECKING:
    from .client import Client

FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0
# Statuses of a connection that was lost, where the error does not come from uintrd itself.
LOST = {"UNAVAILABLE", "CANCELLED", "INTERNAL", "UNKNOWN"}


def _can_resume(error: errors.ApiError) -> bool:
    return isinstance(error, errors.Draining) or (error.reason == "" and error.status in LOST)


class EventIterator:
    """Iterate over it for events, or over batches() for the responses that bring them, which is quicker.

    A stream that is cut off (a lost connection, a daemon that stops) is resumed behind the last response, with growing delays.
    The iteration ends when the machine is deleted or close() is called. It raises HistoryGone where the place to go on from is no
    longer kept, MachineReset, and MachineNotFound if the machine went while the stream was down.
    """

    def __init__(
        self,
        client: "Client",
        request: event_service_pb2.StreamEventsRequest,
        give_up_after: float = 60.0,
        on_dropped: Optional[Callable[[int, int], None]] = None,
    ) -> None:
        """give_up_after: seconds without a response; on_dropped(count, sequence it goes on with): events that were missed."""
        self._client = client
        self._request = request
        self._give_up_after = give_up_after
        self._on_dropped = on_dropped
        self._call = None
        self._closed = False
        #: Names what comes after the last response, for a later stream.
        self.resume_token = ""
        #: Sequence of the first event not yet seen; 0 before the first response.
        self.next_sequence = 0
        #: Events missed so far, all gaps together.
        self.dropped = 0
        #: Streams that were lost and resumed.
        self.reconnects = 0

    def __iter__(self) -> Iterator[event_pb2.Event]:
        for response in self.batches():
            yield from response.events

    def batches(self) -> Iterator[event_service_pb2.StreamEventsResponse]:
        """The responses as they come, heartbeats (no events) too."""
        delay = FIRST_DELAY
        heard = time.monotonic()
        while not self._closed:
            try:
                if self.resume_token:
                    self._request.resume_token = self.resume_token
                self._call = self._client.events.StreamEvents(self._request)
                for response in self._call:
                    delay = FIRST_DELAY
                    self.resume_token = response.resume_token
                    self.next_sequence = response.next_sequence
                    if response.dropped:
                        self._note_dropped(response)
                    yield response
                    # After the consumer's own time.
                    heard = time.monotonic()
                return
            except errors.ApiError as error:
                if self._closed:
                    return
                if not _can_resume(error) or time.monotonic() - heard + delay > self._give_up_after:
                    raise
                self.resume_token = error.metadata.get("resume_token", self.resume_token)
                self.reconnects += 1
            finally:
                if self._call is not None:
                    self._call.cancel()
            time.sleep(delay)
            delay = min(LONGEST_DELAY, delay * 2)

    def close(self) -> None:
        """Ends the iteration, from any thread."""
        self._closed = True
        if self._call is not None:
            self._call.cancel()

    def __enter__(self) -> "EventIterator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _note_dropped(self, response: event_service_pb2.StreamEventsResponse) -> None:
        self.dropped += response.dropped
        if self._on_dropped is not None:
            self._on_dropped(response.dropped, response.events[0].sequence if response.events else response.next_sequence)
