import { describe, expect, it } from 'vitest';
import { Roles } from '../../../src/server/auth/roles.ts';
import type { Role, RoleBinding } from '../../../src/gen/api.ts';

const roles = (text: string): Roles =>
  Roles.of(
    text
      .split(' ')
      .filter((word) => word !== '')
      .map((word): RoleBinding => {
        const [project, role] = word.split('=');
        return { project: `projects/${project}`, role: `ROLE_${role!.toUpperCase()}` as Role };
      }),
  );
const shown = (of: Roles): string =>
  of
    .bindings()
    .map(({ project, role }) => `${project.slice(9)}=${role.slice(5).toLowerCase()}`)
    .sort()
    .join(' ');

describe('roles', () => {
  it.each([
    ['a=viewer', '', ''],
    ['a=operator b=viewer', 'a=viewer', 'a=viewer'],
    ['-=admin', 'a=operator', 'a=operator'],
    ['a=operator', '-=viewer', 'a=viewer'],
    ['-=viewer a=admin', '-=operator', '-=viewer a=operator'],
    ['a=viewer a=admin', '-=admin', 'a=admin'],
  ])('%s within %s are %s', (mine, scope, both) => {
    expect(shown(roles(mine).within(roles(scope)))).toBe(both);
    expect(shown(roles(scope).within(roles(mine)))).toBe(both);
  });

  it.each([
    ['a=operator', 'a=viewer', true],
    ['a=viewer', 'a=operator', false],
    ['-=operator', 'a=operator b=viewer', true],
    ['a=admin', '-=viewer', false],
    ['', '', true],
  ])('%s cover %s: %s', (mine, others, expected) => {
    expect(roles(mine).cover(roles(others))).toBe(expected);
  });
});
