// The guest programs with another C library than the one they are built with.

import { guests } from '../../guests/guests.ts';
import { describeRebuilt } from '../guests/rebuilt.ts';

/** One ABI is enough: the system calls differ by their numbers. */
describeRebuilt(
  'gcc',
  guests.filter((guest) => !/\.(rfc|k518)$|-O0$/.test(guest.name)),
);
