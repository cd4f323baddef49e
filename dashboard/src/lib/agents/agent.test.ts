import { describe, expect, it } from 'vitest';
import { domainOf, otherwise, withRoute } from './agent';

describe('an agent', () => {
  it('has a route of its own for an intent until that is taken back', () => {
    const routes = withRoute({ refund: 'big' }, 'order', 'quick');
    expect(routes).toEqual({ refund: 'big', order: 'quick' });
    expect(withRoute(routes, 'refund', '')).toEqual({ order: 'quick' });
  });

  it('is served by the flow’s route, its own, or the default one', () => {
    const intent = { intent: 'order', route: 'quick', by_table: false };
    expect(otherwise(intent, 'big')).toBe('quick');
    expect(otherwise({ ...intent, by_table: true }, 'big')).toBe('big');
    expect(otherwise({ ...intent, route: '' }, '')).toBe('default');
  });

  it.each([
    ['https://www.example.com/shop?a', 'www.example.com'],
    ['www.example.com/', 'www.example.com'],
    ['http://localhost:5173/x', 'http://localhost:5173'],
    ['*.Example.com', '*.example.com'],
  ])('takes the site %s as %s', (typed, domain) => {
    expect(domainOf(typed)).toBe(domain);
  });
});
