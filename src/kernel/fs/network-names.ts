// /etc/protocols and /etc/services (protocols(5), services(5)): the names programs ask for, by IANA's registries.

const PROTOCOL_NUMBERS: readonly (readonly [name: string, number: number])[] = [
  ['ip', 0],
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['ipv6', 41],
  ['ipv6-icmp', 58],
];

/** By both protocols where `transport` is empty. */
const SERVICE_PORTS: readonly (readonly [name: string, port: number, transport: '' | 'tcp' | 'udp'])[] = [
  ['echo', 7, ''],
  ['discard', 9, ''],
  ['daytime', 13, 'tcp'],
  ['ftp', 21, 'tcp'],
  ['ssh', 22, 'tcp'],
  ['telnet', 23, 'tcp'],
  ['smtp', 25, 'tcp'],
  ['time', 37, ''],
  ['domain', 53, ''],
  ['tftp', 69, 'udp'],
  ['http', 80, 'tcp'],
  ['pop3', 110, 'tcp'],
  ['ntp', 123, 'udp'],
  ['imap2', 143, 'tcp'],
  ['snmp', 161, 'udp'],
  ['https', 443, 'tcp'],
  ['syslog', 514, 'udp'],
  ['postgresql', 5432, 'tcp'],
  ['http-alt', 8080, 'tcp'],
];

export const PROTOCOLS = PROTOCOL_NUMBERS.map(([name, number]) => `${name}\t${number}\t${name.toUpperCase()}\n`).join('');

export const SERVICES = SERVICE_PORTS.flatMap(([name, port, transport]) =>
  (transport === '' ? ['tcp', 'udp'] : [transport]).map((protocol) => `${name}\t${port}/${protocol}\n`),
).join('');
