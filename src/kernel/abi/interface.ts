// Network interfaces: ioctls, struct ifreq, flags (uapi/linux/sockios.h, if.h, if_arp.h).

export const SIOCGIFNAME = 0x8910;
export const SIOCGIFCONF = 0x8912;
export const SIOCGIFFLAGS = 0x8913;
export const SIOCSIFFLAGS = 0x8914;
export const SIOCGIFADDR = 0x8915;
export const SIOCGIFDSTADDR = 0x8917;
export const SIOCGIFBRDADDR = 0x8919;
export const SIOCGIFNETMASK = 0x891b;
export const SIOCGIFMETRIC = 0x891d;
export const SIOCGIFMTU = 0x8921;
export const SIOCGIFHWADDR = 0x8927;
export const SIOCGIFINDEX = 0x8933;
export const SIOCGIFTXQLEN = 0x8942;
export const SIOCGIFMAP = 0x8970;
/** Requests of routes, interfaces and the ARP table that change something or need a device that is not there. */
export const SIOCADDRT = 0x890b;
export const SIOCDELRT = 0x890c;
export const SIOCSIFLINK = 0x8911;
export const SIOCETHTOOL = 0x8946;
export const SIOCGARP = 0x8954;
export const SIOCDARP = 0x8953;
export const SIOCSARP = 0x8955;

export const IFREQ_BYTES = 40;
export const IFNAMSIZ = 16;

export const IFF_UP = 1;
export const IFF_LOOPBACK = 8;
export const IFF_RUNNING = 0x40;
export const IFF_LOWER_UP = 0x10000;
export const ARPHRD_LOOPBACK = 772;
