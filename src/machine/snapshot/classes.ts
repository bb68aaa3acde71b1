// Generated from the sources by scripts/generate-state-classes.ts: the classes whose instances a machine's state may hold, and the fields they declare.

/* oxlint-disable max-lines */
import { BlockDevice } from '../../kernel/block/block-device.ts';
import { BlockRequest, BlockCommand } from '../../kernel/block/block-request.ts';
import { BlockStatistics } from '../../kernel/block/block-statistics.ts';
import { PageStates } from '../../kernel/block/page-states.ts';
import { ConsoleFile, StreamInode } from '../../kernel/fs/console-file.ts';
import { Console } from '../../kernel/fs/console.ts';
import { MemoryDevice } from '../../kernel/fs/devices.ts';
import { PtmxInode, TerminalInode, DevptsDirectory, DevptsFileSystem } from '../../kernel/fs/devpts.ts';
import { FileContents } from '../../kernel/fs/file-contents.ts';
import { ProcFileSystem } from '../../kernel/fs/proc/proc-file-system.ts';
import { ProcTextInode, ProcLinkInode, ProcDirectoryInode } from '../../kernel/fs/proc/proc-inode.ts';
import { SystemText, SelfLink, ProcRoot } from '../../kernel/fs/proc/proc-root.ts';
import { ProcessTextInode, ProcessLink, DescriptorLink, DescriptorText, DescriptorDirectory, ThreadsDirectory, ProcessDirectory } from '../../kernel/fs/proc/process-directory.ts';
import { TextFile } from '../../kernel/fs/proc/text-file.ts';
import { TreeText, TreeDirectory } from '../../kernel/fs/proc/text-tree.ts';
import { RegularFile } from '../../kernel/fs/regular-file.ts';
import { SpecialInode } from '../../kernel/fs/special-inode.ts';
import { SysFileSystem } from '../../kernel/fs/sysfs.ts';
import { TextSymlink } from '../../kernel/fs/text-symlink.ts';
import { TmpfsDirectory } from '../../kernel/fs/tmpfs-directory.ts';
import { TmpfsFile } from '../../kernel/fs/tmpfs-file.ts';
import { TmpfsSymlink } from '../../kernel/fs/tmpfs-symlink.ts';
import { Tmpfs } from '../../kernel/fs/tmpfs.ts';
import { TreeBuilder } from '../../kernel/fs/tree-builder.ts';
import { ByteQueue } from '../../kernel/ipc/byte-queue.ts';
import { EpollFile } from '../../kernel/ipc/epoll/epoll-file.ts';
import { Interest } from '../../kernel/ipc/epoll/interest.ts';
import { ReadyList } from '../../kernel/ipc/epoll/ready-list.ts';
import { WatchCounts } from '../../kernel/ipc/epoll/watch-counts.ts';
import { EventFile } from '../../kernel/ipc/event-file.ts';
import { InotifyFile } from '../../kernel/ipc/inotify-file.ts';
import { IpcLimits } from '../../kernel/ipc/ipc-limits.ts';
import { IpcNamespace } from '../../kernel/ipc/ipc-namespace.ts';
import { IpcWait } from '../../kernel/ipc/ipc-wait.ts';
import { MqueueDirectory } from '../../kernel/ipc/mqueue/mqueue-directory.ts';
import { MqueueFileSystem } from '../../kernel/ipc/mqueue/mqueue-file-system.ts';
import { MqueueFile } from '../../kernel/ipc/mqueue/mqueue-file.ts';
import { MqueueInode } from '../../kernel/ipc/mqueue/mqueue-inode.ts';
import { QueueWait, PosixQueue } from '../../kernel/ipc/mqueue/posix-queue.ts';
import { PidFile } from '../../kernel/ipc/pid-file.ts';
import { PipeBuffers } from '../../kernel/ipc/pipe-buffers.ts';
import { PipeFile } from '../../kernel/ipc/pipe-file.ts';
import { Pipe } from '../../kernel/ipc/pipe.ts';
import { SignalFile } from '../../kernel/ipc/signal-file.ts';
import { ReceiverWait, SenderWait, MessageQueue } from '../../kernel/ipc/sysv/message-queue.ts';
import { ObjectTable } from '../../kernel/ipc/sysv/object-table.ts';
import { SystemVObject } from '../../kernel/ipc/sysv/object.ts';
import { Segment, Attachment } from '../../kernel/ipc/sysv/segment.ts';
import { SemaphoreSet } from '../../kernel/ipc/sysv/semaphore-set.ts';
import { UndoList } from '../../kernel/ipc/sysv/semaphore-undo.ts';
import { SemaphoreWait } from '../../kernel/ipc/sysv/semaphore-wait.ts';
import { TimerFile } from '../../kernel/ipc/timer-file.ts';
import { KernelMemory } from '../../kernel/kernel-memory.ts';
import { Kernel } from '../../kernel/kernel.ts';
import { SymbolTable } from '../../kernel/loader/symbols.ts';
import { Mm } from '../../kernel/mm/mm.ts';
import { SharedPages } from '../../kernel/mm/page-source.ts';
import { RangeTree } from '../../kernel/mm/range-tree.ts';
import { UserMemory } from '../../kernel/mm/user-memory.ts';
import { Vma } from '../../kernel/mm/vma.ts';
import { ByteStream } from '../../kernel/net/inet/byte-stream.ts';
import { DatagramSocket } from '../../kernel/net/inet/datagram-socket.ts';
import { ErrorQueue } from '../../kernel/net/inet/error-queue.ts';
import { InetSocket } from '../../kernel/net/inet/inet-socket.ts';
import { Memberships } from '../../kernel/net/inet/multicast.ts';
import { PortTable } from '../../kernel/net/inet/ports.ts';
import { RawSocket } from '../../kernel/net/inet/raw-socket.ts';
import { TcpEnd } from '../../kernel/net/inet/tcp-end.ts';
import { TcpSocket } from '../../kernel/net/inet/tcp-socket.ts';
import { Timer, CorkTimer, SynTimer, DeferTimer } from '../../kernel/net/inet/tcp-timers.ts';
import { TcpTransfer } from '../../kernel/net/inet/tcp-transfer.ts';
import { UdpSocket } from '../../kernel/net/inet/udp-socket.ts';
import { NetlinkSocket } from '../../kernel/net/netlink/netlink-socket.ts';
import { Network } from '../../kernel/net/network.ts';
import { Socket } from '../../kernel/net/socket.ts';
import { InFlight as InFlight1 } from '../../kernel/net/unix/in-flight.ts';
import { PassableSocket } from '../../kernel/net/unix/passable-socket.ts';
import { UnixConnection } from '../../kernel/net/unix/unix-connection.ts';
import { UnixDatagram } from '../../kernel/net/unix/unix-datagram.ts';
import { UnixMessage } from '../../kernel/net/unix/unix-message.ts';
import { UnixSeqpacket } from '../../kernel/net/unix/unix-seqpacket.ts';
import { UnixSocket } from '../../kernel/net/unix/unix-socket.ts';
import { UnixStream } from '../../kernel/net/unix/unix-stream.ts';
import { RemoteCallState, RemoteState } from '../../kernel/remote/remote-state.ts';
import { Remotes } from '../../kernel/remote/remotes.ts';
import { SignalQueue, SignalActions } from '../../kernel/signal/state.ts';
import { RegisterArguments, GivenArguments } from '../../kernel/syscalls/arguments.ts';
import { SyscallTable } from '../../kernel/syscalls/table.ts';
import { FutexTable } from '../../kernel/task/futex-table.ts';
import { PidTable } from '../../kernel/task/pid-table.ts';
import { Process } from '../../kernel/task/process.ts';
import { RunQueue } from '../../kernel/task/run-queue.ts';
import { Scheduler } from '../../kernel/task/scheduler.ts';
import { Task } from '../../kernel/task/task.ts';
import { WaitQueue } from '../../kernel/task/wait-queue.ts';
import { CpuLimit } from '../../kernel/time/cpu-limit.ts';
import { IntervalTimer } from '../../kernel/time/interval-timer.ts';
import { LoadAverage } from '../../kernel/time/load-average.ts';
import { PosixTimer } from '../../kernel/time/posix-timer.ts';
import { RealtimeTimers } from '../../kernel/time/realtime.ts';
import { VirtualClock } from '../../kernel/time/virtual-clock.ts';
import { ConsoleLine } from '../../kernel/tty/console-line.ts';
import { InputBuffer } from '../../kernel/tty/input-buffer.ts';
import { PseudoterminalLine, Pseudoterminal } from '../../kernel/tty/pseudoterminal.ts';
import { TerminalFile } from '../../kernel/tty/terminal-file.ts';
import { Terminal } from '../../kernel/tty/terminal.ts';
import { Terminals } from '../../kernel/tty/terminals.ts';
import { IpiFile } from '../../kernel/uintr/ipi-file.ts';
import { KernelUintr } from '../../kernel/uintr/kernel-uintr.ts';
import { TaskUintr } from '../../kernel/uintr/state.ts';
import { UittContext } from '../../kernel/uintr/uitt-context.ts';
import { UpidContext } from '../../kernel/uintr/upid-context.ts';
import { UpidSlab } from '../../kernel/uintr/upid-slab.ts';
import { VectorFile } from '../../kernel/uintr/vector-file.ts';
import { AnonymousInode, AnonymousFileSystem } from '../../kernel/vfs/anonymous.ts';
import { AsyncNotice } from '../../kernel/vfs/async-notice.ts';
import { BufferSink, BufferSource } from '../../kernel/vfs/byte-streams.ts';
import { Dentry } from '../../kernel/vfs/dentry.ts';
import { DirectoryFile } from '../../kernel/vfs/directory-file.ts';
import { FdTable } from '../../kernel/vfs/fd-table.ts';
import { FileLocks } from '../../kernel/vfs/file-locks.ts';
import { FileDescription } from '../../kernel/vfs/file.ts';
import { FsContext } from '../../kernel/vfs/fs-context.ts';
import { Inode } from '../../kernel/vfs/inode.ts';
import { InotifyUsers } from '../../kernel/vfs/inotify-users.ts';
import { FileSystem, MountTable } from '../../kernel/vfs/mount.ts';
import { PathFile } from '../../kernel/vfs/path-file.ts';
import { UserSink, UserSource } from '../../kernel/vfs/user-memory.ts';
import { Vfs } from '../../kernel/vfs/vfs.ts';
import { ApicBus } from '../../machine/apic/apic-bus.ts';
import { LocalApic } from '../../machine/apic/local-apic.ts';
import { Board } from '../../machine/board.ts';
import { EventQueue } from '../../machine/clock/event-queue.ts';
import { Consoles } from '../../machine/consoles.ts';
import { Breakpoints } from '../../machine/control/breakpoints.ts';
import { CpuContext } from '../../machine/cpu/state.ts';
import { Vcpu } from '../../machine/cpu/vcpu.ts';
import { InterruptTrail } from '../../machine/explain/interrupt-trail.ts';
import { ObservedEvents } from '../../machine/explain/observed-events.ts';
import { PageTableMemory, AddressSpace, WriteGrants } from '../../machine/memory/address-space.ts';
import { HighPages } from '../../machine/memory/high-pages.ts';
import { PhysicalMemory } from '../../machine/memory/physical-memory.ts';
import { RandomGenerator } from '../../machine/random-generator.ts';
import { ProgramRunner } from '../../machine/remote/program-runner.ts';
import { Arena } from '../../machine/remote/programs/arena.ts';
import { RingBook } from '../../machine/remote/programs/ring-book.ts';
import { Scratch } from '../../machine/remote/programs/scratch.ts';
import { Session } from '../../machine/remote/programs/session.ts';
import { RemoteObserver } from '../../machine/remote/remote-observer.ts';
import { TakenInterrupts } from '../../machine/remote/taken-interrupts.ts';
import { InterruptLedger } from '../../machine/uintr/interrupt-ledger.ts';
import { SupervisorLinearMemory, UserLinearMemory } from '../../machine/uintr/linear-memory.ts';
import { UintrUnit } from '../../machine/uintr/uintr-unit.ts';
import { Sqe } from '../../uring/abi/sqe.ts';
import { BufferList, BufferRing } from '../../uring/buffers/group.ts';
import { DoneList } from '../../uring/done-list.ts';
import { Fifo } from '../../uring/fifo.ts';
import { FixedBuffer, FixedSink, FixedSource } from '../../uring/fixed-buffer.ts';
import { InFlight as InFlight2 } from '../../uring/in-flight.ts';
import { LentArguments } from '../../uring/lent-arguments.ts';
import { MappedRing } from '../../uring/mapped-ring.ts';
import { PollState } from '../../uring/poll-state.ts';
import { Request } from '../../uring/request.ts';
import { RingFile } from '../../uring/ring-file.ts';
import { RingMemory } from '../../uring/ring-memory.ts';
import { Ring } from '../../uring/ring.ts';
import { Slot } from '../../uring/slot.ts';
import { SqThread } from '../../uring/sq-thread.ts';
import { Uring } from '../../uring/uring.ts';
import { WorkAccount } from '../../uring/workers/work-account.ts';
import { WorkerPool } from '../../uring/workers/worker-pool.ts';
import { Worker } from '../../uring/workers/worker.ts';

