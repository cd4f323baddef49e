/** What a role may do, in words, and the choice of one. */
import type { Role } from '$lib/roles';

export const rights: Record<Role, string> = {
  viewer: 'Reads everything; personal values are masked',
  supervisor: 'Also sees personal data, listens in, supervises and starts calls',
  editor: 'Also changes flows, agents, knowledge, tools and numbers, and publishes',
  admin: 'Also members, keys, webhooks, retention, erasing, and the end of the project',
};

export const roleOptions = (Object.keys(rights) as Role[]).map((value) => ({
  value,
  label: value.slice(0, 1).toUpperCase() + value.slice(1),
}));

/** A key's end as a form has it, `2027-06-01`, as the moment that day is over; empty: it never ends. */
export function endOf(day: string): string | null {
  return day ? new Date(`${day}T23:59:59`).toISOString() : null;
}

/** How a key stands. */
export function standing(
  until: string | null,
  now: number = Date.now(),
): { word: string; tone: 'good' | 'warn' | 'bad' } {
  if (until === null) return { word: 'No end', tone: 'warn' };
  const days = (new Date(until).getTime() - now) / 86_400_000;
  if (days <= 0) return { word: 'Expired', tone: 'bad' };
  return { word: 'In use until', tone: days < 14 ? 'warn' : 'good' };
}
