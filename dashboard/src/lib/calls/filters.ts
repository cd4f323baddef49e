/** What a list of calls is narrowed down by, as the page's address has it and as the API takes it. */

export interface CallFilters {
  text: string;
  flow: string;
  agent: string;
  outcome: string;
  line: string;
  caller: string;
  /** `only`: trials of drafts; empty: what customers called. */
  trials: string;
  /** The first and the last day, as a date field has them: 2026-11-22. */
  from: string;
  to: string;
}

export const noFilters: CallFilters = {
  text: '',
  flow: '',
  agent: '',
  outcome: '',
  line: '',
  caller: '',
  trials: '',
  from: '',
  to: '',
};

const names = Object.keys(noFilters) as (keyof CallFilters)[];
const day = /^\d{4}-\d\d-\d\d$/;

/** What an address asks for. A date that is none is left out. */
export function filtersOf(query: URLSearchParams): CallFilters {
  const filters = { ...noFilters };
  for (const name of names) filters[name] = (query.get(name) ?? '').trim();
  for (const name of ['from', 'to'] as const) if (!day.test(filters[name])) filters[name] = '';
  if (filters.trials !== 'only') filters.trials = '';
  return filters;
}

/** The address's query: empty without filters. `?` and all. */
export function addressOf(filters: CallFilters): string {
  const query = new URLSearchParams(names.map((name) => [name, filters[name].trim()]).filter(([, is]) => is));
  return query.size > 0 ? `?${query}` : '';
}

/** What the API is asked for. */
export type CallQuery = Partial<Record<Exclude<keyof CallFilters, 'trials'>, string>> & { trials?: 'only' };

/** The API's query. Days are the reader's: `to` is through its last moment. */
export function queryOf(filters: CallFilters): CallQuery {
  const { from, to, trials, ...words } = filters;
  const query: CallQuery = {};
  for (const [name, value] of Object.entries(words) as [keyof typeof words, string][])
    if (value.trim() !== '') query[name] = value.trim();
  if (trials === 'only') query.trials = trials;
  if (from !== '') query.from = midnight(from, 0);
  if (to !== '') query.to = midnight(to, 1);
  return query;
}

function midnight(date: string, later: number): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, dayOfMonth + later).toISOString();
}

/** How many are set. */
export function countOf(filters: CallFilters): number {
  return names.filter((name) => filters[name].trim() !== '').length;
}
