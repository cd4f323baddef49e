/** An agent, and everything that its settings may name. */
import { asPage } from '$lib/admission';
import { answer, api, tagged } from '$lib/api';

export async function load({ params }) {
  const { project, agent } = params;
  const path = { project };
  try {
    const [found, voices, flows, numbers, settings, listening, models] = await Promise.all([
      tagged(api.GET('/api/v1/projects/{project}/agents/{agent}', { params: { path: { project, agent } } })),
      answer(api.GET('/api/v1/projects/{project}/voices', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/flows', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/numbers', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/settings', { params: { path } })),
      answer(api.GET('/api/v1/projects/{project}/listening', { params: { path } })),
      answer(api.GET('/api/v1/routes')),
    ]);
    return { found, voices, flows, numbers, settings, listening, models };
  } catch (reason) {
    throw asPage(reason);
  }
}
