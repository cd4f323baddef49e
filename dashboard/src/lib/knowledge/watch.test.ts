import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Job } from './sources';
import { JobWatch } from './watch.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const job = (state: Job['state'], done = 0) => ({ number: 1, state, progress: { done } }) as Job;

it('a job is looked at until it is over, and every step is told', async () => {
  const answers = [[job('running', 1)], [job('running', 1)], [job('done', 2)]];
  let asked = 0;
  let told = 0;
  const watch = new JobWatch(
    'shop',
    [job('queued')],
    () => void told++,
    async () => answers[asked++] ?? [],
  );
  const close = watch.open();
  await vi.advanceTimersByTimeAsync(60_000);
  close();
  expect(asked).toBe(3);
  expect(told).toBe(2);
  expect(watch.busy).toBe(false);
});

it('nothing is asked for while no job runs', async () => {
  let asked = 0;
  const watch = new JobWatch(
    'shop',
    [job('done')],
    () => {},
    async () => (asked++, []),
  );
  watch.open();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(0);
});
