// One row for each method: a request that is right for a machine that has everything, and the states in which the method is refused.

import type { Names } from './rig.ts';

export type State = 'CREATED' | 'RUNNING' | 'PAUSED' | 'QUIESCENT' | 'CRASHED';

export interface Row {
  /** One message; of a client's stream, the first. */
  readonly request: (names: Names) => Record<string, unknown>;
  readonly refuses: readonly State[];
  /** It ends when the machine lets it, so the machine may be deleted meanwhile: what the call ends with then. */
  readonly deleted?: 'CANCELLED' | 'OK';
  /** Executes on the thread or on the ring's thread, which does one thing at a time. */
  readonly occupies?: true;
}

const ALIVE: readonly State[] = ['CRASHED'];
const STANDING: readonly State[] = ['RUNNING', 'CRASHED'];
const ANY: readonly State[] = [];
const projectOf = ({ machine: name }: Names): string => name.split('/').slice(0, 2).join('/');
const project = (names: Names) => ({ parent: projectOf(names) });
const VIEWER_HERE = { project: 'projects/default', role: 'ROLE_VIEWER' };
const machine = ({ machine: name }: Names) => ({ name });
const inMachine = ({ machine: parent }: Names) => ({ parent });
const inThread =
  (rest: object = {}) =>
  ({ thread }: Names) => ({ thread, ...rest });
const call = (rest: object = {}): Row => ({ request: inThread(rest), refuses: ALIVE, occupies: true });

