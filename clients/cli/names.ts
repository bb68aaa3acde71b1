// Short names on the command line: "m1" is a machine in the command's project, "p/m1" one in another.

/** A command has one project for all its names: that of its session. */
let project = 'projects/default';
export const useProject = (name: string): void => void (project = name);

export const projectName = (text: string): string => (text.startsWith('projects/') ? text : `projects/${text}`);
export const userName = (text: string): string => (text.startsWith('users/') ? text : `users/${text}`);

export const machineName = (text: string): string => inProject('machines', text);
export const snapshotName = (text: string): string => inProject('snapshots', text);

function inProject(collection: 'machines' | 'snapshots', text: string): string {
  if (text.startsWith('projects/')) return text;
  const parts = text.split('/');
  const [owner, id] = parts.length === 2 ? [projectName(parts[0]!), parts[1]!] : [project, text];
  return `${owner}/${collection}/${id}`;
}
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
