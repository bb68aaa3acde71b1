// Writes src/machine/snapshot/classes.ts: the classes whose instances a machine's state may hold, with the fields they declare.
// `--check` compares instead and fails if it differs.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { isMain } from './is-main.ts';

const ROOT = new URL('../src/', import.meta.url);
export const STATE_CLASSES = new URL('machine/snapshot/classes.ts', ROOT);

/** Where state is declared. Errors, and what stands between the machine and its host, are none. */
const FOLDERS = [
  'kernel/',
  'uring/',
  'machine/apic/',
  'machine/clock/',
  'machine/explain/',
  'machine/memory/',
  'machine/remote/',
  'machine/uintr/',
];
const FILES = [
  'machine/board.ts',
  'machine/consoles.ts',
  'machine/random-generator.ts',
  'machine/cpu/state.ts',
  'machine/cpu/vcpu.ts',
  'machine/control/breakpoints.ts',
];

interface StateClass {
  /** Unique: the file without its ending, and the name. */
  readonly key: string;
  readonly file: string;
  readonly name: string;
  readonly fields: readonly string[];
}

const CLASS = /^export (?:abstract )?class (\w+)(?:<\w+(?: extends \w+)?>)?(?: extends (\w+))?[^{]*\{(?:\}|\n([\s\S]*?)^\})/gm;
const FIELD = /^ {2}(?:(?:private|protected|public|override|readonly|declare) )*(\w+)[?!]?(?::|(?: = )|;)/gm;

function classesIn(file: string): StateClass[] {
  const text = readFileSync(new URL(file, ROOT), 'utf8');
  return [...text.matchAll(CLASS)]
    .filter(([, , base]) => base !== 'Error')
    .map(([, name, , body]) => ({
      key: `${file.replace(/\.ts$/, '')}:${name}`,
      file,
      name: name!,
      fields: [...(body ?? '').matchAll(FIELD)].map(([, field]) => field!).filter((field) => field !== 'static'),
    }));
}

export function stateClasses(): StateClass[] {
  const files = [
    ...FOLDERS.flatMap((folder) =>
      (readdirSync(new URL(folder, ROOT), { recursive: true }) as string[])
        .filter((name) => name.endsWith('.ts'))
        .map((name) => folder + name),
    ),
    ...FILES,
  ].sort();
  return files.flatMap(classesIn);
}

export function generated(): string {
  const classes = stateClasses();
  const count = new Map<string, number>();
  for (const { name } of classes) count.set(name, (count.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  const imported = classes.map(({ name }) => {
    if (count.get(name) === 1) return name;
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return `${name}${number}`;
  });
  const imports = [...new Set(classes.map(({ file }) => file))].map((file) => {
    const names = classes.flatMap((found, at) =>
      found.file === file ? [found.name === imported[at] ? found.name : `${found.name} as ${imported[at]}`] : [],
    );
    return `import { ${names.join(', ')} } from '../../${file}';`;
  });
  const rows = classes.map(({ key, fields }, at) => `  '${key}': [${imported[at]}, '${fields.join(' ')}'],`);
  return `// Generated from the sources by scripts/generate-state-classes.ts: the classes whose instances a machine's state may hold, and the fields they declare.

/* oxlint-disable max-lines */
${imports.join('\n')}

/** Only its prototype is used. */
export interface StateClass {
  readonly prototype: object;
}

export const STATE_CLASSES: Readonly<Record<string, readonly [constructor: StateClass, fields: string]>> = {
${rows.join('\n')}
};
`;
}

if (isMain(import.meta.url)) {
  const text = generated();
  if (process.argv.includes('--check')) {
    if (readFileSync(STATE_CLASSES, 'utf8') !== text) {
      console.error('src/machine/snapshot/classes.ts is out of date: run npm run generate');
      process.exitCode = 1;
    }
  } else writeFileSync(STATE_CLASSES, text);
}
