// An oxlint plugin: which folder may import which. ARCHITECTURE.md gives the reasons.
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LEAVES = ['src/machine/events/', 'src/machine/cost/', 'src/wire/'];
const INSIDE_LEAVES = [...LEAVES, 'src/machine/memory/', 'src/machine/clock/'];

/** First match decides. `from`: whose imports; `to`: prefixes it may import besides its own folder (a file name is a prefix too). */
export const WALLS = [
  { from: 'src/wire/', to: [] },
  { from: 'src/gen/', to: ['src/wire/'] },
  { from: 'src/text/', to: [] },
  { from: 'clients/experiments/', to: ['clients/ts/', 'src/gen/', 'src/wire/'] },
  { from: 'clients/', to: ['src/gen/', 'src/wire/', 'src/text/', 'clients/'] },
  {
    // Reads what machines have written, where no machine runs.
    from: 'src/server/upkeep/',
    to: [
      'src/server/',
      'src/text/',
      'src/machine/protocol.ts',
      'src/machine/errors.ts',
      'src/machine/durable/file-layer.ts',
      'src/machine/durable/journal-segment.ts',
      'src/machine/durable/recovery.ts',
      'src/machine/snapshot/layout.ts',
    ],
  },
  {
    from: 'src/server/',
    to: [
      'src/gen/',
      'src/wire/',
      'src/machine/protocol.ts',
      'src/machine/errors.ts',
      'src/machine/machine-spec.ts',
      'src/machine/cpu-accounts.ts',
      'src/machine/durable/file-layer.ts',
      'src/machine/cpu/region/live-regions.ts',
    ],
  },
  { from: 'src/machine/events/', to: ['src/wire/'] },
  { from: 'src/machine/cost/', to: [] },
  { from: 'src/machine/archive/', to: [] },
  { from: 'src/machine/clock/', to: LEAVES },
  { from: 'src/machine/memory/', to: LEAVES },
  { from: 'src/machine/uintr/', to: [...INSIDE_LEAVES, 'src/machine/apic/', 'src/machine/cpu/exit.ts'] },
  { from: 'src/machine/apic/', to: [...INSIDE_LEAVES, 'src/machine/uintr/'] },
  { from: 'src/machine/cpu/', to: [...INSIDE_LEAVES, 'src/machine/uintr/', 'src/machine/apic/'] },
  // The board wires hardware, kernel and uring together.
  { from: 'src/machine/', to: ['src/machine/', 'src/kernel/', 'src/uring/', 'src/wire/'] },
  { from: 'src/kernel/abi/', to: ['src/machine/memory/layout.ts'] },
  {
    from: 'src/kernel/',
    to: [...INSIDE_LEAVES, 'src/machine/uintr/', 'src/machine/apic/', 'src/machine/cpu/', 'src/machine/remote/remote-call.ts'],
  },
  { from: 'src/uring/', to: ['src/kernel/', 'src/machine/memory/', 'src/machine/uintr/', 'src/machine/events/', 'src/machine/cost/'] },
];

/** Why `file` may not import `target` (both relative to the repository); undefined if it may. */
export function wallBetween(file, target) {
  const wall = WALLS.find(({ from }) => file.startsWith(from));
  if (!wall || target.startsWith(wall.from) || wall.to.some((prefix) => target.startsWith(prefix))) return undefined;
  return `${wall.from} may import ${wall.to.length === 0 ? 'nothing outside itself' : wall.to.join(', ')}; not ${target}`;
}

const imports = {
  create(context) {
    const file = relative(ROOT, context.filename ?? context.getFilename());
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const problem = wallBetween(file, relative(ROOT, resolve(ROOT, dirname(file), specifier)));
      if (problem) context.report({ node: node.source, message: problem });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

export default { meta: { name: 'walls' }, rules: { imports } };
