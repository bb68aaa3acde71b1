// What people and clients see of processes and threads. Reads state, changes nothing.

import type { CpuStatistics } from './cpu/cpu.ts';
import type { Machine } from './machine.ts';
import type { EngineStats, MachineStats, ProcessInfo, ThreadInfo } from './protocol.ts';
import { interruptNote } from './uintr-report.ts';
import type { Process } from '../kernel/task/process.ts';
import type { Task } from '../kernel/task/task.ts';

/** A live process, a zombie, or an exited one that was spawned from outside; null if unknown. */
export function processInfo(machine: Machine, pid: number): ProcessInfo | null {
  const process = machine.programs.get(pid)?.process ?? machine.board.kernel.pids.processes.get(pid);
  return process ? describeProcess(machine, process) : null;
}

/** Live processes and spawned ones, by ascending pid. The kernel's own reaper is not listed. */
export function processInfos(machine: Machine): ProcessInfo[] {
  const { pids, reaper } = machine.board.kernel;
  const processes = new Set([...machine.programs.values()].map((program) => program.process));
  for (const process of pids.processes.values()) if (process !== reaper) processes.add(process);
  return [...processes].sort((a, b) => a.pid - b.pid).map((process) => describeProcess(machine, process));
}

function describeProcess(machine: Machine, process: Process): ProcessInfo {
  const status = process.exitStatus;
  return {
    pid: process.pid,
    parentPid: process.parent?.pid ?? 0,
    path: process.executable,
    arguments: machine.programs.get(process.pid)?.arguments ?? commandLine(process),
    state: status ? 'exited' : 'running',
    exitCode: status?.kind === 'exited' ? status.code : 0,
    signal: status?.kind === 'killed' ? status.signal : 0,
    coreDumped: status?.kind === 'killed' && status.core,
    threads: process.threads.length,
    spawned: machine.programs.has(process.pid),
    residentBytes: process.leader ? process.leader.mm.residentPages * 4096 : 0,
  };
}

/** argv as it is in the process's memory; empty once that is gone. */
function commandLine(process: Process): string[] {
  const mm = process.leader?.mm;
  if (!mm || mm.argumentsEnd <= mm.argumentsStart) return [];
  const bytes = mm.user.copyIn(mm.argumentsStart, mm.argumentsEnd - mm.argumentsStart);
  return bytes ? new TextDecoder().decode(bytes).split('\0').slice(0, -1) : [];
}

/** Threads of one process, or of all (pid 0), by ascending tid. */
export function threadInfos(machine: Machine, pid: number): ThreadInfo[] {
  const { board } = machine;
  board.suspendAll();
  return board.kernel
    .listTasks()
    .filter((task) => pid === 0 || task.pid === pid)
    .sort((a, b) => a.tid - b.tid)
    .map((task) => ({
      ...task,
      interruptNote: interruptNote(board, task.tid),
      remote: remoteInfo(board.kernel.pids.tasks.get(task.tid)!),
    }));
}

function remoteInfo({ remote }: Task): ThreadInfo['remote'] {
  return remote && { park: remote.park, call: remote.call?.name ?? '', handlerDepth: remote.handlerDepth };
}

export function machineStats(machine: Machine, withHash: boolean): MachineStats {
  const { board } = machine;
  return {
    state: machine.state,
    cycle: machine.cycle,
    instructions: board.vcpus.reduce((sum, vcpu) => sum + board.instructionsOf(vcpu), 0),
    events: machine.events.emitted,
    processes: processInfos(machine).filter((process) => process.state === 'running').length,
    threads: board.kernel.pids.tasks.size,
    ramUsedBytes: (board.physical.frameCount - board.physical.freeFrames) * 4096,
    journalEntries: machine.journal.length,
    vcpus: board.vcpus.map((vcpu) => ({
      index: vcpu.id,
      mode: vcpu.mode,
      cycle: Math.floor(vcpu.clock),
      instructions: board.instructionsOf(vcpu),
      tid: board.kernel.current(vcpu)?.tid ?? 0,
    })),
    stateHash: withHash ? machine.hash() : '',
    engine: engineStats(board.cpu.statistics),
  };
}

function engineStats({
  inSteps,
  inRegions,
  regionEntries,
  decoded,
  drops,
  regions,
  compileMilliseconds,
  exits,
}: CpuStatistics): EngineStats {
  return {
    steppedInstructions: inSteps,
    regionInstructions: inRegions,
    regionEntries,
    decodedInstructions: decoded,
    codeDrops: drops,
    regionsCompiled: regions.compiled,
    regionsRefused: regions.refused,
    regionsLive: regions.live,
    compiledBytes: regions.bytes,
    compileMicroseconds: Math.round(compileMilliseconds * 1000),
    exits,
  };
}
