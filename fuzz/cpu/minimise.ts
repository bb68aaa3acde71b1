// Makes a failing case smaller: takes items out, unrolls structure, clears state, as long as it goes on failing.

import type { Checker, Verdict } from './check.ts';
import type { FuzzCase, Item, Part, Program } from './program.ts';
import { type MachineState, PLAIN } from './state.ts';

/** Every list that is the given one less something, the largest change first. */
function smallerLists(items: readonly Item[]): (readonly Item[])[] {
  const lists: (readonly Item[])[] = [];
  for (let size = items.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < items.length; at += size) lists.push([...items.slice(0, at), ...items.slice(at + size)]);
  }
  items.forEach((item, n) => {
    for (const instead of smallerItems(item)) lists.push([...items.slice(0, n), ...instead, ...items.slice(n + 1)]);
  });
  return lists;
}

function smallerParts(parts: readonly Part[]): (readonly Part[])[] {
  return parts.length < 2 ? [] : parts.map((_, n) => parts.filter((__, i) => i !== n));
}

function smallerItems(item: Item): (readonly Item[])[] {
  switch (item.kind) {
    case 'code':
      return smallerParts(item.parts).map((parts) => [{ ...item, parts }]);
    case 'loop': {
      const { entry, ...without } = item;
      const before: Item[] = item.before.length > 0 ? [{ kind: 'code', parts: item.before }] : [];
      return [
        [...before, ...item.body],
        ...(entry ? [[without]] : []),
        ...(item.before.length > 0 ? [[{ ...item, before: [] }]] : []),
        ...[2, item.trip >> 1, item.trip - 1].filter((trip) => trip > 0 && trip < item.trip).map((trip) => [{ ...item, trip }]),
        ...smallerLists(item.body).map((body) => [{ ...item, body }]),
      ];
    }
    case 'unless':
      return [item.body, ...smallerLists(item.body).map((body) => [{ ...item, body }])];
    case 'switch':
      return [
        ...item.bodies,
        ...item.bodies.flatMap((body, n) => smallerLists(body).map((smaller) => [{ ...item, bodies: item.bodies.with(n, smaller) }])),
      ];
    case 'call':
      return item.via === 'direct' ? [] : [[{ ...item, via: 'direct' }]];
    case 'jump':
      return item.skipped.length === 0 ? [] : [[{ ...item, skipped: new Uint8Array(0) }]];
    case 'modify':
      return [
        [{ kind: 'code', parts: item.before }],
        [{ kind: 'code', parts: item.after }],
        ...(item.gap > 0 ? [[{ ...item, gap: 0 }]] : []),
      ];
  }
}

function smallerPrograms(program: Program): Program[] {
  return [
    ...smallerLists(program.items).map((items) => ({ ...program, items })),
    ...program.functions.flatMap((body, n) =>
      smallerLists(body).map((smaller) => ({ ...program, functions: program.functions.with(n, smaller) })),
    ),
    ...(program.functions.length > 0 ? [{ ...program, functions: program.functions.slice(0, -1) }] : []),
    ...(program.at === 0x800 ? [] : [{ ...program, at: 0x800 }]),
  ];
}

function simplerStates(state: MachineState): MachineState[] {
  const states: MachineState[] = [];
  for (const field of ['image', 'rflags', 'mxcsr', 'fcw', 'fsw', 'ftw', 'patches', 'xmm', 'st'] as const) {
    if (JSON.stringify(state[field]) !== JSON.stringify(PLAIN[field])) states.push({ ...state, [field]: PLAIN[field] });
  }
  state.gpr.forEach((value, n) => {
    if (value !== 0n && n !== 4) states.push({ ...state, gpr: state.gpr.with(n, 0n) });
  });
  for (const field of ['xmm', 'st'] as const) {
    state[field].forEach((value, n) => {
      if (value.some((byte) => byte !== 0)) states.push({ ...state, [field]: state[field].with(n, new Uint8Array(value.length)) });
    });
  }
  state.patches.forEach((_, n) => states.push({ ...state, patches: state.patches.filter((__, i) => i !== n) }));
  return states;
}

/** Milliseconds of search: one that never ends takes long each time. */
const PATIENCE = 60_000;

/** The smallest case that this finds in time, with what it then differs in. */
export function minimise(checker: Pick<Checker, 'check'>, verdict: Verdict): Verdict {
  let smallest = verdict;
  const end = Date.now() + PATIENCE;
  const improve = (candidates: readonly FuzzCase[]): boolean => {
    const CHUNK = 64;
    for (let at = 0; at < candidates.length && Date.now() < end; at += CHUNK) {
      const found = checker.check(candidates.slice(at, at + CHUNK)).find(({ differences }) => differences.length > 0);
      if (!found) continue;
      smallest = found;
      return true;
    }
    return false;
  };
  while (Date.now() < end) {
    const { case: now } = smallest;
    if (improve(smallerPrograms(now.program).map((program) => ({ ...now, program })))) continue;
    if (improve(simplerStates(now.state).map((state) => ({ ...now, state })))) continue;
    break;
  }
  return smallest;
}
