/** The tests, in jsdom. */
export default { test: { environment: 'jsdom', include: ['src/**/*.test.ts'] } };
