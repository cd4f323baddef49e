/** What a page says when it failed in a way that nobody foresaw. */
import type { HandleClientError } from '@sveltejs/kit';
import { Problem } from '$lib/api';

/** A part of a page was not to be had: Chromium's and Firefox's words, and Safari's. */
const NOT_FETCHED = /dynamically imported module|Importing a module script failed/i;

export const handleError: HandleClientError = ({ error }) => {
  const gone = error instanceof Error && NOT_FETCHED.test(error.message);
  if (!gone) console.error(error);
  const problem = gone ? Problem.unreachable() : Problem.from(error);
  return { message: problem.message, remedy: problem.remedy };
};
