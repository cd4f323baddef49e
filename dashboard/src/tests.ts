/** What every test file has: matchers for the page. */
import '@testing-library/jest-dom/vitest';
