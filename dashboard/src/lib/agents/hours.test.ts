import { describe, expect, it } from 'vitest';
import { faultOf, nextSpan, officeHours, overnight, spansOf, summary, withSpans } from './hours';

describe('opening hours', () => {
  it('are read and written day by day', () => {
    const spans = [
      { from: '08:00', to: '12:00' },
      { from: '13:00', to: '16:00' },
    ];
    const changed = withSpans(officeHours, 'friday', spans);
    expect(spansOf(changed, 'friday')).toEqual(spans);
    expect(spansOf(changed, 'monday')).toEqual([{ from: '09:00', to: '17:00' }]);
    expect(withSpans(changed, 'friday', []).week).not.toHaveProperty('friday');
  });

  it('read in one line, days alike together', () => {
    const hours = withSpans(officeHours, 'saturday', [{ from: '10:00', to: '14:00' }]);
    expect(summary(hours)).toBe('Mon–Fri 09:00-17:00 · Sat 10:00-14:00');
    expect(summary(null)).toBe('Always');
    expect(summary({ ...officeHours, week: {} })).toBe('Never');
  });

  it('may go past midnight, and not over one another', () => {
    const night = { from: '22:00', to: '02:00' };
    expect(overnight(night)).toBe(true);
    expect(faultOf([{ from: '09:00', to: '12:00' }, night])).toBeUndefined();
    expect(
      faultOf([
        { from: '09:00', to: '12:00' },
        { from: '11:00', to: '13:00' },
      ]),
    ).toBe('These times overlap.');
    expect(faultOf([{ from: '', to: '12:00' }])).toBe('Both times are needed.');
  });

  it('go on an hour after the last time of the day', () => {
    expect(nextSpan([{ from: '09:00', to: '12:30' }])).toEqual({ from: '13:00', to: '17:00' });
    expect(nextSpan([])).toEqual({ from: '09:00', to: '17:00' });
  });
});
