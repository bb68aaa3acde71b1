// Large programs of the distribution, natively and in a machine: equal output and exit code.

import { compareTools } from '../e2e/compare-tools.ts';
import { HEAVY } from '../e2e/tools.ts';

compareTools(HEAVY);
