/** Everybody who may sign in, and the projects there are. */
import { asPage } from '$lib/admission';
import { answer, api } from '$lib/api';

export async function load() {
  try {
    const [users, projects] = await Promise.all([
      answer(api.GET('/api/v1/users')),
      answer(api.GET('/api/v1/projects')),
    ]);
    return { users, projects };
  } catch (reason) {
    throw asPage(reason);
  }
}
