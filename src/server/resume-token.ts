// Where a reader of events stands: machine uid, incarnation and the next sequence.

import { MachineError } from '../machine/errors.ts';

export interface ResumePoint {
  readonly uid: string;
  readonly incarnation: number;
  readonly sequence: number;
}

export function formatToken(point: ResumePoint): string {
  return Buffer.from(`${point.uid} ${point.incarnation} ${point.sequence}`).toString('base64url');
}

export function parseToken(field: string, token: string): ResumePoint {
  const match = /^([0-9a-f-]{36}) (\d{1,10}) (\d{1,16})$/.exec(Buffer.from(token, 'base64url').toString());
  if (!match)
    throw new MachineError('TOKEN_INVALID', `${field}: is not a token of this service`, {
      field,
      description: 'is not a token of this service',
    });
  return { uid: match[1]!, incarnation: Number(match[2]), sequence: Number(match[3]) };
}
