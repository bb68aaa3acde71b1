// Text from a guest, made harmless: what a terminal would act on is shown instead.

const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u001b': '\\e' };

/** C0, DEL, C1, line separators, and what turns the direction of writing. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const escape = (character: string): string => {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** One line, without control characters. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => NAMES[character] ?? escape(character));
}

/** JSON text with the same characters escaped as JSON has it; the value is unchanged. */
export function printableJson(json: string): string {
  // Line feeds stand between values here, and all others of C0 are escaped by JSON.stringify.
  return json.replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
