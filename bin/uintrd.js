#!/usr/bin/env node
import { launch } from './launch.js';

launch(['src/server/main.ts', ...process.argv.slice(2)]);
