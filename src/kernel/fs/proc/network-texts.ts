// /proc/net, and the settings of /proc/sys/net that programs look at (proc_pid_net(5)). Addresses of kernel objects are shown as zeroes.

import { TCP_STATE } from '../../abi/inet.ts';
import { AF_INET6, AF_NETLINK, BUFFER_MAX, DEFAULT_BUFFER, SOCK_STREAM, SOMAXCONN } from '../../abi/socket.ts';
import type { Kernel } from '../../kernel.ts';
import { type Endpoint, in6Bytes } from '../../net/inet/inet-address.ts';
import type { InetSocket } from '../../net/inet/inet-socket.ts';
import { FIRST_EPHEMERAL, LAST_EPHEMERAL, type TimeWait } from '../../net/inet/ports.ts';
import { TcpSocket } from '../../net/inet/tcp-socket.ts';
import { UdpSocket } from '../../net/inet/udp-socket.ts';
import { LOOPBACK } from '../../net/loopback.ts';
import { NetlinkSocket } from '../../net/netlink/netlink-socket.ts';
import { showUnixAddress } from '../../net/unix/unix-address.ts';
import { MAX_DATAGRAMS } from '../../net/unix/unix-packets.ts';
import { UnixSocket } from '../../net/unix/unix-socket.ts';

type Text = (kernel: Kernel) => string;

const POINTER = '0000000000000000';
const CONNECTION_WIDTH = 149;
const DATAGRAM_WIDTH = 127;

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).toUpperCase().padStart(digits, '0');

/** Words of an address in the byte order of memory. */
function showHost(endpoint: Endpoint, six: boolean): string {
  const view = six ? new DataView(new Uint8Array(in6Bytes(endpoint)).buffer) : new DataView(new ArrayBuffer(4));
  if (!six) view.setUint32(0, endpoint.host);
  let text = '';
  for (let at = 0; at < view.byteLength; at += 4) text += hex(view.getUint32(at, true), 8);
  return `${text}:${hex(endpoint.port, 4)}`;
}

const nowhere = ({ family }: Endpoint): Endpoint => ({ family, host: 0, port: 0 });

interface Row {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: number;
  readonly sent: number;
  readonly received: number;
  readonly uid: number;
  readonly inode: number;
  readonly timer: string;
  readonly rest: string;
}

function showRow(row: Row, index: number, six: boolean, indexWidth: number, width: number): string {
  const { local, remote, state, sent, received, uid, inode, timer, rest } = row;
  const addresses = `${showHost(local, six)} ${showHost(remote, six)}`;
  const numbers = `${hex(state, 2)} ${hex(sent, 8)}:${hex(received, 8)} ${timer} 00000000`;
  return `${`${`${index}`.padStart(indexWidth)}: ${addresses} ${numbers} ${`${uid}`.padStart(5)} ${'0'.padStart(8)} ${inode} ${rest}`.padEnd(width)}\n`;
}

function tcpRow(socket: TcpSocket): Row {
  const { local, remote, state, isListening } = socket;
  return {
    local,
    remote: remote && !isListening ? remote : nowhere(local),
    state,
    sent: isListening ? 0 : socket.unacknowledged,
    received: isListening ? socket.backlogRoom.waiting : socket.available,
    uid: socket.inode!.uid,
    inode: socket.inode!.ino,
    timer: '00:00000000',
    rest: `1 ${POINTER} ${isListening ? '100 0 0 10 0' : '20 4 0 10 -1'}`,
  };
}

function waitRow({ local, remote, isOver, uid }: TimeWait): Row {
  const state = isOver ? TCP_STATE.TIME_WAIT : TCP_STATE.FIN_WAIT2;
  return { local, remote, state, sent: 0, received: 0, uid: isOver ? 0 : uid, inode: 0, timer: '03:00000000', rest: `3 ${POINTER}` };
}

