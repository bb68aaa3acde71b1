// From a path to a new address space ready to run: scripts, the program, its interpreter, the first stack.

import { cpuid } from '../../machine/cpu/helpers/cpuid.ts';
import { PAGE_SIZE } from '../../machine/memory/layout.ts';
import { AT, USER_HZ } from '../abi/auxv.ts';
import { ERRNO } from '../abi/errno.ts';
import { MS_NOSUID } from '../abi/mount.ts';
import { PIE_BASE, STACK_TOP, TASK_SIZE } from '../abi/layout.ts';
import type { Kernel } from '../kernel.ts';
import { Mm } from '../mm/mm.ts';
import { PROT_EXEC, PROT_READ, PROT_WRITE, Vma } from '../mm/vma.ts';
import { MINIMUM_STACK } from '../signal/frame.ts';
import type { Credentials } from '../task/credentials.ts';
import { bytesOf } from '../vfs/byte-streams.ts';
import { fullPath, type Dentry } from '../vfs/dentry.ts';
import type { Origin } from '../vfs/path.ts';
import { isBadImage, parseElf, type ElfImage } from './elf.ts';
import { readSymbols } from './elf-symbols.ts';
import { buildStack } from './initial-stack.ts';
import { mapImage, spanOf } from './map-image.ts';
import { checkProgram, findProgram, readerOf } from './program-file.ts';
import { isSecure, programIdentity, type ProgramIdentity } from './set-id.ts';
import type { SymbolTable } from './symbols.ts';

/** A program that cannot be started: what execve returns, and why, in words. */
export interface LoadFailure {
  readonly error: number;
  /** The file itself is there, but what it needs to run is not. */
  readonly lacksInterpreter?: boolean;
  readonly message: string;
}

export interface LoadRequest {
  readonly origin: Origin;
  /** As given; byte strings. */
  readonly path: string;
  readonly arguments: readonly Uint8Array[];
  readonly environment: readonly Uint8Array[];
  readonly credentials: Credentials;
  /** Set-user-ID and set-group-ID bits mean nothing (PR_SET_NO_NEW_PRIVS). */
  readonly ignoresSetId?: boolean;
  readonly stackLimit: number;
  /** execveat with AT_EMPTY_PATH: the file itself. */
  readonly entry?: Dentry;
  /** `path` leads nowhere once the program runs: a script's interpreter could not open it. */
  readonly pathVanishes?: boolean;
}

export interface LoadedProgram extends ProgramIdentity {
  readonly mm: Mm;
  readonly entry: number;
  readonly stack: number;
  readonly executable: string;
  readonly symbols: SymbolTable | null;
}

const SCRIPT_LINE = 256;
const MOST_INTERPRETERS = 5;
const HASH = 0x23;
const BANG = 0x21;
/** Where an interpreter goes: clear of the program and of the heap. */
const INTERPRETER_BASE = 0xe000_0000;
/** Pages of the stack that are mapped from the start; it grows on demand. */
const FIRST_STACK = 32 * PAGE_SIZE;
/** Argument and environment strings may take this much, a quarter of the stack limit at most. */
const ARGUMENT_LIMIT = 6 << 20;
const LONGEST_STRING = 131_072;

export function isLoadFailure(value: object): value is LoadFailure {
  return 'error' in value;
}

export function loadProgram(kernel: Kernel, request: LoadRequest): LoadedProgram | LoadFailure {
  const tooMuch = checkStrings(request);
  if (tooMuch) return tooMuch;
  let entry = request.entry ? checkProgram(request.origin, request.entry) : findProgram(kernel, request.origin, request.path);
  let argv = [...request.arguments];
  let path = request.path;
  for (let depth = 0; ; depth++) {
    if (typeof entry === 'number') return fail(-entry, cannotFind(path, -entry, depth));
    const script = readScriptLine(kernel, entry);
    if (!script) return loadElf(kernel, request, entry, argv);
    if (request.pathVanishes) return fail(ERRNO.ENOENT, `${path}: a script whose descriptor closes when it is executed`);
    if (depth >= MOST_INTERPRETERS) return fail(ERRNO.ELOOP, `${path}: too many nested script interpreters`);
    if (script.interpreter === '') return fail(ERRNO.ENOEXEC, `${path}: its #! line names no interpreter`);
    argv = [bytesOf(script.interpreter), ...(script.argument === '' ? [] : [bytesOf(script.argument)]), bytesOf(path), ...argv.slice(1)];
    path = script.interpreter;
    entry = findProgram(kernel, request.origin, path);
  }
}

