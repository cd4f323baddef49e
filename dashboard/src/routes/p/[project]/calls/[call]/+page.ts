/** A call with everything that happened in it. One that runs is watched instead. */
import { redirect } from '@sveltejs/kit';
import { answer, api, type Schema } from '$lib/api';
import { asPage } from '$lib/admission';

export async function load({ params }) {
  let detail: Schema<'CallDetail'>;
  try {
    detail = await answer(
      api.GET('/api/v1/projects/{project}/calls/{call}', {
        params: { path: { project: params.project, call: params.call } },
      }),
    );
  } catch (reason) {
    throw asPage(reason);
  }
  if (detail.call.ended_at === null) redirect(307, `/p/${params.project}/live/${params.call}`);
  return { detail };
}
