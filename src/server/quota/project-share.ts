// What a machine has a part of because it is of a project.

import { EventBudget } from './event-budget.ts';

export interface ProjectShare {
  readonly events: EventBudget;
  /** Its account of processor time (machine/cpu-accounts.ts). */
  readonly cpu: number;
}

/** Of nobody in particular. */
export const noShare = (): ProjectShare => ({ events: new EventBudget(), cpu: 0 });
