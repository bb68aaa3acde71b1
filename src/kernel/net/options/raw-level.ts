// Options of SOL_RAW (raw(7)): ICMP_FILTER, which types of ICMP a raw socket does not want.

import { ERRNO } from '../../abi/errno.ts';
import { ICMP_FILTER, IPPROTO_ICMP } from '../../abi/inet.ts';
import { SOL_RAW } from '../../abi/socket.ts';
import { int32s } from '../message.ts';
import { tableOf } from './option.ts';

export const RAW_LEVEL = tableOf([
  {
    level: SOL_RAW,
    option: ICMP_FILTER,
    get: ({ socket }) => (socket.protocol === IPPROTO_ICMP ? int32s(socket.option(SOL_RAW, ICMP_FILTER)) : -ERRNO.EOPNOTSUPP),
    set: ({ socket }, mask) => {
      if (socket.protocol !== IPPROTO_ICMP) return -ERRNO.EOPNOTSUPP;
      socket.setOption(SOL_RAW, ICMP_FILTER, mask);
      return 0;
    },
  },
]);
