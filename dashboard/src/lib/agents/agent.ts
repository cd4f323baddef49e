/** An agent's settings, and what its page reads besides. */
import type { Schema } from '$lib/api';

export type AgentSettings = Schema<'AgentSettings'>;

/** The fields whose faults stand beside them on the agent's page. */
export const shownFields = [
  'flow',
  'voice',
  'speed',
  'language',
  'spare_voices',
  'hearing',
  'route',
  'routes',
  'listening',
  'hours',
  'web',
] as const;

/** A new agent: the server's defaults. */
export function blank(flow: string): AgentSettings {
  return {
    flow,
    voice: '',
    speed: 1,
    spare_voices: [],
    language: '',
    hearing: [],
    route: '',
    routes: {},
    listening: {},
    hours: null,
    web: {
      enabled: false,
      title: 'Call us',
      consent: 'You will talk with an automated assistant. The call is transcribed and may be recorded.',
      domains: [],
      captions: true,
      calls_per_minute: 10,
      calls_at_once: 10,
    },
  };
}

/** The table of intents with one route changed; empty: the flow’s own counts again. */
export function withRoute(
  routes: Readonly<Record<string, string>> | undefined,
  intent: string,
  route: string,
): Record<string, string> {
  const others = Object.fromEntries(Object.entries(routes ?? {}).filter(([each]) => each !== intent));
  return route === '' ? others : { ...others, [intent]: route };
}

/** What serves an intent where the agent's table says nothing: of the flow, else the agent's route, else `default`. */
export function otherwise(intent: Schema<'IntentRoute'>, agentRoute: string): string {
  return (intent.by_table ? '' : intent.route) || agentRoute || 'default';
}

/** A site as it may call: the host alone where it is plain https. */
export function domainOf(typed: string): string {
  const given = typed.trim().toLowerCase();
  if (!given.includes('://')) return given.replace(/\/.*$/, '');
  try {
    const { protocol, host, origin } = new URL(given);
    return protocol === 'https:' && !host.includes(':') ? host : origin;
  } catch {
    return given;
  }
}
