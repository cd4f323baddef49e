import { describe, expect, it } from 'vitest';
import { addressOf, countOf, filtersOf, noFilters, queryOf } from './filters';

describe('the filters of calls', () => {
  const some = { ...noFilters, text: 'late pizza', outcome: 'served', from: '2026-11-21', to: '2026-11-22' };

  it('come back from the address as they went into it', () => {
    expect(filtersOf(new URLSearchParams(addressOf(some)))).toEqual(some);
    expect(addressOf(noFilters)).toBe('');
  });

  it('ask for whole days of whoever reads', () => {
    const { from = '', to = '' } = queryOf(some);
    expect(new Date(from).getHours()).toBe(0);
    expect(new Date(to).getTime() - new Date(from).getTime()).toBe(2 * 24 * 3_600_000);
  });

  it('send nothing that is not set', () => {
    expect(queryOf({ ...noFilters, caller: ' +12025550143 ', flow: '  ' })).toEqual({
      caller: '+12025550143',
    });
  });

  it('ask for trials only when trials are chosen', () => {
    const chosen = filtersOf(new URLSearchParams('trials=only'));
    expect([queryOf(chosen), addressOf(chosen)]).toEqual([{ trials: 'only' }, '?trials=only']);
    expect(filtersOf(new URLSearchParams('trials=some'))).toEqual(noFilters);
  });

  it('do not take a word for a day', () => {
    expect(filtersOf(new URLSearchParams('from=yesterday&to=2026-11-22'))).toEqual({
      ...noFilters,
      to: '2026-11-22',
    });
  });

  it('are counted', () => expect([countOf(some), countOf(noFilters)]).toEqual([4, 0]));
});