function cannotFind(path: string, error: number, depth: number): string {
  const what = depth === 0 ? path : `script interpreter ${path}`;
  if (error === ERRNO.ENOENT) return `${what}: no such file in the machine's file system`;
  if (error === ERRNO.ETXTBSY) return `${what}: open for writing`;
  return error === ERRNO.EACCES ? `${what}: not an executable file` : `${what}: cannot be opened`;
}

function checkStrings(request: LoadRequest): LoadFailure | null {
  let total = 0;
  for (const string of [...request.arguments, ...request.environment]) {
    if (string.length >= LONGEST_STRING) return fail(ERRNO.E2BIG, `${request.path}: an argument of ${string.length} bytes`);
    total += string.length + 9;
  }
  const limit = Math.max(LONGEST_STRING, Math.min(ARGUMENT_LIMIT, request.stackLimit / 4));
  return total > limit ? fail(ERRNO.E2BIG, `${request.path}: arguments and environment take ${total} bytes, ${limit} are allowed`) : null;
}

function readScriptLine(kernel: Kernel, entry: Dentry): { interpreter: string; argument: string } | null {
  const start = readerOf(kernel, entry)(0, SCRIPT_LINE);
  if (start[0] !== HASH || start[1] !== BANG) return null;
  const text = String.fromCharCode(...start.subarray(2));
  const line = text.split('\n', 1)[0]!.replace(/^[ \t]+|[ \t\0]+$/g, '');
  const [interpreter = ''] = line.split(/[ \t\0]/, 1);
  // A name that may go on behind what is read names nothing.
  if (start.length === SCRIPT_LINE && interpreter === line && !/[\n \t\0]/.test(text.slice(text.indexOf(interpreter))))
    return { interpreter: '', argument: '' };
  return { interpreter, argument: line.slice(interpreter.length).replace(/^[ \t]+/, '') };
}

function loadElf(kernel: Kernel, request: LoadRequest, entry: Dentry, argv: readonly Uint8Array[]): LoadedProgram | LoadFailure {
  const path = fullPath(entry);
  const read = readerOf(kernel, entry);
  const image = parseElf(read, entry.inode.size, TASK_SIZE);
  if (isBadImage(image)) return fail(ERRNO.ENOEXEC, `${path}: ${image.reason}`);
  let interpreter: { entry: Dentry; image: ElfImage } | null = null;
  if (image.interpreter !== '') {
    const found = findInterpreter(kernel, request.origin, path, image.interpreter);
    if (isLoadFailure(found)) return found;
    interpreter = found;
  }
  const mm = Mm.create(kernel.hardware);
  if (!mm) return fail(ERRNO.ENOMEM, `${path}: no more address spaces`);
  const placed = place(kernel, mm, request, { path, entry, image, interpreter, argv });
  if (isLoadFailure(placed)) {
    mm.release();
    return placed;
  }
  mm.setProgram(entry.inode);
  return { ...placed, ...identityFor(request, entry), mm, executable: path, symbols: readSymbols(read, image, biasOf(image)) };
}

function identityFor({ credentials, ignoresSetId }: LoadRequest, entry: Dentry): ProgramIdentity {
  return ignoresSetId || entry.inode.fileSystem.flags & MS_NOSUID
    ? { euid: credentials.euid, egid: credentials.egid }
    : programIdentity(entry.inode, credentials);
}

function findInterpreter(kernel: Kernel, origin: Origin, program: string, path: string): { entry: Dentry; image: ElfImage } | LoadFailure {
  const entry = findProgram(kernel, origin, path);
  if (typeof entry === 'number') {
    const what = `${program}: dynamically linked; its interpreter (PT_INTERP) ${path} is not in the machine's file system`;
    const message = `${what}. Link with -static, or give the machine a root file system that has it (uintrctl: --libs-from-host, --sysroot or --root)`;
    return { error: -entry, message, lacksInterpreter: true };
  }
  const image = parseElf(readerOf(kernel, entry), entry.inode.size, TASK_SIZE);
  if (isBadImage(image)) return fail(ERRNO.ENOEXEC, `${program}: interpreter ${path}: ${image.reason}`);
  return { entry, image };
}

