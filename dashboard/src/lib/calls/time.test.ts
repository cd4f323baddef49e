import { describe, expect, it } from 'vitest';
import { between, clock, minutes, moment, span, took } from './time';

describe('times', () => {
  it.each([
    [7.9, '0:07'],
    [93.2, '1:33'],
    [3725, '1:02:05'],
    [-1, '0:00'],
  ])('a call of %d seconds lasts %s', (seconds, told) => expect(clock(seconds)).toBe(told));

  it.each([
    [640.4, '640 ms'],
    [1240, '1.24 s'],
    [12_340, '12.3 s'],
    [null, '–'],
  ])('%s milliseconds are %s', (ms, told) => expect(took(ms)).toBe(told));

  it.each([
    [59.9, '59 s'],
    [60, '1 min'],
    [7200, '2 h'],
    [90_000, '1 d'],
  ])('%d seconds are told as %s', (seconds, told) => expect(span(seconds)).toBe(told));

  it('tells talk in hours where there are some', () => {
    expect([minutes(12.4), minutes(65)]).toEqual(['12 min', '1 h 5 min']);
  });

  it('counts between moments of different time zones', () => {
    expect(between('2026-11-22T14:00:00-05:00', '2026-11-22T19:00:02.5Z')).toBe(2.5);
  });

  it('leaves today’s date out, and tells another’s', () => {
    const now = new Date(2026, 10, 22, 18);
    const today = moment(new Date(2026, 10, 22, 14, 5).toISOString(), now);
    const before = moment(new Date(2026, 10, 21, 14, 5).toISOString(), now);
    expect(before.endsWith(today) && before.length > today.length).toBe(true);
  });
});
