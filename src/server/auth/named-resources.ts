// Which resources a request names, wherever in it: the fields that have the rule `resource`. Compiled once a message type.

import type { ApiRules, ApiSchema, ResourceKind } from '../../wire/schema.ts';

type Message = Readonly<Record<string, unknown>>;
/** Adds the names that a message has. */
export type CollectNames = (message: Message, names: string[]) => void;

/** Null if a message of this type can name none. */
export function namesIn(api: ApiSchema, rules: ApiRules, type: string, above: readonly string[] = []): CollectNames | null {
  // No request nests in itself.
  if (above.includes(type)) return null;
  const parts: CollectNames[] = [];
  for (const field of api.messages[type]!) {
    const { name, map, repeated } = field;
    const inner = field.type === 'message' ? namesIn(api, rules, field.of!, [...above, type]) : null;
    const kinds: readonly ResourceKind[] | undefined = rules[type]?.fields[name]?.resource;
    if (!inner && !kinds) continue;
    const add: (value: never, names: string[]) => void = inner ?? ((value: string, names) => void (value !== '' && names.push(value)));
    parts.push((message, names) => {
      const value = message[name];
      if (value === undefined) return;
      if (repeated || map) for (const item of Object.values(value as object)) add(item as never, names);
      else add(value as never, names);
    });
  }
  if (parts.length === 0) return null;
  return (message, names) => {
    for (const part of parts) part(message, names);
  };
}
