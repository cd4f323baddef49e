/** Every page that the side navigation leads to, and who sees it there. */
import Activity from '@lucide/svelte/icons/activity';
import BookOpen from '@lucide/svelte/icons/book-open';
import Bot from '@lucide/svelte/icons/bot';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import History from '@lucide/svelte/icons/history';
import Phone from '@lucide/svelte/icons/phone';
import Settings from '@lucide/svelte/icons/settings';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import Users from '@lucide/svelte/icons/users';
import UsersRound from '@lucide/svelte/icons/users-round';
import Workflow from '@lucide/svelte/icons/workflow';
import Wrench from '@lucide/svelte/icons/wrench';
import type { Role } from './roles';
import type { IconComponent } from './ui';

export interface Destination {
  title: string;
  icon: IconComponent;
  /** The address's part after the project, or the whole address of a page outside the projects. */
  path: string;
  /** Who sees it; `everywhere`: admins of the installation. */
  needs: Role | 'everywhere';
  /** Has a place on a phone's bottom bar: the pages one watches. */
  phone?: boolean;
}

export interface Section {
  title: string;
  destinations: readonly Destination[];
}

export const inProject: readonly Section[] = [
  {
    title: 'Watch',
    destinations: [
      { title: 'Overview', icon: ChartColumn, path: 'overview', needs: 'viewer', phone: true },
      { title: 'Live', icon: Activity, path: 'live', needs: 'viewer', phone: true },
      { title: 'Calls', icon: Phone, path: 'calls', needs: 'viewer', phone: true },
    ],
  },
  {
    title: 'Build',
    destinations: [
      { title: 'Flows', icon: Workflow, path: 'flows', needs: 'viewer' },
      { title: 'Agents', icon: Bot, path: 'agents', needs: 'viewer' },
      { title: 'Knowledge', icon: BookOpen, path: 'knowledge', needs: 'viewer' },
      { title: 'Tools', icon: Wrench, path: 'tools', needs: 'viewer' },
    ],
  },
  {
    title: 'Project',
    destinations: [
      { title: 'People', icon: Users, path: 'people', needs: 'admin' },
      { title: 'Audit', icon: History, path: 'audit', needs: 'admin' },
      { title: 'Settings', icon: Settings, path: 'settings', needs: 'admin' },
    ],
  },
];

export const installation: Section = {
  title: 'Installation',
  destinations: [
    { title: 'Set-up', icon: Stethoscope, path: '/setup', needs: 'everywhere' },
    { title: 'Users', icon: UsersRound, path: '/users', needs: 'everywhere' },
  ],
};

export function addressOf(destination: Destination, project: string | undefined): string {
  return destination.path.startsWith('/') ? destination.path : `/p/${project}/${destination.path}`;
}

/** Whether a page is the destination's own or lies below it. */
export function isHere(destination: Destination, project: string | undefined, pathname: string): boolean {
  const address = addressOf(destination, project);
  return pathname === address || pathname.startsWith(`${address}/`);
}

/** The sections with what this user may see; none that is empty. */
export function visible(
  may: (needed: Destination['needs']) => boolean,
  project: string | undefined,
): Section[] {
  return [...(project === undefined ? [] : inProject), installation]
    .map((section) => ({ ...section, destinations: section.destinations.filter(({ needs }) => may(needs)) }))
    .filter((section) => section.destinations.length > 0);
}