function biasOf(image: ElfImage): number {
  return image.isPositionIndependent ? PIE_BASE - spanOf(image).start : 0;
}

interface Parts {
  readonly path: string;
  readonly entry: Dentry;
  readonly image: ElfImage;
  readonly interpreter: { readonly entry: Dentry; readonly image: ElfImage } | null;
  readonly argv: readonly Uint8Array[];
}

function place(kernel: Kernel, mm: Mm, request: LoadRequest, parts: Parts): { entry: number; stack: number } | LoadFailure {
  const { image, path } = parts;
  const bias = biasOf(image);
  const failed = mapImage(mm, parts.entry, image, bias);
  if (failed) return fail(ERRNO.ENOEXEC, `${path}: ${failed.reason}`);
  noteSegments(mm, image, bias);
  let entry = image.entry + bias;
  let base = 0;
  if (parts.interpreter) {
    base = INTERPRETER_BASE - spanOf(parts.interpreter.image).start;
    const wrong = mapImage(mm, parts.interpreter.entry, parts.interpreter.image, base);
    if (wrong) return fail(ERRNO.ENOEXEC, `${path}: interpreter: ${wrong.reason}`);
    entry = parts.interpreter.image.entry + base;
  }
  const protection = PROT_READ | PROT_WRITE | (image.executableStack ? PROT_EXEC : 0);
  const stackEnd = STACK_TOP;
  if (mm.overlaps(stackEnd - FIRST_STACK, stackEnd)) return fail(ERRNO.ENOEXEC, `${path}: a segment lies where the stack goes`);
  mm.stackLimit = request.stackLimit;
  mm.insert(new Vma(stackEnd - FIRST_STACK, stackEnd, protection, { growsDown: true, name: '[stack]' }));
  const stack = buildStack(mm, {
    arguments: parts.argv,
    environment: request.environment,
    executable: bytesOf(request.path),
    random: kernel.hardware.random.bytes(16),
    auxiliary: auxiliaryVector(kernel, request.credentials, identityFor(request, parts.entry), image, bias, base),
  });
  return stack < 0 ? fail(ERRNO.ENOMEM, `${path}: no RAM left for its stack`) : { entry, stack };
}

function noteSegments(mm: Mm, image: ElfImage, bias: number): void {
  for (const { flags, address, fileSize, memorySize } of image.loads) {
    if (flags & 1) {
      mm.codeStart = address + bias;
      mm.codeEnd = address + bias + fileSize;
    } else {
      mm.dataStart = address + bias;
      mm.dataEnd = address + bias + fileSize;
    }
    const end = address + bias + memorySize;
    mm.brkStart = Math.max(mm.brkStart, end + PAGE_SIZE - 1 - ((end + PAGE_SIZE - 1) % PAGE_SIZE));
  }
  mm.brk = mm.brkStart;
}

function auxiliaryVector(
  kernel: Kernel,
  who: Credentials,
  identity: ProgramIdentity,
  image: ElfImage,
  bias: number,
  base: number,
): [number, number][] {
  const [, , , hwcap] = cpuid(kernel.options.processor, 1, 0, 0);
  return [
    [AT.HWCAP, hwcap],
    [AT.PAGESZ, PAGE_SIZE],
    [AT.CLKTCK, USER_HZ],
    [AT.PHDR, image.headersAddress + bias],
    [AT.PHENT, 56],
    [AT.PHNUM, image.headerCount],
    [AT.BASE, base],
    [AT.FLAGS, 0],
    [AT.ENTRY, image.entry + bias],
    [AT.UID, who.uid],
    [AT.EUID, identity.euid],
    [AT.GID, who.gid],
    [AT.EGID, identity.egid],
    [AT.SECURE, isSecure(who, identity) ? 1 : 0],
    // Neither MWAIT nor FSGSBASE instructions in user mode.
    [AT.HWCAP2, 0],
    [AT.MINSIGSTKSZ, MINIMUM_STACK],
  ];
}

function fail(error: number, message: string): LoadFailure {
  return { error, message };
}