/** Listening sockets first, then connections, then ends that wait. */
function tcpTable(six: boolean): Text {
  return (kernel) => {
    const own = (socket: InetSocket): boolean => (socket.domain === AF_INET6) === six;
    const sockets = kernel.network
      .list()
      .filter((socket) => socket instanceof TcpSocket && socket.state !== TCP_STATE.CLOSE && own(socket));
    const rows = (sockets as TcpSocket[]).sort((a, b) => Number(b.isListening) - Number(a.isListening)).map(tcpRow);
    const waits = kernel.network.tcpPorts.timeWaits(kernel).filter(({ local }) => (local.family === 6) === six);
    const all = [...rows, ...waits.map(waitRow)];
    const title = six
      ? '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
      : '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
    const width = six ? 0 : CONNECTION_WIDTH;
    return `${title.padEnd(width)}\n${all.map((row, i) => showRow(row, i, six, 4, width)).join('')}`;
  };
}

function udpRow(socket: UdpSocket): Row {
  const { local, remote } = socket;
  return {
    local,
    remote: remote ?? nowhere(local),
    state: remote ? TCP_STATE.ESTABLISHED : TCP_STATE.CLOSE,
    sent: socket.unsentBytes,
    received: socket.receiveQueueBytes,
    uid: socket.inode!.uid,
    inode: socket.inode!.ino,
    timer: '00:00000000',
    rest: `2 ${POINTER} 0`,
  };
}

function udpTable(six: boolean): Text {
  return (kernel) => {
    const sockets = kernel.network
      .list()
      .filter((socket) => socket instanceof UdpSocket && socket.hasPort && (socket.domain === AF_INET6) === six);
    const title = six
      ? '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops'
      : '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';
    const width = six ? 0 : DATAGRAM_WIDTH;
    return `${title.padEnd(width)}\n${(sockets as UdpSocket[]).map((socket, i) => showRow(udpRow(socket), i, six, 5, width)).join('')}`;
  };
}

/** SS_UNCONNECTED, SS_CONNECTED. */
function unixTable(kernel: Kernel): string {
  const rows = kernel.network.list().map((socket) => {
    if (!(socket instanceof UnixSocket)) return '';
    const connected = socket.state === 'connected';
    const flags = hex(socket.isListening ? 0x10000 : 0, 8);
    const name = showUnixAddress(socket.address);
    const numbers = `${hex(connected ? 3 : 2, 8)} 00000000 ${flags} ${hex(socket.type, 4)} ${connected ? '03' : '01'}`;
    return `${POINTER}: ${numbers} ${`${socket.inode!.ino}`.padStart(5)}${name === '' ? '' : ` ${name}`}\n`;
  });
  return `Num       RefCount Protocol Flags    Type St Inode Path\n${rows.join('')}`;
}

function netlinkTable(kernel: Kernel): string {
  const rows = kernel.network.list().map((socket) => {
    if (!(socket instanceof NetlinkSocket)) return '';
    const cells = [
      `${socket.protocol}`.padEnd(3),
      `${socket.boundPort >>> 0}`.padEnd(10),
      '00000000',
      '0'.padEnd(8),
      '0'.padEnd(8),
      '0'.padEnd(5),
    ];
    return `${POINTER} ${cells.join(' ')} ${'2'.padEnd(8)} ${'0'.padEnd(8)} ${socket.inode!.ino}\n`;
  });
  return `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n${rows.join('')}`;
}

function devices(kernel: Kernel): string {
  const { packets, bytes } = kernel.network.loopback;
  const widths = [7, 7, 4, 4, 4, 5, 10, 9, 8, 7, 4, 4, 4, 5, 7, 10];
  const values = [bytes, packets, 0, 0, 0, 0, 0, 0, bytes, packets, 0, 0, 0, 0, 0, 0];
  const cells = values.map((value, i) => `${value}`.padStart(widths[i]!)).join(' ');
  return (
    'Inter-|   Receive                                                |  Transmit\n' +
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n' +
    `${LOOPBACK.name.padStart(6)}: ${cells}\n`
  );
}

