// Pages of a list (google.aip.dev/158). A token names the list and the last key it gave, so pages neither repeat nor skip what stays.

import { invalidField } from '../machine/errors.ts';

export interface PageRequest {
  readonly page_size: number;
  readonly page_token: string;
}

export function pageOf<T>(
  list: string,
  items: readonly T[],
  key: (item: T) => number,
  request: PageRequest,
  size = { fallback: 50, most: 1000 },
): { items: T[]; next_page_token: string } {
  const count = request.page_size === 0 ? size.fallback : Math.min(request.page_size, size.most);
  let after = Number.NEGATIVE_INFINITY;
  if (request.page_token !== '') {
    const match = /^(.*)#(\d+)$/.exec(Buffer.from(request.page_token, 'base64url').toString());
    if (!match || match[1] !== list) throw invalidField('page_token', 'is not a token of this list');
    after = Number(match[2]);
  }
  const sorted = items.filter((item) => key(item) > after).sort((a, b) => key(a) - key(b));
  const page = sorted.slice(0, count);
  const next = sorted.length > count ? Buffer.from(`${list}#${key(page.at(-1)!)}`).toString('base64url') : '';
  return { items: page, next_page_token: next };
}
