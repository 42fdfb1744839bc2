export interface Surroundings {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  root: boolean;
}

/** True when there is something to show a window on. */
export function hasScreen({ platform, env }: Pick<Surroundings, 'platform' | 'env'>): boolean {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Why Electron is not to be tried here, in a few words for the person; null when it is. */
export function whyBrowser(asked: boolean, where: Surroundings): string | null {
  if (asked) return '--browser was given';
  if (!hasScreen(where)) return 'there is no screen for a window';
  // Its sandbox refuses to run as root, and it is not run without.
  if (where.root && where.platform === 'linux') return 'Electron does not run as root';
  return null;
}