function socketStatistics(kernel: Kernel): string {
  const sockets = kernel.network.list();
  const count = (kind: typeof TcpSocket | typeof UdpSocket): number =>
    sockets.filter((socket) => socket instanceof kind && socket.hasPort).length;
  const made = sockets.filter((socket) => socket instanceof TcpSocket).length;
  const waits = kernel.network.tcpPorts.timeWaits(kernel);
  return [
    `sockets: used ${sockets.length}`,
    `TCP: inuse ${count(TcpSocket)} orphan ${waits.filter(({ isOver }) => !isOver).length} tw ${waits.length} alloc ${made} mem 0`,
    `UDP: inuse ${count(UdpSocket)} mem 0`,
    'UDPLITE: inuse 0',
    'RAW: inuse 0',
    'FRAG: inuse 0 memory 0',
    '',
  ].join('\n');
}

/** Name and size of a protocol's sockets; the columns of what it implements are left to Linux's own. */
function protocols(kernel: Kernel): string {
  const rows = ['NETLINK', 'UDPv6', 'TCPv6', 'UNIX', 'UNIX-STREAM', 'UDP', 'TCP'].map((name) => {
    const count = kernel.network.list().filter((socket) => protocolOf(socket) === name).length;
    return `${name.padEnd(9)} ${'2048'.padStart(4)} ${`${count}`.padStart(6)}  ${'-1'.padStart(6)}   NI       0   no   kernel\n`;
  });
  return `protocol  size sockets  memory press maxhdr  slab module\n${rows.join('')}`;
}

function protocolOf(socket: unknown): string {
  if (socket instanceof TcpSocket) return socket.domain === AF_INET6 ? 'TCPv6' : 'TCP';
  if (socket instanceof UdpSocket) return socket.domain === AF_INET6 ? 'UDPv6' : 'UDP';
  if (socket instanceof UnixSocket) return socket.type === SOCK_STREAM ? 'UNIX-STREAM' : 'UNIX';
  return socket instanceof NetlinkSocket && socket.domain === AF_NETLINK ? 'NETLINK' : '';
}

const ROUTE_TITLE = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';

export const NETWORK_TEXTS: ReadonlyMap<string, Text> = new Map<string, Text>([
  ['arp', () => 'IP address       HW type     Flags       HW address            Mask     Device\n'],
  ['dev', devices],
  ['if_inet6', () => `00000000000000000000000000000001 01 80 10 80 ${LOOPBACK.name.padStart(8)}\n`],
  ['netlink', netlinkTable],
  ['packet', () => 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n'],
  ['protocols', protocols],
  ['route', () => `${ROUTE_TITLE.padEnd(127)}\n`],
  ['sockstat', socketStatistics],
  ['tcp', tcpTable(false)],
  ['tcp6', tcpTable(true)],
  ['udp', udpTable(false)],
  ['udp6', udpTable(true)],
  ['unix', unixTable],
]);

const line = (text: string | number) => (): string => `${text}\n`;

/** /proc/sys/net: what is asked for of buffers, backlogs and ports. */
export const NETWORK_SETTINGS: ReadonlyMap<string, ReadonlyMap<string, Text>> = new Map([
  [
    'core',
    new Map<string, Text>([
      ['optmem_max', line(131_072)],
      ['rmem_default', line(DEFAULT_BUFFER)],
      ['rmem_max', line(BUFFER_MAX)],
      ['somaxconn', line(SOMAXCONN)],
      ['wmem_default', line(DEFAULT_BUFFER)],
      ['wmem_max', line(BUFFER_MAX)],
    ]),
  ],
  [
    'ipv4',
    new Map<string, Text>([
      ['ip_default_ttl', line(64)],
      ['ip_forward', line(0)],
      ['ip_local_port_range', line(`${FIRST_EPHEMERAL}\t${LAST_EPHEMERAL}`)],
      ['ip_unprivileged_port_start', line(1024)],
      ['ping_group_range', line('1\t0')],
      ['tcp_congestion_control', line('cubic')],
      ['tcp_fastopen', line(1)],
      ['tcp_fin_timeout', line(60)],
      ['tcp_rmem', line('4096\t131072\t6291456')],
      ['tcp_syn_retries', line(6)],
      ['tcp_wmem', line('4096\t16384\t4194304')],
    ]),
  ],
  ['unix', new Map<string, Text>([['max_dgram_qlen', line(MAX_DATAGRAMS)]])],
]);
