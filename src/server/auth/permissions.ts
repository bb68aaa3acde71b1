// The one table of who may call what. A method without a row cannot be served, and fails the test.

import { ADMIN, OPERATOR, VIEWER } from './roles.ts';

/** Where the role is needed. */
type Where =
  /** In every project that the request names. */
  | 'projects'
  /** In projects/-; or the request names the caller's own user, or a token of theirs. */
  | 'user'
  /** In projects/-. */
  | 'lab'
  /** Nowhere: everybody who has said who they are. */
  | 'anyone'
  /** Nowhere, and nobody is asked who they are. */
  | 'public';

export interface Permission {
  readonly where: Where;
  /** The least. */
  readonly role: number;
  /** It changes something, so it is in the audit log. */
  readonly changes: boolean;
  /** Not where the request names a machine that others have leased. */
  readonly exclusive?: true;
}

const LOOK: Permission = { where: 'projects', role: VIEWER, changes: false };
const CHANGE: Permission = { where: 'projects', role: OPERATOR, changes: true, exclusive: true };
/** Whose it is, the method sees to. */
const CHANGE_LEASE: Permission = { where: 'projects', role: OPERATOR, changes: true };
const OWN_LOOK: Permission = { where: 'user', role: ADMIN, changes: false };
const OWN_CHANGE: Permission = { where: 'user', role: ADMIN, changes: true };
const LAB_LOOK: Permission = { where: 'lab', role: ADMIN, changes: false };
const LAB_CHANGE: Permission = { where: 'lab', role: ADMIN, changes: true };
const ANYONE: Permission = { where: 'anyone', role: 0, changes: false };
const PUBLIC: Permission = { where: 'public', role: 0, changes: false };

/** By service and method. */
export const PERMISSIONS: Readonly<Record<string, Readonly<Record<string, Permission>>>> = {
  'uintr.v1.LabService': {
    GetServerInfo: ANYONE,
    WhoAmI: ANYONE,
  },
  'uintr.v1.ProjectService': {
    CreateProject: LAB_CHANGE,
    GetProject: LOOK,
    // Lists those in which the caller has a role.
    ListProjects: ANYONE,
    UpdateProject: LAB_CHANGE,
    DeleteProject: LAB_CHANGE,
  },
  'uintr.v1.UserService': {
    CreateUser: LAB_CHANGE,
    GetUser: OWN_LOOK,
    ListUsers: LAB_LOOK,
    UpdateUser: LAB_CHANGE,
    DeleteUser: LAB_CHANGE,
  },
  'uintr.v1.TokenService': {
    CreateToken: OWN_CHANGE,
    GetToken: OWN_LOOK,
    ListTokens: OWN_LOOK,
    RevokeToken: OWN_CHANGE,
  },
  'uintr.v1.LeaseService': {
    CreateLease: CHANGE_LEASE,
    GetLease: LOOK,
    ListLeases: LOOK,
    UpdateLease: CHANGE_LEASE,
    ExtendLease: CHANGE_LEASE,
    WaitLease: LOOK,
    ReleaseLease: CHANGE_LEASE,
    RevokeLease: { where: 'projects', role: ADMIN, changes: true },
  },
  'uintr.v1.AuditService': {
    ListAuditEntries: { where: 'projects', role: ADMIN, changes: false },
  },
  'uintr.v1.MachineService': {
    CreateMachine: CHANGE,
    GetMachine: LOOK,
    ListMachines: LOOK,
    UpdateMachine: CHANGE,
    DeleteMachine: CHANGE,
    StartMachine: CHANGE,
    PauseMachine: CHANGE,
    ResetMachine: CHANGE,
    ParkMachine: CHANGE,
    // Which thread does what is the daemon's business.
    MoveMachine: LAB_CHANGE,
    RunMachine: CHANGE,
    StepMachine: CHANGE,
    ReadMemory: LOOK,
    WriteMemory: CHANGE,
    ReadRegisters: LOOK,
    WriteRegisters: CHANGE,
    CreateBreakpoint: CHANGE,
    ListBreakpoints: LOOK,
    DeleteBreakpoint: CHANGE,
    GetMachineStats: LOOK,
    // Names no project where it asks for a preset.
    GetCostTable: LOOK,
  },
  'uintr.v1.ArtifactService': {
    UploadArtifact: CHANGE,
    DownloadArtifact: LOOK,
    GetArtifact: LOOK,
    ListArtifacts: LOOK,
    DeleteArtifact: CHANGE,
  },
  'uintr.v1.SnapshotService': {
    CreateSnapshot: CHANGE,
    GetSnapshot: LOOK,
    ListSnapshots: LOOK,
    UpdateSnapshot: CHANGE,
    DeleteSnapshot: CHANGE,
    RestoreSnapshot: CHANGE,
    ForkMachine: CHANGE,
    // It holds all that is in the machine, as ReadMemory and ReadFile show it.
    ExportSnapshot: LOOK,
    ImportSnapshot: CHANGE,
  },
  'uintr.v1.GuestService': {
    SpawnProcess: CHANGE,
    GetProcess: LOOK,
    ListProcesses: LOOK,
    ListThreads: LOOK,
    SignalProcess: CHANGE,
    // Lets virtual time pass.
    WaitProcess: CHANGE,
    // Takes input too.
    AttachConsole: CHANGE,
    ReadFile: LOOK,
    WriteFile: CHANGE,
    CreateRemoteThread: CHANGE,
    ExecuteSyscall: CHANGE,
  },
  'uintr.v1.UintrService': {
    RegisterHandler: CHANGE,
    UnregisterHandler: CHANGE,
    CreateVectorFd: CHANGE,
    RegisterSender: CHANGE,
    UnregisterSender: CHANGE,
    SendUipi: CHANGE,
    SendUipis: CHANGE,
    SetUserInterruptFlag: CHANGE,
    // Executes TESTUI.
    TestUserInterruptFlag: CHANGE,
    WaitForInterrupt: CHANGE,
    ReturnFromInterrupt: CHANGE,
    GetUintrState: LOOK,
    ExplainDelivery: LOOK,
  },
  'uintr.v1.UringService': {
    SetupRing: CHANGE,
    RegisterResources: CHANGE,
    SubmitOps: CHANGE,
    WaitCompletions: CHANGE,
    CancelOps: CHANGE,
    GetRingState: LOOK,
    ListRings: LOOK,
    CloseRing: CHANGE,
  },
  'uintr.v1.EventService': {
    StreamEvents: LOOK,
    ListEvents: LOOK,
    ExportTrace: LOOK,
  },
  // Load balancers have no tokens.
  'grpc.health.v1.Health': {
    Check: PUBLIC,
    Watch: PUBLIC,
  },
};

/** What other libraries serve: the API's description, and the connections of everybody. */
export const REFLECTION: Permission = ANYONE;
export const CHANNELZ: Permission = LAB_LOOK;

export function permissionOf(service: string, method: string): Permission {
  const permission = PERMISSIONS[service]?.[method];
  if (!permission) throw new Error(`${service}/${method} has no row in permissions.ts`);
  return permission;
}
