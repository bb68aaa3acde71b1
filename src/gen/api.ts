// Generated from proto/ by scripts/generate-api.ts: change the protos instead.

import type { ApiRules, ApiSchema } from '../wire/schema.ts';

export const API: ApiSchema = {
  messages: {
    'uintr.v1.RoleBinding': [
      { name: 'project', number: 1, type: 'string' },
      { name: 'role', number: 2, type: 'enum', of: 'uintr.v1.Role' },
    ],
    'uintr.v1.User': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'uid', number: 2, type: 'string' },
      { name: 'etag', number: 3, type: 'string' },
      { name: 'create_time', number: 4, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'display_name', number: 5, type: 'string' },
      { name: 'roles', number: 6, type: 'message', of: 'uintr.v1.RoleBinding', repeated: true },
      { name: 'disabled', number: 7, type: 'bool' },
    ],
    'uintr.v1.Token': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'create_time', number: 2, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'expire_time', number: 3, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'last_use_time', number: 4, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'display_name', number: 5, type: 'string' },
      { name: 'scope', number: 6, type: 'message', of: 'uintr.v1.RoleBinding', repeated: true },
    ],
    'uintr.v1.CreateUserRequest': [
      { name: 'user_id', number: 1, type: 'string' },
      { name: 'user', number: 2, type: 'message', of: 'uintr.v1.User' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.CreateUserResponse': [
      { name: 'user', number: 1, type: 'message', of: 'uintr.v1.User' },
    ],
    'uintr.v1.GetUserRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetUserResponse': [
      { name: 'user', number: 1, type: 'message', of: 'uintr.v1.User' },
    ],
    'uintr.v1.ListUsersRequest': [
      { name: 'page_size', number: 1, type: 'uint32' },
      { name: 'page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.ListUsersResponse': [
      { name: 'users', number: 1, type: 'message', of: 'uintr.v1.User', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.UpdateUserRequest': [
      { name: 'user', number: 1, type: 'message', of: 'uintr.v1.User' },
      { name: 'update_mask', number: 2, type: 'message', of: 'google.protobuf.FieldMask' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.UpdateUserResponse': [
      { name: 'user', number: 1, type: 'message', of: 'uintr.v1.User' },
    ],
    'uintr.v1.DeleteUserRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'etag', number: 2, type: 'string' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.DeleteUserResponse': [],
    'uintr.v1.CreateTokenRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'token', number: 2, type: 'message', of: 'uintr.v1.Token' },
      { name: 'ttl', number: 3, type: 'message', of: 'google.protobuf.Duration' },
    ],
    'uintr.v1.CreateTokenResponse': [
      { name: 'token', number: 1, type: 'message', of: 'uintr.v1.Token' },
      { name: 'secret', number: 2, type: 'string' },
    ],
    'uintr.v1.GetTokenRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetTokenResponse': [
      { name: 'token', number: 1, type: 'message', of: 'uintr.v1.Token' },
    ],
    'uintr.v1.ListTokensRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListTokensResponse': [
      { name: 'tokens', number: 1, type: 'message', of: 'uintr.v1.Token', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.RevokeTokenRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.RevokeTokenResponse': [],
    'uintr.v1.Project': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'uid', number: 2, type: 'string' },
      { name: 'etag', number: 3, type: 'string' },
      { name: 'create_time', number: 4, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'display_name', number: 5, type: 'string' },
      { name: 'labels', number: 6, type: 'string', map: true },
      { name: 'quota', number: 7, type: 'message', of: 'uintr.v1.Quota' },
      { name: 'usage', number: 8, type: 'message', of: 'uintr.v1.Usage' },
    ],
    'uintr.v1.Quota': [
      { name: 'machines', number: 1, type: 'uint32' },
      { name: 'vcpus', number: 2, type: 'uint32' },
      { name: 'ram_bytes', number: 3, type: 'uint64' },
      { name: 'artifact_bytes', number: 4, type: 'uint64' },
      { name: 'event_bytes', number: 5, type: 'uint64' },
      { name: 'streams', number: 6, type: 'uint32' },
      { name: 'requests_per_second', number: 7, type: 'uint32' },
      { name: 'cpu_shares', number: 8, type: 'uint32' },
      { name: 'snapshot_bytes', number: 9, type: 'uint64' },
    ],
    'uintr.v1.Usage': [
      { name: 'machines', number: 1, type: 'uint32' },
      { name: 'vcpus', number: 2, type: 'uint32' },
      { name: 'ram_bytes', number: 3, type: 'uint64' },
      { name: 'artifact_bytes', number: 4, type: 'uint64' },
      { name: 'event_bytes', number: 5, type: 'uint64' },
      { name: 'streams', number: 6, type: 'uint32' },
      { name: 'snapshot_bytes', number: 7, type: 'uint64' },
    ],
    'uintr.v1.CreateProjectRequest': [
      { name: 'project_id', number: 1, type: 'string' },
      { name: 'project', number: 2, type: 'message', of: 'uintr.v1.Project' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.CreateProjectResponse': [
      { name: 'project', number: 1, type: 'message', of: 'uintr.v1.Project' },
    ],
    'uintr.v1.GetProjectRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetProjectResponse': [
      { name: 'project', number: 1, type: 'message', of: 'uintr.v1.Project' },
    ],
    'uintr.v1.ListProjectsRequest': [
      { name: 'page_size', number: 1, type: 'uint32' },
      { name: 'page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.ListProjectsResponse': [
      { name: 'projects', number: 1, type: 'message', of: 'uintr.v1.Project', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.UpdateProjectRequest': [
      { name: 'project', number: 1, type: 'message', of: 'uintr.v1.Project' },
      { name: 'update_mask', number: 2, type: 'message', of: 'google.protobuf.FieldMask' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.UpdateProjectResponse': [
      { name: 'project', number: 1, type: 'message', of: 'uintr.v1.Project' },
    ],
    'uintr.v1.DeleteProjectRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'etag', number: 2, type: 'string' },
      { name: 'force', number: 3, type: 'bool' },
      { name: 'request_id', number: 4, type: 'string' },
    ],
    'uintr.v1.DeleteProjectResponse': [],
    'uintr.v1.AuditEntry': [
      { name: 'id', number: 1, type: 'uint64' },
      { name: 'time', number: 2, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'last_time', number: 3, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'count', number: 4, type: 'uint32' },
      { name: 'user', number: 5, type: 'string' },
      { name: 'token', number: 6, type: 'string' },
      { name: 'peer', number: 7, type: 'string' },
      { name: 'method', number: 8, type: 'string' },
      { name: 'resource', number: 9, type: 'string' },
      { name: 'code', number: 10, type: 'string' },
      { name: 'reason', number: 11, type: 'string' },
      { name: 'request_id', number: 12, type: 'string' },
    ],
    'uintr.v1.ListAuditEntriesRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'filter', number: 2, type: 'string' },
      { name: 'page_size', number: 3, type: 'uint32' },
      { name: 'page_token', number: 4, type: 'string' },
    ],
    'uintr.v1.ListAuditEntriesResponse': [
      { name: 'entries', number: 1, type: 'message', of: 'uintr.v1.AuditEntry', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.Lease': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'uid', number: 2, type: 'string' },
      { name: 'create_time', number: 3, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'machine', number: 4, type: 'string' },
      { name: 'holder', number: 5, type: 'string' },
      { name: 'shared_with', number: 6, type: 'string', repeated: true },
      { name: 'display_name', number: 7, type: 'string' },
      { name: 'state', number: 8, type: 'enum', of: 'uintr.v1.Lease.State' },
      { name: 'position', number: 9, type: 'uint32' },
      { name: 'priority', number: 10, type: 'uint32' },
      { name: 'start_time', number: 11, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'expire_time', number: 12, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'cap_time', number: 13, type: 'message', of: 'google.protobuf.Timestamp' },
    ],
    'uintr.v1.CreateLeaseRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'lease_id', number: 2, type: 'string' },
      { name: 'machine', number: 3, type: 'string' },
      { name: 'ttl', number: 4, type: 'message', of: 'google.protobuf.Duration' },
      { name: 'queue_ttl', number: 5, type: 'message', of: 'google.protobuf.Duration' },
      { name: 'priority', number: 6, type: 'uint32' },
      { name: 'shared_with', number: 7, type: 'string', repeated: true },
      { name: 'display_name', number: 8, type: 'string' },
      { name: 'request_id', number: 9, type: 'string' },
    ],
    'uintr.v1.CreateLeaseResponse': [
      { name: 'lease', number: 1, type: 'message', of: 'uintr.v1.Lease' },
    ],
    'uintr.v1.GetLeaseRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetLeaseResponse': [
      { name: 'lease', number: 1, type: 'message', of: 'uintr.v1.Lease' },
    ],
    'uintr.v1.ListLeasesRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListLeasesResponse': [
      { name: 'leases', number: 1, type: 'message', of: 'uintr.v1.Lease', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.UpdateLeaseRequest': [
      { name: 'lease', number: 1, type: 'message', of: 'uintr.v1.Lease' },
      { name: 'update_mask', number: 2, type: 'message', of: 'google.protobuf.FieldMask' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.UpdateLeaseResponse': [
      { name: 'lease', number: 1, type: 'message', of: 'uintr.v1.Lease' },
    ],
    'uintr.v1.ExtendLeaseRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'ttl', number: 2, type: 'message', of: 'google.protobuf.Duration' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.ExtendLeaseResponse': [
      { name: 'lease', number: 1, type: 'message', of: 'uintr.v1.Lease' },
    ],
    'uintr.v1.WaitLeaseRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.WaitLeaseResponse': [
      { name: 'lease', number: 1, type: 'message', of: 'uintr.v1.Lease' },
    ],
    'uintr.v1.ReleaseLeaseRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.ReleaseLeaseResponse': [],
    'uintr.v1.RevokeLeaseRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'reason', number: 2, type: 'string' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.RevokeLeaseResponse': [],
    'uintr.v1.GetServerInfoRequest': [],
    'uintr.v1.GetServerInfoResponse': [
      { name: 'version', number: 1, type: 'string' },
      { name: 'node_version', number: 2, type: 'string' },
      { name: 'start_time', number: 3, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'workers', number: 4, type: 'uint32' },
      { name: 'machines', number: 5, type: 'uint32' },
      { name: 'limits', number: 6, type: 'message', of: 'uintr.v1.ServerLimits' },
      { name: 'machine_ram_bytes', number: 7, type: 'uint64' },
      { name: 'artifact_bytes', number: 8, type: 'uint64' },
      { name: 'recovering_machines', number: 9, type: 'uint32' },
    ],
    'uintr.v1.ServerLimits': [
      { name: 'machines', number: 1, type: 'uint32' },
      { name: 'machine_ram_bytes', number: 2, type: 'uint64' },
      { name: 'artifact_bytes', number: 3, type: 'uint64' },
      { name: 'event_log_bytes', number: 4, type: 'uint64' },
      { name: 'message_bytes', number: 5, type: 'uint64' },
    ],
    'uintr.v1.WhoAmIRequest': [],
    'uintr.v1.WhoAmIResponse': [
      { name: 'user', number: 1, type: 'string' },
      { name: 'credential', number: 2, type: 'enum', of: 'uintr.v1.Credential' },
      { name: 'roles', number: 3, type: 'message', of: 'uintr.v1.RoleBinding', repeated: true },
      { name: 'token', number: 4, type: 'string' },
      { name: 'expire_time', number: 5, type: 'message', of: 'google.protobuf.Timestamp' },
    ],
    'uintr.v1.MachineSpec': [
      { name: 'vcpus', number: 1, type: 'uint32' },
      { name: 'ram_bytes', number: 2, type: 'uint64' },
      { name: 'cpu_level', number: 3, type: 'enum', of: 'uintr.v1.CpuLevel' },
      { name: 'abi', number: 4, type: 'enum', of: 'uintr.v1.Abi' },
      { name: 'cost_preset', number: 5, type: 'string' },
      { name: 'cost_overrides', number: 6, type: 'uint64', map: true },
      { name: 'seed', number: 7, type: 'uint64' },
      { name: 'epoch', number: 8, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'time_mode', number: 9, type: 'enum', of: 'uintr.v1.TimeMode' },
      { name: 'event_kinds', number: 10, type: 'string', repeated: true },
      { name: 'limits', number: 11, type: 'message', of: 'uintr.v1.MachineLimits' },
      { name: 'root', number: 12, type: 'message', of: 'uintr.v1.RootFileSystem' },
      { name: 'storage', number: 13, type: 'enum', of: 'uintr.v1.Storage' },
    ],
    'uintr.v1.RootFileSystem': [
      { name: 'artifact', number: 1, type: 'string' },
      { name: 'sha256', number: 2, type: 'string' },
    ],
    'uintr.v1.MachineLimits': [
      { name: 'virtual_cycles', number: 1, type: 'uint64' },
      { name: 'threads', number: 2, type: 'uint32' },
      { name: 'file_bytes', number: 3, type: 'uint64' },
      { name: 'console_bytes', number: 4, type: 'uint64' },
    ],
    'uintr.v1.Machine': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'uid', number: 2, type: 'string' },
      { name: 'etag', number: 3, type: 'string' },
      { name: 'labels', number: 4, type: 'string', map: true },
      { name: 'create_time', number: 5, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'spec', number: 6, type: 'message', of: 'uintr.v1.MachineSpec' },
      { name: 'state', number: 7, type: 'enum', of: 'uintr.v1.MachineState' },
      { name: 'state_reason', number: 8, type: 'string' },
      { name: 'cycle', number: 9, type: 'uint64' },
      { name: 'incarnation', number: 10, type: 'uint32' },
      { name: 'awaiting_input', number: 11, type: 'bool' },
      { name: 'worker', number: 12, type: 'uint32', oneof: '_worker' },
      { name: 'parked_state', number: 13, type: 'enum', of: 'uintr.v1.MachineState' },
    ],
    'uintr.v1.CreateMachineRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'machine_id', number: 2, type: 'string' },
      { name: 'machine', number: 3, type: 'message', of: 'uintr.v1.Machine' },
      { name: 'request_id', number: 4, type: 'string' },
    ],
    'uintr.v1.CreateMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.GetMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.ListMachinesRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListMachinesResponse': [
      { name: 'machines', number: 1, type: 'message', of: 'uintr.v1.Machine', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.UpdateMachineRequest': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
      { name: 'update_mask', number: 2, type: 'message', of: 'google.protobuf.FieldMask' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.UpdateMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.DeleteMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'etag', number: 2, type: 'string' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.DeleteMachineResponse': [],
    'uintr.v1.StartMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.StartMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.PauseMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.PauseMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.MoveMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'worker', number: 2, type: 'uint32' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.MoveMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.ParkMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.ParkMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.ResetMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.ResetMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.RunMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'until_cycle', number: 2, type: 'uint64' },
      { name: 'cycles', number: 3, type: 'uint64' },
      { name: 'instructions', number: 4, type: 'uint64' },
      { name: 'virtual_time', number: 5, type: 'message', of: 'google.protobuf.Duration' },
      { name: 'event', number: 6, type: 'message', of: 'uintr.v1.EventMatch' },
      { name: 'request_id', number: 7, type: 'string' },
    ],
    'uintr.v1.EventMatch': [
      { name: 'kind', number: 1, type: 'enum', of: 'uintr.v1.EventKind' },
      { name: 'pid', number: 2, type: 'uint32' },
      { name: 'tid', number: 3, type: 'uint32' },
      { name: 'vcpu', number: 4, type: 'uint32', oneof: '_vcpu' },
      { name: 'fields', number: 5, type: 'string', map: true },
    ],
    'uintr.v1.RunMachineResponse': [
      { name: 'stop_reason', number: 1, type: 'enum', of: 'uintr.v1.StopReason' },
      { name: 'cycle', number: 2, type: 'uint64' },
      { name: 'instructions', number: 3, type: 'uint64' },
      { name: 'event_sequence', number: 4, type: 'uint64' },
      { name: 'breakpoint', number: 5, type: 'string' },
      { name: 'thread', number: 6, type: 'string' },
    ],
    'uintr.v1.StepMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'vcpu', number: 2, type: 'uint32' },
      { name: 'instructions', number: 3, type: 'uint32' },
      { name: 'request_id', number: 4, type: 'string' },
    ],
    'uintr.v1.StepMachineResponse': [
      { name: 'stop_reason', number: 1, type: 'enum', of: 'uintr.v1.StopReason' },
      { name: 'cycle', number: 2, type: 'uint64' },
      { name: 'instructions', number: 3, type: 'uint32' },
      { name: 'thread', number: 4, type: 'string' },
      { name: 'rip', number: 5, type: 'fixed64' },
      { name: 'symbol', number: 6, type: 'string' },
    ],
    'uintr.v1.ReadMemoryRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'address', number: 2, type: 'fixed64' },
      { name: 'length', number: 3, type: 'uint32' },
    ],
    'uintr.v1.ReadMemoryResponse': [
      { name: 'data', number: 1, type: 'bytes' },
    ],
    'uintr.v1.WriteMemoryRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'address', number: 2, type: 'fixed64' },
      { name: 'data', number: 3, type: 'bytes' },
      { name: 'request_id', number: 4, type: 'string' },
    ],
    'uintr.v1.WriteMemoryResponse': [],
    'uintr.v1.ReadRegistersRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.Registers': [
      { name: 'values', number: 1, type: 'fixed64', map: true },
      { name: 'vectors', number: 2, type: 'bytes', map: true },
    ],
    'uintr.v1.ReadRegistersResponse': [
      { name: 'registers', number: 1, type: 'message', of: 'uintr.v1.Registers' },
      { name: 'cycle', number: 2, type: 'uint64' },
    ],
    'uintr.v1.WriteRegistersRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'registers', number: 2, type: 'message', of: 'uintr.v1.Registers' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.WriteRegistersResponse': [
      { name: 'registers', number: 1, type: 'message', of: 'uintr.v1.Registers' },
    ],
    'uintr.v1.Breakpoint': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'process', number: 2, type: 'string' },
      { name: 'address', number: 3, type: 'fixed64' },
      { name: 'symbol', number: 4, type: 'string' },
      { name: 'hits', number: 5, type: 'uint64' },
    ],
    'uintr.v1.CreateBreakpointRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'address', number: 2, type: 'fixed64', oneof: 'place' },
      { name: 'symbol', number: 3, type: 'string', oneof: 'place' },
      { name: 'request_id', number: 4, type: 'string' },
    ],
    'uintr.v1.CreateBreakpointResponse': [
      { name: 'breakpoint', number: 1, type: 'message', of: 'uintr.v1.Breakpoint' },
    ],
    'uintr.v1.ListBreakpointsRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListBreakpointsResponse': [
      { name: 'breakpoints', number: 1, type: 'message', of: 'uintr.v1.Breakpoint', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.DeleteBreakpointRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.DeleteBreakpointResponse': [],
    'uintr.v1.GetMachineStatsRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'include_state_hash', number: 2, type: 'bool' },
    ],
    'uintr.v1.GetMachineStatsResponse': [
      { name: 'state', number: 1, type: 'enum', of: 'uintr.v1.MachineState' },
      { name: 'cycle', number: 2, type: 'uint64' },
      { name: 'instructions', number: 3, type: 'uint64' },
      { name: 'events', number: 4, type: 'uint64' },
      { name: 'processes', number: 5, type: 'uint32' },
      { name: 'threads', number: 6, type: 'uint32' },
      { name: 'ram_used_bytes', number: 7, type: 'uint64' },
      { name: 'journal_entries', number: 8, type: 'uint64' },
      { name: 'vcpus', number: 9, type: 'message', of: 'uintr.v1.VcpuStats', repeated: true },
      { name: 'state_hash', number: 10, type: 'string' },
      { name: 'engine', number: 11, type: 'message', of: 'uintr.v1.EngineStats' },
      { name: 'worker', number: 12, type: 'uint32' },
    ],
    'uintr.v1.EngineStats': [
      { name: 'stepped_instructions', number: 1, type: 'uint64' },
      { name: 'region_instructions', number: 2, type: 'uint64' },
      { name: 'region_entries', number: 3, type: 'uint64' },
      { name: 'decoded_instructions', number: 4, type: 'uint64' },
      { name: 'code_drops', number: 5, type: 'uint64' },
      { name: 'regions_compiled', number: 6, type: 'uint64' },
      { name: 'regions_refused', number: 7, type: 'uint64' },
      { name: 'regions_live', number: 8, type: 'uint64' },
      { name: 'compiled_bytes', number: 9, type: 'uint64' },
      { name: 'compile_microseconds', number: 10, type: 'uint64' },
      { name: 'exits', number: 11, type: 'message', of: 'uintr.v1.EngineExit', repeated: true },
    ],
    'uintr.v1.EngineExit': [
      { name: 'cause', number: 1, type: 'string' },
      { name: 'count', number: 2, type: 'uint64' },
    ],
    'uintr.v1.VcpuStats': [
      { name: 'index', number: 1, type: 'uint32' },
      { name: 'mode', number: 2, type: 'string' },
      { name: 'cycle', number: 3, type: 'uint64' },
      { name: 'instructions', number: 4, type: 'uint64' },
      { name: 'tid', number: 5, type: 'uint32' },
    ],
    'uintr.v1.GetCostTableRequest': [
      { name: 'machine', number: 1, type: 'string', oneof: 'subject' },
      { name: 'preset', number: 2, type: 'string', oneof: 'subject' },
    ],
    'uintr.v1.GetCostTableResponse': [
      { name: 'preset', number: 1, type: 'string' },
      { name: 'hertz', number: 2, type: 'uint64' },
      { name: 'costs', number: 3, type: 'message', of: 'uintr.v1.Cost', repeated: true },
      { name: 'figures', number: 4, type: 'message', of: 'uintr.v1.PublishedFigure', repeated: true },
      { name: 'presets', number: 5, type: 'message', of: 'uintr.v1.CostPreset', repeated: true },
    ],
    'uintr.v1.Cost': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'cycles', number: 2, type: 'uint64', oneof: 'quantity' },
      { name: 'nanoseconds', number: 5, type: 'uint64', oneof: 'quantity' },
      { name: 'bytes_per_second', number: 6, type: 'uint64', oneof: 'quantity' },
      { name: 'commands', number: 7, type: 'uint64', oneof: 'quantity' },
      { name: 'bytes', number: 8, type: 'uint64', oneof: 'quantity' },
      { name: 'source', number: 3, type: 'string' },
      { name: 'overridden', number: 4, type: 'bool' },
    ],
    'uintr.v1.PublishedFigure': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'what', number: 2, type: 'string' },
      { name: 'value', number: 3, type: 'uint64' },
      { name: 'unit', number: 4, type: 'string' },
      { name: 'from', number: 5, type: 'uint64' },
      { name: 'to', number: 6, type: 'uint64' },
      { name: 'role', number: 7, type: 'enum', of: 'uintr.v1.FigureRole' },
      { name: 'hertz', number: 8, type: 'uint64' },
      { name: 'source', number: 9, type: 'string' },
    ],
    'uintr.v1.CostPreset': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'hertz', number: 2, type: 'uint64' },
      { name: 'about', number: 3, type: 'string' },
    ],
    'uintr.v1.Event': [
      { name: 'sequence', number: 1, type: 'uint64' },
      { name: 'cycle', number: 2, type: 'uint64' },
      { name: 'vcpu', number: 3, type: 'sint32' },
      { name: 'pid', number: 4, type: 'uint32' },
      { name: 'tid', number: 5, type: 'uint32' },
      { name: 'machine_state', number: 10, type: 'message', of: 'uintr.v1.MachineStateEvent', oneof: 'payload' },
      { name: 'oops', number: 11, type: 'message', of: 'uintr.v1.OopsEvent', oneof: 'payload' },
      { name: 'process_started', number: 12, type: 'message', of: 'uintr.v1.ProcessStartedEvent', oneof: 'payload' },
      { name: 'process_executed', number: 13, type: 'message', of: 'uintr.v1.ProcessExecutedEvent', oneof: 'payload' },
      { name: 'process_exited', number: 14, type: 'message', of: 'uintr.v1.ProcessExitedEvent', oneof: 'payload' },
      { name: 'thread_started', number: 15, type: 'message', of: 'uintr.v1.ThreadStartedEvent', oneof: 'payload' },
      { name: 'thread_exited', number: 16, type: 'message', of: 'uintr.v1.ThreadExitedEvent', oneof: 'payload' },
      { name: 'console_output', number: 17, type: 'message', of: 'uintr.v1.ConsoleOutputEvent', oneof: 'payload' },
      { name: 'machine_parking', number: 18, type: 'message', of: 'uintr.v1.MachineParkingEvent', oneof: 'payload' },
      { name: 'syscall_entered', number: 20, type: 'message', of: 'uintr.v1.SyscallEnteredEvent', oneof: 'payload' },
      { name: 'syscall_exited', number: 21, type: 'message', of: 'uintr.v1.SyscallExitedEvent', oneof: 'payload' },
      { name: 'syscall_blocked', number: 22, type: 'message', of: 'uintr.v1.SyscallBlockedEvent', oneof: 'payload' },
      { name: 'syscall_unsupported', number: 23, type: 'message', of: 'uintr.v1.SyscallUnsupportedEvent', oneof: 'payload' },
      { name: 'switched_in', number: 30, type: 'message', of: 'uintr.v1.SwitchedInEvent', oneof: 'payload' },
      { name: 'switched_out', number: 31, type: 'message', of: 'uintr.v1.SwitchedOutEvent', oneof: 'payload' },
      { name: 'woken', number: 32, type: 'message', of: 'uintr.v1.WokenEvent', oneof: 'payload' },
      { name: 'vcpu_idle', number: 33, type: 'message', of: 'uintr.v1.VcpuIdleEvent', oneof: 'payload' },
      { name: 'reschedule_sent', number: 34, type: 'message', of: 'uintr.v1.RescheduleSentEvent', oneof: 'payload' },
      { name: 'fault', number: 40, type: 'message', of: 'uintr.v1.FaultEvent', oneof: 'payload' },
      { name: 'unsupported_instruction', number: 41, type: 'message', of: 'uintr.v1.UnsupportedInstructionEvent', oneof: 'payload' },
      { name: 'signal_generated', number: 42, type: 'message', of: 'uintr.v1.SignalGeneratedEvent', oneof: 'payload' },
      { name: 'signal_delivered', number: 43, type: 'message', of: 'uintr.v1.SignalDeliveredEvent', oneof: 'payload' },
      { name: 'senduipi', number: 50, type: 'message', of: 'uintr.v1.SenduipiEvent', oneof: 'payload' },
      { name: 'senduipi_fault', number: 51, type: 'message', of: 'uintr.v1.SenduipiFaultEvent', oneof: 'payload' },
      { name: 'pir_posted', number: 52, type: 'message', of: 'uintr.v1.PirPostedEvent', oneof: 'payload' },
      { name: 'ipi_sent', number: 53, type: 'message', of: 'uintr.v1.IpiSentEvent', oneof: 'payload' },
      { name: 'ipi_arrived', number: 54, type: 'message', of: 'uintr.v1.IpiArrivedEvent', oneof: 'payload' },
      { name: 'notification_processed', number: 55, type: 'message', of: 'uintr.v1.NotificationProcessedEvent', oneof: 'payload' },
      { name: 'user_interrupt_recognized', number: 56, type: 'message', of: 'uintr.v1.UserInterruptRecognizedEvent', oneof: 'payload' },
      { name: 'user_interrupt_delivered', number: 57, type: 'message', of: 'uintr.v1.UserInterruptDeliveredEvent', oneof: 'payload' },
      { name: 'user_interrupt_fault', number: 58, type: 'message', of: 'uintr.v1.UserInterruptFaultEvent', oneof: 'payload' },
      { name: 'uiret', number: 59, type: 'message', of: 'uintr.v1.UiretEvent', oneof: 'payload' },
      { name: 'uif_changed', number: 60, type: 'message', of: 'uintr.v1.UifChangedEvent', oneof: 'payload' },
      { name: 'notification_spurious', number: 61, type: 'message', of: 'uintr.v1.NotificationSpuriousEvent', oneof: 'payload' },
      { name: 'uintr_registered', number: 70, type: 'message', of: 'uintr.v1.UintrRegisteredEvent', oneof: 'payload' },
      { name: 'uintr_unregistered', number: 71, type: 'message', of: 'uintr.v1.UintrUnregisteredEvent', oneof: 'payload' },
      { name: 'uintr_vector_created', number: 72, type: 'message', of: 'uintr.v1.UintrVectorCreatedEvent', oneof: 'payload' },
      { name: 'uintr_sender_registered', number: 73, type: 'message', of: 'uintr.v1.UintrSenderRegisteredEvent', oneof: 'payload' },
      { name: 'uintr_sender_unregistered', number: 74, type: 'message', of: 'uintr.v1.UintrSenderUnregisteredEvent', oneof: 'payload' },
      { name: 'upid_suppressed', number: 75, type: 'message', of: 'uintr.v1.UpidSuppressedEvent', oneof: 'payload' },
      { name: 'uintr_waiting', number: 76, type: 'message', of: 'uintr.v1.UintrWaitingEvent', oneof: 'payload' },
      { name: 'uitt_activated', number: 77, type: 'message', of: 'uintr.v1.UittActivatedEvent', oneof: 'payload' },
      { name: 'ring_created', number: 80, type: 'message', of: 'uintr.v1.RingCreatedEvent', oneof: 'payload' },
      { name: 'ring_closed', number: 81, type: 'message', of: 'uintr.v1.RingClosedEvent', oneof: 'payload' },
      { name: 'ring_registered', number: 82, type: 'message', of: 'uintr.v1.RingRegisteredEvent', oneof: 'payload' },
      { name: 'sqe_submitted', number: 83, type: 'message', of: 'uintr.v1.SqeSubmittedEvent', oneof: 'payload' },
      { name: 'request_waits', number: 84, type: 'message', of: 'uintr.v1.RequestWaitsEvent', oneof: 'payload' },
      { name: 'cqe_posted', number: 85, type: 'message', of: 'uintr.v1.CqePostedEvent', oneof: 'payload' },
      { name: 'ring_interrupt', number: 86, type: 'message', of: 'uintr.v1.RingInterruptEvent', oneof: 'payload' },
      { name: 'work_queued', number: 87, type: 'message', of: 'uintr.v1.WorkQueuedEvent', oneof: 'payload' },
      { name: 'work_taken', number: 88, type: 'message', of: 'uintr.v1.WorkTakenEvent', oneof: 'payload' },
      { name: 'remote_call_started', number: 90, type: 'message', of: 'uintr.v1.RemoteCallStartedEvent', oneof: 'payload' },
      { name: 'remote_call_finished', number: 91, type: 'message', of: 'uintr.v1.RemoteCallFinishedEvent', oneof: 'payload' },
      { name: 'breakpoint_hit', number: 92, type: 'message', of: 'uintr.v1.BreakpointHitEvent', oneof: 'payload' },
      { name: 'block_request', number: 100, type: 'message', of: 'uintr.v1.BlockRequestEvent', oneof: 'payload' },
      { name: 'block_done', number: 101, type: 'message', of: 'uintr.v1.BlockDoneEvent', oneof: 'payload' },
    ],
    'uintr.v1.MachineStateEvent': [
      { name: 'state', number: 1, type: 'string' },
      { name: 'reason', number: 2, type: 'string' },
    ],
    'uintr.v1.OopsEvent': [
      { name: 'message', number: 1, type: 'string' },
    ],
    'uintr.v1.ProcessStartedEvent': [
      { name: 'parent_pid', number: 1, type: 'uint32' },
      { name: 'path', number: 2, type: 'string' },
    ],
    'uintr.v1.ProcessExecutedEvent': [
      { name: 'path', number: 1, type: 'string' },
      { name: 'arguments', number: 2, type: 'string' },
    ],
    'uintr.v1.ProcessExitedEvent': [
      { name: 'exit_code', number: 1, type: 'uint32' },
      { name: 'signal', number: 2, type: 'uint32' },
      { name: 'core', number: 3, type: 'bool' },
    ],
    'uintr.v1.ThreadStartedEvent': [
      { name: 'parent_tid', number: 1, type: 'uint32' },
    ],
    'uintr.v1.ThreadExitedEvent': [
      { name: 'exit_code', number: 1, type: 'uint32' },
    ],
    'uintr.v1.ConsoleOutputEvent': [
      { name: 'stream', number: 1, type: 'uint32' },
      { name: 'data', number: 2, type: 'bytes' },
      { name: 'offset', number: 3, type: 'uint64' },
    ],
    'uintr.v1.MachineParkingEvent': [
      { name: 'idle_seconds', number: 1, type: 'uint32' },
      { name: 'in_seconds', number: 2, type: 'uint32' },
    ],
    'uintr.v1.SyscallEnteredEvent': [
      { name: 'number', number: 1, type: 'uint32' },
      { name: 'name', number: 2, type: 'string' },
      { name: 'arguments', number: 3, type: 'fixed64', repeated: true },
    ],
    'uintr.v1.SyscallExitedEvent': [
      { name: 'number', number: 1, type: 'uint32' },
      { name: 'name', number: 2, type: 'string' },
      { name: 'result', number: 3, type: 'fixed64' },
      { name: 'error', number: 4, type: 'string' },
      { name: 'returns_at', number: 5, type: 'uint64' },
    ],
    'uintr.v1.SyscallBlockedEvent': [
      { name: 'number', number: 1, type: 'uint32' },
      { name: 'name', number: 2, type: 'string' },
      { name: 'waiting_for', number: 3, type: 'string' },
    ],
    'uintr.v1.SyscallUnsupportedEvent': [
      { name: 'number', number: 1, type: 'uint32' },
      { name: 'name', number: 2, type: 'string' },
      { name: 'reason', number: 3, type: 'string' },
    ],
    'uintr.v1.SwitchedInEvent': [
      { name: 'migrated_from', number: 1, type: 'sint32' },
      { name: 'returns_at', number: 2, type: 'uint64' },
    ],
    'uintr.v1.SwitchedOutEvent': [
      { name: 'reason', number: 1, type: 'string' },
    ],
    'uintr.v1.WokenEvent': [
      { name: 'target_vcpu', number: 1, type: 'uint32' },
      { name: 'by', number: 2, type: 'string' },
    ],
    'uintr.v1.VcpuIdleEvent': [],
    'uintr.v1.RescheduleSentEvent': [
      { name: 'target_vcpu', number: 1, type: 'uint32' },
      { name: 'arrives_at', number: 2, type: 'uint64' },
    ],
    'uintr.v1.FaultEvent': [
      { name: 'vector', number: 1, type: 'uint32' },
      { name: 'error_code', number: 2, type: 'uint32' },
      { name: 'address', number: 3, type: 'fixed64' },
      { name: 'rip', number: 4, type: 'fixed64' },
      { name: 'symbol', number: 5, type: 'string' },
    ],
    'uintr.v1.UnsupportedInstructionEvent': [
      { name: 'mnemonic', number: 1, type: 'string' },
      { name: 'encoding', number: 2, type: 'bytes' },
      { name: 'feature', number: 3, type: 'string' },
      { name: 'remedy', number: 4, type: 'string' },
      { name: 'rip', number: 5, type: 'fixed64' },
      { name: 'symbol', number: 6, type: 'string' },
    ],
    'uintr.v1.SignalGeneratedEvent': [
      { name: 'signal', number: 1, type: 'uint32' },
      { name: 'code', number: 2, type: 'sint32' },
      { name: 'sender_pid', number: 3, type: 'uint32' },
      { name: 'target_tid', number: 4, type: 'uint32' },
    ],
    'uintr.v1.SignalDeliveredEvent': [
      { name: 'signal', number: 1, type: 'uint32' },
      { name: 'handler', number: 2, type: 'fixed64' },
    ],
    'uintr.v1.SenduipiEvent': [
      { name: 'interrupt', number: 1, type: 'uint64' },
      { name: 'uitt_index', number: 2, type: 'uint64' },
      { name: 'vector', number: 3, type: 'uint32' },
      { name: 'upid', number: 4, type: 'fixed64' },
      { name: 'sends_ipi', number: 5, type: 'bool' },
      { name: 'suppressed_by', number: 6, type: 'string' },
    ],
    'uintr.v1.SenduipiFaultEvent': [
      { name: 'uitt_index', number: 1, type: 'fixed64' },
      { name: 'reason', number: 2, type: 'string' },
      { name: 'fault_vector', number: 3, type: 'uint32' },
    ],
    'uintr.v1.PirPostedEvent': [
      { name: 'interrupt', number: 1, type: 'uint64' },
      { name: 'vector', number: 2, type: 'uint32' },
      { name: 'upid', number: 3, type: 'fixed64' },
      { name: 'pir', number: 4, type: 'fixed64' },
      { name: 'coalesced_with', number: 5, type: 'uint64' },
    ],
    'uintr.v1.IpiSentEvent': [
      { name: 'interrupt', number: 1, type: 'uint64' },
      { name: 'destination_apic', number: 2, type: 'uint32' },
      { name: 'idt_vector', number: 3, type: 'uint32' },
      { name: 'arrives_at', number: 4, type: 'uint64' },
    ],
    'uintr.v1.IpiArrivedEvent': [
      { name: 'interrupt', number: 1, type: 'uint64' },
      { name: 'idt_vector', number: 2, type: 'uint32' },
      { name: 'mode', number: 3, type: 'string' },
    ],
    'uintr.v1.NotificationProcessedEvent': [
      { name: 'upid', number: 1, type: 'fixed64' },
      { name: 'taken', number: 2, type: 'fixed64' },
      { name: 'uirr', number: 3, type: 'fixed64' },
      { name: 'mode', number: 4, type: 'string' },
    ],
    'uintr.v1.UserInterruptRecognizedEvent': [
      { name: 'uirr', number: 1, type: 'fixed64' },
      { name: 'deliverable', number: 2, type: 'bool' },
      { name: 'waits_for', number: 3, type: 'string' },
    ],
    'uintr.v1.UserInterruptDeliveredEvent': [
      { name: 'interrupt', number: 1, type: 'uint64' },
      { name: 'vector', number: 2, type: 'uint32' },
      { name: 'handler', number: 3, type: 'fixed64' },
      { name: 'rip', number: 4, type: 'fixed64' },
      { name: 'rsp', number: 5, type: 'fixed64' },
      { name: 'symbol', number: 6, type: 'string' },
      { name: 'senders', number: 7, type: 'fixed64', repeated: true },
      { name: 'interrupts', number: 8, type: 'fixed64', repeated: true },
      { name: 'unlisted', number: 9, type: 'uint64' },
    ],
    'uintr.v1.UserInterruptFaultEvent': [
      { name: 'vector', number: 1, type: 'uint32' },
      { name: 'fault_vector', number: 2, type: 'uint32' },
      { name: 'address', number: 3, type: 'fixed64' },
    ],
    'uintr.v1.UiretEvent': [
      { name: 'rip', number: 1, type: 'fixed64' },
      { name: 'uif', number: 2, type: 'bool' },
    ],
    'uintr.v1.UifChangedEvent': [
      { name: 'uif', number: 1, type: 'bool' },
      { name: 'by', number: 2, type: 'string' },
    ],
    'uintr.v1.NotificationSpuriousEvent': [
      { name: 'idt_vector', number: 1, type: 'uint32' },
    ],
    'uintr.v1.UintrRegisteredEvent': [
      { name: 'handler', number: 1, type: 'fixed64' },
      { name: 'flags', number: 2, type: 'uint32' },
      { name: 'upid', number: 3, type: 'fixed64' },
      { name: 'symbol', number: 4, type: 'string' },
    ],
    'uintr.v1.UintrUnregisteredEvent': [
      { name: 'upid', number: 1, type: 'fixed64' },
    ],
    'uintr.v1.UintrVectorCreatedEvent': [
      { name: 'fd', number: 1, type: 'sint32' },
      { name: 'vector', number: 2, type: 'uint32' },
      { name: 'upid', number: 3, type: 'fixed64' },
    ],
    'uintr.v1.UintrSenderRegisteredEvent': [
      { name: 'uitt_index', number: 1, type: 'uint32' },
      { name: 'vector', number: 2, type: 'uint32' },
      { name: 'upid', number: 3, type: 'fixed64' },
    ],
    'uintr.v1.UintrSenderUnregisteredEvent': [
      { name: 'uitt_index', number: 1, type: 'uint32' },
    ],
    'uintr.v1.UpidSuppressedEvent': [
      { name: 'upid', number: 1, type: 'fixed64' },
      { name: 'suppressed', number: 2, type: 'bool' },
      { name: 'by', number: 3, type: 'string' },
    ],
    'uintr.v1.UintrWaitingEvent': [
      { name: 'mode', number: 1, type: 'string' },
    ],
    'uintr.v1.UittActivatedEvent': [
      { name: 'uitt', number: 1, type: 'fixed64' },
      { name: 'by', number: 2, type: 'string' },
    ],
    'uintr.v1.RingCreatedEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
      { name: 'fd', number: 2, type: 'sint32' },
      { name: 'sq_entries', number: 3, type: 'uint32' },
      { name: 'cq_entries', number: 4, type: 'uint32' },
      { name: 'flags', number: 5, type: 'uint32' },
    ],
    'uintr.v1.RingClosedEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
    ],
    'uintr.v1.RingRegisteredEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
      { name: 'opcode', number: 2, type: 'uint32' },
      { name: 'name', number: 3, type: 'string' },
      { name: 'result', number: 4, type: 'sint32' },
    ],
    'uintr.v1.SqeSubmittedEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
      { name: 'request', number: 2, type: 'uint64' },
      { name: 'opcode', number: 3, type: 'uint32' },
      { name: 'name', number: 4, type: 'string' },
      { name: 'user_data', number: 5, type: 'fixed64' },
      { name: 'fd', number: 6, type: 'sint32' },
      { name: 'flags', number: 7, type: 'uint32' },
    ],
    'uintr.v1.RequestWaitsEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
      { name: 'request', number: 2, type: 'uint64' },
      { name: 'waiting_for', number: 3, type: 'string' },
    ],
    'uintr.v1.CqePostedEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
      { name: 'request', number: 2, type: 'uint64' },
      { name: 'user_data', number: 3, type: 'fixed64' },
      { name: 'result', number: 4, type: 'sint32' },
      { name: 'flags', number: 5, type: 'uint32' },
      { name: 'cq_tail', number: 6, type: 'uint32' },
      { name: 'overflowed', number: 7, type: 'bool' },
    ],
    'uintr.v1.RingInterruptEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
      { name: 'request', number: 2, type: 'uint64' },
      { name: 'interrupt', number: 3, type: 'uint64' },
      { name: 'vector', number: 4, type: 'uint32' },
      { name: 'upid', number: 5, type: 'fixed64' },
      { name: 'completions', number: 6, type: 'uint32' },
      { name: 'abi', number: 7, type: 'string' },
      { name: 'sends_ipi', number: 8, type: 'bool' },
    ],
    'uintr.v1.WorkQueuedEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
      { name: 'request', number: 2, type: 'uint64' },
      { name: 'owner_tid', number: 3, type: 'uint32' },
      { name: 'kind', number: 4, type: 'string' },
    ],
    'uintr.v1.WorkTakenEvent': [
      { name: 'ring', number: 1, type: 'uint32' },
      { name: 'request', number: 2, type: 'uint64' },
    ],
    'uintr.v1.RemoteCallStartedEvent': [
      { name: 'call', number: 1, type: 'uint64' },
      { name: 'name', number: 2, type: 'string' },
    ],
    'uintr.v1.RemoteCallFinishedEvent': [
      { name: 'call', number: 1, type: 'uint64' },
      { name: 'name', number: 2, type: 'string' },
      { name: 'outcome', number: 3, type: 'string' },
    ],
    'uintr.v1.BreakpointHitEvent': [
      { name: 'breakpoint', number: 1, type: 'uint32' },
      { name: 'rip', number: 2, type: 'fixed64' },
      { name: 'symbol', number: 3, type: 'string' },
    ],
    'uintr.v1.BlockRequestEvent': [
      { name: 'request', number: 1, type: 'uint64' },
      { name: 'direction', number: 2, type: 'string' },
      { name: 'inode', number: 3, type: 'uint64' },
      { name: 'offset', number: 4, type: 'uint64' },
      { name: 'bytes', number: 5, type: 'uint64' },
      { name: 'outstanding', number: 6, type: 'uint32' },
    ],
    'uintr.v1.BlockDoneEvent': [
      { name: 'request', number: 1, type: 'uint64' },
      { name: 'direction', number: 2, type: 'string' },
      { name: 'bytes', number: 3, type: 'uint64' },
      { name: 'cycles', number: 4, type: 'uint64' },
    ],
    'uintr.v1.Artifact': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'uid', number: 2, type: 'string' },
      { name: 'etag', number: 3, type: 'string' },
      { name: 'labels', number: 4, type: 'string', map: true },
      { name: 'create_time', number: 5, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'size_bytes', number: 6, type: 'uint64' },
      { name: 'sha256', number: 7, type: 'string' },
    ],
    'uintr.v1.UploadArtifactRequest': [
      { name: 'header', number: 1, type: 'message', of: 'uintr.v1.ArtifactHeader', oneof: 'part' },
      { name: 'chunk', number: 2, type: 'bytes', oneof: 'part' },
    ],
    'uintr.v1.ArtifactHeader': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'artifact_id', number: 2, type: 'string' },
      { name: 'labels', number: 3, type: 'string', map: true },
      { name: 'sha256', number: 4, type: 'string' },
    ],
    'uintr.v1.UploadArtifactResponse': [
      { name: 'artifact', number: 1, type: 'message', of: 'uintr.v1.Artifact' },
    ],
    'uintr.v1.DownloadArtifactRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'offset', number: 2, type: 'uint64' },
    ],
    'uintr.v1.DownloadArtifactResponse': [
      { name: 'offset', number: 1, type: 'uint64' },
      { name: 'chunk', number: 2, type: 'bytes' },
    ],
    'uintr.v1.GetArtifactRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetArtifactResponse': [
      { name: 'artifact', number: 1, type: 'message', of: 'uintr.v1.Artifact' },
    ],
    'uintr.v1.ListArtifactsRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListArtifactsResponse': [
      { name: 'artifacts', number: 1, type: 'message', of: 'uintr.v1.Artifact', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.DeleteArtifactRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'etag', number: 2, type: 'string' },
    ],
    'uintr.v1.DeleteArtifactResponse': [],
    'uintr.v1.Snapshot': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'uid', number: 2, type: 'string' },
      { name: 'labels', number: 3, type: 'string', map: true },
      { name: 'create_time', number: 4, type: 'message', of: 'google.protobuf.Timestamp' },
      { name: 'machine', number: 5, type: 'string' },
      { name: 'machine_uid', number: 6, type: 'string' },
      { name: 'spec', number: 7, type: 'message', of: 'uintr.v1.MachineSpec' },
      { name: 'state', number: 8, type: 'enum', of: 'uintr.v1.MachineState' },
      { name: 'cycle', number: 9, type: 'uint64' },
      { name: 'next_sequence', number: 10, type: 'uint64' },
      { name: 'touched_bytes', number: 11, type: 'uint64' },
      { name: 'stored_bytes', number: 12, type: 'uint64' },
      { name: 'layout', number: 13, type: 'string' },
      { name: 'end_cycle', number: 14, type: 'uint64' },
      { name: 'end_hash', number: 15, type: 'string' },
      { name: 'engine', number: 16, type: 'string' },
      { name: 'pinned', number: 17, type: 'bool' },
    ],
    'uintr.v1.CreateSnapshotRequest': [
      { name: 'machine', number: 1, type: 'string' },
      { name: 'snapshot_id', number: 2, type: 'string' },
      { name: 'labels', number: 3, type: 'string', map: true },
      { name: 'at_cycle', number: 4, type: 'uint64', oneof: 'moment' },
      { name: 'at_event', number: 5, type: 'message', of: 'uintr.v1.EventMatch', oneof: 'moment' },
      { name: 'request_id', number: 6, type: 'string' },
      { name: 'recording', number: 7, type: 'bool' },
    ],
    'uintr.v1.CreateSnapshotResponse': [
      { name: 'snapshot', number: 1, type: 'message', of: 'uintr.v1.Snapshot' },
    ],
    'uintr.v1.GetSnapshotRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetSnapshotResponse': [
      { name: 'snapshot', number: 1, type: 'message', of: 'uintr.v1.Snapshot' },
    ],
    'uintr.v1.ListSnapshotsRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListSnapshotsResponse': [
      { name: 'snapshots', number: 1, type: 'message', of: 'uintr.v1.Snapshot', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.UpdateSnapshotRequest': [
      { name: 'snapshot', number: 1, type: 'message', of: 'uintr.v1.Snapshot' },
      { name: 'update_mask', number: 2, type: 'message', of: 'google.protobuf.FieldMask' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.UpdateSnapshotResponse': [
      { name: 'snapshot', number: 1, type: 'message', of: 'uintr.v1.Snapshot' },
    ],
    'uintr.v1.DeleteSnapshotRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.DeleteSnapshotResponse': [],
    'uintr.v1.RestoreSnapshotRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'new_machine', number: 2, type: 'message', of: 'uintr.v1.NewMachine', oneof: 'target' },
      { name: 'machine', number: 3, type: 'string', oneof: 'target' },
      { name: 'request_id', number: 4, type: 'string' },
      { name: 'to_cycle', number: 5, type: 'uint64', oneof: '_to_cycle' },
    ],
    'uintr.v1.NewMachine': [
      { name: 'machine_id', number: 1, type: 'string' },
      { name: 'labels', number: 2, type: 'string', map: true },
    ],
    'uintr.v1.RestoreSnapshotResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
      { name: 'state_hash', number: 2, type: 'string' },
    ],
    'uintr.v1.ForkMachineRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'new_machine', number: 2, type: 'message', of: 'uintr.v1.NewMachine' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.ForkMachineResponse': [
      { name: 'machine', number: 1, type: 'message', of: 'uintr.v1.Machine' },
    ],
    'uintr.v1.ExportSnapshotRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.ExportSnapshotResponse': [
      { name: 'chunk', number: 1, type: 'bytes' },
    ],
    'uintr.v1.ImportSnapshotRequest': [
      { name: 'header', number: 1, type: 'message', of: 'uintr.v1.SnapshotHeader', oneof: 'part' },
      { name: 'chunk', number: 2, type: 'bytes', oneof: 'part' },
    ],
    'uintr.v1.SnapshotHeader': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'snapshot_id', number: 2, type: 'string' },
      { name: 'labels', number: 3, type: 'string', map: true },
    ],
    'uintr.v1.ImportSnapshotResponse': [
      { name: 'snapshot', number: 1, type: 'message', of: 'uintr.v1.Snapshot' },
    ],
    'uintr.v1.Process': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'pid', number: 2, type: 'uint32' },
      { name: 'parent_pid', number: 3, type: 'uint32' },
      { name: 'path', number: 4, type: 'string' },
      { name: 'arguments', number: 5, type: 'string', repeated: true },
      { name: 'state', number: 6, type: 'enum', of: 'uintr.v1.Process.State' },
      { name: 'exit_code', number: 7, type: 'uint32' },
      { name: 'signal', number: 8, type: 'uint32' },
      { name: 'core_dumped', number: 9, type: 'bool' },
      { name: 'threads', number: 10, type: 'uint32' },
      { name: 'spawned', number: 11, type: 'bool' },
      { name: 'resident_bytes', number: 12, type: 'uint64' },
    ],
    'uintr.v1.Thread': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'tid', number: 2, type: 'uint32' },
      { name: 'pid', number: 3, type: 'uint32' },
      { name: 'comm', number: 4, type: 'string' },
      { name: 'state', number: 5, type: 'string' },
      { name: 'vcpu', number: 6, type: 'uint32' },
      { name: 'rip', number: 7, type: 'fixed64' },
      { name: 'symbol', number: 8, type: 'string' },
      { name: 'waiting_for', number: 9, type: 'string' },
      { name: 'interrupt_note', number: 10, type: 'string' },
      { name: 'remote', number: 11, type: 'message', of: 'uintr.v1.RemoteThreadState' },
    ],
    'uintr.v1.RemoteThreadState': [
      { name: 'park', number: 1, type: 'enum', of: 'uintr.v1.Park' },
      { name: 'call', number: 2, type: 'string' },
      { name: 'handler_depth', number: 3, type: 'uint32' },
    ],
    'uintr.v1.SpawnFile': [
      { name: 'path', number: 1, type: 'string' },
      { name: 'data', number: 2, type: 'bytes', oneof: 'content' },
      { name: 'artifact', number: 3, type: 'string', oneof: 'content' },
      { name: 'symlink', number: 5, type: 'string', oneof: 'content' },
      { name: 'mode', number: 4, type: 'uint32' },
    ],
    'uintr.v1.SpawnProcessRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'image', number: 2, type: 'bytes', oneof: 'program' },
      { name: 'artifact', number: 3, type: 'string', oneof: 'program' },
      { name: 'path', number: 4, type: 'string' },
      { name: 'arguments', number: 5, type: 'string', repeated: true },
      { name: 'environment', number: 6, type: 'string', repeated: true },
      { name: 'working_directory', number: 7, type: 'string' },
      { name: 'stdin_data', number: 8, type: 'bytes', oneof: 'stdin' },
      { name: 'stdin_artifact', number: 9, type: 'string', oneof: 'stdin' },
      { name: 'stdin_stream', number: 10, type: 'bool', oneof: 'stdin' },
      { name: 'terminal', number: 15, type: 'message', of: 'uintr.v1.TerminalSize', oneof: 'stdin' },
      { name: 'files', number: 11, type: 'message', of: 'uintr.v1.SpawnFile', repeated: true },
      { name: 'affinity', number: 12, type: 'uint32' },
      { name: 'request_id', number: 13, type: 'string' },
      { name: 'descriptors', number: 14, type: 'message', of: 'uintr.v1.SpawnDescriptor', repeated: true },
    ],
    'uintr.v1.SpawnDescriptor': [
      { name: 'fd', number: 1, type: 'uint32' },
      { name: 'source', number: 2, type: 'string' },
    ],
    'uintr.v1.SpawnProcessResponse': [
      { name: 'process', number: 1, type: 'message', of: 'uintr.v1.Process' },
    ],
    'uintr.v1.GetProcessRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetProcessResponse': [
      { name: 'process', number: 1, type: 'message', of: 'uintr.v1.Process' },
    ],
    'uintr.v1.ListProcessesRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListProcessesResponse': [
      { name: 'processes', number: 1, type: 'message', of: 'uintr.v1.Process', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.ListThreadsRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListThreadsResponse': [
      { name: 'threads', number: 1, type: 'message', of: 'uintr.v1.Thread', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.SignalProcessRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'signal', number: 2, type: 'uint32' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.SignalProcessResponse': [],
    'uintr.v1.WaitProcessRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'until_quiescent', number: 2, type: 'bool' },
    ],
    'uintr.v1.WaitProcessResponse': [
      { name: 'reason', number: 1, type: 'enum', of: 'uintr.v1.WaitProcessResponse.Reason' },
      { name: 'process', number: 2, type: 'message', of: 'uintr.v1.Process' },
      { name: 'cycle', number: 3, type: 'uint64' },
      { name: 'threads', number: 4, type: 'message', of: 'uintr.v1.Thread', repeated: true },
      { name: 'stdout_bytes', number: 5, type: 'uint64' },
      { name: 'stderr_bytes', number: 6, type: 'uint64' },
    ],
    'uintr.v1.AttachConsoleRequest': [
      { name: 'attach', number: 1, type: 'message', of: 'uintr.v1.ConsoleAttach', oneof: 'action' },
      { name: 'stdin', number: 2, type: 'bytes', oneof: 'action' },
      { name: 'close_stdin', number: 3, type: 'message', of: 'uintr.v1.ConsoleCloseStdin', oneof: 'action' },
      { name: 'resize', number: 4, type: 'message', of: 'uintr.v1.TerminalSize', oneof: 'action' },
    ],
    'uintr.v1.TerminalSize': [
      { name: 'rows', number: 1, type: 'uint32' },
      { name: 'columns', number: 2, type: 'uint32' },
    ],
    'uintr.v1.ConsoleAttach': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'stdout_offset', number: 2, type: 'uint64' },
      { name: 'stderr_offset', number: 3, type: 'uint64' },
      { name: 'no_follow', number: 4, type: 'bool' },
    ],
    'uintr.v1.ConsoleCloseStdin': [],
    'uintr.v1.AttachConsoleResponse': [
      { name: 'output', number: 1, type: 'message', of: 'uintr.v1.ConsoleOutput', oneof: 'report' },
      { name: 'stdin_accepted', number: 2, type: 'message', of: 'uintr.v1.ConsoleStdinAccepted', oneof: 'report' },
      { name: 'attached', number: 3, type: 'message', of: 'uintr.v1.ConsoleAttached', oneof: 'report' },
    ],
    'uintr.v1.ConsoleAttached': [],
    'uintr.v1.ConsoleOutput': [
      { name: 'stream', number: 1, type: 'enum', of: 'uintr.v1.ConsoleOutput.Stream' },
      { name: 'offset', number: 2, type: 'uint64' },
      { name: 'data', number: 3, type: 'bytes' },
    ],
    'uintr.v1.ConsoleStdinAccepted': [
      { name: 'offset', number: 1, type: 'uint64' },
    ],
    'uintr.v1.ReadFileRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'path', number: 2, type: 'string' },
      { name: 'offset', number: 3, type: 'uint64' },
      { name: 'length', number: 4, type: 'uint32' },
    ],
    'uintr.v1.ReadFileResponse': [
      { name: 'data', number: 1, type: 'bytes' },
      { name: 'size_bytes', number: 2, type: 'uint64' },
      { name: 'mode', number: 3, type: 'uint32' },
    ],
    'uintr.v1.WriteFileRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'file', number: 2, type: 'message', of: 'uintr.v1.SpawnFile' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.WriteFileResponse': [
      { name: 'size_bytes', number: 1, type: 'uint64' },
    ],
    'uintr.v1.CreateRemoteThreadRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'comm', number: 2, type: 'string' },
      { name: 'park', number: 3, type: 'enum', of: 'uintr.v1.Park' },
      { name: 'affinity', number: 4, type: 'uint32' },
      { name: 'request_id', number: 5, type: 'string' },
    ],
    'uintr.v1.CreateRemoteThreadResponse': [
      { name: 'thread', number: 1, type: 'message', of: 'uintr.v1.Thread' },
    ],
    'uintr.v1.CallTimes': [
      { name: 'start_cycle', number: 1, type: 'uint64' },
      { name: 'end_cycle', number: 2, type: 'uint64' },
      { name: 'vcpu', number: 3, type: 'uint32' },
    ],
    'uintr.v1.SyscallArgument': [
      { name: 'value', number: 1, type: 'fixed64', oneof: 'argument' },
      { name: 'data', number: 2, type: 'bytes', oneof: 'argument' },
      { name: 'space', number: 3, type: 'uint32', oneof: 'argument' },
      { name: 'text', number: 4, type: 'string', oneof: 'argument' },
    ],
    'uintr.v1.ExecuteSyscallRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'number', number: 2, type: 'uint32', oneof: 'call' },
      { name: 'name', number: 3, type: 'string', oneof: 'call' },
      { name: 'arguments', number: 4, type: 'message', of: 'uintr.v1.SyscallArgument', repeated: true },
      { name: 'request_id', number: 5, type: 'string' },
    ],
    'uintr.v1.ExecuteSyscallResponse': [
      { name: 'result', number: 1, type: 'int64' },
      { name: 'error', number: 2, type: 'string' },
      { name: 'outputs', number: 3, type: 'bytes', repeated: true },
      { name: 'times', number: 4, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.RegisterHandlerRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'mode', number: 2, type: 'enum', of: 'uintr.v1.HandlerMode' },
      { name: 'blocked_receiver', number: 3, type: 'enum', of: 'uintr.v1.BlockedReceiver' },
      { name: 'keep_masked', number: 4, type: 'bool' },
      { name: 'request_id', number: 5, type: 'string' },
    ],
    'uintr.v1.RegisterHandlerResponse': [
      { name: 'handler', number: 1, type: 'fixed64' },
      { name: 'upid_address', number: 2, type: 'fixed64' },
      { name: 'times', number: 3, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.UnregisterHandlerRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.UnregisterHandlerResponse': [
      { name: 'times', number: 1, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.CreateVectorFdRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'vector', number: 2, type: 'uint32' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.CreateVectorFdResponse': [
      { name: 'fd', number: 1, type: 'int32' },
      { name: 'vector_fd', number: 2, type: 'string' },
      { name: 'times', number: 3, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.RegisterSenderRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'fd', number: 2, type: 'int32', oneof: 'target' },
      { name: 'vector_fd', number: 3, type: 'string', oneof: 'target' },
      { name: 'request_id', number: 4, type: 'string' },
    ],
    'uintr.v1.RegisterSenderResponse': [
      { name: 'uitt_index', number: 1, type: 'uint32' },
      { name: 'fd', number: 2, type: 'int32' },
      { name: 'times', number: 3, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.UnregisterSenderRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'uitt_index', number: 2, type: 'uint32' },
      { name: 'fd', number: 3, type: 'int32' },
      { name: 'request_id', number: 4, type: 'string' },
    ],
    'uintr.v1.UnregisterSenderResponse': [
      { name: 'times', number: 1, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.SendUipiRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'uitt_index', number: 2, type: 'uint64' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.SendUipiResponse': [
      { name: 'interrupt', number: 1, type: 'uint64' },
      { name: 'times', number: 2, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.SendUipisRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'uitt_indexes', number: 2, type: 'uint64', repeated: true },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.SendUipisResponse': [
      { name: 'sent', number: 1, type: 'uint32' },
      { name: 'interrupts', number: 2, type: 'uint64', repeated: true },
      { name: 'times', number: 3, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.SetUserInterruptFlagRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'uif', number: 2, type: 'bool' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.SetUserInterruptFlagResponse': [
      { name: 'times', number: 1, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.TestUserInterruptFlagRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.TestUserInterruptFlagResponse': [
      { name: 'uif', number: 1, type: 'bool' },
      { name: 'times', number: 2, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.WaitForInterruptRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'mode', number: 2, type: 'enum', of: 'uintr.v1.WaitMode' },
      { name: 'timeout', number: 3, type: 'message', of: 'google.protobuf.Duration' },
      { name: 'request_id', number: 4, type: 'string' },
    ],
    'uintr.v1.WaitForInterruptResponse': [
      { name: 'outcome', number: 1, type: 'enum', of: 'uintr.v1.WaitForInterruptResponse.Outcome' },
      { name: 'interrupt', number: 2, type: 'message', of: 'uintr.v1.DeliveredInterrupt' },
      { name: 'cycle', number: 3, type: 'uint64' },
      { name: 'more', number: 4, type: 'uint32' },
    ],
    'uintr.v1.DeliveredInterrupt': [
      { name: 'vector', number: 1, type: 'uint32' },
      { name: 'cycle', number: 2, type: 'uint64' },
      { name: 'vcpu', number: 3, type: 'uint32' },
      { name: 'sources', number: 4, type: 'message', of: 'uintr.v1.InterruptSource', repeated: true },
      { name: 'rip', number: 5, type: 'fixed64' },
      { name: 'symbol', number: 6, type: 'string' },
      { name: 'handler_depth', number: 7, type: 'uint32' },
      { name: 'event_sequence', number: 8, type: 'uint64' },
    ],
    'uintr.v1.InterruptSource': [
      { name: 'interrupt', number: 1, type: 'uint64' },
      { name: 'sender', number: 2, type: 'string' },
      { name: 'sender_tid', number: 3, type: 'uint32' },
    ],
    'uintr.v1.ReturnFromInterruptRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.ReturnFromInterruptResponse': [
      { name: 'handler_depth', number: 1, type: 'uint32' },
      { name: 'rip', number: 2, type: 'fixed64' },
      { name: 'times', number: 3, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.ExplainDeliveryRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'receiver', number: 2, type: 'string', oneof: 'subject' },
      { name: 'interrupt', number: 3, type: 'uint64', oneof: 'subject' },
      { name: 'sender', number: 4, type: 'message', of: 'uintr.v1.SenderSubject', oneof: 'subject' },
    ],
    'uintr.v1.SenderSubject': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'uitt_index', number: 2, type: 'uint64' },
    ],
    'uintr.v1.ExplainDeliveryResponse': [
      { name: 'verdict', number: 1, type: 'enum', of: 'uintr.v1.DeliveryVerdict' },
      { name: 'summary', number: 2, type: 'string' },
      { name: 'remedy', number: 3, type: 'string' },
      { name: 'legs', number: 4, type: 'message', of: 'uintr.v1.DeliveryLeg', repeated: true },
      { name: 'obstacles', number: 5, type: 'message', of: 'uintr.v1.DeliveryObstacle', repeated: true },
      { name: 'receiver', number: 6, type: 'message', of: 'uintr.v1.ThreadUintrState' },
      { name: 'cycle', number: 7, type: 'uint64' },
    ],
    'uintr.v1.DeliveryLeg': [
      { name: 'leg', number: 1, type: 'string' },
      { name: 'cycle', number: 2, type: 'uint64' },
      { name: 'cycles', number: 3, type: 'uint64' },
      { name: 'vcpu', number: 4, type: 'int32' },
      { name: 'tid', number: 5, type: 'uint32' },
      { name: 'text', number: 6, type: 'string' },
      { name: 'event_sequence', number: 7, type: 'uint64' },
    ],
    'uintr.v1.DeliveryObstacle': [
      { name: 'verdict', number: 1, type: 'enum', of: 'uintr.v1.DeliveryVerdict' },
      { name: 'text', number: 2, type: 'string' },
      { name: 'since_cycle', number: 3, type: 'uint64' },
      { name: 'place', number: 4, type: 'string' },
    ],
    'uintr.v1.GetUintrStateRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetUintrStateResponse': [
      { name: 'cycle', number: 1, type: 'uint64' },
      { name: 'threads', number: 2, type: 'message', of: 'uintr.v1.ThreadUintrState', repeated: true },
    ],
    'uintr.v1.ThreadUintrState': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'tid', number: 2, type: 'uint32' },
      { name: 'pid', number: 3, type: 'uint32' },
      { name: 'comm', number: 4, type: 'string' },
      { name: 'live_on', number: 5, type: 'sint32' },
      { name: 'uif', number: 6, type: 'bool' },
      { name: 'uirr', number: 7, type: 'fixed64' },
      { name: 'handler', number: 8, type: 'fixed64' },
      { name: 'handler_symbol', number: 9, type: 'string' },
      { name: 'stack_adjust', number: 10, type: 'fixed64' },
      { name: 'misc', number: 11, type: 'fixed64' },
      { name: 'pd', number: 12, type: 'fixed64' },
      { name: 'tt', number: 13, type: 'fixed64' },
      { name: 'upid', number: 14, type: 'message', of: 'uintr.v1.Upid' },
      { name: 'uitt', number: 15, type: 'message', of: 'uintr.v1.UittEntry', repeated: true },
      { name: 'note', number: 16, type: 'string' },
    ],
    'uintr.v1.Upid': [
      { name: 'address', number: 1, type: 'fixed64' },
      { name: 'outstanding_notification', number: 2, type: 'bool' },
      { name: 'suppress_notification', number: 3, type: 'bool' },
      { name: 'notification_vector', number: 4, type: 'uint32' },
      { name: 'notification_destination', number: 5, type: 'uint32' },
      { name: 'posted_interrupt_requests', number: 6, type: 'fixed64' },
    ],
    'uintr.v1.UittEntry': [
      { name: 'index', number: 1, type: 'uint32' },
      { name: 'valid', number: 2, type: 'bool' },
      { name: 'user_vector', number: 3, type: 'uint32' },
      { name: 'upid_address', number: 4, type: 'fixed64' },
    ],
    'uintr.v1.Ring': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'ring', number: 2, type: 'uint32' },
      { name: 'thread', number: 3, type: 'string' },
      { name: 'pid', number: 4, type: 'uint32' },
      { name: 'fd', number: 5, type: 'int32' },
      { name: 'sq_entries', number: 6, type: 'uint32' },
      { name: 'cq_entries', number: 7, type: 'uint32' },
      { name: 'setup_flags', number: 8, type: 'uint32' },
      { name: 'features', number: 9, type: 'uint32' },
    ],
    'uintr.v1.SetupRingRequest': [
      { name: 'thread', number: 1, type: 'string' },
      { name: 'entries', number: 2, type: 'uint32' },
      { name: 'cq_entries', number: 3, type: 'uint32' },
      { name: 'setup_flags', number: 4, type: 'uint32' },
      { name: 'uintr_fd', number: 5, type: 'int32' },
      { name: 'request_id', number: 6, type: 'string' },
    ],
    'uintr.v1.SetupRingResponse': [
      { name: 'ring', number: 1, type: 'message', of: 'uintr.v1.Ring' },
      { name: 'times', number: 2, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.RegisterResourcesRequest': [
      { name: 'ring', number: 1, type: 'string' },
      { name: 'files', number: 2, type: 'message', of: 'uintr.v1.RegisterFiles', oneof: 'resources' },
      { name: 'buffers', number: 3, type: 'message', of: 'uintr.v1.RegisterBuffers', oneof: 'resources' },
      { name: 'eventfd', number: 4, type: 'int32', oneof: 'resources' },
      { name: 'uintr_fd', number: 5, type: 'int32', oneof: 'resources' },
      { name: 'probe', number: 6, type: 'bool', oneof: 'resources' },
      { name: 'unregister', number: 7, type: 'enum', of: 'uintr.v1.UnregisterKind', oneof: 'resources' },
      { name: 'request_id', number: 8, type: 'string' },
    ],
    'uintr.v1.RegisterFiles': [
      { name: 'fds', number: 1, type: 'int32', repeated: true },
    ],
    'uintr.v1.RegisterBuffers': [
      { name: 'sizes', number: 1, type: 'uint32', repeated: true },
    ],
    'uintr.v1.RegisterResourcesResponse': [
      { name: 'result', number: 1, type: 'int32' },
      { name: 'opcodes', number: 2, type: 'message', of: 'uintr.v1.SupportedOpcode', repeated: true },
      { name: 'times', number: 3, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.SupportedOpcode': [
      { name: 'opcode', number: 1, type: 'uint32' },
      { name: 'name', number: 2, type: 'string' },
      { name: 'supported', number: 3, type: 'bool' },
    ],
    'uintr.v1.SubmissionEntry': [
      { name: 'user_data', number: 1, type: 'uint64' },
      { name: 'flags', number: 2, type: 'uint32' },
      { name: 'nop', number: 3, type: 'message', of: 'uintr.v1.NopOperation', oneof: 'operation' },
      { name: 'read', number: 4, type: 'message', of: 'uintr.v1.ReadOperation', oneof: 'operation' },
      { name: 'write', number: 5, type: 'message', of: 'uintr.v1.WriteOperation', oneof: 'operation' },
      { name: 'readv', number: 6, type: 'message', of: 'uintr.v1.ReadvOperation', oneof: 'operation' },
      { name: 'writev', number: 7, type: 'message', of: 'uintr.v1.WritevOperation', oneof: 'operation' },
      { name: 'fsync', number: 8, type: 'message', of: 'uintr.v1.FsyncOperation', oneof: 'operation' },
      { name: 'openat', number: 9, type: 'message', of: 'uintr.v1.OpenatOperation', oneof: 'operation' },
      { name: 'close', number: 10, type: 'message', of: 'uintr.v1.CloseOperation', oneof: 'operation' },
      { name: 'poll_add', number: 11, type: 'message', of: 'uintr.v1.PollAddOperation', oneof: 'operation' },
      { name: 'timeout', number: 12, type: 'message', of: 'uintr.v1.TimeoutOperation', oneof: 'operation' },
      { name: 'cancel', number: 13, type: 'message', of: 'uintr.v1.CancelOperation', oneof: 'operation' },
      { name: 'raw', number: 14, type: 'bytes', oneof: 'operation' },
    ],
    'uintr.v1.NopOperation': [],
    'uintr.v1.ReadOperation': [
      { name: 'fd', number: 1, type: 'int32' },
      { name: 'length', number: 2, type: 'uint32' },
      { name: 'offset', number: 3, type: 'uint64' },
      { name: 'buffer_index', number: 4, type: 'uint32', oneof: '_buffer_index' },
    ],
    'uintr.v1.WriteOperation': [
      { name: 'fd', number: 1, type: 'int32' },
      { name: 'data', number: 2, type: 'bytes' },
      { name: 'offset', number: 3, type: 'uint64' },
      { name: 'buffer_index', number: 4, type: 'uint32', oneof: '_buffer_index' },
    ],
    'uintr.v1.ReadvOperation': [
      { name: 'fd', number: 1, type: 'int32' },
      { name: 'lengths', number: 2, type: 'uint32', repeated: true },
      { name: 'offset', number: 3, type: 'uint64' },
    ],
    'uintr.v1.WritevOperation': [
      { name: 'fd', number: 1, type: 'int32' },
      { name: 'data', number: 2, type: 'bytes', repeated: true },
      { name: 'offset', number: 3, type: 'uint64' },
    ],
    'uintr.v1.FsyncOperation': [
      { name: 'fd', number: 1, type: 'int32' },
      { name: 'data_only', number: 2, type: 'bool' },
    ],
    'uintr.v1.OpenatOperation': [
      { name: 'directory_fd', number: 1, type: 'int32', oneof: '_directory_fd' },
      { name: 'path', number: 2, type: 'string' },
      { name: 'open_flags', number: 3, type: 'uint32' },
      { name: 'mode', number: 4, type: 'uint32' },
    ],
    'uintr.v1.CloseOperation': [
      { name: 'fd', number: 1, type: 'int32' },
    ],
    'uintr.v1.PollAddOperation': [
      { name: 'fd', number: 1, type: 'int32' },
      { name: 'events', number: 2, type: 'uint32' },
    ],
    'uintr.v1.TimeoutOperation': [
      { name: 'duration', number: 1, type: 'message', of: 'google.protobuf.Duration' },
      { name: 'completions', number: 2, type: 'uint32' },
    ],
    'uintr.v1.CancelOperation': [
      { name: 'user_data', number: 1, type: 'uint64', oneof: 'target' },
      { name: 'fd', number: 2, type: 'int32', oneof: 'target' },
      { name: 'any', number: 3, type: 'bool', oneof: 'target' },
      { name: 'all', number: 4, type: 'bool' },
    ],
    'uintr.v1.SubmitOpsRequest': [
      { name: 'ring', number: 1, type: 'string' },
      { name: 'entries', number: 2, type: 'message', of: 'uintr.v1.SubmissionEntry', repeated: true },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.SubmitOpsResponse': [
      { name: 'submitted', number: 1, type: 'uint32' },
      { name: 'times', number: 2, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.WaitCompletionsRequest': [
      { name: 'ring', number: 1, type: 'string' },
      { name: 'min_completions', number: 2, type: 'uint32' },
      { name: 'max_completions', number: 3, type: 'uint32' },
      { name: 'timeout', number: 4, type: 'message', of: 'google.protobuf.Duration' },
      { name: 'request_id', number: 5, type: 'string' },
    ],
    'uintr.v1.WaitCompletionsResponse': [
      { name: 'completions', number: 1, type: 'message', of: 'uintr.v1.CompletionEntry', repeated: true },
      { name: 'timed_out', number: 2, type: 'bool' },
      { name: 'times', number: 3, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.CompletionEntry': [
      { name: 'user_data', number: 1, type: 'uint64' },
      { name: 'result', number: 2, type: 'int32' },
      { name: 'flags', number: 3, type: 'uint32' },
      { name: 'error', number: 4, type: 'string' },
      { name: 'data', number: 5, type: 'bytes' },
    ],
    'uintr.v1.CancelOpsRequest': [
      { name: 'ring', number: 1, type: 'string' },
      { name: 'target', number: 2, type: 'message', of: 'uintr.v1.CancelOperation' },
      { name: 'request_id', number: 3, type: 'string' },
    ],
    'uintr.v1.CancelOpsResponse': [
      { name: 'cancelled', number: 1, type: 'uint32' },
      { name: 'error', number: 2, type: 'string' },
      { name: 'times', number: 3, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.GetRingStateRequest': [
      { name: 'name', number: 1, type: 'string' },
    ],
    'uintr.v1.GetRingStateResponse': [
      { name: 'ring', number: 1, type: 'message', of: 'uintr.v1.Ring' },
      { name: 'sq_head', number: 2, type: 'uint32' },
      { name: 'sq_tail', number: 3, type: 'uint32' },
      { name: 'cq_head', number: 4, type: 'uint32' },
      { name: 'cq_tail', number: 5, type: 'uint32' },
      { name: 'sq_dropped', number: 6, type: 'uint32' },
      { name: 'cq_overflow', number: 7, type: 'uint32' },
      { name: 'sq_flags', number: 8, type: 'uint32' },
      { name: 'overflowed', number: 9, type: 'uint32' },
      { name: 'in_flight', number: 10, type: 'message', of: 'uintr.v1.RequestState', repeated: true },
      { name: 'registered_files', number: 11, type: 'uint32' },
      { name: 'registered_buffers', number: 12, type: 'uint32' },
      { name: 'eventfd', number: 13, type: 'bool' },
      { name: 'uintr_vector', number: 14, type: 'uint32', oneof: '_uintr_vector' },
      { name: 'uintr_upid', number: 15, type: 'fixed64' },
      { name: 'cycle', number: 16, type: 'uint64' },
    ],
    'uintr.v1.RequestState': [
      { name: 'request', number: 1, type: 'uint64' },
      { name: 'user_data', number: 2, type: 'uint64' },
      { name: 'operation', number: 3, type: 'string' },
      { name: 'waiting_for', number: 4, type: 'string' },
    ],
    'uintr.v1.ListRingsRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
    ],
    'uintr.v1.ListRingsResponse': [
      { name: 'rings', number: 1, type: 'message', of: 'uintr.v1.Ring', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
    ],
    'uintr.v1.CloseRingRequest': [
      { name: 'name', number: 1, type: 'string' },
      { name: 'request_id', number: 2, type: 'string' },
    ],
    'uintr.v1.CloseRingResponse': [
      { name: 'times', number: 1, type: 'message', of: 'uintr.v1.CallTimes' },
    ],
    'uintr.v1.EventFilter': [
      { name: 'kinds', number: 1, type: 'enum', of: 'uintr.v1.EventKind', repeated: true },
    ],
    'uintr.v1.StreamEventsRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'position', number: 2, type: 'enum', of: 'uintr.v1.StartPosition', oneof: 'start' },
      { name: 'sequence', number: 3, type: 'uint64', oneof: 'start' },
      { name: 'resume_token', number: 4, type: 'string', oneof: 'start' },
      { name: 'filter', number: 5, type: 'message', of: 'uintr.v1.EventFilter' },
      { name: 'max_batch_events', number: 6, type: 'uint32' },
      { name: 'max_latency', number: 7, type: 'message', of: 'google.protobuf.Duration' },
      { name: 'overflow_policy', number: 8, type: 'enum', of: 'uintr.v1.OverflowPolicy' },
      { name: 'heartbeat_interval', number: 9, type: 'message', of: 'google.protobuf.Duration' },
    ],
    'uintr.v1.StreamEventsResponse': [
      { name: 'events', number: 1, type: 'message', of: 'uintr.v1.Event', repeated: true },
      { name: 'next_sequence', number: 2, type: 'uint64' },
      { name: 'resume_token', number: 3, type: 'string' },
      { name: 'dropped', number: 4, type: 'uint64' },
    ],
    'uintr.v1.ListEventsRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'page_size', number: 2, type: 'uint32' },
      { name: 'page_token', number: 3, type: 'string' },
      { name: 'start_sequence', number: 4, type: 'uint64' },
      { name: 'filter', number: 5, type: 'message', of: 'uintr.v1.EventFilter' },
    ],
    'uintr.v1.ListEventsResponse': [
      { name: 'events', number: 1, type: 'message', of: 'uintr.v1.Event', repeated: true },
      { name: 'next_page_token', number: 2, type: 'string' },
      { name: 'oldest_sequence', number: 3, type: 'uint64' },
      { name: 'next_sequence', number: 4, type: 'uint64' },
      { name: 'resume_token', number: 5, type: 'string' },
    ],
    'uintr.v1.ExportTraceRequest': [
      { name: 'parent', number: 1, type: 'string' },
      { name: 'format', number: 2, type: 'enum', of: 'uintr.v1.TraceFormat' },
      { name: 'filter', number: 3, type: 'message', of: 'uintr.v1.EventFilter' },
      { name: 'start_sequence', number: 4, type: 'uint64' },
      { name: 'end_sequence', number: 5, type: 'uint64' },
    ],
    'uintr.v1.ExportTraceResponse': [
      { name: 'data', number: 1, type: 'bytes' },
    ],
    'google.protobuf.Duration': [
      { name: 'seconds', number: 1, type: 'int64' },
      { name: 'nanos', number: 2, type: 'int32' },
    ],
    'google.protobuf.FieldMask': [
      { name: 'paths', number: 1, type: 'string', repeated: true },
    ],
    'google.protobuf.Timestamp': [
      { name: 'seconds', number: 1, type: 'int64' },
      { name: 'nanos', number: 2, type: 'int32' },
    ],
    'google.protobuf.Any': [
      { name: 'type_url', number: 1, type: 'string' },
      { name: 'value', number: 2, type: 'bytes' },
    ],
    'google.rpc.Status': [
      { name: 'code', number: 1, type: 'int32' },
      { name: 'message', number: 2, type: 'string' },
      { name: 'details', number: 3, type: 'message', of: 'google.protobuf.Any', repeated: true },
    ],
    'google.rpc.ErrorInfo': [
      { name: 'reason', number: 1, type: 'string' },
      { name: 'domain', number: 2, type: 'string' },
      { name: 'metadata', number: 3, type: 'string', map: true },
    ],
    'google.rpc.RetryInfo': [
      { name: 'retry_delay', number: 1, type: 'message', of: 'google.protobuf.Duration' },
    ],
    'google.rpc.QuotaFailure': [
      { name: 'violations', number: 1, type: 'message', of: 'google.rpc.QuotaFailure.Violation', repeated: true },
    ],
    'google.rpc.QuotaFailure.Violation': [
      { name: 'subject', number: 1, type: 'string' },
      { name: 'description', number: 2, type: 'string' },
    ],
    'google.rpc.PreconditionFailure': [
      { name: 'violations', number: 1, type: 'message', of: 'google.rpc.PreconditionFailure.Violation', repeated: true },
    ],
    'google.rpc.PreconditionFailure.Violation': [
      { name: 'type', number: 1, type: 'string' },
      { name: 'subject', number: 2, type: 'string' },
      { name: 'description', number: 3, type: 'string' },
    ],
    'google.rpc.BadRequest': [
      { name: 'field_violations', number: 1, type: 'message', of: 'google.rpc.BadRequest.FieldViolation', repeated: true },
    ],
    'google.rpc.BadRequest.FieldViolation': [
      { name: 'field', number: 1, type: 'string' },
      { name: 'description', number: 2, type: 'string' },
    ],
    'google.rpc.RequestInfo': [
      { name: 'request_id', number: 1, type: 'string' },
      { name: 'serving_data', number: 2, type: 'string' },
    ],
    'google.rpc.ResourceInfo': [
      { name: 'resource_type', number: 1, type: 'string' },
      { name: 'resource_name', number: 2, type: 'string' },
      { name: 'owner', number: 3, type: 'string' },
      { name: 'description', number: 4, type: 'string' },
    ],
    'grpc.health.v1.HealthCheckRequest': [
      { name: 'service', number: 1, type: 'string' },
    ],
    'grpc.health.v1.HealthCheckResponse': [
      { name: 'status', number: 1, type: 'enum', of: 'grpc.health.v1.HealthCheckResponse.ServingStatus' },
    ],
  },
  enums: {
    'uintr.v1.Role': { ROLE_UNSPECIFIED: 0, ROLE_VIEWER: 1, ROLE_OPERATOR: 2, ROLE_ADMIN: 3 },
    'uintr.v1.Lease.State': { STATE_UNSPECIFIED: 0, STATE_QUEUED: 1, STATE_ACTIVE: 2 },
    'uintr.v1.Credential': { CREDENTIAL_UNSPECIFIED: 0, CREDENTIAL_NONE: 1, CREDENTIAL_UNIX_SOCKET: 2, CREDENTIAL_TOKEN: 3, CREDENTIAL_CERTIFICATE: 4 },
    'uintr.v1.CpuLevel': { CPU_LEVEL_UNSPECIFIED: 0, CPU_LEVEL_X86_64_V1: 1, CPU_LEVEL_X86_64_V2: 2 },
    'uintr.v1.Abi': { ABI_UNSPECIFIED: 0, ABI_POC: 1, ABI_K518: 2, ABI_RFC: 3, ABI_NONE: 4, ABI_POC_STACK_TOP: 5 },
    'uintr.v1.TimeMode': { TIME_MODE_UNSPECIFIED: 0, TIME_MODE_FREE_RUNNING: 1, TIME_MODE_LOCKSTEP: 2 },
    'uintr.v1.MachineState': { MACHINE_STATE_UNSPECIFIED: 0, MACHINE_STATE_CREATED: 1, MACHINE_STATE_RUNNING: 2, MACHINE_STATE_PAUSED: 3, MACHINE_STATE_QUIESCENT: 4, MACHINE_STATE_CRASHED: 5, MACHINE_STATE_PARKED: 6, MACHINE_STATE_RECOVERING: 7 },
    'uintr.v1.Storage': { STORAGE_UNSPECIFIED: 0, STORAGE_NONE: 1, STORAGE_NVME: 2, STORAGE_DISK: 3 },
    'uintr.v1.StopReason': { STOP_REASON_UNSPECIFIED: 0, STOP_REASON_CYCLE: 1, STOP_REASON_QUIESCENT: 2, STOP_REASON_VIRTUAL_LIMIT: 3, STOP_REASON_INSTRUCTIONS: 4, STOP_REASON_EVENT: 5, STOP_REASON_BREAKPOINT: 6, STOP_REASON_NOT_RUNNING: 7 },
    'uintr.v1.FigureRole': { FIGURE_ROLE_UNSPECIFIED: 0, FIGURE_ROLE_INPUT: 1, FIGURE_ROLE_CHECK: 2, FIGURE_ROLE_CONTEXT: 3 },
    'uintr.v1.EventKind': { EVENT_KIND_UNSPECIFIED: 0, EVENT_KIND_MACHINE_STATE: 10, EVENT_KIND_OOPS: 11, EVENT_KIND_PROCESS_STARTED: 12, EVENT_KIND_PROCESS_EXECUTED: 13, EVENT_KIND_PROCESS_EXITED: 14, EVENT_KIND_THREAD_STARTED: 15, EVENT_KIND_THREAD_EXITED: 16, EVENT_KIND_CONSOLE_OUTPUT: 17, EVENT_KIND_MACHINE_PARKING: 18, EVENT_KIND_SYSCALL_ENTERED: 20, EVENT_KIND_SYSCALL_EXITED: 21, EVENT_KIND_SYSCALL_BLOCKED: 22, EVENT_KIND_SYSCALL_UNSUPPORTED: 23, EVENT_KIND_SWITCHED_IN: 30, EVENT_KIND_SWITCHED_OUT: 31, EVENT_KIND_WOKEN: 32, EVENT_KIND_VCPU_IDLE: 33, EVENT_KIND_RESCHEDULE_SENT: 34, EVENT_KIND_FAULT: 40, EVENT_KIND_UNSUPPORTED_INSTRUCTION: 41, EVENT_KIND_SIGNAL_GENERATED: 42, EVENT_KIND_SIGNAL_DELIVERED: 43, EVENT_KIND_SENDUIPI: 50, EVENT_KIND_SENDUIPI_FAULT: 51, EVENT_KIND_PIR_POSTED: 52, EVENT_KIND_IPI_SENT: 53, EVENT_KIND_IPI_ARRIVED: 54, EVENT_KIND_NOTIFICATION_PROCESSED: 55, EVENT_KIND_USER_INTERRUPT_RECOGNIZED: 56, EVENT_KIND_USER_INTERRUPT_DELIVERED: 57, EVENT_KIND_USER_INTERRUPT_FAULT: 58, EVENT_KIND_UIRET: 59, EVENT_KIND_UIF_CHANGED: 60, EVENT_KIND_NOTIFICATION_SPURIOUS: 61, EVENT_KIND_UINTR_REGISTERED: 70, EVENT_KIND_UINTR_UNREGISTERED: 71, EVENT_KIND_UINTR_VECTOR_CREATED: 72, EVENT_KIND_UINTR_SENDER_REGISTERED: 73, EVENT_KIND_UINTR_SENDER_UNREGISTERED: 74, EVENT_KIND_UPID_SUPPRESSED: 75, EVENT_KIND_UINTR_WAITING: 76, EVENT_KIND_UITT_ACTIVATED: 77, EVENT_KIND_RING_CREATED: 80, EVENT_KIND_RING_CLOSED: 81, EVENT_KIND_RING_REGISTERED: 82, EVENT_KIND_SQE_SUBMITTED: 83, EVENT_KIND_REQUEST_WAITS: 84, EVENT_KIND_CQE_POSTED: 85, EVENT_KIND_RING_INTERRUPT: 86, EVENT_KIND_WORK_QUEUED: 87, EVENT_KIND_WORK_TAKEN: 88, EVENT_KIND_REMOTE_CALL_STARTED: 90, EVENT_KIND_REMOTE_CALL_FINISHED: 91, EVENT_KIND_BREAKPOINT_HIT: 92, EVENT_KIND_BLOCK_REQUEST: 100, EVENT_KIND_BLOCK_DONE: 101 },
    'uintr.v1.Process.State': { STATE_UNSPECIFIED: 0, STATE_RUNNING: 1, STATE_EXITED: 2 },
    'uintr.v1.Park': { PARK_UNSPECIFIED: 0, PARK_SPIN: 1, PARK_BLOCK: 2 },
    'uintr.v1.WaitProcessResponse.Reason': { REASON_UNSPECIFIED: 0, REASON_EXITED: 1, REASON_QUIESCENT: 2, REASON_VIRTUAL_LIMIT: 3 },
    'uintr.v1.ConsoleOutput.Stream': { STREAM_UNSPECIFIED: 0, STREAM_STDOUT: 1, STREAM_STDERR: 2 },
    'uintr.v1.HandlerMode': { HANDLER_MODE_UNSPECIFIED: 0, HANDLER_MODE_AUTOMATIC: 1, HANDLER_MODE_MANUAL: 2 },
    'uintr.v1.BlockedReceiver': { BLOCKED_RECEIVER_UNSPECIFIED: 0, BLOCKED_RECEIVER_NONE: 1, BLOCKED_RECEIVER_WAITING_RECEIVER: 2, BLOCKED_RECEIVER_WAITING_SENDER: 3 },
    'uintr.v1.WaitMode': { WAIT_MODE_UNSPECIFIED: 0, WAIT_MODE_PARKED: 1, WAIT_MODE_UINTR_WAIT: 2 },
    'uintr.v1.WaitForInterruptResponse.Outcome': { OUTCOME_UNSPECIFIED: 0, OUTCOME_INTERRUPT: 1, OUTCOME_TIMED_OUT: 2, OUTCOME_QUIESCENT: 3, OUTCOME_VIRTUAL_LIMIT: 4 },
    'uintr.v1.DeliveryVerdict': { DELIVERY_VERDICT_UNSPECIFIED: 0, DELIVERY_VERDICT_DELIVERED: 1, DELIVERY_VERDICT_IN_FLIGHT: 2, DELIVERY_VERDICT_NOTHING_POSTED: 3, DELIVERY_VERDICT_UITT_INVALID: 4, DELIVERY_VERDICT_COALESCED: 5, DELIVERY_VERDICT_SUPPRESSED: 6, DELIVERY_VERDICT_MASKED: 7, DELIVERY_VERDICT_IN_KERNEL: 8, DELIVERY_VERDICT_DESCHEDULED: 9, DELIVERY_VERDICT_BLOCKED: 10, DELIVERY_VERDICT_WRONG_VECTOR: 11, DELIVERY_VERDICT_NO_HANDLER: 12, DELIVERY_VERDICT_RECEIVER_GONE: 13, DELIVERY_VERDICT_FAULTED: 14, DELIVERY_VERDICT_UNKNOWN: 15 },
    'uintr.v1.UnregisterKind': { UNREGISTER_KIND_UNSPECIFIED: 0, UNREGISTER_KIND_FILES: 1, UNREGISTER_KIND_BUFFERS: 2, UNREGISTER_KIND_EVENTFD: 3, UNREGISTER_KIND_UINTR: 4 },
    'uintr.v1.StartPosition': { START_POSITION_UNSPECIFIED: 0, START_POSITION_OLDEST: 1, START_POSITION_LATEST: 2 },
    'uintr.v1.OverflowPolicy': { OVERFLOW_POLICY_UNSPECIFIED: 0, OVERFLOW_POLICY_DROP: 1, OVERFLOW_POLICY_FAIL: 2 },
    'uintr.v1.TraceFormat': { TRACE_FORMAT_UNSPECIFIED: 0, TRACE_FORMAT_JSON_LINES: 1, TRACE_FORMAT_CHROME: 2 },
    'grpc.health.v1.HealthCheckResponse.ServingStatus': { UNKNOWN: 0, SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 },
  },
  services: {
    'uintr.v1.UserService': [
      { name: 'CreateUser', request: 'uintr.v1.CreateUserRequest', response: 'uintr.v1.CreateUserResponse' },
      { name: 'GetUser', request: 'uintr.v1.GetUserRequest', response: 'uintr.v1.GetUserResponse' },
      { name: 'ListUsers', request: 'uintr.v1.ListUsersRequest', response: 'uintr.v1.ListUsersResponse' },
      { name: 'UpdateUser', request: 'uintr.v1.UpdateUserRequest', response: 'uintr.v1.UpdateUserResponse' },
      { name: 'DeleteUser', request: 'uintr.v1.DeleteUserRequest', response: 'uintr.v1.DeleteUserResponse' },
    ],
    'uintr.v1.TokenService': [
      { name: 'CreateToken', request: 'uintr.v1.CreateTokenRequest', response: 'uintr.v1.CreateTokenResponse' },
      { name: 'GetToken', request: 'uintr.v1.GetTokenRequest', response: 'uintr.v1.GetTokenResponse' },
      { name: 'ListTokens', request: 'uintr.v1.ListTokensRequest', response: 'uintr.v1.ListTokensResponse' },
      { name: 'RevokeToken', request: 'uintr.v1.RevokeTokenRequest', response: 'uintr.v1.RevokeTokenResponse' },
    ],
    'uintr.v1.ProjectService': [
      { name: 'CreateProject', request: 'uintr.v1.CreateProjectRequest', response: 'uintr.v1.CreateProjectResponse' },
      { name: 'GetProject', request: 'uintr.v1.GetProjectRequest', response: 'uintr.v1.GetProjectResponse' },
      { name: 'ListProjects', request: 'uintr.v1.ListProjectsRequest', response: 'uintr.v1.ListProjectsResponse' },
      { name: 'UpdateProject', request: 'uintr.v1.UpdateProjectRequest', response: 'uintr.v1.UpdateProjectResponse' },
      { name: 'DeleteProject', request: 'uintr.v1.DeleteProjectRequest', response: 'uintr.v1.DeleteProjectResponse' },
    ],
    'uintr.v1.AuditService': [
      { name: 'ListAuditEntries', request: 'uintr.v1.ListAuditEntriesRequest', response: 'uintr.v1.ListAuditEntriesResponse' },
    ],
    'uintr.v1.LeaseService': [
      { name: 'CreateLease', request: 'uintr.v1.CreateLeaseRequest', response: 'uintr.v1.CreateLeaseResponse' },
      { name: 'GetLease', request: 'uintr.v1.GetLeaseRequest', response: 'uintr.v1.GetLeaseResponse' },
      { name: 'ListLeases', request: 'uintr.v1.ListLeasesRequest', response: 'uintr.v1.ListLeasesResponse' },
      { name: 'UpdateLease', request: 'uintr.v1.UpdateLeaseRequest', response: 'uintr.v1.UpdateLeaseResponse' },
      { name: 'ExtendLease', request: 'uintr.v1.ExtendLeaseRequest', response: 'uintr.v1.ExtendLeaseResponse' },
      { name: 'WaitLease', request: 'uintr.v1.WaitLeaseRequest', response: 'uintr.v1.WaitLeaseResponse' },
      { name: 'ReleaseLease', request: 'uintr.v1.ReleaseLeaseRequest', response: 'uintr.v1.ReleaseLeaseResponse' },
      { name: 'RevokeLease', request: 'uintr.v1.RevokeLeaseRequest', response: 'uintr.v1.RevokeLeaseResponse' },
    ],
    'uintr.v1.LabService': [
      { name: 'GetServerInfo', request: 'uintr.v1.GetServerInfoRequest', response: 'uintr.v1.GetServerInfoResponse' },
      { name: 'WhoAmI', request: 'uintr.v1.WhoAmIRequest', response: 'uintr.v1.WhoAmIResponse' },
    ],
    'uintr.v1.MachineService': [
      { name: 'CreateMachine', request: 'uintr.v1.CreateMachineRequest', response: 'uintr.v1.CreateMachineResponse' },
      { name: 'GetMachine', request: 'uintr.v1.GetMachineRequest', response: 'uintr.v1.GetMachineResponse' },
      { name: 'ListMachines', request: 'uintr.v1.ListMachinesRequest', response: 'uintr.v1.ListMachinesResponse' },
      { name: 'UpdateMachine', request: 'uintr.v1.UpdateMachineRequest', response: 'uintr.v1.UpdateMachineResponse' },
      { name: 'DeleteMachine', request: 'uintr.v1.DeleteMachineRequest', response: 'uintr.v1.DeleteMachineResponse' },
      { name: 'StartMachine', request: 'uintr.v1.StartMachineRequest', response: 'uintr.v1.StartMachineResponse' },
      { name: 'PauseMachine', request: 'uintr.v1.PauseMachineRequest', response: 'uintr.v1.PauseMachineResponse' },
      { name: 'ResetMachine', request: 'uintr.v1.ResetMachineRequest', response: 'uintr.v1.ResetMachineResponse' },
      { name: 'MoveMachine', request: 'uintr.v1.MoveMachineRequest', response: 'uintr.v1.MoveMachineResponse' },
      { name: 'ParkMachine', request: 'uintr.v1.ParkMachineRequest', response: 'uintr.v1.ParkMachineResponse' },
      { name: 'RunMachine', request: 'uintr.v1.RunMachineRequest', response: 'uintr.v1.RunMachineResponse' },
      { name: 'StepMachine', request: 'uintr.v1.StepMachineRequest', response: 'uintr.v1.StepMachineResponse' },
      { name: 'ReadMemory', request: 'uintr.v1.ReadMemoryRequest', response: 'uintr.v1.ReadMemoryResponse' },
      { name: 'WriteMemory', request: 'uintr.v1.WriteMemoryRequest', response: 'uintr.v1.WriteMemoryResponse' },
      { name: 'ReadRegisters', request: 'uintr.v1.ReadRegistersRequest', response: 'uintr.v1.ReadRegistersResponse' },
      { name: 'WriteRegisters', request: 'uintr.v1.WriteRegistersRequest', response: 'uintr.v1.WriteRegistersResponse' },
      { name: 'CreateBreakpoint', request: 'uintr.v1.CreateBreakpointRequest', response: 'uintr.v1.CreateBreakpointResponse' },
      { name: 'ListBreakpoints', request: 'uintr.v1.ListBreakpointsRequest', response: 'uintr.v1.ListBreakpointsResponse' },
      { name: 'DeleteBreakpoint', request: 'uintr.v1.DeleteBreakpointRequest', response: 'uintr.v1.DeleteBreakpointResponse' },
      { name: 'GetMachineStats', request: 'uintr.v1.GetMachineStatsRequest', response: 'uintr.v1.GetMachineStatsResponse' },
      { name: 'GetCostTable', request: 'uintr.v1.GetCostTableRequest', response: 'uintr.v1.GetCostTableResponse' },
    ],
    'uintr.v1.ArtifactService': [
      { name: 'UploadArtifact', request: 'uintr.v1.UploadArtifactRequest', response: 'uintr.v1.UploadArtifactResponse', requestStream: true },
      { name: 'DownloadArtifact', request: 'uintr.v1.DownloadArtifactRequest', response: 'uintr.v1.DownloadArtifactResponse', responseStream: true },
      { name: 'GetArtifact', request: 'uintr.v1.GetArtifactRequest', response: 'uintr.v1.GetArtifactResponse' },
      { name: 'ListArtifacts', request: 'uintr.v1.ListArtifactsRequest', response: 'uintr.v1.ListArtifactsResponse' },
      { name: 'DeleteArtifact', request: 'uintr.v1.DeleteArtifactRequest', response: 'uintr.v1.DeleteArtifactResponse' },
    ],
    'uintr.v1.SnapshotService': [
      { name: 'CreateSnapshot', request: 'uintr.v1.CreateSnapshotRequest', response: 'uintr.v1.CreateSnapshotResponse' },
      { name: 'GetSnapshot', request: 'uintr.v1.GetSnapshotRequest', response: 'uintr.v1.GetSnapshotResponse' },
      { name: 'ListSnapshots', request: 'uintr.v1.ListSnapshotsRequest', response: 'uintr.v1.ListSnapshotsResponse' },
      { name: 'UpdateSnapshot', request: 'uintr.v1.UpdateSnapshotRequest', response: 'uintr.v1.UpdateSnapshotResponse' },
      { name: 'DeleteSnapshot', request: 'uintr.v1.DeleteSnapshotRequest', response: 'uintr.v1.DeleteSnapshotResponse' },
      { name: 'RestoreSnapshot', request: 'uintr.v1.RestoreSnapshotRequest', response: 'uintr.v1.RestoreSnapshotResponse' },
      { name: 'ForkMachine', request: 'uintr.v1.ForkMachineRequest', response: 'uintr.v1.ForkMachineResponse' },
      { name: 'ExportSnapshot', request: 'uintr.v1.ExportSnapshotRequest', response: 'uintr.v1.ExportSnapshotResponse', responseStream: true },
      { name: 'ImportSnapshot', request: 'uintr.v1.ImportSnapshotRequest', response: 'uintr.v1.ImportSnapshotResponse', requestStream: true },
    ],
    'uintr.v1.GuestService': [
      { name: 'SpawnProcess', request: 'uintr.v1.SpawnProcessRequest', response: 'uintr.v1.SpawnProcessResponse' },
      { name: 'GetProcess', request: 'uintr.v1.GetProcessRequest', response: 'uintr.v1.GetProcessResponse' },
      { name: 'ListProcesses', request: 'uintr.v1.ListProcessesRequest', response: 'uintr.v1.ListProcessesResponse' },
      { name: 'ListThreads', request: 'uintr.v1.ListThreadsRequest', response: 'uintr.v1.ListThreadsResponse' },
      { name: 'SignalProcess', request: 'uintr.v1.SignalProcessRequest', response: 'uintr.v1.SignalProcessResponse' },
      { name: 'WaitProcess', request: 'uintr.v1.WaitProcessRequest', response: 'uintr.v1.WaitProcessResponse' },
      { name: 'AttachConsole', request: 'uintr.v1.AttachConsoleRequest', response: 'uintr.v1.AttachConsoleResponse', requestStream: true, responseStream: true },
      { name: 'ReadFile', request: 'uintr.v1.ReadFileRequest', response: 'uintr.v1.ReadFileResponse' },
      { name: 'WriteFile', request: 'uintr.v1.WriteFileRequest', response: 'uintr.v1.WriteFileResponse' },
      { name: 'CreateRemoteThread', request: 'uintr.v1.CreateRemoteThreadRequest', response: 'uintr.v1.CreateRemoteThreadResponse' },
      { name: 'ExecuteSyscall', request: 'uintr.v1.ExecuteSyscallRequest', response: 'uintr.v1.ExecuteSyscallResponse' },
    ],
    'uintr.v1.UintrService': [
      { name: 'RegisterHandler', request: 'uintr.v1.RegisterHandlerRequest', response: 'uintr.v1.RegisterHandlerResponse' },
      { name: 'UnregisterHandler', request: 'uintr.v1.UnregisterHandlerRequest', response: 'uintr.v1.UnregisterHandlerResponse' },
      { name: 'CreateVectorFd', request: 'uintr.v1.CreateVectorFdRequest', response: 'uintr.v1.CreateVectorFdResponse' },
      { name: 'RegisterSender', request: 'uintr.v1.RegisterSenderRequest', response: 'uintr.v1.RegisterSenderResponse' },
      { name: 'UnregisterSender', request: 'uintr.v1.UnregisterSenderRequest', response: 'uintr.v1.UnregisterSenderResponse' },
      { name: 'SendUipi', request: 'uintr.v1.SendUipiRequest', response: 'uintr.v1.SendUipiResponse' },
      { name: 'SendUipis', request: 'uintr.v1.SendUipisRequest', response: 'uintr.v1.SendUipisResponse' },
      { name: 'SetUserInterruptFlag', request: 'uintr.v1.SetUserInterruptFlagRequest', response: 'uintr.v1.SetUserInterruptFlagResponse' },
      { name: 'TestUserInterruptFlag', request: 'uintr.v1.TestUserInterruptFlagRequest', response: 'uintr.v1.TestUserInterruptFlagResponse' },
      { name: 'WaitForInterrupt', request: 'uintr.v1.WaitForInterruptRequest', response: 'uintr.v1.WaitForInterruptResponse' },
      { name: 'ReturnFromInterrupt', request: 'uintr.v1.ReturnFromInterruptRequest', response: 'uintr.v1.ReturnFromInterruptResponse' },
      { name: 'GetUintrState', request: 'uintr.v1.GetUintrStateRequest', response: 'uintr.v1.GetUintrStateResponse' },
      { name: 'ExplainDelivery', request: 'uintr.v1.ExplainDeliveryRequest', response: 'uintr.v1.ExplainDeliveryResponse' },
    ],
    'uintr.v1.UringService': [
      { name: 'SetupRing', request: 'uintr.v1.SetupRingRequest', response: 'uintr.v1.SetupRingResponse' },
      { name: 'RegisterResources', request: 'uintr.v1.RegisterResourcesRequest', response: 'uintr.v1.RegisterResourcesResponse' },
      { name: 'SubmitOps', request: 'uintr.v1.SubmitOpsRequest', response: 'uintr.v1.SubmitOpsResponse' },
      { name: 'WaitCompletions', request: 'uintr.v1.WaitCompletionsRequest', response: 'uintr.v1.WaitCompletionsResponse' },
      { name: 'CancelOps', request: 'uintr.v1.CancelOpsRequest', response: 'uintr.v1.CancelOpsResponse' },
      { name: 'GetRingState', request: 'uintr.v1.GetRingStateRequest', response: 'uintr.v1.GetRingStateResponse' },
      { name: 'ListRings', request: 'uintr.v1.ListRingsRequest', response: 'uintr.v1.ListRingsResponse' },
      { name: 'CloseRing', request: 'uintr.v1.CloseRingRequest', response: 'uintr.v1.CloseRingResponse' },
    ],
    'uintr.v1.EventService': [
      { name: 'StreamEvents', request: 'uintr.v1.StreamEventsRequest', response: 'uintr.v1.StreamEventsResponse', responseStream: true },
      { name: 'ListEvents', request: 'uintr.v1.ListEventsRequest', response: 'uintr.v1.ListEventsResponse' },
      { name: 'ExportTrace', request: 'uintr.v1.ExportTraceRequest', response: 'uintr.v1.ExportTraceResponse', responseStream: true },
    ],
    'grpc.health.v1.Health': [
      { name: 'Check', request: 'grpc.health.v1.HealthCheckRequest', response: 'grpc.health.v1.HealthCheckResponse' },
      { name: 'Watch', request: 'grpc.health.v1.HealthCheckRequest', response: 'grpc.health.v1.HealthCheckResponse', responseStream: true },
    ],
  },
};

/** Rules of request fields: uintr/v1/rules.proto says what they mean. */
export const RULES: ApiRules = {
  'uintr.v1.RoleBinding': {
    fields: {
      project: { resource: ['PROJECT', 'EVERY_PROJECT'] },
      role: { required: true },
    },
    oneofs: [],
  },
  'uintr.v1.User': {
    fields: {
      name: { resource: ['USER'] },
      display_name: { max_length: 256, format: 'TEXT' },
      roles: { max_items: 256 },
    },
    oneofs: [],
  },
  'uintr.v1.Token': {
    fields: {
      display_name: { max_length: 256, format: 'TEXT' },
      scope: { max_items: 64 },
    },
    oneofs: [],
  },
  'uintr.v1.CreateUserRequest': {
    fields: {
      user_id: { required: true, format: 'ID' },
      user: { only: ['display_name', 'roles', 'disabled'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.GetUserRequest': {
    fields: {
      name: { resource: ['USER'] },
    },
    oneofs: [],
  },
  'uintr.v1.UpdateUserRequest': {
    fields: {
      user: { required: true, only: ['name', 'etag', 'display_name', 'roles', 'disabled'] },
      update_mask: { required: true },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.DeleteUserRequest': {
    fields: {
      name: { resource: ['USER'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.CreateTokenRequest': {
    fields: {
      parent: { resource: ['USER'] },
      token: { only: ['display_name', 'scope'] },
      ttl: { min_millis: 60000, max_millis: 34560000000 },
    },
    oneofs: [],
  },
  'uintr.v1.GetTokenRequest': {
    fields: {
      name: { resource: ['TOKEN'] },
    },
    oneofs: [],
  },
  'uintr.v1.ListTokensRequest': {
    fields: {
      parent: { resource: ['USER'] },
    },
    oneofs: [],
  },
  'uintr.v1.RevokeTokenRequest': {
    fields: {
      name: { resource: ['TOKEN'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.Project': {
    fields: {
      display_name: { max_length: 256, format: 'TEXT' },
      labels: { format: 'LABELS' },
    },
    oneofs: [],
  },
  'uintr.v1.Quota': {
    fields: {
      ram_bytes: { max: 9007199254740991 },
      artifact_bytes: { max: 9007199254740991 },
      event_bytes: { max: 9007199254740991 },
      cpu_shares: { max: 10000 },
      snapshot_bytes: { max: 9007199254740991 },
    },
    oneofs: [],
  },
  'uintr.v1.CreateProjectRequest': {
    fields: {
      project_id: { required: true, format: 'ID' },
      project: { only: ['display_name', 'labels', 'quota'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.GetProjectRequest': {
    fields: {
      name: { resource: ['PROJECT'] },
    },
    oneofs: [],
  },
  'uintr.v1.UpdateProjectRequest': {
    fields: {
      project: { required: true, only: ['name', 'etag', 'display_name', 'labels', 'quota'] },
      update_mask: { required: true },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.DeleteProjectRequest': {
    fields: {
      name: { resource: ['PROJECT'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ListAuditEntriesRequest': {
    fields: {
      parent: { resource: ['PROJECT', 'EVERY_PROJECT'] },
      filter: { max_length: 2000, format: 'TEXT' },
    },
    oneofs: [],
  },
  'uintr.v1.Lease': {
    fields: {
      name: { resource: ['LEASE'] },
      shared_with: { resource: ['USER'], max_items: 64 },
      display_name: { max_length: 256, format: 'TEXT' },
    },
    oneofs: [],
  },
  'uintr.v1.CreateLeaseRequest': {
    fields: {
      parent: { resource: ['PROJECT'] },
      lease_id: { format: 'ID' },
      machine: { resource: ['MACHINE'] },
      ttl: { min_millis: 1000, max_millis: 3456000000 },
      queue_ttl: { min_millis: 1000, max_millis: 3456000000 },
      priority: { max: 100 },
      shared_with: { resource: ['USER'], max_items: 64 },
      display_name: { max_length: 256, format: 'TEXT' },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.GetLeaseRequest': {
    fields: {
      name: { resource: ['LEASE'] },
    },
    oneofs: [],
  },
  'uintr.v1.ListLeasesRequest': {
    fields: {
      parent: { resource: ['PROJECT', 'EVERY_PROJECT'] },
    },
    oneofs: [],
  },
  'uintr.v1.UpdateLeaseRequest': {
    fields: {
      lease: { required: true, only: ['name', 'shared_with', 'display_name'] },
      update_mask: { required: true },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ExtendLeaseRequest': {
    fields: {
      name: { resource: ['LEASE'] },
      ttl: { min_millis: 1000, max_millis: 3456000000 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.WaitLeaseRequest': {
    fields: {
      name: { resource: ['LEASE'] },
    },
    oneofs: [],
  },
  'uintr.v1.ReleaseLeaseRequest': {
    fields: {
      name: { resource: ['LEASE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.RevokeLeaseRequest': {
    fields: {
      name: { resource: ['LEASE'] },
      reason: { max_length: 256, format: 'TEXT' },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.MachineSpec': {
    fields: {
      vcpus: { min: 1, max: 32 },
      ram_bytes: { min: 16777216, max: 3221225472, multiple_of: 65536 },
      cost_preset: { max_length: 64 },
      cost_overrides: { max_items: 1024, max: 9007199254740991 },
      event_kinds: { max_items: 256, min_length: 1 },
    },
    oneofs: [],
  },
  'uintr.v1.RootFileSystem': {
    fields: {
      artifact: { resource: ['ARTIFACT'] },
      sha256: { format: 'SHA256' },
    },
    oneofs: [],
  },
  'uintr.v1.MachineLimits': {
    fields: {
      virtual_cycles: { max: 9007199254740991 },
      threads: { max: 32768 },
      file_bytes: { max: 4294967296 },
      console_bytes: { max: 9007199254740991 },
    },
    oneofs: [],
  },
  'uintr.v1.Machine': {
    fields: {
      name: { resource: ['MACHINE'] },
      labels: { format: 'LABELS' },
    },
    oneofs: [],
  },
  'uintr.v1.CreateMachineRequest': {
    fields: {
      parent: { resource: ['PROJECT'] },
      machine_id: { format: 'ID' },
      machine: { only: ['labels', 'spec'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.GetMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
    },
    oneofs: [],
  },
  'uintr.v1.ListMachinesRequest': {
    fields: {
      parent: { resource: ['PROJECT'] },
    },
    oneofs: [],
  },
  'uintr.v1.UpdateMachineRequest': {
    fields: {
      machine: { required: true },
      update_mask: { required: true },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.DeleteMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.StartMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.PauseMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.MoveMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ParkMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ResetMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.RunMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
      until_cycle: { max: 9007199254740991 },
      cycles: { max: 9007199254740991 },
      instructions: { max: 9007199254740991 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.EventMatch': {
    fields: {
      vcpu: { max: 31 },
      fields: { max_items: 64 },
    },
    oneofs: [],
  },
  'uintr.v1.StepMachineRequest': {
    fields: {
      name: { resource: ['MACHINE', 'THREAD'] },
      vcpu: { max: 31 },
      instructions: { max: 100000 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ReadMemoryRequest': {
    fields: {
      name: { resource: ['MACHINE', 'PROCESS', 'THREAD'] },
      length: { max: 1048576 },
    },
    oneofs: [],
  },
  'uintr.v1.WriteMemoryRequest': {
    fields: {
      name: { resource: ['MACHINE', 'PROCESS', 'THREAD'] },
      data: { max_length: 1048576 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ReadRegistersRequest': {
    fields: {
      name: { resource: ['THREAD'] },
    },
    oneofs: [],
  },
  'uintr.v1.WriteRegistersRequest': {
    fields: {
      name: { resource: ['THREAD'] },
      registers: { required: true },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.CreateBreakpointRequest': {
    fields: {
      parent: { resource: ['PROCESS'] },
      symbol: { min_length: 1, format: 'TEXT' },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: ['place'],
  },
  'uintr.v1.ListBreakpointsRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
    },
    oneofs: [],
  },
  'uintr.v1.DeleteBreakpointRequest': {
    fields: {
      name: { resource: ['BREAKPOINT'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.GetMachineStatsRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
    },
    oneofs: [],
  },
  'uintr.v1.GetCostTableRequest': {
    fields: {
      machine: { resource: ['MACHINE'] },
      preset: { min_length: 1 },
    },
    oneofs: ['subject'],
  },
  'uintr.v1.UploadArtifactRequest': {
    fields: {},
    oneofs: ['part'],
  },
  'uintr.v1.ArtifactHeader': {
    fields: {
      parent: { resource: ['PROJECT'] },
      artifact_id: { format: 'ID' },
      labels: { format: 'LABELS' },
      sha256: { required: true, format: 'SHA256' },
    },
    oneofs: [],
  },
  'uintr.v1.DownloadArtifactRequest': {
    fields: {
      name: { resource: ['ARTIFACT'] },
    },
    oneofs: [],
  },
  'uintr.v1.GetArtifactRequest': {
    fields: {
      name: { resource: ['ARTIFACT'] },
    },
    oneofs: [],
  },
  'uintr.v1.ListArtifactsRequest': {
    fields: {
      parent: { resource: ['PROJECT'] },
    },
    oneofs: [],
  },
  'uintr.v1.DeleteArtifactRequest': {
    fields: {
      name: { resource: ['ARTIFACT'] },
    },
    oneofs: [],
  },
  'uintr.v1.Snapshot': {
    fields: {
      name: { resource: ['SNAPSHOT'] },
      labels: { format: 'LABELS' },
    },
    oneofs: [],
  },
  'uintr.v1.CreateSnapshotRequest': {
    fields: {
      machine: { resource: ['MACHINE'] },
      snapshot_id: { format: 'ID' },
      labels: { format: 'LABELS' },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.GetSnapshotRequest': {
    fields: {
      name: { resource: ['SNAPSHOT'] },
    },
    oneofs: [],
  },
  'uintr.v1.ListSnapshotsRequest': {
    fields: {
      parent: { resource: ['PROJECT'] },
    },
    oneofs: [],
  },
  'uintr.v1.UpdateSnapshotRequest': {
    fields: {
      snapshot: { required: true, only: ['name', 'labels', 'pinned'] },
      update_mask: { required: true },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.DeleteSnapshotRequest': {
    fields: {
      name: { resource: ['SNAPSHOT'] },
    },
    oneofs: [],
  },
  'uintr.v1.RestoreSnapshotRequest': {
    fields: {
      name: { resource: ['SNAPSHOT'] },
      machine: { resource: ['MACHINE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: ['target'],
  },
  'uintr.v1.NewMachine': {
    fields: {
      machine_id: { format: 'ID' },
      labels: { format: 'LABELS' },
    },
    oneofs: [],
  },
  'uintr.v1.ForkMachineRequest': {
    fields: {
      name: { resource: ['MACHINE'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ExportSnapshotRequest': {
    fields: {
      name: { resource: ['SNAPSHOT'] },
    },
    oneofs: [],
  },
  'uintr.v1.ImportSnapshotRequest': {
    fields: {},
    oneofs: ['part'],
  },
  'uintr.v1.SnapshotHeader': {
    fields: {
      parent: { resource: ['PROJECT'] },
      snapshot_id: { format: 'ID' },
      labels: { format: 'LABELS' },
    },
    oneofs: [],
  },
  'uintr.v1.SpawnFile': {
    fields: {
      path: { required: true, format: 'PATH' },
      artifact: { resource: ['ARTIFACT'] },
      symlink: { format: 'TEXT' },
      mode: { max: 4095 },
    },
    oneofs: ['content'],
  },
  'uintr.v1.SpawnProcessRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
      artifact: { resource: ['ARTIFACT'] },
      path: { required: true, format: 'PATH' },
      arguments: { format: 'TEXT' },
      environment: { format: 'ENVIRONMENT' },
      working_directory: { format: 'PATH' },
      stdin_artifact: { resource: ['ARTIFACT'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.SpawnDescriptor': {
    fields: {
      fd: { required: true, min: 3, max: 2147483647 },
      source: { resource: ['DESCRIPTOR'] },
    },
    oneofs: [],
  },
  'uintr.v1.GetProcessRequest': {
    fields: {
      name: { resource: ['PROCESS'] },
    },
    oneofs: [],
  },
  'uintr.v1.ListProcessesRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
    },
    oneofs: [],
  },
  'uintr.v1.ListThreadsRequest': {
    fields: {
      parent: { resource: ['MACHINE', 'PROCESS'] },
    },
    oneofs: [],
  },
  'uintr.v1.SignalProcessRequest': {
    fields: {
      name: { resource: ['PROCESS', 'THREAD'] },
      signal: { required: true, min: 1, max: 64 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.WaitProcessRequest': {
    fields: {
      name: { resource: ['PROCESS'] },
    },
    oneofs: [],
  },
  'uintr.v1.AttachConsoleRequest': {
    fields: {},
    oneofs: ['action'],
  },
  'uintr.v1.TerminalSize': {
    fields: {
      rows: { max: 65535 },
      columns: { max: 65535 },
    },
    oneofs: [],
  },
  'uintr.v1.ConsoleAttach': {
    fields: {
      name: { resource: ['PROCESS'] },
      stdout_offset: { max: 9007199254740991 },
      stderr_offset: { max: 9007199254740991 },
    },
    oneofs: [],
  },
  'uintr.v1.ReadFileRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
      path: { required: true, format: 'PATH' },
      offset: { max: 9007199254740991 },
      length: { max: 1048576 },
    },
    oneofs: [],
  },
  'uintr.v1.WriteFileRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
      file: { required: true },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.CreateRemoteThreadRequest': {
    fields: {
      parent: { resource: ['MACHINE', 'PROCESS'] },
      comm: { max_length: 15, format: 'TEXT' },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.SyscallArgument': {
    fields: {
      space: { max: 1048576 },
      text: { format: 'TEXT' },
    },
    oneofs: ['argument'],
  },
  'uintr.v1.ExecuteSyscallRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      name: { min_length: 1 },
      arguments: { max_items: 6 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: ['call'],
  },
  'uintr.v1.RegisterHandlerRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.UnregisterHandlerRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.CreateVectorFdRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      vector: { max: 63 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.RegisterSenderRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      vector_fd: { resource: ['DESCRIPTOR'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: ['target'],
  },
  'uintr.v1.UnregisterSenderRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.SendUipiRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.SendUipisRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      uitt_indexes: { max_items: 4096 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.SetUserInterruptFlagRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.TestUserInterruptFlagRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.WaitForInterruptRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ReturnFromInterruptRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.ExplainDeliveryRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
      receiver: { resource: ['THREAD'] },
    },
    oneofs: ['subject'],
  },
  'uintr.v1.SenderSubject': {
    fields: {
      thread: { resource: ['THREAD'] },
    },
    oneofs: [],
  },
  'uintr.v1.GetUintrStateRequest': {
    fields: {
      name: { resource: ['MACHINE', 'THREAD'] },
    },
    oneofs: [],
  },
  'uintr.v1.SetupRingRequest': {
    fields: {
      thread: { resource: ['THREAD'] },
      entries: { required: true, min: 1, max: 32768 },
      cq_entries: { max: 65536 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.RegisterResourcesRequest': {
    fields: {
      ring: { resource: ['RING'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: ['resources'],
  },
  'uintr.v1.RegisterFiles': {
    fields: {
      fds: { max_items: 32768 },
    },
    oneofs: [],
  },
  'uintr.v1.RegisterBuffers': {
    fields: {
      sizes: { max_items: 16384, max: 1048576 },
    },
    oneofs: [],
  },
  'uintr.v1.SubmissionEntry': {
    fields: {
      flags: { max: 255 },
      raw: { min_length: 64, max_length: 64 },
    },
    oneofs: ['operation'],
  },
  'uintr.v1.ReadOperation': {
    fields: {
      length: { max: 1048576 },
    },
    oneofs: [],
  },
  'uintr.v1.ReadvOperation': {
    fields: {
      lengths: { max_items: 1024, max: 1048576 },
    },
    oneofs: [],
  },
  'uintr.v1.WritevOperation': {
    fields: {
      data: { max_items: 1024 },
    },
    oneofs: [],
  },
  'uintr.v1.OpenatOperation': {
    fields: {
      path: { format: 'TEXT' },
    },
    oneofs: [],
  },
  'uintr.v1.CancelOperation': {
    fields: {},
    oneofs: ['target'],
  },
  'uintr.v1.SubmitOpsRequest': {
    fields: {
      ring: { resource: ['RING'] },
      entries: { max_items: 1024 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.WaitCompletionsRequest': {
    fields: {
      ring: { resource: ['RING'] },
      max_completions: { max: 1024 },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.CancelOpsRequest': {
    fields: {
      ring: { resource: ['RING'] },
      target: { required: true },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.GetRingStateRequest': {
    fields: {
      name: { resource: ['RING'] },
    },
    oneofs: [],
  },
  'uintr.v1.ListRingsRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
    },
    oneofs: [],
  },
  'uintr.v1.CloseRingRequest': {
    fields: {
      name: { resource: ['RING'] },
      request_id: { format: 'REQUEST_ID' },
    },
    oneofs: [],
  },
  'uintr.v1.EventFilter': {
    fields: {
      kinds: { max_items: 256 },
    },
    oneofs: [],
  },
  'uintr.v1.StreamEventsRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
      sequence: { min: 1, max: 9007199254740991 },
      max_batch_events: { max: 4096 },
      max_latency: { max_millis: 10000 },
      heartbeat_interval: { min_millis: 100, max_millis: 3600000 },
    },
    oneofs: [],
  },
  'uintr.v1.ListEventsRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
      page_size: { max: 4096 },
      start_sequence: { max: 9007199254740991 },
    },
    oneofs: [],
  },
  'uintr.v1.ExportTraceRequest': {
    fields: {
      parent: { resource: ['MACHINE'] },
      start_sequence: { max: 9007199254740991 },
      end_sequence: { max: 9007199254740991 },
    },
    oneofs: [],
  },
};

export interface UserService {
  readonly CreateUser: { readonly request: CreateUserRequest; readonly response: CreateUserResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetUser: { readonly request: GetUserRequest; readonly response: GetUserResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListUsers: { readonly request: ListUsersRequest; readonly response: ListUsersResponse; readonly requestStream: false; readonly responseStream: false };
  readonly UpdateUser: { readonly request: UpdateUserRequest; readonly response: UpdateUserResponse; readonly requestStream: false; readonly responseStream: false };
  readonly DeleteUser: { readonly request: DeleteUserRequest; readonly response: DeleteUserResponse; readonly requestStream: false; readonly responseStream: false };
}

export interface TokenService {
  readonly CreateToken: { readonly request: CreateTokenRequest; readonly response: CreateTokenResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetToken: { readonly request: GetTokenRequest; readonly response: GetTokenResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListTokens: { readonly request: ListTokensRequest; readonly response: ListTokensResponse; readonly requestStream: false; readonly responseStream: false };
  readonly RevokeToken: { readonly request: RevokeTokenRequest; readonly response: RevokeTokenResponse; readonly requestStream: false; readonly responseStream: false };
}

export type Role =
  | 'ROLE_UNSPECIFIED'
  | 'ROLE_VIEWER'
  | 'ROLE_OPERATOR'
  | 'ROLE_ADMIN';

export interface RoleBinding {
  readonly project: string;
  readonly role: Role;
}

export interface User {
  readonly name: string;
  readonly uid: string;
  readonly etag: string;
  readonly create_time?: Timestamp | undefined;
  readonly display_name: string;
  readonly roles: readonly RoleBinding[];
  readonly disabled: boolean;
}

export interface Token {
  readonly name: string;
  readonly create_time?: Timestamp | undefined;
  readonly expire_time?: Timestamp | undefined;
  readonly last_use_time?: Timestamp | undefined;
  readonly display_name: string;
  readonly scope: readonly RoleBinding[];
}

export interface CreateUserRequest {
  readonly user_id: string;
  readonly user?: User | undefined;
  readonly request_id: string;
}

export interface CreateUserResponse {
  readonly user?: User | undefined;
}

export interface GetUserRequest {
  readonly name: string;
}

export interface GetUserResponse {
  readonly user?: User | undefined;
}

export interface ListUsersRequest {
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListUsersResponse {
  readonly users: readonly User[];
  readonly next_page_token: string;
}

export interface UpdateUserRequest {
  readonly user?: User | undefined;
  readonly update_mask?: FieldMask | undefined;
  readonly request_id: string;
}

export interface UpdateUserResponse {
  readonly user?: User | undefined;
}

export interface DeleteUserRequest {
  readonly name: string;
  readonly etag: string;
  readonly request_id: string;
}

export interface DeleteUserResponse {}

export interface CreateTokenRequest {
  readonly parent: string;
  readonly token?: Token | undefined;
  readonly ttl?: Duration | undefined;
}

export interface CreateTokenResponse {
  readonly token?: Token | undefined;
  readonly secret: string;
}

export interface GetTokenRequest {
  readonly name: string;
}

export interface GetTokenResponse {
  readonly token?: Token | undefined;
}

export interface ListTokensRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListTokensResponse {
  readonly tokens: readonly Token[];
  readonly next_page_token: string;
}

export interface RevokeTokenRequest {
  readonly name: string;
  readonly request_id: string;
}

export interface RevokeTokenResponse {}

export interface ProjectService {
  readonly CreateProject: { readonly request: CreateProjectRequest; readonly response: CreateProjectResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetProject: { readonly request: GetProjectRequest; readonly response: GetProjectResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListProjects: { readonly request: ListProjectsRequest; readonly response: ListProjectsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly UpdateProject: { readonly request: UpdateProjectRequest; readonly response: UpdateProjectResponse; readonly requestStream: false; readonly responseStream: false };
  readonly DeleteProject: { readonly request: DeleteProjectRequest; readonly response: DeleteProjectResponse; readonly requestStream: false; readonly responseStream: false };
}

export interface Project {
  readonly name: string;
  readonly uid: string;
  readonly etag: string;
  readonly create_time?: Timestamp | undefined;
  readonly display_name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly quota?: Quota | undefined;
  readonly usage?: Usage | undefined;
}

export interface Quota {
  readonly machines: number;
  readonly vcpus: number;
  readonly ram_bytes: bigint;
  readonly artifact_bytes: bigint;
  readonly event_bytes: bigint;
  readonly streams: number;
  readonly requests_per_second: number;
  readonly cpu_shares: number;
  readonly snapshot_bytes: bigint;
}

export interface Usage {
  readonly machines: number;
  readonly vcpus: number;
  readonly ram_bytes: bigint;
  readonly artifact_bytes: bigint;
  readonly event_bytes: bigint;
  readonly streams: number;
  readonly snapshot_bytes: bigint;
}

export interface CreateProjectRequest {
  readonly project_id: string;
  readonly project?: Project | undefined;
  readonly request_id: string;
}

export interface CreateProjectResponse {
  readonly project?: Project | undefined;
}

export interface GetProjectRequest {
  readonly name: string;
}

export interface GetProjectResponse {
  readonly project?: Project | undefined;
}

export interface ListProjectsRequest {
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListProjectsResponse {
  readonly projects: readonly Project[];
  readonly next_page_token: string;
}

export interface UpdateProjectRequest {
  readonly project?: Project | undefined;
  readonly update_mask?: FieldMask | undefined;
  readonly request_id: string;
}

export interface UpdateProjectResponse {
  readonly project?: Project | undefined;
}

export interface DeleteProjectRequest {
  readonly name: string;
  readonly etag: string;
  readonly force: boolean;
  readonly request_id: string;
}

export interface DeleteProjectResponse {}

export interface AuditService {
  readonly ListAuditEntries: { readonly request: ListAuditEntriesRequest; readonly response: ListAuditEntriesResponse; readonly requestStream: false; readonly responseStream: false };
}

export interface AuditEntry {
  readonly id: bigint;
  readonly time?: Timestamp | undefined;
  readonly last_time?: Timestamp | undefined;
  readonly count: number;
  readonly user: string;
  readonly token: string;
  readonly peer: string;
  readonly method: string;
  readonly resource: string;
  readonly code: string;
  readonly reason: string;
  readonly request_id: string;
}

export interface ListAuditEntriesRequest {
  readonly parent: string;
  readonly filter: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListAuditEntriesResponse {
  readonly entries: readonly AuditEntry[];
  readonly next_page_token: string;
}

export interface LeaseService {
  readonly CreateLease: { readonly request: CreateLeaseRequest; readonly response: CreateLeaseResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetLease: { readonly request: GetLeaseRequest; readonly response: GetLeaseResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListLeases: { readonly request: ListLeasesRequest; readonly response: ListLeasesResponse; readonly requestStream: false; readonly responseStream: false };
  readonly UpdateLease: { readonly request: UpdateLeaseRequest; readonly response: UpdateLeaseResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ExtendLease: { readonly request: ExtendLeaseRequest; readonly response: ExtendLeaseResponse; readonly requestStream: false; readonly responseStream: false };
  readonly WaitLease: { readonly request: WaitLeaseRequest; readonly response: WaitLeaseResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ReleaseLease: { readonly request: ReleaseLeaseRequest; readonly response: ReleaseLeaseResponse; readonly requestStream: false; readonly responseStream: false };
  readonly RevokeLease: { readonly request: RevokeLeaseRequest; readonly response: RevokeLeaseResponse; readonly requestStream: false; readonly responseStream: false };
}

export interface Lease {
  readonly name: string;
  readonly uid: string;
  readonly create_time?: Timestamp | undefined;
  readonly machine: string;
  readonly holder: string;
  readonly shared_with: readonly string[];
  readonly display_name: string;
  readonly state: LeaseState;
  readonly position: number;
  readonly priority: number;
  readonly start_time?: Timestamp | undefined;
  readonly expire_time?: Timestamp | undefined;
  readonly cap_time?: Timestamp | undefined;
}

export type LeaseState =
  | 'STATE_UNSPECIFIED'
  | 'STATE_QUEUED'
  | 'STATE_ACTIVE';

export interface CreateLeaseRequest {
  readonly parent: string;
  readonly lease_id: string;
  readonly machine: string;
  readonly ttl?: Duration | undefined;
  readonly queue_ttl?: Duration | undefined;
  readonly priority: number;
  readonly shared_with: readonly string[];
  readonly display_name: string;
  readonly request_id: string;
}

export interface CreateLeaseResponse {
  readonly lease?: Lease | undefined;
}

export interface GetLeaseRequest {
  readonly name: string;
}

export interface GetLeaseResponse {
  readonly lease?: Lease | undefined;
}

export interface ListLeasesRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListLeasesResponse {
  readonly leases: readonly Lease[];
  readonly next_page_token: string;
}

export interface UpdateLeaseRequest {
  readonly lease?: Lease | undefined;
  readonly update_mask?: FieldMask | undefined;
  readonly request_id: string;
}

export interface UpdateLeaseResponse {
  readonly lease?: Lease | undefined;
}

export interface ExtendLeaseRequest {
  readonly name: string;
  readonly ttl?: Duration | undefined;
  readonly request_id: string;
}

export interface ExtendLeaseResponse {
  readonly lease?: Lease | undefined;
}

export interface WaitLeaseRequest {
  readonly name: string;
}

export interface WaitLeaseResponse {
  readonly lease?: Lease | undefined;
}

export interface ReleaseLeaseRequest {
  readonly name: string;
  readonly request_id: string;
}

export interface ReleaseLeaseResponse {}

export interface RevokeLeaseRequest {
  readonly name: string;
  readonly reason: string;
  readonly request_id: string;
}

export interface RevokeLeaseResponse {}

export interface LabService {
  readonly GetServerInfo: { readonly request: GetServerInfoRequest; readonly response: GetServerInfoResponse; readonly requestStream: false; readonly responseStream: false };
  readonly WhoAmI: { readonly request: WhoAmIRequest; readonly response: WhoAmIResponse; readonly requestStream: false; readonly responseStream: false };
}

export interface GetServerInfoRequest {}

export interface GetServerInfoResponse {
  readonly version: string;
  readonly node_version: string;
  readonly start_time?: Timestamp | undefined;
  readonly workers: number;
  readonly machines: number;
  readonly limits?: ServerLimits | undefined;
  readonly machine_ram_bytes: bigint;
  readonly artifact_bytes: bigint;
  readonly recovering_machines: number;
}

export interface ServerLimits {
  readonly machines: number;
  readonly machine_ram_bytes: bigint;
  readonly artifact_bytes: bigint;
  readonly event_log_bytes: bigint;
  readonly message_bytes: bigint;
}

export interface WhoAmIRequest {}

export type Credential =
  | 'CREDENTIAL_UNSPECIFIED'
  | 'CREDENTIAL_NONE'
  | 'CREDENTIAL_UNIX_SOCKET'
  | 'CREDENTIAL_TOKEN'
  | 'CREDENTIAL_CERTIFICATE';

export interface WhoAmIResponse {
  readonly user: string;
  readonly credential: Credential;
  readonly roles: readonly RoleBinding[];
  readonly token: string;
  readonly expire_time?: Timestamp | undefined;
}

export interface MachineService {
  readonly CreateMachine: { readonly request: CreateMachineRequest; readonly response: CreateMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetMachine: { readonly request: GetMachineRequest; readonly response: GetMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListMachines: { readonly request: ListMachinesRequest; readonly response: ListMachinesResponse; readonly requestStream: false; readonly responseStream: false };
  readonly UpdateMachine: { readonly request: UpdateMachineRequest; readonly response: UpdateMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly DeleteMachine: { readonly request: DeleteMachineRequest; readonly response: DeleteMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly StartMachine: { readonly request: StartMachineRequest; readonly response: StartMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly PauseMachine: { readonly request: PauseMachineRequest; readonly response: PauseMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ResetMachine: { readonly request: ResetMachineRequest; readonly response: ResetMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly MoveMachine: { readonly request: MoveMachineRequest; readonly response: MoveMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ParkMachine: { readonly request: ParkMachineRequest; readonly response: ParkMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly RunMachine: { readonly request: RunMachineRequest; readonly response: RunMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly StepMachine: { readonly request: StepMachineRequest; readonly response: StepMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ReadMemory: { readonly request: ReadMemoryRequest; readonly response: ReadMemoryResponse; readonly requestStream: false; readonly responseStream: false };
  readonly WriteMemory: { readonly request: WriteMemoryRequest; readonly response: WriteMemoryResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ReadRegisters: { readonly request: ReadRegistersRequest; readonly response: ReadRegistersResponse; readonly requestStream: false; readonly responseStream: false };
  readonly WriteRegisters: { readonly request: WriteRegistersRequest; readonly response: WriteRegistersResponse; readonly requestStream: false; readonly responseStream: false };
  readonly CreateBreakpoint: { readonly request: CreateBreakpointRequest; readonly response: CreateBreakpointResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListBreakpoints: { readonly request: ListBreakpointsRequest; readonly response: ListBreakpointsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly DeleteBreakpoint: { readonly request: DeleteBreakpointRequest; readonly response: DeleteBreakpointResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetMachineStats: { readonly request: GetMachineStatsRequest; readonly response: GetMachineStatsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetCostTable: { readonly request: GetCostTableRequest; readonly response: GetCostTableResponse; readonly requestStream: false; readonly responseStream: false };
}

export type CpuLevel =
  | 'CPU_LEVEL_UNSPECIFIED'
  | 'CPU_LEVEL_X86_64_V1'
  | 'CPU_LEVEL_X86_64_V2';

export type Abi =
  | 'ABI_UNSPECIFIED'
  | 'ABI_POC'
  | 'ABI_K518'
  | 'ABI_RFC'
  | 'ABI_NONE'
  | 'ABI_POC_STACK_TOP';

export type TimeMode =
  | 'TIME_MODE_UNSPECIFIED'
  | 'TIME_MODE_FREE_RUNNING'
  | 'TIME_MODE_LOCKSTEP';

export type MachineState =
  | 'MACHINE_STATE_UNSPECIFIED'
  | 'MACHINE_STATE_CREATED'
  | 'MACHINE_STATE_RUNNING'
  | 'MACHINE_STATE_PAUSED'
  | 'MACHINE_STATE_QUIESCENT'
  | 'MACHINE_STATE_CRASHED'
  | 'MACHINE_STATE_PARKED'
  | 'MACHINE_STATE_RECOVERING';

export interface MachineSpec {
  readonly vcpus: number;
  readonly ram_bytes: bigint;
  readonly cpu_level: CpuLevel;
  readonly abi: Abi;
  readonly cost_preset: string;
  readonly cost_overrides: Readonly<Record<string, bigint>>;
  readonly seed: bigint;
  readonly epoch?: Timestamp | undefined;
  readonly time_mode: TimeMode;
  readonly event_kinds: readonly string[];
  readonly limits?: MachineLimits | undefined;
  readonly root?: RootFileSystem | undefined;
  readonly storage: Storage;
}

export type Storage =
  | 'STORAGE_UNSPECIFIED'
  | 'STORAGE_NONE'
  | 'STORAGE_NVME'
  | 'STORAGE_DISK';

export interface RootFileSystem {
  readonly artifact: string;
  readonly sha256: string;
}

export interface MachineLimits {
  readonly virtual_cycles: bigint;
  readonly threads: number;
  readonly file_bytes: bigint;
  readonly console_bytes: bigint;
}

export interface Machine {
  readonly name: string;
  readonly uid: string;
  readonly etag: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly create_time?: Timestamp | undefined;
  readonly spec?: MachineSpec | undefined;
  readonly state: MachineState;
  readonly state_reason: string;
  readonly cycle: bigint;
  readonly incarnation: number;
  readonly awaiting_input: boolean;
  readonly worker?: number | undefined;
  readonly parked_state: MachineState;
}

export interface CreateMachineRequest {
  readonly parent: string;
  readonly machine_id: string;
  readonly machine?: Machine | undefined;
  readonly request_id: string;
}

export interface CreateMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface GetMachineRequest {
  readonly name: string;
}

export interface GetMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface ListMachinesRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListMachinesResponse {
  readonly machines: readonly Machine[];
  readonly next_page_token: string;
}

export interface UpdateMachineRequest {
  readonly machine?: Machine | undefined;
  readonly update_mask?: FieldMask | undefined;
  readonly request_id: string;
}

export interface UpdateMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface DeleteMachineRequest {
  readonly name: string;
  readonly etag: string;
  readonly request_id: string;
}

export interface DeleteMachineResponse {}

export interface StartMachineRequest {
  readonly name: string;
  readonly request_id: string;
}

export interface StartMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface PauseMachineRequest {
  readonly name: string;
  readonly request_id: string;
}

export interface PauseMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface MoveMachineRequest {
  readonly name: string;
  readonly worker: number;
  readonly request_id: string;
}

export interface MoveMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface ParkMachineRequest {
  readonly name: string;
  readonly request_id: string;
}

export interface ParkMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface ResetMachineRequest {
  readonly name: string;
  readonly request_id: string;
}

export interface ResetMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface RunMachineRequest {
  readonly name: string;
  readonly until_cycle: bigint;
  readonly cycles: bigint;
  readonly instructions: bigint;
  readonly virtual_time?: Duration | undefined;
  readonly event?: EventMatch | undefined;
  readonly request_id: string;
}

export interface EventMatch {
  readonly kind: EventKind;
  readonly pid: number;
  readonly tid: number;
  readonly vcpu?: number | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

export type StopReason =
  | 'STOP_REASON_UNSPECIFIED'
  | 'STOP_REASON_CYCLE'
  | 'STOP_REASON_QUIESCENT'
  | 'STOP_REASON_VIRTUAL_LIMIT'
  | 'STOP_REASON_INSTRUCTIONS'
  | 'STOP_REASON_EVENT'
  | 'STOP_REASON_BREAKPOINT'
  | 'STOP_REASON_NOT_RUNNING';

export interface RunMachineResponse {
  readonly stop_reason: StopReason;
  readonly cycle: bigint;
  readonly instructions: bigint;
  readonly event_sequence: bigint;
  readonly breakpoint: string;
  readonly thread: string;
}

export interface StepMachineRequest {
  readonly name: string;
  readonly vcpu: number;
  readonly instructions: number;
  readonly request_id: string;
}

export interface StepMachineResponse {
  readonly stop_reason: StopReason;
  readonly cycle: bigint;
  readonly instructions: number;
  readonly thread: string;
  readonly rip: bigint;
  readonly symbol: string;
}

export interface ReadMemoryRequest {
  readonly name: string;
  readonly address: bigint;
  readonly length: number;
}

export interface ReadMemoryResponse {
  readonly data: Uint8Array;
}

export interface WriteMemoryRequest {
  readonly name: string;
  readonly address: bigint;
  readonly data: Uint8Array;
  readonly request_id: string;
}

export interface WriteMemoryResponse {}

export interface ReadRegistersRequest {
  readonly name: string;
}

export interface Registers {
  readonly values: Readonly<Record<string, bigint>>;
  readonly vectors: Readonly<Record<string, Uint8Array>>;
}

export interface ReadRegistersResponse {
  readonly registers?: Registers | undefined;
  readonly cycle: bigint;
}

export interface WriteRegistersRequest {
  readonly name: string;
  readonly registers?: Registers | undefined;
  readonly request_id: string;
}

export interface WriteRegistersResponse {
  readonly registers?: Registers | undefined;
}

export interface Breakpoint {
  readonly name: string;
  readonly process: string;
  readonly address: bigint;
  readonly symbol: string;
  readonly hits: bigint;
}

export interface CreateBreakpointRequest {
  readonly parent: string;
  readonly address?: bigint | undefined;
  readonly symbol?: string | undefined;
  readonly request_id: string;
}

export interface CreateBreakpointResponse {
  readonly breakpoint?: Breakpoint | undefined;
}

export interface ListBreakpointsRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListBreakpointsResponse {
  readonly breakpoints: readonly Breakpoint[];
  readonly next_page_token: string;
}

export interface DeleteBreakpointRequest {
  readonly name: string;
  readonly request_id: string;
}

export interface DeleteBreakpointResponse {}

export interface GetMachineStatsRequest {
  readonly name: string;
  readonly include_state_hash: boolean;
}

export interface GetMachineStatsResponse {
  readonly state: MachineState;
  readonly cycle: bigint;
  readonly instructions: bigint;
  readonly events: bigint;
  readonly processes: number;
  readonly threads: number;
  readonly ram_used_bytes: bigint;
  readonly journal_entries: bigint;
  readonly vcpus: readonly VcpuStats[];
  readonly state_hash: string;
  readonly engine?: EngineStats | undefined;
  readonly worker: number;
}

export interface EngineStats {
  readonly stepped_instructions: bigint;
  readonly region_instructions: bigint;
  readonly region_entries: bigint;
  readonly decoded_instructions: bigint;
  readonly code_drops: bigint;
  readonly regions_compiled: bigint;
  readonly regions_refused: bigint;
  readonly regions_live: bigint;
  readonly compiled_bytes: bigint;
  readonly compile_microseconds: bigint;
  readonly exits: readonly EngineExit[];
}

export interface EngineExit {
  readonly cause: string;
  readonly count: bigint;
}

export interface VcpuStats {
  readonly index: number;
  readonly mode: string;
  readonly cycle: bigint;
  readonly instructions: bigint;
  readonly tid: number;
}

export interface GetCostTableRequest {
  readonly machine?: string | undefined;
  readonly preset?: string | undefined;
}

export interface GetCostTableResponse {
  readonly preset: string;
  readonly hertz: bigint;
  readonly costs: readonly Cost[];
  readonly figures: readonly PublishedFigure[];
  readonly presets: readonly CostPreset[];
}

export interface Cost {
  readonly name: string;
  readonly cycles?: bigint | undefined;
  readonly nanoseconds?: bigint | undefined;
  readonly bytes_per_second?: bigint | undefined;
  readonly commands?: bigint | undefined;
  readonly bytes?: bigint | undefined;
  readonly source: string;
  readonly overridden: boolean;
}

export type FigureRole =
  | 'FIGURE_ROLE_UNSPECIFIED'
  | 'FIGURE_ROLE_INPUT'
  | 'FIGURE_ROLE_CHECK'
  | 'FIGURE_ROLE_CONTEXT';

export interface PublishedFigure {
  readonly name: string;
  readonly what: string;
  readonly value: bigint;
  readonly unit: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly role: FigureRole;
  readonly hertz: bigint;
  readonly source: string;
}

export interface CostPreset {
  readonly name: string;
  readonly hertz: bigint;
  readonly about: string;
}

export type EventKind =
  | 'EVENT_KIND_UNSPECIFIED'
  | 'EVENT_KIND_MACHINE_STATE'
  | 'EVENT_KIND_OOPS'
  | 'EVENT_KIND_PROCESS_STARTED'
  | 'EVENT_KIND_PROCESS_EXECUTED'
  | 'EVENT_KIND_PROCESS_EXITED'
  | 'EVENT_KIND_THREAD_STARTED'
  | 'EVENT_KIND_THREAD_EXITED'
  | 'EVENT_KIND_CONSOLE_OUTPUT'
  | 'EVENT_KIND_MACHINE_PARKING'
  | 'EVENT_KIND_SYSCALL_ENTERED'
  | 'EVENT_KIND_SYSCALL_EXITED'
  | 'EVENT_KIND_SYSCALL_BLOCKED'
  | 'EVENT_KIND_SYSCALL_UNSUPPORTED'
  | 'EVENT_KIND_SWITCHED_IN'
  | 'EVENT_KIND_SWITCHED_OUT'
  | 'EVENT_KIND_WOKEN'
  | 'EVENT_KIND_VCPU_IDLE'
  | 'EVENT_KIND_RESCHEDULE_SENT'
  | 'EVENT_KIND_FAULT'
  | 'EVENT_KIND_UNSUPPORTED_INSTRUCTION'
  | 'EVENT_KIND_SIGNAL_GENERATED'
  | 'EVENT_KIND_SIGNAL_DELIVERED'
  | 'EVENT_KIND_SENDUIPI'
  | 'EVENT_KIND_SENDUIPI_FAULT'
  | 'EVENT_KIND_PIR_POSTED'
  | 'EVENT_KIND_IPI_SENT'
  | 'EVENT_KIND_IPI_ARRIVED'
  | 'EVENT_KIND_NOTIFICATION_PROCESSED'
  | 'EVENT_KIND_USER_INTERRUPT_RECOGNIZED'
  | 'EVENT_KIND_USER_INTERRUPT_DELIVERED'
  | 'EVENT_KIND_USER_INTERRUPT_FAULT'
  | 'EVENT_KIND_UIRET'
  | 'EVENT_KIND_UIF_CHANGED'
  | 'EVENT_KIND_NOTIFICATION_SPURIOUS'
  | 'EVENT_KIND_UINTR_REGISTERED'
  | 'EVENT_KIND_UINTR_UNREGISTERED'
  | 'EVENT_KIND_UINTR_VECTOR_CREATED'
  | 'EVENT_KIND_UINTR_SENDER_REGISTERED'
  | 'EVENT_KIND_UINTR_SENDER_UNREGISTERED'
  | 'EVENT_KIND_UPID_SUPPRESSED'
  | 'EVENT_KIND_UINTR_WAITING'
  | 'EVENT_KIND_UITT_ACTIVATED'
  | 'EVENT_KIND_RING_CREATED'
  | 'EVENT_KIND_RING_CLOSED'
  | 'EVENT_KIND_RING_REGISTERED'
  | 'EVENT_KIND_SQE_SUBMITTED'
  | 'EVENT_KIND_REQUEST_WAITS'
  | 'EVENT_KIND_CQE_POSTED'
  | 'EVENT_KIND_RING_INTERRUPT'
  | 'EVENT_KIND_WORK_QUEUED'
  | 'EVENT_KIND_WORK_TAKEN'
  | 'EVENT_KIND_REMOTE_CALL_STARTED'
  | 'EVENT_KIND_REMOTE_CALL_FINISHED'
  | 'EVENT_KIND_BREAKPOINT_HIT'
  | 'EVENT_KIND_BLOCK_REQUEST'
  | 'EVENT_KIND_BLOCK_DONE';

export interface Event {
  readonly sequence: bigint;
  readonly cycle: bigint;
  readonly vcpu: number;
  readonly pid: number;
  readonly tid: number;
  readonly machine_state?: MachineStateEvent | undefined;
  readonly oops?: OopsEvent | undefined;
  readonly process_started?: ProcessStartedEvent | undefined;
  readonly process_executed?: ProcessExecutedEvent | undefined;
  readonly process_exited?: ProcessExitedEvent | undefined;
  readonly thread_started?: ThreadStartedEvent | undefined;
  readonly thread_exited?: ThreadExitedEvent | undefined;
  readonly console_output?: ConsoleOutputEvent | undefined;
  readonly machine_parking?: MachineParkingEvent | undefined;
  readonly syscall_entered?: SyscallEnteredEvent | undefined;
  readonly syscall_exited?: SyscallExitedEvent | undefined;
  readonly syscall_blocked?: SyscallBlockedEvent | undefined;
  readonly syscall_unsupported?: SyscallUnsupportedEvent | undefined;
  readonly switched_in?: SwitchedInEvent | undefined;
  readonly switched_out?: SwitchedOutEvent | undefined;
  readonly woken?: WokenEvent | undefined;
  readonly vcpu_idle?: VcpuIdleEvent | undefined;
  readonly reschedule_sent?: RescheduleSentEvent | undefined;
  readonly fault?: FaultEvent | undefined;
  readonly unsupported_instruction?: UnsupportedInstructionEvent | undefined;
  readonly signal_generated?: SignalGeneratedEvent | undefined;
  readonly signal_delivered?: SignalDeliveredEvent | undefined;
  readonly senduipi?: SenduipiEvent | undefined;
  readonly senduipi_fault?: SenduipiFaultEvent | undefined;
  readonly pir_posted?: PirPostedEvent | undefined;
  readonly ipi_sent?: IpiSentEvent | undefined;
  readonly ipi_arrived?: IpiArrivedEvent | undefined;
  readonly notification_processed?: NotificationProcessedEvent | undefined;
  readonly user_interrupt_recognized?: UserInterruptRecognizedEvent | undefined;
  readonly user_interrupt_delivered?: UserInterruptDeliveredEvent | undefined;
  readonly user_interrupt_fault?: UserInterruptFaultEvent | undefined;
  readonly uiret?: UiretEvent | undefined;
  readonly uif_changed?: UifChangedEvent | undefined;
  readonly notification_spurious?: NotificationSpuriousEvent | undefined;
  readonly uintr_registered?: UintrRegisteredEvent | undefined;
  readonly uintr_unregistered?: UintrUnregisteredEvent | undefined;
  readonly uintr_vector_created?: UintrVectorCreatedEvent | undefined;
  readonly uintr_sender_registered?: UintrSenderRegisteredEvent | undefined;
  readonly uintr_sender_unregistered?: UintrSenderUnregisteredEvent | undefined;
  readonly upid_suppressed?: UpidSuppressedEvent | undefined;
  readonly uintr_waiting?: UintrWaitingEvent | undefined;
  readonly uitt_activated?: UittActivatedEvent | undefined;
  readonly ring_created?: RingCreatedEvent | undefined;
  readonly ring_closed?: RingClosedEvent | undefined;
  readonly ring_registered?: RingRegisteredEvent | undefined;
  readonly sqe_submitted?: SqeSubmittedEvent | undefined;
  readonly request_waits?: RequestWaitsEvent | undefined;
  readonly cqe_posted?: CqePostedEvent | undefined;
  readonly ring_interrupt?: RingInterruptEvent | undefined;
  readonly work_queued?: WorkQueuedEvent | undefined;
  readonly work_taken?: WorkTakenEvent | undefined;
  readonly remote_call_started?: RemoteCallStartedEvent | undefined;
  readonly remote_call_finished?: RemoteCallFinishedEvent | undefined;
  readonly breakpoint_hit?: BreakpointHitEvent | undefined;
  readonly block_request?: BlockRequestEvent | undefined;
  readonly block_done?: BlockDoneEvent | undefined;
}

export interface MachineStateEvent {
  readonly state: string;
  readonly reason: string;
}

export interface OopsEvent {
  readonly message: string;
}

export interface ProcessStartedEvent {
  readonly parent_pid: number;
  readonly path: string;
}

export interface ProcessExecutedEvent {
  readonly path: string;
  readonly arguments: string;
}

export interface ProcessExitedEvent {
  readonly exit_code: number;
  readonly signal: number;
  readonly core: boolean;
}

export interface ThreadStartedEvent {
  readonly parent_tid: number;
}

export interface ThreadExitedEvent {
  readonly exit_code: number;
}

export interface ConsoleOutputEvent {
  readonly stream: number;
  readonly data: Uint8Array;
  readonly offset: bigint;
}

export interface MachineParkingEvent {
  readonly idle_seconds: number;
  readonly in_seconds: number;
}

export interface SyscallEnteredEvent {
  readonly number: number;
  readonly name: string;
  readonly arguments: readonly bigint[];
}

export interface SyscallExitedEvent {
  readonly number: number;
  readonly name: string;
  readonly result: bigint;
  readonly error: string;
  readonly returns_at: bigint;
}

export interface SyscallBlockedEvent {
  readonly number: number;
  readonly name: string;
  readonly waiting_for: string;
}

export interface SyscallUnsupportedEvent {
  readonly number: number;
  readonly name: string;
  readonly reason: string;
}

export interface SwitchedInEvent {
  readonly migrated_from: number;
  readonly returns_at: bigint;
}

export interface SwitchedOutEvent {
  readonly reason: string;
}

export interface WokenEvent {
  readonly target_vcpu: number;
  readonly by: string;
}

export interface VcpuIdleEvent {}

export interface RescheduleSentEvent {
  readonly target_vcpu: number;
  readonly arrives_at: bigint;
}

export interface FaultEvent {
  readonly vector: number;
  readonly error_code: number;
  readonly address: bigint;
  readonly rip: bigint;
  readonly symbol: string;
}

export interface UnsupportedInstructionEvent {
  readonly mnemonic: string;
  readonly encoding: Uint8Array;
  readonly feature: string;
  readonly remedy: string;
  readonly rip: bigint;
  readonly symbol: string;
}

export interface SignalGeneratedEvent {
  readonly signal: number;
  readonly code: number;
  readonly sender_pid: number;
  readonly target_tid: number;
}

export interface SignalDeliveredEvent {
  readonly signal: number;
  readonly handler: bigint;
}

export interface SenduipiEvent {
  readonly interrupt: bigint;
  readonly uitt_index: bigint;
  readonly vector: number;
  readonly upid: bigint;
  readonly sends_ipi: boolean;
  readonly suppressed_by: string;
}

export interface SenduipiFaultEvent {
  readonly uitt_index: bigint;
  readonly reason: string;
  readonly fault_vector: number;
}

export interface PirPostedEvent {
  readonly interrupt: bigint;
  readonly vector: number;
  readonly upid: bigint;
  readonly pir: bigint;
  readonly coalesced_with: bigint;
}

export interface IpiSentEvent {
  readonly interrupt: bigint;
  readonly destination_apic: number;
  readonly idt_vector: number;
  readonly arrives_at: bigint;
}

export interface IpiArrivedEvent {
  readonly interrupt: bigint;
  readonly idt_vector: number;
  readonly mode: string;
}

export interface NotificationProcessedEvent {
  readonly upid: bigint;
  readonly taken: bigint;
  readonly uirr: bigint;
  readonly mode: string;
}

export interface UserInterruptRecognizedEvent {
  readonly uirr: bigint;
  readonly deliverable: boolean;
  readonly waits_for: string;
}

export interface UserInterruptDeliveredEvent {
  readonly interrupt: bigint;
  readonly vector: number;
  readonly handler: bigint;
  readonly rip: bigint;
  readonly rsp: bigint;
  readonly symbol: string;
  readonly senders: readonly bigint[];
  readonly interrupts: readonly bigint[];
  readonly unlisted: bigint;
}

export interface UserInterruptFaultEvent {
  readonly vector: number;
  readonly fault_vector: number;
  readonly address: bigint;
}

export interface UiretEvent {
  readonly rip: bigint;
  readonly uif: boolean;
}

export interface UifChangedEvent {
  readonly uif: boolean;
  readonly by: string;
}

export interface NotificationSpuriousEvent {
  readonly idt_vector: number;
}

export interface UintrRegisteredEvent {
  readonly handler: bigint;
  readonly flags: number;
  readonly upid: bigint;
  readonly symbol: string;
}

export interface UintrUnregisteredEvent {
  readonly upid: bigint;
}

export interface UintrVectorCreatedEvent {
  readonly fd: number;
  readonly vector: number;
  readonly upid: bigint;
}

export interface UintrSenderRegisteredEvent {
  readonly uitt_index: number;
  readonly vector: number;
  readonly upid: bigint;
}

export interface UintrSenderUnregisteredEvent {
  readonly uitt_index: number;
}

export interface UpidSuppressedEvent {
  readonly upid: bigint;
  readonly suppressed: boolean;
  readonly by: string;
}

export interface UintrWaitingEvent {
  readonly mode: string;
}

export interface UittActivatedEvent {
  readonly uitt: bigint;
  readonly by: string;
}

export interface RingCreatedEvent {
  readonly ring: number;
  readonly fd: number;
  readonly sq_entries: number;
  readonly cq_entries: number;
  readonly flags: number;
}

export interface RingClosedEvent {
  readonly ring: number;
}

export interface RingRegisteredEvent {
  readonly ring: number;
  readonly opcode: number;
  readonly name: string;
  readonly result: number;
}

export interface SqeSubmittedEvent {
  readonly ring: number;
  readonly request: bigint;
  readonly opcode: number;
  readonly name: string;
  readonly user_data: bigint;
  readonly fd: number;
  readonly flags: number;
}

export interface RequestWaitsEvent {
  readonly ring: number;
  readonly request: bigint;
  readonly waiting_for: string;
}

export interface CqePostedEvent {
  readonly ring: number;
  readonly request: bigint;
  readonly user_data: bigint;
  readonly result: number;
  readonly flags: number;
  readonly cq_tail: number;
  readonly overflowed: boolean;
}

export interface RingInterruptEvent {
  readonly ring: number;
  readonly request: bigint;
  readonly interrupt: bigint;
  readonly vector: number;
  readonly upid: bigint;
  readonly completions: number;
  readonly abi: string;
  readonly sends_ipi: boolean;
}

export interface WorkQueuedEvent {
  readonly ring: number;
  readonly request: bigint;
  readonly owner_tid: number;
  readonly kind: string;
}

export interface WorkTakenEvent {
  readonly ring: number;
  readonly request: bigint;
}

export interface RemoteCallStartedEvent {
  readonly call: bigint;
  readonly name: string;
}

export interface RemoteCallFinishedEvent {
  readonly call: bigint;
  readonly name: string;
  readonly outcome: string;
}

export interface BreakpointHitEvent {
  readonly breakpoint: number;
  readonly rip: bigint;
  readonly symbol: string;
}

export interface BlockRequestEvent {
  readonly request: bigint;
  readonly direction: string;
  readonly inode: bigint;
  readonly offset: bigint;
  readonly bytes: bigint;
  readonly outstanding: number;
}

export interface BlockDoneEvent {
  readonly request: bigint;
  readonly direction: string;
  readonly bytes: bigint;
  readonly cycles: bigint;
}

export interface ArtifactService {
  readonly UploadArtifact: { readonly request: UploadArtifactRequest; readonly response: UploadArtifactResponse; readonly requestStream: true; readonly responseStream: false };
  readonly DownloadArtifact: { readonly request: DownloadArtifactRequest; readonly response: DownloadArtifactResponse; readonly requestStream: false; readonly responseStream: true };
  readonly GetArtifact: { readonly request: GetArtifactRequest; readonly response: GetArtifactResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListArtifacts: { readonly request: ListArtifactsRequest; readonly response: ListArtifactsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly DeleteArtifact: { readonly request: DeleteArtifactRequest; readonly response: DeleteArtifactResponse; readonly requestStream: false; readonly responseStream: false };
}

export interface Artifact {
  readonly name: string;
  readonly uid: string;
  readonly etag: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly create_time?: Timestamp | undefined;
  readonly size_bytes: bigint;
  readonly sha256: string;
}

export interface UploadArtifactRequest {
  readonly header?: ArtifactHeader | undefined;
  readonly chunk?: Uint8Array | undefined;
}

export interface ArtifactHeader {
  readonly parent: string;
  readonly artifact_id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly sha256: string;
}

export interface UploadArtifactResponse {
  readonly artifact?: Artifact | undefined;
}

export interface DownloadArtifactRequest {
  readonly name: string;
  readonly offset: bigint;
}

export interface DownloadArtifactResponse {
  readonly offset: bigint;
  readonly chunk: Uint8Array;
}

export interface GetArtifactRequest {
  readonly name: string;
}

export interface GetArtifactResponse {
  readonly artifact?: Artifact | undefined;
}

export interface ListArtifactsRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListArtifactsResponse {
  readonly artifacts: readonly Artifact[];
  readonly next_page_token: string;
}

export interface DeleteArtifactRequest {
  readonly name: string;
  readonly etag: string;
}

export interface DeleteArtifactResponse {}

export interface SnapshotService {
  readonly CreateSnapshot: { readonly request: CreateSnapshotRequest; readonly response: CreateSnapshotResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetSnapshot: { readonly request: GetSnapshotRequest; readonly response: GetSnapshotResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListSnapshots: { readonly request: ListSnapshotsRequest; readonly response: ListSnapshotsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly UpdateSnapshot: { readonly request: UpdateSnapshotRequest; readonly response: UpdateSnapshotResponse; readonly requestStream: false; readonly responseStream: false };
  readonly DeleteSnapshot: { readonly request: DeleteSnapshotRequest; readonly response: DeleteSnapshotResponse; readonly requestStream: false; readonly responseStream: false };
  readonly RestoreSnapshot: { readonly request: RestoreSnapshotRequest; readonly response: RestoreSnapshotResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ForkMachine: { readonly request: ForkMachineRequest; readonly response: ForkMachineResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ExportSnapshot: { readonly request: ExportSnapshotRequest; readonly response: ExportSnapshotResponse; readonly requestStream: false; readonly responseStream: true };
  readonly ImportSnapshot: { readonly request: ImportSnapshotRequest; readonly response: ImportSnapshotResponse; readonly requestStream: true; readonly responseStream: false };
}

export interface Snapshot {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly create_time?: Timestamp | undefined;
  readonly machine: string;
  readonly machine_uid: string;
  readonly spec?: MachineSpec | undefined;
  readonly state: MachineState;
  readonly cycle: bigint;
  readonly next_sequence: bigint;
  readonly touched_bytes: bigint;
  readonly stored_bytes: bigint;
  readonly layout: string;
  readonly end_cycle: bigint;
  readonly end_hash: string;
  readonly engine: string;
  readonly pinned: boolean;
}

export interface CreateSnapshotRequest {
  readonly machine: string;
  readonly snapshot_id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly at_cycle?: bigint | undefined;
  readonly at_event?: EventMatch | undefined;
  readonly request_id: string;
  readonly recording: boolean;
}

export interface CreateSnapshotResponse {
  readonly snapshot?: Snapshot | undefined;
}

export interface GetSnapshotRequest {
  readonly name: string;
}

export interface GetSnapshotResponse {
  readonly snapshot?: Snapshot | undefined;
}

export interface ListSnapshotsRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListSnapshotsResponse {
  readonly snapshots: readonly Snapshot[];
  readonly next_page_token: string;
}

export interface UpdateSnapshotRequest {
  readonly snapshot?: Snapshot | undefined;
  readonly update_mask?: FieldMask | undefined;
  readonly request_id: string;
}

export interface UpdateSnapshotResponse {
  readonly snapshot?: Snapshot | undefined;
}

export interface DeleteSnapshotRequest {
  readonly name: string;
}

export interface DeleteSnapshotResponse {}

export interface RestoreSnapshotRequest {
  readonly name: string;
  readonly new_machine?: NewMachine | undefined;
  readonly machine?: string | undefined;
  readonly request_id: string;
  readonly to_cycle?: bigint | undefined;
}

export interface NewMachine {
  readonly machine_id: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface RestoreSnapshotResponse {
  readonly machine?: Machine | undefined;
  readonly state_hash: string;
}

export interface ForkMachineRequest {
  readonly name: string;
  readonly new_machine?: NewMachine | undefined;
  readonly request_id: string;
}

export interface ForkMachineResponse {
  readonly machine?: Machine | undefined;
}

export interface ExportSnapshotRequest {
  readonly name: string;
}

export interface ExportSnapshotResponse {
  readonly chunk: Uint8Array;
}

export interface ImportSnapshotRequest {
  readonly header?: SnapshotHeader | undefined;
  readonly chunk?: Uint8Array | undefined;
}

export interface SnapshotHeader {
  readonly parent: string;
  readonly snapshot_id: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ImportSnapshotResponse {
  readonly snapshot?: Snapshot | undefined;
}

export interface GuestService {
  readonly SpawnProcess: { readonly request: SpawnProcessRequest; readonly response: SpawnProcessResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetProcess: { readonly request: GetProcessRequest; readonly response: GetProcessResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListProcesses: { readonly request: ListProcessesRequest; readonly response: ListProcessesResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListThreads: { readonly request: ListThreadsRequest; readonly response: ListThreadsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly SignalProcess: { readonly request: SignalProcessRequest; readonly response: SignalProcessResponse; readonly requestStream: false; readonly responseStream: false };
  readonly WaitProcess: { readonly request: WaitProcessRequest; readonly response: WaitProcessResponse; readonly requestStream: false; readonly responseStream: false };
  readonly AttachConsole: { readonly request: AttachConsoleRequest; readonly response: AttachConsoleResponse; readonly requestStream: true; readonly responseStream: true };
  readonly ReadFile: { readonly request: ReadFileRequest; readonly response: ReadFileResponse; readonly requestStream: false; readonly responseStream: false };
  readonly WriteFile: { readonly request: WriteFileRequest; readonly response: WriteFileResponse; readonly requestStream: false; readonly responseStream: false };
  readonly CreateRemoteThread: { readonly request: CreateRemoteThreadRequest; readonly response: CreateRemoteThreadResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ExecuteSyscall: { readonly request: ExecuteSyscallRequest; readonly response: ExecuteSyscallResponse; readonly requestStream: false; readonly responseStream: false };
}

export interface Process {
  readonly name: string;
  readonly pid: number;
  readonly parent_pid: number;
  readonly path: string;
  readonly arguments: readonly string[];
  readonly state: ProcessState;
  readonly exit_code: number;
  readonly signal: number;
  readonly core_dumped: boolean;
  readonly threads: number;
  readonly spawned: boolean;
  readonly resident_bytes: bigint;
}

export type ProcessState =
  | 'STATE_UNSPECIFIED'
  | 'STATE_RUNNING'
  | 'STATE_EXITED';

export interface Thread {
  readonly name: string;
  readonly tid: number;
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly vcpu: number;
  readonly rip: bigint;
  readonly symbol: string;
  readonly waiting_for: string;
  readonly interrupt_note: string;
  readonly remote?: RemoteThreadState | undefined;
}

export type Park =
  | 'PARK_UNSPECIFIED'
  | 'PARK_SPIN'
  | 'PARK_BLOCK';

export interface RemoteThreadState {
  readonly park: Park;
  readonly call: string;
  readonly handler_depth: number;
}

export interface SpawnFile {
  readonly path: string;
  readonly data?: Uint8Array | undefined;
  readonly artifact?: string | undefined;
  readonly symlink?: string | undefined;
  readonly mode: number;
}

export interface SpawnProcessRequest {
  readonly parent: string;
  readonly image?: Uint8Array | undefined;
  readonly artifact?: string | undefined;
  readonly path: string;
  readonly arguments: readonly string[];
  readonly environment: readonly string[];
  readonly working_directory: string;
  readonly stdin_data?: Uint8Array | undefined;
  readonly stdin_artifact?: string | undefined;
  readonly stdin_stream?: boolean | undefined;
  readonly terminal?: TerminalSize | undefined;
  readonly files: readonly SpawnFile[];
  readonly affinity: number;
  readonly request_id: string;
  readonly descriptors: readonly SpawnDescriptor[];
}

export interface SpawnDescriptor {
  readonly fd: number;
  readonly source: string;
}

export interface SpawnProcessResponse {
  readonly process?: Process | undefined;
}

export interface GetProcessRequest {
  readonly name: string;
}

export interface GetProcessResponse {
  readonly process?: Process | undefined;
}

export interface ListProcessesRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListProcessesResponse {
  readonly processes: readonly Process[];
  readonly next_page_token: string;
}

export interface ListThreadsRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListThreadsResponse {
  readonly threads: readonly Thread[];
  readonly next_page_token: string;
}

export interface SignalProcessRequest {
  readonly name: string;
  readonly signal: number;
  readonly request_id: string;
}

export interface SignalProcessResponse {}

export interface WaitProcessRequest {
  readonly name: string;
  readonly until_quiescent: boolean;
}

export interface WaitProcessResponse {
  readonly reason: WaitProcessResponseReason;
  readonly process?: Process | undefined;
  readonly cycle: bigint;
  readonly threads: readonly Thread[];
  readonly stdout_bytes: bigint;
  readonly stderr_bytes: bigint;
}

export type WaitProcessResponseReason =
  | 'REASON_UNSPECIFIED'
  | 'REASON_EXITED'
  | 'REASON_QUIESCENT'
  | 'REASON_VIRTUAL_LIMIT';

export interface AttachConsoleRequest {
  readonly attach?: ConsoleAttach | undefined;
  readonly stdin?: Uint8Array | undefined;
  readonly close_stdin?: ConsoleCloseStdin | undefined;
  readonly resize?: TerminalSize | undefined;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export interface ConsoleAttach {
  readonly name: string;
  readonly stdout_offset: bigint;
  readonly stderr_offset: bigint;
  readonly no_follow: boolean;
}

export interface ConsoleCloseStdin {}

export interface AttachConsoleResponse {
  readonly output?: ConsoleOutput | undefined;
  readonly stdin_accepted?: ConsoleStdinAccepted | undefined;
  readonly attached?: ConsoleAttached | undefined;
}

export interface ConsoleAttached {}

export interface ConsoleOutput {
  readonly stream: ConsoleOutputStream;
  readonly offset: bigint;
  readonly data: Uint8Array;
}

export type ConsoleOutputStream =
  | 'STREAM_UNSPECIFIED'
  | 'STREAM_STDOUT'
  | 'STREAM_STDERR';

export interface ConsoleStdinAccepted {
  readonly offset: bigint;
}

export interface ReadFileRequest {
  readonly parent: string;
  readonly path: string;
  readonly offset: bigint;
  readonly length: number;
}

export interface ReadFileResponse {
  readonly data: Uint8Array;
  readonly size_bytes: bigint;
  readonly mode: number;
}

export interface WriteFileRequest {
  readonly parent: string;
  readonly file?: SpawnFile | undefined;
  readonly request_id: string;
}

export interface WriteFileResponse {
  readonly size_bytes: bigint;
}

export interface CreateRemoteThreadRequest {
  readonly parent: string;
  readonly comm: string;
  readonly park: Park;
  readonly affinity: number;
  readonly request_id: string;
}

export interface CreateRemoteThreadResponse {
  readonly thread?: Thread | undefined;
}

export interface CallTimes {
  readonly start_cycle: bigint;
  readonly end_cycle: bigint;
  readonly vcpu: number;
}

export interface SyscallArgument {
  readonly value?: bigint | undefined;
  readonly data?: Uint8Array | undefined;
  readonly space?: number | undefined;
  readonly text?: string | undefined;
}

export interface ExecuteSyscallRequest {
  readonly thread: string;
  readonly number?: number | undefined;
  readonly name?: string | undefined;
  readonly arguments: readonly SyscallArgument[];
  readonly request_id: string;
}

export interface ExecuteSyscallResponse {
  readonly result: bigint;
  readonly error: string;
  readonly outputs: readonly Uint8Array[];
  readonly times?: CallTimes | undefined;
}

export interface UintrService {
  readonly RegisterHandler: { readonly request: RegisterHandlerRequest; readonly response: RegisterHandlerResponse; readonly requestStream: false; readonly responseStream: false };
  readonly UnregisterHandler: { readonly request: UnregisterHandlerRequest; readonly response: UnregisterHandlerResponse; readonly requestStream: false; readonly responseStream: false };
  readonly CreateVectorFd: { readonly request: CreateVectorFdRequest; readonly response: CreateVectorFdResponse; readonly requestStream: false; readonly responseStream: false };
  readonly RegisterSender: { readonly request: RegisterSenderRequest; readonly response: RegisterSenderResponse; readonly requestStream: false; readonly responseStream: false };
  readonly UnregisterSender: { readonly request: UnregisterSenderRequest; readonly response: UnregisterSenderResponse; readonly requestStream: false; readonly responseStream: false };
  readonly SendUipi: { readonly request: SendUipiRequest; readonly response: SendUipiResponse; readonly requestStream: false; readonly responseStream: false };
  readonly SendUipis: { readonly request: SendUipisRequest; readonly response: SendUipisResponse; readonly requestStream: false; readonly responseStream: false };
  readonly SetUserInterruptFlag: { readonly request: SetUserInterruptFlagRequest; readonly response: SetUserInterruptFlagResponse; readonly requestStream: false; readonly responseStream: false };
  readonly TestUserInterruptFlag: { readonly request: TestUserInterruptFlagRequest; readonly response: TestUserInterruptFlagResponse; readonly requestStream: false; readonly responseStream: false };
  readonly WaitForInterrupt: { readonly request: WaitForInterruptRequest; readonly response: WaitForInterruptResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ReturnFromInterrupt: { readonly request: ReturnFromInterruptRequest; readonly response: ReturnFromInterruptResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetUintrState: { readonly request: GetUintrStateRequest; readonly response: GetUintrStateResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ExplainDelivery: { readonly request: ExplainDeliveryRequest; readonly response: ExplainDeliveryResponse; readonly requestStream: false; readonly responseStream: false };
}

export type HandlerMode =
  | 'HANDLER_MODE_UNSPECIFIED'
  | 'HANDLER_MODE_AUTOMATIC'
  | 'HANDLER_MODE_MANUAL';

export type BlockedReceiver =
  | 'BLOCKED_RECEIVER_UNSPECIFIED'
  | 'BLOCKED_RECEIVER_NONE'
  | 'BLOCKED_RECEIVER_WAITING_RECEIVER'
  | 'BLOCKED_RECEIVER_WAITING_SENDER';

export interface RegisterHandlerRequest {
  readonly thread: string;
  readonly mode: HandlerMode;
  readonly blocked_receiver: BlockedReceiver;
  readonly keep_masked: boolean;
  readonly request_id: string;
}

export interface RegisterHandlerResponse {
  readonly handler: bigint;
  readonly upid_address: bigint;
  readonly times?: CallTimes | undefined;
}

export interface UnregisterHandlerRequest {
  readonly thread: string;
  readonly request_id: string;
}

export interface UnregisterHandlerResponse {
  readonly times?: CallTimes | undefined;
}

export interface CreateVectorFdRequest {
  readonly thread: string;
  readonly vector: number;
  readonly request_id: string;
}

export interface CreateVectorFdResponse {
  readonly fd: number;
  readonly vector_fd: string;
  readonly times?: CallTimes | undefined;
}

export interface RegisterSenderRequest {
  readonly thread: string;
  readonly fd?: number | undefined;
  readonly vector_fd?: string | undefined;
  readonly request_id: string;
}

export interface RegisterSenderResponse {
  readonly uitt_index: number;
  readonly fd: number;
  readonly times?: CallTimes | undefined;
}

export interface UnregisterSenderRequest {
  readonly thread: string;
  readonly uitt_index: number;
  readonly fd: number;
  readonly request_id: string;
}

export interface UnregisterSenderResponse {
  readonly times?: CallTimes | undefined;
}

export interface SendUipiRequest {
  readonly thread: string;
  readonly uitt_index: bigint;
  readonly request_id: string;
}

export interface SendUipiResponse {
  readonly interrupt: bigint;
  readonly times?: CallTimes | undefined;
}

export interface SendUipisRequest {
  readonly thread: string;
  readonly uitt_indexes: readonly bigint[];
  readonly request_id: string;
}

export interface SendUipisResponse {
  readonly sent: number;
  readonly interrupts: readonly bigint[];
  readonly times?: CallTimes | undefined;
}

export interface SetUserInterruptFlagRequest {
  readonly thread: string;
  readonly uif: boolean;
  readonly request_id: string;
}

export interface SetUserInterruptFlagResponse {
  readonly times?: CallTimes | undefined;
}

export interface TestUserInterruptFlagRequest {
  readonly thread: string;
  readonly request_id: string;
}

export interface TestUserInterruptFlagResponse {
  readonly uif: boolean;
  readonly times?: CallTimes | undefined;
}

export type WaitMode =
  | 'WAIT_MODE_UNSPECIFIED'
  | 'WAIT_MODE_PARKED'
  | 'WAIT_MODE_UINTR_WAIT';

export interface WaitForInterruptRequest {
  readonly thread: string;
  readonly mode: WaitMode;
  readonly timeout?: Duration | undefined;
  readonly request_id: string;
}

export interface WaitForInterruptResponse {
  readonly outcome: WaitForInterruptResponseOutcome;
  readonly interrupt?: DeliveredInterrupt | undefined;
  readonly cycle: bigint;
  readonly more: number;
}

export type WaitForInterruptResponseOutcome =
  | 'OUTCOME_UNSPECIFIED'
  | 'OUTCOME_INTERRUPT'
  | 'OUTCOME_TIMED_OUT'
  | 'OUTCOME_QUIESCENT'
  | 'OUTCOME_VIRTUAL_LIMIT';

export interface DeliveredInterrupt {
  readonly vector: number;
  readonly cycle: bigint;
  readonly vcpu: number;
  readonly sources: readonly InterruptSource[];
  readonly rip: bigint;
  readonly symbol: string;
  readonly handler_depth: number;
  readonly event_sequence: bigint;
}

export interface InterruptSource {
  readonly interrupt: bigint;
  readonly sender: string;
  readonly sender_tid: number;
}

export interface ReturnFromInterruptRequest {
  readonly thread: string;
  readonly request_id: string;
}

export interface ReturnFromInterruptResponse {
  readonly handler_depth: number;
  readonly rip: bigint;
  readonly times?: CallTimes | undefined;
}

export interface ExplainDeliveryRequest {
  readonly parent: string;
  readonly receiver?: string | undefined;
  readonly interrupt?: bigint | undefined;
  readonly sender?: SenderSubject | undefined;
}

export interface SenderSubject {
  readonly thread: string;
  readonly uitt_index: bigint;
}

export type DeliveryVerdict =
  | 'DELIVERY_VERDICT_UNSPECIFIED'
  | 'DELIVERY_VERDICT_DELIVERED'
  | 'DELIVERY_VERDICT_IN_FLIGHT'
  | 'DELIVERY_VERDICT_NOTHING_POSTED'
  | 'DELIVERY_VERDICT_UITT_INVALID'
  | 'DELIVERY_VERDICT_COALESCED'
  | 'DELIVERY_VERDICT_SUPPRESSED'
  | 'DELIVERY_VERDICT_MASKED'
  | 'DELIVERY_VERDICT_IN_KERNEL'
  | 'DELIVERY_VERDICT_DESCHEDULED'
  | 'DELIVERY_VERDICT_BLOCKED'
  | 'DELIVERY_VERDICT_WRONG_VECTOR'
  | 'DELIVERY_VERDICT_NO_HANDLER'
  | 'DELIVERY_VERDICT_RECEIVER_GONE'
  | 'DELIVERY_VERDICT_FAULTED'
  | 'DELIVERY_VERDICT_UNKNOWN';

export interface ExplainDeliveryResponse {
  readonly verdict: DeliveryVerdict;
  readonly summary: string;
  readonly remedy: string;
  readonly legs: readonly DeliveryLeg[];
  readonly obstacles: readonly DeliveryObstacle[];
  readonly receiver?: ThreadUintrState | undefined;
  readonly cycle: bigint;
}

export interface DeliveryLeg {
  readonly leg: string;
  readonly cycle: bigint;
  readonly cycles: bigint;
  readonly vcpu: number;
  readonly tid: number;
  readonly text: string;
  readonly event_sequence: bigint;
}

export interface DeliveryObstacle {
  readonly verdict: DeliveryVerdict;
  readonly text: string;
  readonly since_cycle: bigint;
  readonly place: string;
}

export interface GetUintrStateRequest {
  readonly name: string;
}

export interface GetUintrStateResponse {
  readonly cycle: bigint;
  readonly threads: readonly ThreadUintrState[];
}

export interface ThreadUintrState {
  readonly thread: string;
  readonly tid: number;
  readonly pid: number;
  readonly comm: string;
  readonly live_on: number;
  readonly uif: boolean;
  readonly uirr: bigint;
  readonly handler: bigint;
  readonly handler_symbol: string;
  readonly stack_adjust: bigint;
  readonly misc: bigint;
  readonly pd: bigint;
  readonly tt: bigint;
  readonly upid?: Upid | undefined;
  readonly uitt: readonly UittEntry[];
  readonly note: string;
}

export interface Upid {
  readonly address: bigint;
  readonly outstanding_notification: boolean;
  readonly suppress_notification: boolean;
  readonly notification_vector: number;
  readonly notification_destination: number;
  readonly posted_interrupt_requests: bigint;
}

export interface UittEntry {
  readonly index: number;
  readonly valid: boolean;
  readonly user_vector: number;
  readonly upid_address: bigint;
}

export interface UringService {
  readonly SetupRing: { readonly request: SetupRingRequest; readonly response: SetupRingResponse; readonly requestStream: false; readonly responseStream: false };
  readonly RegisterResources: { readonly request: RegisterResourcesRequest; readonly response: RegisterResourcesResponse; readonly requestStream: false; readonly responseStream: false };
  readonly SubmitOps: { readonly request: SubmitOpsRequest; readonly response: SubmitOpsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly WaitCompletions: { readonly request: WaitCompletionsRequest; readonly response: WaitCompletionsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly CancelOps: { readonly request: CancelOpsRequest; readonly response: CancelOpsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly GetRingState: { readonly request: GetRingStateRequest; readonly response: GetRingStateResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ListRings: { readonly request: ListRingsRequest; readonly response: ListRingsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly CloseRing: { readonly request: CloseRingRequest; readonly response: CloseRingResponse; readonly requestStream: false; readonly responseStream: false };
}

export interface Ring {
  readonly name: string;
  readonly ring: number;
  readonly thread: string;
  readonly pid: number;
  readonly fd: number;
  readonly sq_entries: number;
  readonly cq_entries: number;
  readonly setup_flags: number;
  readonly features: number;
}

export interface SetupRingRequest {
  readonly thread: string;
  readonly entries: number;
  readonly cq_entries: number;
  readonly setup_flags: number;
  readonly uintr_fd: number;
  readonly request_id: string;
}

export interface SetupRingResponse {
  readonly ring?: Ring | undefined;
  readonly times?: CallTimes | undefined;
}

export interface RegisterResourcesRequest {
  readonly ring: string;
  readonly files?: RegisterFiles | undefined;
  readonly buffers?: RegisterBuffers | undefined;
  readonly eventfd?: number | undefined;
  readonly uintr_fd?: number | undefined;
  readonly probe?: boolean | undefined;
  readonly unregister?: UnregisterKind | undefined;
  readonly request_id: string;
}

export interface RegisterFiles {
  readonly fds: readonly number[];
}

export interface RegisterBuffers {
  readonly sizes: readonly number[];
}

export type UnregisterKind =
  | 'UNREGISTER_KIND_UNSPECIFIED'
  | 'UNREGISTER_KIND_FILES'
  | 'UNREGISTER_KIND_BUFFERS'
  | 'UNREGISTER_KIND_EVENTFD'
  | 'UNREGISTER_KIND_UINTR';

export interface RegisterResourcesResponse {
  readonly result: number;
  readonly opcodes: readonly SupportedOpcode[];
  readonly times?: CallTimes | undefined;
}

export interface SupportedOpcode {
  readonly opcode: number;
  readonly name: string;
  readonly supported: boolean;
}

export interface SubmissionEntry {
  readonly user_data: bigint;
  readonly flags: number;
  readonly nop?: NopOperation | undefined;
  readonly read?: ReadOperation | undefined;
  readonly write?: WriteOperation | undefined;
  readonly readv?: ReadvOperation | undefined;
  readonly writev?: WritevOperation | undefined;
  readonly fsync?: FsyncOperation | undefined;
  readonly openat?: OpenatOperation | undefined;
  readonly close?: CloseOperation | undefined;
  readonly poll_add?: PollAddOperation | undefined;
  readonly timeout?: TimeoutOperation | undefined;
  readonly cancel?: CancelOperation | undefined;
  readonly raw?: Uint8Array | undefined;
}

export interface NopOperation {}

export interface ReadOperation {
  readonly fd: number;
  readonly length: number;
  readonly offset: bigint;
  readonly buffer_index?: number | undefined;
}

export interface WriteOperation {
  readonly fd: number;
  readonly data: Uint8Array;
  readonly offset: bigint;
  readonly buffer_index?: number | undefined;
}

export interface ReadvOperation {
  readonly fd: number;
  readonly lengths: readonly number[];
  readonly offset: bigint;
}

export interface WritevOperation {
  readonly fd: number;
  readonly data: readonly Uint8Array[];
  readonly offset: bigint;
}

export interface FsyncOperation {
  readonly fd: number;
  readonly data_only: boolean;
}

export interface OpenatOperation {
  readonly directory_fd?: number | undefined;
  readonly path: string;
  readonly open_flags: number;
  readonly mode: number;
}

export interface CloseOperation {
  readonly fd: number;
}

export interface PollAddOperation {
  readonly fd: number;
  readonly events: number;
}

export interface TimeoutOperation {
  readonly duration?: Duration | undefined;
  readonly completions: number;
}

export interface CancelOperation {
  readonly user_data?: bigint | undefined;
  readonly fd?: number | undefined;
  readonly any?: boolean | undefined;
  readonly all: boolean;
}

export interface SubmitOpsRequest {
  readonly ring: string;
  readonly entries: readonly SubmissionEntry[];
  readonly request_id: string;
}

export interface SubmitOpsResponse {
  readonly submitted: number;
  readonly times?: CallTimes | undefined;
}

export interface WaitCompletionsRequest {
  readonly ring: string;
  readonly min_completions: number;
  readonly max_completions: number;
  readonly timeout?: Duration | undefined;
  readonly request_id: string;
}

export interface WaitCompletionsResponse {
  readonly completions: readonly CompletionEntry[];
  readonly timed_out: boolean;
  readonly times?: CallTimes | undefined;
}

export interface CompletionEntry {
  readonly user_data: bigint;
  readonly result: number;
  readonly flags: number;
  readonly error: string;
  readonly data: Uint8Array;
}

export interface CancelOpsRequest {
  readonly ring: string;
  readonly target?: CancelOperation | undefined;
  readonly request_id: string;
}

export interface CancelOpsResponse {
  readonly cancelled: number;
  readonly error: string;
  readonly times?: CallTimes | undefined;
}

export interface GetRingStateRequest {
  readonly name: string;
}

export interface GetRingStateResponse {
  readonly ring?: Ring | undefined;
  readonly sq_head: number;
  readonly sq_tail: number;
  readonly cq_head: number;
  readonly cq_tail: number;
  readonly sq_dropped: number;
  readonly cq_overflow: number;
  readonly sq_flags: number;
  readonly overflowed: number;
  readonly in_flight: readonly RequestState[];
  readonly registered_files: number;
  readonly registered_buffers: number;
  readonly eventfd: boolean;
  readonly uintr_vector?: number | undefined;
  readonly uintr_upid: bigint;
  readonly cycle: bigint;
}

export interface RequestState {
  readonly request: bigint;
  readonly user_data: bigint;
  readonly operation: string;
  readonly waiting_for: string;
}

export interface ListRingsRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
}

export interface ListRingsResponse {
  readonly rings: readonly Ring[];
  readonly next_page_token: string;
}

export interface CloseRingRequest {
  readonly name: string;
  readonly request_id: string;
}

export interface CloseRingResponse {
  readonly times?: CallTimes | undefined;
}

export interface EventService {
  readonly StreamEvents: { readonly request: StreamEventsRequest; readonly response: StreamEventsResponse; readonly requestStream: false; readonly responseStream: true };
  readonly ListEvents: { readonly request: ListEventsRequest; readonly response: ListEventsResponse; readonly requestStream: false; readonly responseStream: false };
  readonly ExportTrace: { readonly request: ExportTraceRequest; readonly response: ExportTraceResponse; readonly requestStream: false; readonly responseStream: true };
}

export interface EventFilter {
  readonly kinds: readonly EventKind[];
}

export type StartPosition =
  | 'START_POSITION_UNSPECIFIED'
  | 'START_POSITION_OLDEST'
  | 'START_POSITION_LATEST';

export type OverflowPolicy =
  | 'OVERFLOW_POLICY_UNSPECIFIED'
  | 'OVERFLOW_POLICY_DROP'
  | 'OVERFLOW_POLICY_FAIL';

export interface StreamEventsRequest {
  readonly parent: string;
  readonly position?: StartPosition | undefined;
  readonly sequence?: bigint | undefined;
  readonly resume_token?: string | undefined;
  readonly filter?: EventFilter | undefined;
  readonly max_batch_events: number;
  readonly max_latency?: Duration | undefined;
  readonly overflow_policy: OverflowPolicy;
  readonly heartbeat_interval?: Duration | undefined;
}

export interface StreamEventsResponse {
  readonly events: readonly Event[];
  readonly next_sequence: bigint;
  readonly resume_token: string;
  readonly dropped: bigint;
}

export interface ListEventsRequest {
  readonly parent: string;
  readonly page_size: number;
  readonly page_token: string;
  readonly start_sequence: bigint;
  readonly filter?: EventFilter | undefined;
}

export interface ListEventsResponse {
  readonly events: readonly Event[];
  readonly next_page_token: string;
  readonly oldest_sequence: bigint;
  readonly next_sequence: bigint;
  readonly resume_token: string;
}

export type TraceFormat =
  | 'TRACE_FORMAT_UNSPECIFIED'
  | 'TRACE_FORMAT_JSON_LINES'
  | 'TRACE_FORMAT_CHROME';

export interface ExportTraceRequest {
  readonly parent: string;
  readonly format: TraceFormat;
  readonly filter?: EventFilter | undefined;
  readonly start_sequence: bigint;
  readonly end_sequence: bigint;
}

export interface ExportTraceResponse {
  readonly data: Uint8Array;
}

export interface Duration {
  readonly seconds: bigint;
  readonly nanos: number;
}

export interface FieldMask {
  readonly paths: readonly string[];
}

export interface Timestamp {
  readonly seconds: bigint;
  readonly nanos: number;
}

export interface Any {
  readonly type_url: string;
  readonly value: Uint8Array;
}

export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Any[];
}

export interface RpcErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface RpcRetryInfo {
  readonly retry_delay?: Duration | undefined;
}

export interface RpcQuotaFailure {
  readonly violations: readonly RpcQuotaFailureViolation[];
}

export interface RpcQuotaFailureViolation {
  readonly subject: string;
  readonly description: string;
}

export interface RpcPreconditionFailure {
  readonly violations: readonly RpcPreconditionFailureViolation[];
}

export interface RpcPreconditionFailureViolation {
  readonly type: string;
  readonly subject: string;
  readonly description: string;
}

export interface RpcBadRequest {
  readonly field_violations: readonly RpcBadRequestFieldViolation[];
}

export interface RpcBadRequestFieldViolation {
  readonly field: string;
  readonly description: string;
}

export interface RpcRequestInfo {
  readonly request_id: string;
  readonly serving_data: string;
}

export interface RpcResourceInfo {
  readonly resource_type: string;
  readonly resource_name: string;
  readonly owner: string;
  readonly description: string;
}

export interface HealthCheckRequest {
  readonly service: string;
}

export interface HealthCheckResponse {
  readonly status: HealthCheckResponseServingStatus;
}

export type HealthCheckResponseServingStatus =
  | 'UNKNOWN'
  | 'SERVING'
  | 'NOT_SERVING'
  | 'SERVICE_UNKNOWN';

export interface Health {
  readonly Check: { readonly request: HealthCheckRequest; readonly response: HealthCheckResponse; readonly requestStream: false; readonly responseStream: false };
  readonly Watch: { readonly request: HealthCheckRequest; readonly response: HealthCheckResponse; readonly requestStream: false; readonly responseStream: true };
}
