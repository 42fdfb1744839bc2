import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import { useEffect, useState } from 'react';
import { plainString } from '#shared/util/visible-text.ts';
import { go, goWith } from '../client/go.ts';
import { useAct, useOperation } from '../client/query.ts';
import { useEnvironment, useSession } from '../client/session.ts';
import { useWindow } from '../client/window.ts';
import { IconSearch } from '../ui/icons.ts';
import { useNow } from '../ui/now.ts';
import { Kbd } from '../ui/text.tsx';
import { findPlaces, obviousPlace } from './find.ts';
import { type PaletteItem, paletteItems } from './palette-items.ts';

/** Ctrl/Cmd-K: every place and every action, and anything pasted. */
export default function Palette(props: {
  /** It was asked for before it was here. */
  open: boolean;
  onReady: () => void;
}) {
  const { open, onReady } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whether it was asked for counts once, at the beginning
  useEffect(() => {
    onReady();
    if (open) spotlight.open();
  }, [onReady]);
  const session = useSession();
  const environment = useEnvironment();
  const name = environment?.name ?? '';
  const overview = useOperation('overview.read', { environment: name }, { enabled: name !== '' });
  const readiness = useOperation(
    'actions.readiness',
    { environment: name },
    { enabled: name !== '' },
  );
  const flags = useOperation('flags.list', { environment: name }, { enabled: name !== '' });
  const searches = useOperation('searches.list', {});
  const commands = useWindow((state) => state.commands);
  const unlock = useAct('session.unlock');
  const sync = useAct('sources.sync');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const now = useNow(30);
  const [query, setQuery] = useState('');

  const items = paletteItems({
    environment,
    environments: session?.environments ?? [],
    role: session?.role ?? 'viewer',
    overview: overview.data,
    commands: Object.values(commands).flat(),
    searches: searches.data?.searches ?? [],
    flags: flags.data?.flags ?? [],
    drills: readiness.data?.drills ?? [],
    now,
  });

  const run = (item: PaletteItem) => {
    const does = item.does;
    if (does.kind === 'go') go(does.path);
    else if (does.kind === 'plan') useWindow.getState().openPlan(does.request);
    else if (does.kind === 'environment') goWith({ environment: does.name });
    else if (does.kind === 'lock') unlock.mutate({ environment: name, locked: does.locked });
    else if (does.kind === 'sync') sync.mutate({});
    else if (does.kind === 'scheme') setColorScheme(colorScheme === 'light' ? 'dark' : 'light');
    else if (does.kind === 'help') useWindow.getState().setHelp(true);
    else does.command.run();
  };

  const find = async () => {
    const places = await findPlaces(query, name, location.origin);
    const place = obviousPlace(places) ?? places.at(0);
    if (place) go(place.path);
  };

  const groups: SpotlightActionGroupData[] = [];
  for (const item of items) {
    let group = groups.find((one) => one.group === item.group);
    if (!group) {
      group = { group: item.group, actions: [] };
      groups.push(group);
    }
    group.actions.push({
      id: item.id,
      label: plainString(item.label),
      ...(item.description === undefined ? {} : { description: plainString(item.description) }),
      ...(item.keys === undefined ? {} : { rightSection: <Keys keys={item.keys} /> }),
      onClick: () => run(item),
    });
  }

  return (
    <Spotlight
      actions={groups}
      shortcut={['mod + K']}
      query={query}
      onQueryChange={setQuery}
      scrollable
      maxHeight={420}
      nothingFound={
        <button
          type="button"
          onClick={() => {
            spotlight.close();
            void find();
          }}
        >
          No such place or action. Look for “{plainString(query)}” as an ID, a flag or an alert
        </button>
      }
      searchProps={{
        leftSection: <IconSearch size={16} />,
        placeholder: 'A place, an action, a correlation ID…',
        'aria-label': 'Palette',
        onKeyDown: (event) => {
          if (event.key !== 'Enter' || query.trim() === '') return;
          const asked = query.trim().toLowerCase();
          const known = items.some(
            (item) =>
              item.label.toLowerCase().includes(asked) ||
              item.description?.toLowerCase().includes(asked),
          );
          if (known) {
            pressFirst(event.currentTarget.ownerDocument);
            return;
          }
          event.preventDefault();
          spotlight.close();
          void find();
        },
      }}
      attributes={{ content: { 'aria-label': 'Palette' } }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.5 }}
      transitionProps={{ duration: 0 }}
    />
  );
}

/** What was marked as chosen may have left the list meanwhile, and Spotlight then does nothing on Enter. */
function pressFirst(page: Document): void {
  if (page.querySelector('[data-action][data-selected]')) return;
  page.querySelector<HTMLElement>('[data-action]')?.click();
}

function Keys(props: { keys: string }) {
  return (
    <span>
      {props.keys.split(' ').map((key, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: keys of one shortcut never change places
        <Kbd key={index}>{key}</Kbd>
      ))}
    </span>
  );
}