/** Only its prototype is used. */
export interface StateClass {
  readonly prototype: object;
}

export const STATE_CLASSES: Readonly<Record<string, readonly [constructor: StateClass, fields: string]>> = {
  'kernel/block/block-device:BlockDevice': [BlockDevice, 'model hertz capacity statistics files outstanding waiting inFlight lastNumber channels linkFree head'],
  'kernel/block/block-request:BlockRequest': [BlockRequest, 'number direction file offset bytes direct submitted vcpu issued moved done'],
  'kernel/block/block-request:BlockCommand': [BlockCommand, 'device request offset bytes issued'],
  'kernel/block/block-statistics:BlockStatistics': [BlockStatistics, 'counts busy weighted since'],
  'kernel/block/page-states:PageStates': [PageStates, 'bits'],
  'kernel/fs/console-file:ConsoleFile': [ConsoleFile, 'console stream isInput'],
  'kernel/fs/console-file:StreamInode': [StreamInode, 'console stream'],
  'kernel/fs/console:Console': [Console, 'input inputEnded terminal written unfetched isFetched holders readable'],
  'kernel/fs/devices:MemoryDevice': [MemoryDevice, 'device'],
  'kernel/fs/devpts:PtmxInode': [PtmxInode, ''],
  'kernel/fs/devpts:TerminalInode': [TerminalInode, 'terminal'],
  'kernel/fs/devpts:DevptsDirectory': [DevptsDirectory, 'terminals ptmx'],
  'kernel/fs/devpts:DevptsFileSystem': [DevptsFileSystem, 'root directory'],
  'kernel/fs/file-contents:FileContents': [FileContents, 'size physical budget frames'],
  'kernel/fs/proc/proc-file-system:ProcFileSystem': [ProcFileSystem, 'root'],
  'kernel/fs/proc/proc-inode:ProcTextInode': [ProcTextInode, ''],
  'kernel/fs/proc/proc-inode:ProcLinkInode': [ProcLinkInode, ''],
  'kernel/fs/proc/proc-inode:ProcDirectoryInode': [ProcDirectoryInode, ''],
  'kernel/fs/proc/proc-root:SystemText': [SystemText, 'name'],
  'kernel/fs/proc/proc-root:SelfLink': [SelfLink, 'kind'],
  'kernel/fs/proc/proc-root:ProcRoot': [ProcRoot, ''],
  'kernel/fs/proc/process-directory:ProcessTextInode': [ProcessTextInode, 'process thread shown name'],
  'kernel/fs/proc/process-directory:ProcessLink': [ProcessLink, 'process thread name'],
  'kernel/fs/proc/process-directory:DescriptorLink': [DescriptorLink, 'owner fd'],
  'kernel/fs/proc/process-directory:DescriptorText': [DescriptorText, 'owner fd'],
  'kernel/fs/proc/process-directory:DescriptorDirectory': [DescriptorDirectory, 'owner kind'],
  'kernel/fs/proc/process-directory:ThreadsDirectory': [ThreadsDirectory, 'process'],
  'kernel/fs/proc/process-directory:ProcessDirectory': [ProcessDirectory, 'process thread isThread shown'],
  'kernel/fs/proc/text-file:TextFile': [TextFile, 'source text'],
  'kernel/fs/proc/text-tree:TreeText': [TreeText, 'path'],
  'kernel/fs/proc/text-tree:TreeDirectory': [TreeDirectory, 'path'],
  'kernel/fs/regular-file:RegularFile': [RegularFile, 'file nextPage aheadTo readahead isWriter'],
  'kernel/fs/special-inode:SpecialInode': [SpecialInode, 'pipe socket'],
  'kernel/fs/sysfs:SysFileSystem': [SysFileSystem, 'root'],
  'kernel/fs/text-symlink:TextSymlink': [TextSymlink, 'text'],
  'kernel/fs/tmpfs-directory:TmpfsDirectory': [TmpfsDirectory, 'slots nextCookie'],
  'kernel/fs/tmpfs-file:TmpfsFile': [TmpfsFile, 'contents store states seals'],
  'kernel/fs/tmpfs-symlink:TmpfsSymlink': [TmpfsSymlink, ''],
  'kernel/fs/tmpfs:Tmpfs': [Tmpfs, 'physical root all store pageLimit inodeLimit pagesUsed inodesUsed attributeBytes'],
  'kernel/fs/tree-builder:TreeBuilder': [TreeBuilder, 'fileSystem now'],
  'kernel/ipc/byte-queue:ByteQueue': [ByteQueue, 'chunks consumed length'],
  'kernel/ipc/epoll/epoll-file:EpollFile': [EpollFile, 'interests ready waiting changed user parameters'],
  'kernel/ipc/epoll/interest:Interest': [Interest, 'epoll fd file inner events data isListed queues'],
  'kernel/ipc/epoll/ready-list:ReadyList': [ReadyList, 'items front count'],
  'kernel/ipc/epoll/watch-counts:WatchCounts': [WatchCounts, 'limit counts'],
  'kernel/ipc/event-file:EventFile': [EventFile, 'count isSemaphore readable writable'],
  'kernel/ipc/inotify-file:InotifyFile': [InotifyFile, 'kernel uid watches nextWatch events readable'],
  'kernel/ipc/ipc-limits:IpcLimits': [IpcLimits, 'shmmax shmall shmmni shmRmidForced msgmax msgmnb msgmni semmsl semmns semopm semmni mqDefaultMessages mqDefaultBytes mqMessagesMax mqBytesMax mqQueuesMax'],
  'kernel/ipc/ipc-namespace:IpcNamespace': [IpcNamespace, 'limits segments queues sets segmentPages queuedMessages queuedBytes semaphores watches'],
  'kernel/ipc/ipc-wait:IpcWait': [IpcWait, 'task'],
  'kernel/ipc/mqueue/mqueue-directory:MqueueDirectory': [MqueueDirectory, 'slots nextCookie'],
  'kernel/ipc/mqueue/mqueue-file-system:MqueueFileSystem': [MqueueFileSystem, 'root directory queues bytes'],
  'kernel/ipc/mqueue/mqueue-file:MqueueFile': [MqueueFile, 'queue byPath'],
  'kernel/ipc/mqueue/mqueue-inode:MqueueInode': [MqueueInode, 'queue kernel chargedUser chargedBytes'],
  'kernel/ipc/mqueue/posix-queue:QueueWait': [QueueWait, 'queue message outcome'],
  'kernel/ipc/mqueue/posix-queue:PosixQueue': [PosixQueue, 'maximum messageSize levels count bytes senders receivers notification changed'],
  'kernel/ipc/pid-file:PidFile': [PidFile, 'process thread'],
  'kernel/ipc/pipe-buffers:PipeBuffers': [PipeBuffers, 'slots soft'],
  'kernel/ipc/pipe-file:PipeFile': [PipeFile, 'pipe reads writes writersSeen'],
  'kernel/ipc/pipe:Pipe': [Pipe, 'slots capacity readers writers readerOpens writerOpens readable writable arriving openingReaders openingWriters'],
  'kernel/ipc/signal-file:SignalFile': [SignalFile, 'mask changed'],
  'kernel/ipc/sysv/message-queue:ReceiverWait': [ReceiverWait, 'queue selection room outcome'],
  'kernel/ipc/sysv/message-queue:SenderWait': [SenderWait, 'queue message'],
  'kernel/ipc/sysv/message-queue:MessageQueue': [MessageQueue, 'messages receivers senders bytes capacity sentAt receivedAt lastSender lastReceiver'],
  'kernel/ipc/sysv/object-table:ObjectTable': [ObjectTable, 'places keys next last sequence'],
  'kernel/ipc/sysv/object:SystemVObject': [SystemVObject, 'id key uid gid cuid cgid mode isRemoved changed'],
  'kernel/ipc/sysv/segment:Segment': [Segment, 'bytes pages creatorPid lastPid attached attachedAt detachedAt isOrphan kernel'],
  'kernel/ipc/sysv/segment:Attachment': [Attachment, 'segment keepsRangesApart'],
  'kernel/ipc/sysv/semaphore-set:SemaphoreSet': [SemaphoreSet, 'values pids operatedAt undos simple complex complexWaits'],
  'kernel/ipc/sysv/semaphore-undo:UndoList': [UndoList, 'users sets'],
  'kernel/ipc/sysv/semaphore-wait:SemaphoreWait': [SemaphoreWait, 'set request outcome'],
  'kernel/ipc/timer-file:TimerFile': [TimerFile, 'clock ticks dueAt isExpired interval settingFlags isCancelledBySet isCancelled handle queue'],
  'kernel/kernel-memory:KernelMemory': [KernelMemory, 'used limit'],
  'kernel/kernel:Kernel': [Kernel, 'hardware options table tellsCalls clock scheduler pids futexes remotes ipc realtimeTimers reaper uintr vfs memory network hostname domainName now cpu load forks contextSwitches companion attempt interruptCounts'],
  'kernel/loader/symbols:SymbolTable': [SymbolTable, 'symbols'],
  'kernel/mm/mm:Mm': [Mm, 'hardware space user vmas users brkStart brk codeStart codeEnd dataStart dataEnd stackStart argumentsStart argumentsEnd environmentEnd auxiliary stackLimit lockFuture barriers residentPages peakPages minorFaults futexSpace uitt program outOfMemory'],
  'kernel/mm/page-source:SharedPages': [SharedPages, 'size holders physical mappers frames'],
  'kernel/mm/range-tree:RangeTree': [RangeTree, 'size root'],
  'kernel/mm/user-memory:UserMemory': [UserMemory, 'mm lent'],
  'kernel/mm/vma:Vma': [Vma, 'start end protection shared source offset mayWrite growsDown locked wipeOnFork dontFork noReserve sealed name'],
  'kernel/net/inet/byte-stream:ByteStream': [ByteStream, 'chunks position end urgentAt urgentTaken'],
  'kernel/net/inet/datagram-socket:DatagramSocket': [DatagramSocket, 'incoming receiveAllocated'],
  'kernel/net/inet/error-queue:ErrorQueue': [ErrorQueue, 'errors nextZeroCopy'],
  'kernel/net/inet/inet-socket:InetSocket': [InetSocket, 'domain local remote errors stampNumber choseAddress chosePort'],
  'kernel/net/inet/multicast:Memberships': [Memberships, 'groups'],
  'kernel/net/inet/ports:PortTable': [PortTable, 'bound listening waits waitsAt nextEphemeral'],
  'kernel/net/inet/raw-socket:RawSocket': [RawSocket, 'protocol'],
  'kernel/net/inet/tcp-end:TcpEnd': [TcpEnd, 'state peer stream finReceived heldBack cork timeWait bytesSent segmentsSent segmentsReceived lastSentAt lastReceivedAt arrivedAt unstamped protocol'],
  'kernel/net/inet/tcp-socket:TcpSocket': [TcpSocket, 'progress backlog deferred backlogLimit deferredBy formerPort syn defer'],
  'kernel/net/inet/tcp-timers:Timer': [Timer, 'handle'],
  'kernel/net/inet/tcp-timers:CorkTimer': [CorkTimer, 'socket'],
  'kernel/net/inet/tcp-timers:SynTimer': [SynTimer, 'retries socket'],
  'kernel/net/inet/tcp-timers:DeferTimer': [DeferTimer, 'socket'],
  'kernel/net/inet/tcp-transfer:TcpTransfer': [TcpTransfer, ''],
  'kernel/net/inet/udp-socket:UdpSocket': [UdpSocket, 'held memberships protocol'],
  'kernel/net/netlink/netlink-socket:NetlinkSocket': [NetlinkSocket, 'port groups incoming receiveAllocated domain protocol'],
  'kernel/net/network:Network': [Network, 'sockets abstractNames tcpPorts udpPorts multicastGroups inFlight loopback rawSockets arrivalStamps lastCookie lastNetlinkPort'],
  'kernel/net/socket:Socket': [Socket, 'type readShut writeShut pendingError sendBuffer receiveBuffer bufferLocks sendAllocated receiveTimeout sendTimeout receiveLowWater peekOffset linger options closed stampsArrivals cookie readable writable'],
  'kernel/net/unix/in-flight:InFlight': [InFlight1, 'perUser sockets threshold'],
  'kernel/net/unix/passable-socket:PassableSocket': [PassableSocket, 'incoming flights flightIndex'],
  'kernel/net/unix/unix-connection:UnixConnection': [UnixConnection, 'backlog backlogLimit wasNeverAccepted'],
  'kernel/net/unix/unix-datagram:UnixDatagram': [UnixDatagram, ''],
  'kernel/net/unix/unix-message:UnixMessage': [UnixMessage, 'data sender charge consumed files filesUser credentials'],
  'kernel/net/unix/unix-seqpacket:UnixSeqpacket': [UnixSeqpacket, ''],
  'kernel/net/unix/unix-socket:UnixSocket': [UnixSocket, 'state peer address node encodedName peerCredentials roomForPeers domain protocol'],
  'kernel/net/unix/unix-stream:UnixStream': [UnixStream, 'urgent'],
  'kernel/remote/remote-state:RemoteCallState': [RemoteCallState, 'number name steps results startCycle endCycle vcpu posted fault'],
  'kernel/remote/remote-state:RemoteState': [RemoteState, 'park code stack data handlerDepth away issued call'],
  'kernel/remote/remotes:Remotes': [Remotes, 'nextCall listener'],
  'kernel/signal/state:SignalQueue': [SignalQueue, 'entries'],
  'kernel/signal/state:SignalActions': [SignalActions, 'actions users'],
  'kernel/syscalls/arguments:RegisterArguments': [RegisterArguments, 'context'],
  'kernel/syscalls/arguments:GivenArguments': [GivenArguments, 'values'],
  'kernel/syscalls/table:SyscallTable': [SyscallTable, 'rows'],
  'kernel/task/futex-table:FutexTable': [FutexTable, 'queues byTid sleeper owners lastSpace'],
  'kernel/task/pid-table:PidTable': [PidTable, 'processes tasks last'],
  'kernel/task/process:Process': [Process, 'pid parent children creator tasks kernelThreads group session executable symbols pending childEvents threadEvents vforkDone endEvents signalEvents vforkParentWaits uid limits groupExit executing exitStatus reaped stoppedBy stopReported continued exitSignal startedAt usage childrenUsage intervalTimers posixTimers cpuLimit nextTimerId terminal lostForeground hasExecuted dumpable lastCredentials memoryErrorPolicy hugePagesDisabled mergesMemory childSubreaper oomScoreAdjustment'],
  'kernel/task/run-queue:RunQueue': [RunQueue, 'vcpu tasks floor'],
  'kernel/task/scheduler:Scheduler': [Scheduler, 'processors'],
  'kernel/task/task:Task': [Task, 'tid process name state context mm files fs credentials signals uintr remote vcpu hasRun affinity scheduling call blocked returning timedOut progress restart ipcWait semaphoreUndo hasCompanionWork kernelThread exiting lastFault clearChildTid robustList rseq rseqLength parentDeathSignal noNewPrivileges ioFlusher ioPriority exceedsProcessLimit timerSlack personality usage stretchStart startedAt'],
  'kernel/task/wait-queue:WaitQueue': [WaitQueue, 'what waiters listeners exclusive newestFirst'],
  'kernel/time/cpu-limit:CpuLimit': [CpuLimit, 'process handle'],
  'kernel/time/interval-timer:IntervalTimer': [IntervalTimer, 'process which dueAt interval waitsForSignal handle'],
  'kernel/time/load-average:LoadAverage': [LoadAverage, 'averages looks next'],
  'kernel/time/posix-timer:PosixTimer': [PosixTimer, 'process id clockId clock notification dueAt interval lastOverrun settings signalPending signalIgnored handle'],
  'kernel/time/realtime:RealtimeTimers': [RealtimeTimers, 'timers'],
  'kernel/time/virtual-clock:VirtualClock': [VirtualClock, 'hertz epochNanoseconds perNanosecond perCycle'],
  'kernel/tty/console-line:ConsoleLine': [ConsoleLine, 'console'],
  'kernel/tty/input-buffer:InputBuffer': [InputBuffer, 'bytes marks head tail lines'],
  'kernel/tty/pseudoterminal:PseudoterminalLine': [PseudoterminalLine, 'pair waiting status'],
  'kernel/tty/pseudoterminal:Pseudoterminal': [Pseudoterminal, 'index masterLine slaveLine master slave isLocked'],
  'kernel/tty/terminal-file:TerminalFile': [TerminalFile, 'terminal era'],
  'kernel/tty/terminal:Terminal': [Terminal, 'name device kind line settings window input echoes column startColumn literalNext erasing isFull stopped stoppedByCall exclusive session foreground hangUps otherClosed packetMode opens readable writable'],
  'kernel/tty/terminals:Terminals': [Terminals, 'devpts used connected console'],
  'kernel/uintr/ipi-file:IpiFile': [IpiFile, 'table'],
  'kernel/uintr/kernel-uintr:KernelUintr': [KernelUintr, 'profile slab waiting spuriousNotifications kernelNotifications kernel'],
  'kernel/uintr/state:TaskUintr': [TaskUintr, 'image upid receiver table notifySignal exited work'],
  'kernel/uintr/uitt-context:UittContext': [UittContext, 'physical frames references receivers'],
  'kernel/uintr/upid-context:UpidContext': [UpidContext, 'physical task references vectors receiverActive waitingCost waiting'],
  'kernel/uintr/upid-slab:UpidSlab': [UpidSlab, 'frames'],
  'kernel/uintr/vector-file:VectorFile': [VectorFile, 'upid vector connections name'],
  'kernel/vfs/anonymous:AnonymousInode': [AnonymousInode, ''],
  'kernel/vfs/anonymous:AnonymousFileSystem': [AnonymousFileSystem, 'root magic'],
  'kernel/vfs/async-notice:AsyncNotice': [AsyncNotice, 'file fd queues'],
  'kernel/vfs/byte-streams:BufferSink': [BufferSink, 'buffer filled'],
  'kernel/vfs/byte-streams:BufferSource': [BufferSource, 'buffer taken'],
  'kernel/vfs/dentry:Dentry': [Dentry, 'name parent inode mounted covers unlinked'],
  'kernel/vfs/directory-file:DirectoryFile': [DirectoryFile, ''],
  'kernel/vfs/fd-table:FdTable': [FdTable, 'entries users limit lent held all'],
  'kernel/vfs/file-locks:FileLocks': [FileLocks, 'records whole queue'],
  'kernel/vfs/file:FileDescription': [FileDescription, 'flags position references inode entry owner ownerSignal notice watchers created'],
  'kernel/vfs/fs-context:FsContext': [FsContext, 'root cwd umask'],
  'kernel/vfs/inode:Inode': [Inode, 'fileSystem ino mode uid gid nlink rdev accessed modified changed created locks watches attributes mappers opens writers programs linkable writeHint freed'],
  'kernel/vfs/inotify-users:InotifyUsers': [InotifyUsers, 'users lastCookie'],
  'kernel/vfs/mount:FileSystem': [FileSystem, 'type device flags nextInode'],
  'kernel/vfs/mount:MountTable': [MountTable, 'mounts nextId'],
  'kernel/vfs/path-file:PathFile': [PathFile, ''],
  'kernel/vfs/user-memory:UserSink': [UserSink, ''],
  'kernel/vfs/user-memory:UserSource': [UserSource, ''],
  'kernel/vfs/vfs:Vfs': [Vfs, 'mounts pipes sockets objects filePages memory queues console terminals inotify pipeBuffers openFiles store nextDevice'],
  'machine/apic/apic-bus:ApicBus': [ApicBus, 'apics flight arrivals'],
  'machine/apic/local-apic:LocalApic': [LocalApic, 'id x2apic irr isr tpr esr'],
  'machine/board:Board': [Board, 'quantum hertz physical vcpus kernel uring cpu bus ledger random remoteObserver executed now stopRequested breakpoints breakpointHit conditions turns turnTime events arrivals kicks timers userMemory costs live'],
  'machine/clock/event-queue:EventQueue': [EventQueue, 'heap waiting nextSequence'],
  'machine/consoles:Consoles': [Consoles, 'byPid accepted ended'],
  'machine/control/breakpoints:Breakpoints': [Breakpoints, 'all addresses lastId stopped'],
  'machine/cpu/state:CpuContext': [CpuContext, 'bytes view'],
  'machine/cpu/vcpu:Vcpu': [Vcpu, 'id apic uintr clock mode busyUntil'],
  'machine/explain/interrupt-trail:InterruptTrail': [InterruptTrail, 'interrupts threads waiting'],
  'machine/explain/observed-events:ObservedEvents': [ObservedEvents, 'encoder trail places heard'],
  'machine/memory/address-space:PageTableMemory': [PageTableMemory, 'memory entries tables free spaces changes'],
  'machine/memory/address-space:AddressSpace': [AddressSpace, 'physical tables tableBase generation high touched grants lastGranted'],
  'machine/memory/address-space:WriteGrants': [WriteGrants, 'holders'],
  'machine/memory/high-pages:HighPages': [HighPages, 'chunks cache tag'],
  'machine/memory/physical-memory:PhysicalMemory': [PhysicalMemory, 'memory bytes view ramBytes references codeFrames nextFresh freeList listener'],
  'machine/random-generator:RandomGenerator': [RandomGenerator, 'words'],
  'machine/remote/program-runner:ProgramRunner': [ProgramRunner, 'machine inputApplied running'],
  'machine/remote/programs/arena:Arena': [Arena, 'free'],
  'machine/remote/programs/ring-book:RingBook': [RingBook, 'ring tid pid fd params at taken buffers arena holdings plain'],
  'machine/remote/programs/scratch:Scratch': [Scratch, 'steps next end'],
  'machine/remote/programs/session:Session': [Session, 'tid name acted first last'],
  'machine/remote/remote-observer:RemoteObserver': [RemoteObserver, 'ended taken told onNews sequence'],
  'machine/remote/taken-interrupts:TakenInterrupts': [TakenInterrupts, 'tid cycles gone records at'],
  'machine/uintr/interrupt-ledger:InterruptLedger': [InterruptLedger, 'nextInterrupt standing'],
  'machine/uintr/linear-memory:SupervisorLinearMemory': [SupervisorLinearMemory, 'base space'],
  'machine/uintr/linear-memory:UserLinearMemory': [UserLinearMemory, 'space'],
  'machine/uintr/uintr-unit:UintrUnit': [UintrUnit, 'enumerated flexibleUiret x2apic cr4Uintr uif handler stackadjust uittsz uinv pd tt rr wiring'],
  'uring/abi/sqe:Sqe': [Sqe, 'view at'],
  'uring/buffers/group:BufferList': [BufferList, 'kind buffers'],
  'uring/buffers/group:BufferRing': [BufferRing, 'kind memory entries incremental leastLeft head'],
  'uring/done-list:DoneList': [DoneList, 'first last'],
  'uring/fifo:Fifo': [Fifo, 'items head'],
  'uring/fixed-buffer:FixedBuffer': [FixedBuffer, 'address length physical frames'],
  'uring/fixed-buffer:FixedSink': [FixedSink, 'length cursor'],
  'uring/fixed-buffer:FixedSource': [FixedSource, 'length cursor left'],
  'uring/in-flight:InFlight': [InFlight2, 'places first end size'],
  'uring/lent-arguments:LentArguments': [LentArguments, 'error request parts length'],
  'uring/mapped-ring:MappedRing': [MappedRing, 'file pages kernel'],
  'uring/poll-state:PollState': [PollState, 'events multishot wakeUps seen'],
  'uring/request:Request': [Request, 'number place ring task opcode flags userData fd bufferGroup credentials data state begun brokenAtSubmission isCancelled drains onWorker account worker serialized sleeps interruptible isFinished file fileSlot bufferSlot progress next doneNext limited silenced failed result cqeFlags cqeExtra lent transferred selected isRemembered queues timer expired waitingFor wokenByRing'],
  'uring/ring-file:RingFile': [RingFile, 'ring'],
  'uring/ring-memory:RingMemory': [RingMemory, 'pages frames physical'],
  'uring/ring:Ring': [Ring, 'uring number pid tid fd setupFlags sqEntries cqEntries memory sqes arrayAt sqeBytes cqeBytes disabled closed issuer sqHead sqHeadSeen cqTail overflow droppedCompletions requests waiting completed deferred drainDisabled deferredWork timeouts timeoutsDone timeoutsSeen files allocation buffers bufferGroups personalities personalitiesMade restrictions region workerLimits clock eventfd eventfdSeen uintr threadInterrupt thread waiters pollers workEnds sqRoom'],
  'uring/slot:Slot': [Slot, 'resource tag holders'],
  'uring/sq-thread:SqThread': [SqThread, 'ring task idle busyAt wakeUps uintrFd'],
  'uring/uring:Uring': [Uring, 'rings made requests work registered pools worker serialized announcing'],
  'uring/workers/work-account:WorkAccount': [WorkAccount, 'kind limit queue workers idle'],
  'uring/workers/worker-pool:WorkerPool': [WorkerPool, 'uring owner rings accounts affinity'],
  'uring/workers/worker:Worker': [Worker, 'pool account task current linked finished publishes'],
};
