/** What the installation has and lacks. */
import { asPage } from '$lib/admission';
import { answer, api, tagged } from '$lib/api';

export async function load({ depends }) {
  depends('setup:all');
  try {
    const [findings, engines, routes, settings, file] = await Promise.all([
      answer(api.GET('/api/v1/setup/findings')),
      answer(api.GET('/api/v1/engines')),
      answer(api.GET('/api/v1/routes')),
      answer(api.GET('/api/v1/setup/settings')),
      tagged(api.GET('/api/v1/routes/file')).catch(() => null), // a file that cannot be read is told by `routes.fault`
    ]);
    return { findings, engines, routes, settings, file };
  } catch (reason) {
    throw asPage(reason);
  }
}
