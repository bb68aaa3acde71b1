// struct tcp_info (uapi/linux/tcp.h): what is counted here is counted, what a network would have measured has the values of a fresh
// connection over loopback.

import type { Kernel } from '../../kernel.ts';
import { LOOPBACK, LOOPBACK_SEGMENT } from '../loopback.ts';
import type { TcpSocket } from './tcp-socket.ts';

const TCP_INFO_BYTES = 248;
/** Options: timestamps, SACK, window scaling. */
const OPTIONS = 7;
const WINDOW_SCALE = 7;
const RETRANSMIT_MICROSECONDS = 201_000;
const INITIAL_WINDOW = 10;
const INFINITE_THRESHOLD = 0x7fff_ffff;

export function tcpInformation(kernel: Kernel, socket: TcpSocket): Uint8Array {
  const bytes = new Uint8Array(TCP_INFO_BYTES);
  const view = new DataView(bytes.buffer);
  const milliseconds = (since: number): number =>
    Math.floor((kernel.clock.nanoseconds(kernel.now) - kernel.clock.nanoseconds(since)) / 1e6);
  const connected = socket.peer !== null;
  bytes.set([socket.state, 0, 0, 0, 0, connected ? OPTIONS : 0, connected ? WINDOW_SCALE * 0x11 : 0, 0]);
  const words: readonly number[] = [
    connected ? RETRANSMIT_MICROSECONDS : 1_000_000, // rto
    connected ? 40_000 : 0, // ato
    connected ? LOOPBACK_SEGMENT : 536, // snd_mss
    connected ? LOOPBACK_SEGMENT : 536, // rcv_mss
    socket.isListening ? socket.backlogRoom.waiting : Math.ceil(socket.unacknowledged / LOOPBACK_SEGMENT), // unacked
    socket.isListening ? socket.backlogRoom.limit : 0, // sacked
    0, // lost
    0, // retrans
    0, // fackets
    milliseconds(socket.lastSentAt), // last_data_sent
    0, // last_ack_sent
    milliseconds(socket.lastReceivedAt), // last_data_recv
    milliseconds(socket.lastSentAt), // last_ack_recv
    LOOPBACK.mtu - 1, // pmtu
    socket.receiveBuffer >> 1, // rcv_ssthresh
    connected ? 20 : 0, // rtt, microseconds
    connected ? 10 : 250_000, // rttvar
    INFINITE_THRESHOLD, // snd_ssthresh
    INITIAL_WINDOW, // snd_cwnd
    connected ? LOOPBACK_SEGMENT : 536, // advmss
    3, // reordering
    0, // rcv_rtt
    socket.receiveBuffer >> 1, // rcv_space
    0, // total_retrans
  ];
  words.forEach((word, i) => view.setUint32(8 + i * 4, word, true));
  view.setBigUint64(104, 0xffff_ffff_ffff_ffffn, true); // pacing_rate
  view.setBigUint64(112, 0xffff_ffff_ffff_ffffn, true); // max_pacing_rate
  view.setBigUint64(120, BigInt(socket.bytesSent - socket.unacknowledged), true); // bytes_acked
  view.setBigUint64(128, BigInt(socket.stream.end), true); // bytes_received
  view.setUint32(136, socket.segmentsSent + socket.segmentsReceived, true); // segs_out
  view.setUint32(140, socket.segmentsReceived + socket.segmentsSent, true); // segs_in
  view.setUint32(152, socket.segmentsReceived, true); // data_segs_in
  view.setUint32(156, socket.segmentsSent, true); // data_segs_out
  view.setBigUint64(200, BigInt(socket.bytesSent), true); // bytes_sent
  return bytes;
}
