import {
  IconActivity,
  IconBook,
  IconFlag,
  IconJournal,
  IconMessages,
  IconNow,
  IconSources,
} from '../ui/icons.ts';

/** The rail, in order. `keys` are pressed one after the other. */
export const PLACES = [
  { path: '/now', label: 'Now', keys: 'g n', Icon: IconNow, also: [] },
  {
    path: '/conversations',
    label: 'Conversations',
    short: 'Conver\u00adsations',
    keys: 'g c',
    Icon: IconMessages,
    also: ['/conversation/', '/replays'],
  },
  { path: '/flags', label: 'Flags & models', keys: 'g f', Icon: IconFlag, also: ['/action/'] },
  { path: '/signals', label: 'Signals', keys: 'g s', Icon: IconActivity, also: [] },
  { path: '/runbooks', label: 'Runbooks', keys: 'g r', Icon: IconBook, also: ['/runbooks/'] },
  { path: '/journal', label: 'Journal', keys: 'g j', Icon: IconJournal, also: [] },
  { path: '/sources', label: 'Sources', keys: 'g o', Icon: IconSources, also: [] },
] as const;
