// Netlink and its routing family (uapi/linux/netlink.h, rtnetlink.h, if_link.h, if_addr.h).

export const NETLINK_ROUTE = 0;
export const NETLINK_MAX = 32;

export const NLMSGHDR_BYTES = 16;
export const NLMSG_MIN_TYPE = 0x10;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
export const NLM_F_REQUEST = 1;
export const NLM_F_MULTI = 2;
export const NLM_F_ACK = 4;
export const NLM_F_DUMP = 0x300;
/** The acknowledgement holds the header of the request alone. */
export const NLM_F_CAPPED = 0x100;

export const RTM_NEWLINK = 16;
export const RTM_GETLINK = 18;
export const RTM_NEWADDR = 20;
export const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
export const RTM_GETROUTE = 26;
export const RTM_GETNEIGH = 30;
/** Two low bits of a type: what is done. */
export const RTNL_KIND_GET = 2;

export const IFINFOMSG_BYTES = 16;
export const RTMSG_BYTES = 12;
export const SOCKADDR_NL_BYTES = 12;

export const IFLA = {
  ADDRESS: 1,
  BROADCAST: 2,
  IFNAME: 3,
  MTU: 4,
  QDISC: 6,
  STATS: 7,
  TXQLEN: 13,
  OPERSTATE: 16,
  LINKMODE: 17,
  STATS64: 23,
  GROUP: 27,
  NUM_TX_QUEUES: 31,
  NUM_RX_QUEUES: 32,
  CARRIER: 33,
  MIN_MTU: 50,
  MAX_MTU: 51,
} as const;

export const IFA = { ADDRESS: 1, LOCAL: 2, LABEL: 3, CACHEINFO: 6, FLAGS: 8 } as const;
export const IFA_F_PERMANENT = 0x80;

export const RTA = { DST: 1, OIF: 4, PREFSRC: 7, CACHEINFO: 12, TABLE: 15 } as const;
export const RT_TABLE_MAIN = 254;
export const RT_TABLE_LOCAL = 255;
export const RT_SCOPE_HOST = 254;
export const RT_SCOPE_LINK = 253;
export const RTPROT_KERNEL = 2;
export const RTN_LOCAL = 2;
export const RTN_BROADCAST = 3;
