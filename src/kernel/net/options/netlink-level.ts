// Options of SOL_NETLINK (netlink(7)): kept, for there is nothing they could change about answers to requests.

import { SOL_NETLINK } from '../../abi/socket.ts';
import { flag, kept, tableOf } from './option.ts';

const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_DROP_MEMBERSHIP = 2;
const NETLINK_PKTINFO = 3;
const NETLINK_BROADCAST_ERROR = 4;
const NETLINK_NO_ENOBUFS = 5;
const NETLINK_CAP_ACK = 10;
export const NETLINK_EXT_ACK = 11;
export const NETLINK_GET_STRICT_CHK = 12;
const MAX_GROUP = 36;

export const NETLINK_LEVEL = tableOf([
  kept(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, { least: 1, most: MAX_GROUP }),
  kept(SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, { least: 1, most: MAX_GROUP }),
  ...[NETLINK_PKTINFO, NETLINK_BROADCAST_ERROR, NETLINK_NO_ENOBUFS, NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK].map(
    (option) => flag(SOL_NETLINK, option),
  ),
]);
