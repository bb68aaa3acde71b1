// Whether markup is well-formed XML but for its doctype, and needs nothing from elsewhere.

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>/y;

/** What is wrong, in words; nothing where all is well. */
export function wellFormed(html: string): string[] {
  const text = html.replace(/^<!DOCTYPE html>\n/, '');
  const wrong: string[] = [];
  const open: string[] = [];
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const between = text.slice(at, next < 0 ? undefined : next);
    const raw = open.at(-1) === 'style' || open.at(-1) === 'script';
    if (!raw && /&(?!(?:amp|lt|gt|quot|#39);)|>/.test(between)) wrong.push(`unescaped text: ${between.slice(0, 40)}`);
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(text);
    if (!tag) return [...wrong, `no tag: ${text.slice(next, next + 60)}`];
    const [all, closing, name, attributes, empty] = tag as unknown as [string, string, string, string, string];
    if (/\s(?:src|srcset)=|href="(?!#)/.test(attributes)) wrong.push(`from elsewhere: ${all}`);
    if (/\son[a-z]+=/.test(attributes)) wrong.push(`a handler: ${all}`);
    if (closing) {
      const expected = open.pop();
      if (expected !== name) return [...wrong, `</${name}> closes <${expected}>`];
    } else if (!empty) open.push(name);
    at = next + all.length;
  }
  if (/@import|url\(/.test(text)) wrong.push('styles from elsewhere');
  return [...wrong, ...open.map((name) => `<${name}> is not closed`)];
}
