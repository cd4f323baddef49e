/** Who may do what: each role has all that those before it have. */
import type { Schema } from '$lib/api';

export type Role = Schema<'Role'>;
export type SessionAnswer = Schema<'SessionFacts'>;

const roles: readonly Role[] = ['viewer', 'supervisor', 'editor', 'admin'];

/** The role a session has in a project; none where it is not a member. */
export function roleIn(session: SessionAnswer | null, project: string | undefined): Role | undefined {
  if (session?.everywhere) return 'admin';
  return session?.projects.find((each) => each.id === project)?.role;
}

/** Whether a role is at least the one that is needed. */
export function allows(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(needed);
}
