#!/usr/bin/env node
// Runs a part of uintrd under the right Node: finds node_modules (in a checkout: installs them), re-executes under the Node 24 that came
// along if this one is older, and picks the TypeScript sources (checkout) or dist (published package).
// Plain JavaScript that any Node from 14 on can parse.
//   node bin/launch.js FILE [ARGUMENTS]         a file, relative to the package
//   node bin/launch.js --tool NAME [ARGUMENTS]  a tool of node_modules/.bin
import { spawn, spawnSync } from 'child_process';
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync } from 'fs';
import { createRequire } from 'module';
import { tmpdir } from 'os';
import { dirname, join, resolve } from 'path';
import { fileURLToPath, pathToFileURL } from 'url';

const NEEDED = 24;
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const isCheckout = existsSync(join(root, 'tsconfig.json')) && existsSync(join(root, 'package-lock.json'));

function fail(message) {
  process.stderr.write(`uintrd: ${message}\n`);
  process.exit(125);
}

/** In a checkout, node_modules is made from the lockfile; in an installed package npm has done so. */
function install() {
  const marker = join(root, 'node_modules', '.package-lock.json');
  if (!isCheckout || existsSync(marker)) return;
  process.stderr.write('uintrd: installing dependencies (npm ci)\n');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (npm.error) fail(`cannot run npm: ${npm.error.message}`);
  if (npm.status !== 0) fail('npm ci failed; see above');
}

/** The Node 24 binary that npm brought as an optional dependency. */
function bundledNode() {
  const name = `node-linux-${process.arch}`;
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), 'bin', 'node');
  } catch (error) {
    return fail(
      `this is Node ${process.versions.node}, Node ${NEEDED} or later is needed, and the package ${name} that would bring it is not installed` +
        ` (optional dependencies left out, or no build for ${process.platform} ${process.arch})`,
    );
  }
}

function writable(directory) {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch (error) {
    return false;
  }
}

/** Compiled code is kept between runs: in the checkout, or a directory of this user's. */
function cacheDirectory() {
  if (isCheckout && writable(root)) return join(root, '.cache', 'compile');
  const base = process.env.XDG_CACHE_HOME || (process.env.HOME && join(process.env.HOME, '.cache'));
  return join(
    base && existsSync(base) && writable(base) ? base : join(tmpdir(), `uintrd-${process.getuid ? process.getuid() : 0}`),
    'uintrd',
    'compile',
  );
}

/** src/x.ts or clients/x.ts in a checkout; dist/src/x.js in a package. */
function moduleFile(file) {
  const source = join(root, file);
  const built = join(root, 'dist', file.replace(/\.ts$/, '.js'));
  const choice = isCheckout || !existsSync(built) ? source : built;
  if (!existsSync(choice)) fail(`there is no ${choice}`);
  return choice;
}

function toolFile(name) {
  const entry = join(root, 'node_modules', '.bin', name);
  if (!existsSync(entry)) fail(`there is no tool ${name} in node_modules`);
  const file = realpathSync(entry);
  const head = readFileSync(file).subarray(0, 64).toString('latin1');
  return { file, isNode: /^#!.*\bnode\b/.test(head) || /\.[cm]?js$/.test(file) };
}

/** Runs a command in our place: its signals, its exit code. */
function become(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', env: process.env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'])
    process.on(signal, () => {
      // A terminal sends SIGINT and SIGQUIT to the child itself.
      if (!(process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT'))) child.kill(signal);
    });
  child.on('error', (error) => fail(`cannot run ${command}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code === null ? 125 : code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // For a signal that does not end us.
    setTimeout(() => process.exit(125), 100);
  });
}

export function launch(args) {
  install();
  const tool = args[0] === '--tool' ? args[1] : undefined;
  const rest = args.slice(tool === undefined ? 1 : 2);
  if (args.length === 0 || (args[0] === '--tool' && tool === undefined))
    fail('usage: launch.js FILE [ARGUMENTS] | --tool NAME [ARGUMENTS]');
  const modern = Number(process.versions.node.split('.')[0]) >= NEEDED;
  const node = modern ? process.execPath : bundledNode();
  if (!modern && !existsSync(node)) fail(`${node} is missing`);
  // Tools start programs by the name "node": it must be the same one.
  process.env.PATH = `${dirname(node)}:${process.env.PATH || ''}`;

  if (tool !== undefined) {
    const { file, isNode } = toolFile(tool);
    return become(isNode ? node : file, isNode ? [file, ...rest] : rest);
  }
  if (!process.env.NODE_COMPILE_CACHE) process.env.NODE_COMPILE_CACHE = cacheDirectory();
  const file = statSync(root).isDirectory() ? moduleFile(args[0]) : '';
  if (!modern) return become(node, ['--disable-warning=ExperimentalWarning', file, ...rest]);
  // The variable came too late for this process; workers and children have it.
  const { enableCompileCache } = require('module');
  if (enableCompileCache) enableCompileCache(process.env.NODE_COMPILE_CACHE);
  process.argv = [process.argv[0], file, ...rest];
  return import(pathToFileURL(file).href);
}

if (process.argv[1] && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) launch(process.argv.slice(2));
