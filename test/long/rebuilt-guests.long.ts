// The guest programs built anew from their sources: with the C library of the built ones, and with another one.

import { guests } from '../../guests/guests.ts';
import { describeRebuilt } from '../guests/rebuilt.ts';

describeRebuilt('musl-gcc', guests);
/** One ABI is enough: the system calls differ by their numbers. */
describeRebuilt(
  'gcc',
  guests.filter((guest) => !/\.(rfc|k518)$|-O0$/.test(guest.name)),
);