export const ROWS: Readonly<Record<string, Row>> = {
  'LabService.GetServerInfo': { request: () => ({}), refuses: ANY },
  'LabService.WhoAmI': { request: () => ({}), refuses: ANY },

  'ProjectService.CreateProject': { request: () => ({ project_id: 'p' }), refuses: ANY },
  'ProjectService.GetProject': { request: ({ project: name }) => ({ name }), refuses: ANY },
  'ProjectService.ListProjects': { request: () => ({}), refuses: ANY },
  'ProjectService.UpdateProject': {
    request: ({ project: name }) => ({ project: { name, quota: { machines: 1 } }, update_mask: { paths: ['quota.machines'] } }),
    refuses: ANY,
  },
  'ProjectService.DeleteProject': { request: ({ project: name }) => ({ name }), refuses: ANY },

  'UserService.CreateUser': { request: () => ({ user_id: 'u', user: { roles: [VIEWER_HERE] } }), refuses: ANY },
  'UserService.GetUser': { request: ({ user: name }) => ({ name }), refuses: ANY },
  'UserService.ListUsers': { request: () => ({}), refuses: ANY },
  'UserService.UpdateUser': {
    request: ({ user: name }) => ({ user: { name, roles: [VIEWER_HERE] }, update_mask: { paths: ['roles'] } }),
    refuses: ANY,
  },
  'UserService.DeleteUser': { request: ({ user: name }) => ({ name }), refuses: ANY },

  'TokenService.CreateToken': { request: ({ user: parent }) => ({ parent, token: { scope: [VIEWER_HERE] } }), refuses: ANY },
  'TokenService.GetToken': { request: ({ token: name }) => ({ name }), refuses: ANY },
  'TokenService.ListTokens': { request: ({ user: parent }) => ({ parent }), refuses: ANY },
  'TokenService.RevokeToken': { request: ({ token: name }) => ({ name }), refuses: ANY },

  'LeaseService.CreateLease': { request: (names) => ({ ...project(names), machine: names.machine }), refuses: ANY },
  'LeaseService.GetLease': { request: ({ lease: name }) => ({ name }), refuses: ANY },
  'LeaseService.ListLeases': { request: project, refuses: ANY },
  'LeaseService.UpdateLease': {
    request: ({ lease: name }) => ({ lease: { name, display_name: 'x' }, update_mask: { paths: ['display_name'] } }),
    refuses: ANY,
  },
  'LeaseService.ExtendLease': { request: ({ lease: name }) => ({ name }), refuses: ANY },
  'LeaseService.WaitLease': { request: ({ lease: name }) => ({ name }), refuses: ANY },
  'LeaseService.ReleaseLease': { request: ({ lease: name }) => ({ name }), refuses: ANY },
  'LeaseService.RevokeLease': { request: ({ lease: name }) => ({ name }), refuses: ANY },

  'AuditService.ListAuditEntries': { request: project, refuses: ANY },

  'MachineService.CreateMachine': { request: project, refuses: ANY },
  'MachineService.GetMachine': { request: machine, refuses: ANY },
  'MachineService.ListMachines': { request: project, refuses: ANY },
  'MachineService.UpdateMachine': {
    request: ({ machine: name }) => ({ machine: { name, labels: { a: 'b' } }, update_mask: { paths: ['labels'] } }),
    refuses: ANY,
  },
  'MachineService.DeleteMachine': { request: machine, refuses: ANY },
  'MachineService.StartMachine': { request: machine, refuses: ALIVE },
  'MachineService.PauseMachine': { request: machine, refuses: ['CREATED', 'CRASHED'] },
  'MachineService.ResetMachine': { request: machine, refuses: ANY },
  // Without a data directory there is nowhere to park.
  'MachineService.ParkMachine': { request: machine, refuses: ['CREATED', 'RUNNING', 'PAUSED', 'QUIESCENT', 'CRASHED'] },
  'MachineService.MoveMachine': { request: ({ machine: name }) => ({ name, worker: 1 }), refuses: ALIVE },
  'MachineService.RunMachine': { request: machine, refuses: STANDING, deleted: 'CANCELLED' },
  'MachineService.StepMachine': { request: ({ thread: name }) => ({ name, instructions: 1 }), refuses: STANDING },
  'MachineService.ReadMemory': { request: ({ machine: name }) => ({ name, address: 0n, length: 16 }), refuses: ALIVE },
  'MachineService.WriteMemory': {
    request: ({ process: name }) => ({ name, address: 0x10_0000n, data: new Uint8Array(1) }),
    refuses: ALIVE,
  },
  'MachineService.ReadRegisters': { request: ({ thread: name }) => ({ name }), refuses: ALIVE },
  'MachineService.WriteRegisters': {
    request: ({ thread: name }) => ({ name, registers: { values: { r15: 1n } } }),
    refuses: STANDING,
  },
  'MachineService.CreateBreakpoint': { request: ({ process: parent }) => ({ parent, address: 0x40_1000n }), refuses: ALIVE },
  'MachineService.ListBreakpoints': { request: inMachine, refuses: ALIVE },
  'MachineService.DeleteBreakpoint': { request: ({ breakpoint: name }) => ({ name }), refuses: ALIVE },
  'MachineService.GetMachineStats': { request: machine, refuses: ALIVE },
  'MachineService.GetCostTable': { request: (names) => ({ machine: names.machine }), refuses: ALIVE },

  'ArtifactService.UploadArtifact': { request: (names) => ({ header: { ...project(names), sha256: '0'.repeat(64) } }), refuses: ANY },
  'ArtifactService.DownloadArtifact': { request: ({ artifact: name }) => ({ name }), refuses: ANY },
  'ArtifactService.GetArtifact': { request: ({ artifact: name }) => ({ name }), refuses: ANY },
  'ArtifactService.ListArtifacts': { request: project, refuses: ANY },
  'ArtifactService.DeleteArtifact': { request: ({ artifact: name }) => ({ name }), refuses: ANY },

  'SnapshotService.CreateSnapshot': { request: ({ machine: name }) => ({ machine: name }), refuses: ALIVE },
  'SnapshotService.GetSnapshot': { request: ({ snapshot: name }) => ({ name }), refuses: ANY },
  'SnapshotService.ListSnapshots': { request: project, refuses: ANY },
  'SnapshotService.UpdateSnapshot': {
    request: ({ snapshot: name }) => ({ snapshot: { name, pinned: false }, update_mask: { paths: ['pinned'] } }),
    refuses: ANY,
  },
  'SnapshotService.DeleteSnapshot': { request: ({ snapshot: name }) => ({ name }), refuses: ANY },
  'SnapshotService.RestoreSnapshot': { request: (names) => ({ name: names.snapshot, machine: names.machine }), refuses: ANY },
  'SnapshotService.ForkMachine': { request: machine, refuses: ALIVE },
  'SnapshotService.ExportSnapshot': { request: ({ snapshot: name }) => ({ name }), refuses: ANY },
  'SnapshotService.ImportSnapshot': { request: (names) => ({ header: project(names) }), refuses: ANY },

  'GuestService.SpawnProcess': { request: (names) => ({ ...inMachine(names), path: '/bin/program' }), refuses: ALIVE },
  'GuestService.GetProcess': { request: ({ process: name }) => ({ name }), refuses: ALIVE },
  'GuestService.ListProcesses': { request: inMachine, refuses: ALIVE },
  'GuestService.ListThreads': { request: inMachine, refuses: ALIVE },
  'GuestService.SignalProcess': { request: ({ process: name }) => ({ name, signal: 28 }), refuses: ALIVE },
  'GuestService.WaitProcess': { request: ({ process: name }) => ({ name }), refuses: ALIVE, deleted: 'CANCELLED' },
  'GuestService.AttachConsole': { request: ({ process: name }) => ({ attach: { name } }), refuses: ALIVE, deleted: 'CANCELLED' },
  'GuestService.ReadFile': { request: (names) => ({ ...inMachine(names), path: '/bin/program' }), refuses: ALIVE },
  'GuestService.WriteFile': {
    request: (names) => ({ ...inMachine(names), file: { path: '/tmp/file', data: new Uint8Array(1) } }),
    refuses: ALIVE,
  },
  'GuestService.CreateRemoteThread': { request: inMachine, refuses: ALIVE },
  'GuestService.ExecuteSyscall': call({ name: 'getpid' }),

  'UintrService.RegisterHandler': call(),
  'UintrService.UnregisterHandler': call(),
  'UintrService.CreateVectorFd': call({ vector: 1 }),
  'UintrService.RegisterSender': {
    request: ({ thread, descriptor }) => ({ thread, vector_fd: descriptor }),
    refuses: ALIVE,
    occupies: true,
  },
  'UintrService.UnregisterSender': call(),
  'UintrService.SendUipi': call(),
  'UintrService.SendUipis': call({ uitt_indexes: [0n] }),
  'UintrService.SetUserInterruptFlag': call({ uif: true }),
  'UintrService.TestUserInterruptFlag': call(),
  'UintrService.WaitForInterrupt': { request: inThread(), refuses: ALIVE, deleted: 'CANCELLED' },
  'UintrService.ReturnFromInterrupt': call(),
  'UintrService.GetUintrState': { request: machine, refuses: ALIVE },
  'UintrService.ExplainDelivery': {
    request: ({ machine: parent, thread: receiver }) => ({ parent, receiver }),
    refuses: ALIVE,
  },

  'UringService.SetupRing': call({ entries: 4 }),
  'UringService.RegisterResources': { request: ({ ring }) => ({ ring, probe: true }), refuses: ALIVE, occupies: true },
  'UringService.SubmitOps': { request: ({ ring }) => ({ ring, entries: [{ nop: {} }] }), refuses: ALIVE, occupies: true },
  'UringService.WaitCompletions': { request: ({ ring }) => ({ ring }), refuses: ALIVE, deleted: 'CANCELLED', occupies: true },
  'UringService.CancelOps': { request: ({ ring }) => ({ ring, target: { user_data: 1n } }), refuses: ALIVE, occupies: true },
  'UringService.GetRingState': { request: ({ ring: name }) => ({ name }), refuses: ALIVE },
  'UringService.ListRings': { request: inMachine, refuses: ALIVE },
  'UringService.CloseRing': { request: ({ ring: name }) => ({ name }), refuses: ALIVE, occupies: true },

  'EventService.StreamEvents': { request: inMachine, refuses: ANY, deleted: 'OK' },
  'EventService.ListEvents': { request: inMachine, refuses: ANY },
  'EventService.ExportTrace': { request: inMachine, refuses: ANY },
};
