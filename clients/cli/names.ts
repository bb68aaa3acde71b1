// Short names on the command line: "m1" is projects/default/machines/m1.

export const PROJECT = 'projects/default';

export const machineName = (text: string): string => (text.includes('/') ? text : `${PROJECT}/machines/${text}`);
export const processName = (machine: string, pid: number): string => `${machineName(machine)}/processes/${pid}`;

/** All pages of a list. */
export async function everyPage<Page extends { readonly next_page_token: string }, T>(
  fetch: (pageToken: string) => Promise<Page>,
  items: (page: Page) => readonly T[],
): Promise<T[]> {
  const all: T[] = [];
  let token = '';
  do {
    const page = await fetch(token);
    all.push(...items(page));
    token = page.next_page_token;
  } while (token !== '');
  return all;
}
