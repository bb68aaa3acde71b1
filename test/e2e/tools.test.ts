// Dynamically linked tools that people use, natively and in a machine: equal output and exit code.

import { compareTools } from './compare-tools.ts';
import { LIGHT } from './tools.ts';

compareTools(LIGHT);
