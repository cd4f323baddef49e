/** Sources of knowledge and their jobs, in words. */
import type { Schema } from '$lib/api';

export type Source = Schema<'SourceFacts'>;
export type Job = Schema<'JobFacts'>;
type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad';

export const kinds: Record<Source['kind'], string> = {
  file: 'Document',
  folder: 'Folder',
  page: 'Web page',
  sitemap: 'Sitemap',
  site: 'Web site',
};

/** The state of a source, as a badge says it. */
export function stateOf(source: Source): { word: string; tone: Tone } {
  if (source.job !== null) return { word: 'Being read', tone: 'accent' };
  return {
    waiting: { word: 'Waiting', tone: 'neutral' },
    in: { word: 'Known', tone: 'good' },
    partly: { word: 'Partly known', tone: 'warn' },
    failed: { word: 'Not known', tone: 'bad' },
  }[source.state] as { word: string; tone: Tone };
}

export const intervals = [
  { value: '', label: 'Only when somebody asks' },
  { value: '1h', label: 'Every hour' },
  { value: '6h', label: 'Every 6 hours' },
  { value: '1d', label: 'Every day' },
  { value: '1w', label: 'Every week' },
] as const;

/** Seconds as the server writes an interval: `6h`. */
export function intervalOf(seconds: number | null): string {
  if (!seconds) return '';
  for (const [unit, length] of [
    ['w', 604_800],
    ['d', 86_400],
    ['h', 3600],
  ] as const)
    if (seconds % length === 0) return `${seconds / length}${unit}`;
  return `${Math.round(seconds / 60)}m`;
}

/** The intervals to choose from, with one that is set otherwise. */
export function intervalOptions(set: string): { value: string; label: string }[] {
  const known = intervals.some(({ value }) => value === set);
  return [...intervals, ...(known ? [] : [{ value: set, label: `Every ${set}` }])];
}

const verbs: Record<Job['kind'], string> = {
  add: 'Taking in',
  refresh: 'Going through',
  remove: 'Removing',
  rebuild: 'Making the index anew',
  change: 'Changing',
};

export function titleOf(job: Job): string {
  if (job.kind === 'rebuild') return verbs.rebuild;
  const [first, ...rest] = job.about;
  if (first === undefined) return `${verbs[job.kind]} all sources`;
  return `${verbs[job.kind]} ${first}${rest.length ? ` and ${rest.length} more` : ''}`;
}

/** Whether it is still to be watched. */
export function unfinished(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running';
}

/** 0 to 1; undefined while nobody can tell. */
export function share(job: Job): number | undefined {
  const { done, of } = job.progress;
  return of > 0 ? Math.min(1, done / of) : undefined;
}

/** What it does now, or what came of it. */
export function storyOf(job: Job): string {
  if (job.cancelling) return 'Ending…';
  if (job.state === 'queued') return 'Waits for its turn';
  if (job.state === 'failed') return job.error;
  if (job.state === 'cancelled') return 'Cancelled';
  if (job.state === 'done') return reportOf(job);
  const { stage, done, of, document } = job.progress;
  if (stage === 'starting') return 'Starting';
  const count = of > 0 ? ` ${done} of ${of}` : '';
  const verb = { reading: 'Read', embedding: 'Indexed', speaking: 'Spoken lines' }[stage];
  return `${verb}${count}${document ? ` · ${document}` : ''}`;
}

function reportOf({ report }: Job): string {
  if (!report) return 'Done';
  const parts = [
    [report.added, 'added'],
    [report.changed, 'changed'],
    [report.removed, 'removed'],
    [report.unchanged, 'unchanged'],
    [report.failed, 'failed'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return [told.join(', ') || 'Nothing to do', report.note].filter(Boolean).join(' · ');
}

/** Where a passage stands, as one finds it: its page or row, and the headings above it. */
export function placeOf({ place, section }: Pick<Schema<'PassageFacts'>, 'place' | 'section'>): string {
  return place.includes(section) ? place : [place, section].filter(Boolean).join(' · ');
}
