import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FAR, Motion, REST_MS } from './motion.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function states({ moving, zooming, far, specks }: Motion): string {
  return Object.entries({ moving, zooming, far, specks })
    .filter(([, is]) => is)
    .map(([name]) => name)
    .join(' ');
}

test('a pan moves and does not zoom', () => {
  const motion = new Motion();
  motion.moved(1);
  expect(states(motion)).toBe('moving');
  vi.advanceTimersByTime(REST_MS);
  expect(states(motion)).toBe('');
});

test('cards lose their insides when the view rests, and not on the way', () => {
  const motion = new Motion();
  for (const zoom of [0.8, 0.5, 0.3, 0.1]) motion.moved(zoom);
  expect(states(motion)).toBe('moving zooming');
  vi.advanceTimersByTime(REST_MS);
  expect(states(motion)).toBe('far specks');
  for (const zoom of [0.2, FAR, 0.9]) motion.moved(zoom);
  expect(states(motion)).toBe('moving zooming far specks');
  vi.advanceTimersByTime(REST_MS);
  expect(states(motion)).toBe('');
});

test('a pan that follows a zoom at once is a part of it', () => {
  const motion = new Motion();
  motion.moved(0.3);
  vi.advanceTimersByTime(REST_MS / 2);
  motion.moved(0.3);
  vi.advanceTimersByTime(REST_MS - 1);
  expect(states(motion)).toBe('moving zooming');
  vi.advanceTimersByTime(1);
  expect(states(motion)).toBe('far');
});

test('a gesture that ends where it began ends', () => {
  const motion = new Motion();
  motion.moved(0.9);
  motion.moved(1);
  vi.advanceTimersByTime(REST_MS);
  expect(states(motion)).toBe('');
});
