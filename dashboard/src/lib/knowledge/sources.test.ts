import { describe, expect, it } from 'vitest';
import {
  intervalOf,
  intervalOptions,
  placeOf,
  share,
  stateOf,
  storyOf,
  titleOf,
  type Job,
  type Source,
} from './sources';

const job = (more: Partial<Job>): Job =>
  ({
    kind: 'add',
    about: ['returns.pdf'],
    state: 'running',
    cancelling: false,
    error: '',
    report: null,
    progress: { stage: 'reading', done: 2, of: 5, document: 'page 2', passages: 0 },
    ...more,
  }) as Job;

describe('a job', () => {
  it('says what it is about', () => {
    expect(titleOf(job({}))).toBe('Taking in returns.pdf');
    expect(titleOf(job({ about: ['a', 'b', 'c'] }))).toBe('Taking in a and 2 more');
    expect(titleOf(job({ kind: 'refresh', about: [] }))).toBe('Going through all sources');
  });

  it('says how far it is, and what came of it', () => {
    expect(storyOf(job({}))).toBe('Read 2 of 5 · page 2');
    expect(share(job({}))).toBe(0.4);
    const report = {
      added: 1,
      changed: 0,
      removed: 0,
      unchanged: 3,
      failed: 2,
      faults: [],
      note: '',
      passages: 9,
    };
    expect(storyOf(job({ state: 'done', report }))).toBe('1 added, 3 unchanged, 2 failed');
    expect(storyOf(job({ state: 'failed', error: 'The disk is full.' }))).toBe('The disk is full.');
  });

  it('tells no share of what nobody has counted', () => {
    expect(
      share(job({ progress: { stage: 'starting', done: 0, of: 0, document: '', passages: 0 } })),
    ).toBeUndefined();
  });
});

describe('a source', () => {
  it('is being read while a job is about it', () => {
    const source = { state: 'in', job: null } as Source;
    expect(stateOf(source).word).toBe('Known');
    expect(stateOf({ ...source, job: 3 }).word).toBe('Being read');
  });

  it('is read again at an interval, also at one that is not on the list', () => {
    expect(intervalOf(21_600)).toBe('6h');
    expect(intervalOf(null)).toBe('');
    expect(intervalOptions('3d').at(-1)).toEqual({ value: '3d', label: 'Every 3d' });
    expect(intervalOptions('1d')).toHaveLength(5);
  });
});

it('a passage stands at its place under its headings, each told once', () => {
  expect(placeOf({ place: 'page 2', section: 'Returns' })).toBe('page 2 · Returns');
  expect(placeOf({ place: 'Handbook, Returns', section: 'Returns' })).toBe('Handbook, Returns');
  expect(placeOf({ place: '', section: 'Returns' })).toBe('Returns');
});
