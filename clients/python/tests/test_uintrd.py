"""Tests of the package on a private daemon: python3 -m unittest discover clients/python/tests"""

import pathlib
import socket
import sys
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
GUESTS = HERE.parents[2] / "guests" / "bin"

import uintrd  # noqa: E402
from uintrd import errors, ring  # noqa: E402
from uintrd.events import EventIterator  # noqa: E402
from uintrd.v1 import event_service_pb2, guest_pb2, machine_pb2, uintr_pb2  # noqa: E402


class Wire:
    """Between a client and a daemon; can be cut."""

    def __init__(self, address):
        self._path = address[len("unix:") :]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open = []
        self.connections = 0
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                inner, _ = self._listener.accept()
            except OSError:
                return
            outer = socket.socket(socket.AF_UNIX)
            outer.connect(self._path)
            self.connections += 1
            self._open += [inner, outer]
            for source, target in ((inner, outer), (outer, inner)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        for end in self._open:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
        self._open = []

    def stop(self):
        # Wakes the thread that accepts; closing alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()


class DaemonCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = uintrd.connect(local=True, flags=["--event-log-bytes", "65536"])

    @classmethod
    def tearDownClass(cls):
        cls.client.close()


class Connecting(DaemonCase):
    def test_every_method_of_every_service_is_there(self):
        for service in ("lab", "machine", "artifacts", "guest", "uintr", "uring", "events"):
            self.assertTrue([name for name in vars(getattr(self.client, service)) if not name.startswith("_")], service)
        with self.assertRaises(AttributeError):
            self.client.guest.Misspelt

    def test_a_connection_by_address(self):
        with uintrd.connect(self.client.address) as client:
            self.assertEqual(client.server_info().version, self.client.server_info().version)

    def test_no_daemon(self):
        client = uintrd.Client("127.0.0.1:1")
        with self.assertRaises(uintrd.ApiError) as caught:
            client.wait_for_ready(0.3)
        self.assertEqual((caught.exception.status, caught.exception.reason), ("UNAVAILABLE", ""))
        client.close()

    def test_an_address_and_a_private_daemon_exclude_each_other(self):
        with self.assertRaises(ValueError):
            uintrd.connect("127.0.0.1:1", local=True)

    def test_the_private_daemon_says_why_it_does_not_start(self):
        with self.assertRaisesRegex(RuntimeError, "no-such-flag"):
            uintrd.connect(local=True, flags=["--no-such-flag"])

    def test_upload(self):
        image = (GUESTS / "hello").read_bytes()
        name = self.client.upload(image, {"kind": "test"})
        with self.client.create_machine(start=True) as machine, machine.spawn(artifact=name) as process:
            self.assertEqual(process.wait().process.exit_code, 0)
            self.assertEqual(process.output(), (b"Hello, world\n", b""))


class Errors(DaemonCase):
    def test_a_reason_is_a_class_with_details(self):
        with self.assertRaises(errors.MachineNotFound) as caught:
            self.client.get_machine("none")
        error = caught.exception
        self.assertEqual((error.status, error.reason), ("NOT_FOUND", "MACHINE_NOT_FOUND"))
        self.assertEqual(error.metadata["name"], "projects/default/machines/none")
        self.assertTrue(error.request_id)
        self.assertIsInstance(error, uintrd.ApiError)

    def test_a_wrong_field_is_named(self):
        with self.assertRaises(errors.InvalidField) as caught:
            self.client.create_machine(vcpus=33)
        self.assertEqual([field for field, _ in caught.exception.field_violations], ["machine.spec.vcpus"])

    def test_errors_of_streams(self):
        with self.assertRaises(errors.MachineNotFound):
            next(iter(uintrd.Machine(self.client, "projects/default/machines/none").events()))

    def test_wrong_enum_names_are_found_here(self):
        with self.assertRaisesRegex(ValueError, "FREE_RUNNING, LOCKSTEP"):
            self.client.create_machine(time_mode="SLOW")


class Machines(DaemonCase):
    def test_life(self):
        with self.client.create_machine("alive", labels={"a": "b"}, seed=7, abi="RFC") as machine:
            described = machine.refresh()
            self.assertEqual((dict(described.labels), described.spec.seed, described.spec.abi), ({"a": "b"}, 7, machine_pb2.ABI_RFC))
            self.assertEqual(machine.state, "CREATED")
            machine.start()
            self.assertIn(machine.name, [other.name for other in self.client.machines()])
            self.assertEqual(self.client.get_machine("alive").name, machine.name)
        with self.assertRaises(errors.MachineNotFound):
            machine.refresh()

    def test_a_machine_that_was_deleted_inside(self):
        with self.client.create_machine() as machine:
            machine.delete()

    def test_processes(self):
        with self.client.create_machine(start=True) as machine:
            with machine.spawn((GUESTS / "quiescent.poc").read_bytes(), arguments=["quiescent"]) as process:
                self.assertEqual(process.wait(until_quiescent=True).reason, guest_pb2.WaitProcessResponse.REASON_QUIESCENT)
                self.assertIn(process.pid, [other.pid for other in machine.processes()])
                self.assertTrue(any(thread.pid == process.pid for thread in machine.threads()))
                self.assertEqual(machine.uintr_state()[0].pid, process.pid)
            self.assertEqual(process.wait().process.signal, 9)

    def test_files_and_memory_are_exact(self):
        with self.client.create_machine(start=True) as machine:
            data = bytes(range(256)) * 5000
            machine.write_file("/tmp/data", data)
            self.assertEqual(machine.read_file("/tmp/data"), data)
            with machine.spawn((GUESTS / "quiescent.poc").read_bytes()) as process:
                process.wait(until_quiescent=True)
                self.assertEqual(process.read_memory(0x400000, 4), b"\x7fELF")
                process.write_memory(0x400000, b"\x7fELG")
                self.assertEqual(process.read_memory(0x400000, 4), b"\x7fELG")
                with self.assertRaises(errors.MemoryFault) as caught:
                    process.read_memory((1 << 64) - 4096, 1)
                self.assertEqual(caught.exception.status, "FAILED_PRECONDITION")

    def test_time(self):
        with self.client.create_machine() as machine:
            machine.spawn((GUESTS / "hello").read_bytes(), arguments=["hello"])
            answer = machine.run(event="PROCESS_EXITED")
            self.assertEqual(answer.stop_reason, machine_pb2.STOP_REASON_EVENT)
            # Nothing is left that could happen.
            self.assertEqual(machine.run().stop_reason, machine_pb2.STOP_REASON_QUIESCENT)


class Snapshots(DaemonCase):
    def test_back_a_fork_and_a_file(self):
        with self.client.create_machine() as machine:
            machine.spawn((GUESTS / "threads").read_bytes())
            machine.run(until_cycle=50_000)
            snapshot = machine.snapshot(labels={"why": "test"})
            with machine.fork() as fork, self.client.restore(snapshot) as copy:
                imported = self.client.import_snapshot(self.client.export_snapshot(snapshot), "again")
                self.assertEqual(imported, "projects/default/snapshots/again")
                machine.run(until_cycle=200_000)
                self.assertEqual(machine.restore(imported).cycle, 50_000)
                for one in (machine, fork, copy):
                    one.run(until_cycle=200_000)
                hashes = {one.stats(include_state_hash=True).state_hash for one in (machine, fork, copy)}
                self.assertEqual(len(hashes), 1)
        with self.assertRaises(errors.ApiError) as caught:
            self.client.import_snapshot([b"no snapshot"])
        self.assertEqual(caught.exception.reason, "BAD_SNAPSHOT")


class Events(DaemonCase):
    def test_events_and_batches(self):
        with self.client.create_machine(start=True) as machine:
            machine.spawn((GUESTS / "hello").read_bytes()).wait()
            count = machine.stats().events
            recorded = [event.sequence for event in machine.recorded_events()]
            self.assertEqual(recorded, list(range(1, len(recorded) + 1)))
            with machine.events() as events:
                seen = [event.sequence for _, event in zip(range(count), events)]
            self.assertEqual(seen, list(range(1, count + 1)))
            with machine.events(max_batch_events=3) as events:
                batch = next(events.batches())
            self.assertEqual(len(batch.events), 3)
            self.assertEqual((events.next_sequence, events.resume_token), (batch.next_sequence, batch.resume_token))
            with machine.events(resume_token=events.resume_token) as rest:
                self.assertEqual(next(iter(rest)).sequence, 4)

    def test_filter_and_end_with_the_machine(self):
        machine = self.client.create_machine(start=True)
        states = []
        for event in machine.events(kinds=["MACHINE_STATE"]):
            states.append(event.machine_state.state)
            if event.machine_state.state == "running":
                machine.delete()
        self.assertEqual(states[:2], ["created", "running"])

    def test_goes_on_when_the_connection_is_cut(self):
        wire = Wire(self.client.address)
        with uintrd.connect(wire.address) as client, self.client.create_machine(start=True) as machine:
            seen, cuts = [], 0
            with uintrd.Machine(client, machine.name).events() as events:
                for event in events:
                    seen.append(event.sequence)
                    if event.WhichOneof("payload") == "machine_state" and event.machine_state.state == "quiescent":
                        if cuts == 3:
                            break
                        cuts += 1
                        wire.cut()
                        machine.spawn((GUESTS / "hello").read_bytes()).wait()
            self.assertEqual(seen, list(range(1, len(seen) + 1)))
            self.assertEqual((events.reconnects, events.dropped), (3, 0))
        wire.stop()

    def test_gives_up_where_nobody_answers(self):
        wire = Wire(self.client.address)
        with uintrd.connect(wire.address) as client, self.client.create_machine(start=True) as machine:
            events = uintrd.Machine(client, machine.name).events(give_up_after=0.3)
            iterator = iter(events)
            next(iterator)
            wire.stop()
            with self.assertRaises(uintrd.ApiError) as caught:
                for _ in iterator:
                    pass
            self.assertEqual((caught.exception.status, caught.exception.reason), ("UNAVAILABLE", ""))

    def test_close_from_another_thread(self):
        with self.client.create_machine(start=True) as machine:
            events = machine.events()
            iterator = iter(events)
            next(iterator)
            threading.Thread(target=events.close).start()
            for _ in iterator:
                pass

    def test_history_that_is_gone(self):
        with self.client.create_machine(start=True) as machine:
            for _ in range(20):
                machine.spawn((GUESTS / "threads").read_bytes()).wait()
                if next(machine.recorded_events()).sequence > 1:
                    break
            with self.assertRaises(errors.HistoryGone) as caught:
                next(iter(machine.events(sequence=1)))
            self.assertGreater(caught.exception.oldest_sequence, 1)

    def test_dropped_events_are_counted(self):
        response = event_service_pb2.StreamEventsResponse(next_sequence=20, resume_token="t", dropped=9)
        gaps = []
        iterator = EventIterator(None, event_service_pb2.StreamEventsRequest(), on_dropped=lambda *gap: gaps.append(gap))
        iterator._note_dropped(response)
        self.assertEqual((iterator.dropped, gaps), (9, [(9, 20)]))


class RemoteThreads(DaemonCase):
    def pair(self, machine):
        return machine.remote_thread("receiver", affinity=1), machine.remote_thread("sender", affinity=2)

    def test_an_interrupt(self):
        with self.client.create_machine(time_mode="LOCKSTEP") as machine:
            receiver, sender = self.pair(machine)
            with receiver, sender:
                receiver.register_handler()
                self.assertTrue(receiver.testui())
                entry = sender.register_sender(receiver.create_vector_fd(63).vector_fd)
                sent = sender.send_uipi(entry.uitt_index)
                taken = receiver.wait()
                self.assertEqual(taken.outcome, uintr_pb2.WaitForInterruptResponse.OUTCOME_INTERRUPT)
                self.assertEqual(taken.interrupt.vector, 63)
                self.assertEqual([source.interrupt for source in taken.interrupt.sources], [sent.interrupt])
                self.assertEqual(taken.interrupt.sources[0].sender, sender.name)
                self.assertGreater(taken.interrupt.cycle, sent.times.start_cycle)
            # In LOCKSTEP a signal, too, takes effect when time passes.
            machine.run()
            self.assertEqual([thread for thread in machine.threads() if thread.HasField("remote")], [])

    def test_masked_and_manual(self):
        with self.client.create_machine(time_mode="LOCKSTEP") as machine:
            receiver, sender = self.pair(machine)
            receiver.register_handler(mode="MANUAL", keep_masked=True)
            self.assertFalse(receiver.testui())
            entry = sender.register_sender(receiver.create_vector_fd(0).vector_fd)
            sender.send_uipis([entry.uitt_index, entry.uitt_index])
            self.assertEqual(receiver.wait(nanoseconds=100_000).outcome, uintr_pb2.WaitForInterruptResponse.OUTCOME_QUIESCENT)
            self.assertEqual(receiver.explain().verdict, uintr_pb2.DELIVERY_VERDICT_MASKED)
            receiver.stui()
            taken = receiver.wait()
            self.assertEqual((taken.interrupt.vector, taken.interrupt.handler_depth, taken.more), (0, 1, 0))
            self.assertFalse(receiver.testui())
            self.assertEqual(receiver.uiret().handler_depth, 0)
            self.assertTrue(receiver.testui())

    def test_system_calls(self):
        with self.client.create_machine(time_mode="LOCKSTEP") as machine, machine.remote_thread(park="BLOCK") as thread:
            opened = thread.syscall("openat", -100, "/tmp/file", 0o102, 0o644)
            self.assertGreaterEqual(opened.result, 3)
            self.assertEqual(thread.syscall("write", opened.result, b"some bytes", 10).result, 10)
            self.assertEqual(thread.syscall("lseek", opened.result, -5, 1).result, 5)
            self.assertEqual(thread.syscall("read", opened.result, uintrd.Space(16), 16).outputs[0][:5], b"bytes")
            failed = thread.syscall("openat", -100, "/none", 0, 0)
            self.assertEqual((failed.result, failed.error), (-2, "ENOENT"))

    def test_an_index_that_is_not_valid_kills(self):
        for index in (0, (1 << 64) - 1):
            with self.client.create_machine(time_mode="LOCKSTEP") as machine:
                thread = machine.remote_thread()
                with self.assertRaises(errors.ThreadKilled):
                    thread.send_uipi(index)

    def test_a_failed_call_names_its_errno(self):
        with self.client.create_machine(time_mode="LOCKSTEP") as machine, machine.remote_thread() as thread:
            with self.assertRaises(errors.SyscallFailed) as caught:
                thread.create_vector_fd(1)
            self.assertTrue(caught.exception.errno.startswith("E"))
            self.assertTrue(caught.exception.syscall)


class Rings(DaemonCase):
    def test_operations(self):
        with self.client.create_machine(time_mode="LOCKSTEP") as machine, machine.remote_thread() as thread:
            with thread.ring(8) as rings:
                self.assertEqual([entry.user_data for entry in rings.run(ring.nop(1), ring.nop((1 << 64) - 1))], [1, (1 << 64) - 1])
                fd = rings.run(ring.openat("/tmp/ring", 0o102, 0o644, user_data=2))[0].result
                self.assertGreaterEqual(fd, 0)
                self.assertEqual(rings.run(ring.write(fd, b"through a ring", 0, user_data=3))[0].result, 14)
                self.assertEqual(rings.run(ring.read(fd, 100, 8, user_data=4))[0].data, b"a ring")
                missing = rings.run(ring.openat("/none", user_data=5))[0]
                self.assertEqual((missing.result, missing.error), (-2, "ENOENT"))
                rings.submit(ring.timeout(10**9, user_data=6))
                self.assertEqual([state.user_data for state in rings.state().in_flight], [6])
                self.assertEqual(rings.cancel(user_data=6).cancelled, 1)
                self.assertTrue(any(opcode.supported for opcode in rings.probe()))
            with self.assertRaises(errors.RingNotFound):
                rings.state()

    def test_a_completion_as_an_interrupt(self):
        with self.client.create_machine(time_mode="LOCKSTEP") as machine, machine.remote_thread() as thread:
            thread.register_handler()
            fd = thread.create_vector_fd(9).fd
            with thread.ring(4) as rings:
                rings.register_uintr(fd)
                rings.submit(ring.nop(1))
                self.assertEqual(thread.wait().interrupt.vector, 9)


if __name__ == "__main__":
    unittest.main()
