import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { SavedQuery, SavedSearch } from '#shared/model/saved-search.ts';
import { plainString } from '#shared/util/visible-text.ts';
import { useAct, useOperation, useSession } from '../../client/index.ts';
import { ErrorState, formatCount, Go, Moment, Skeleton, StateDot } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import filters from './Filters.module.css';
import { Menu } from './Menu.tsx';
import styles from './SavedSearches.module.css';
import { pathOfQuery, queryWords } from './saved-query.ts';

/** Searches under a name: kept by whoever may act, used by whoever may look. */
export function SavedSearches(props: { query: SavedQuery }) {
  const [opened, setOpened] = useState(false);
  const read = useOperation('searches.list', {});
  const count = read.data?.searches.length ?? 0;
  return (
    <Menu
      label={count === 0 ? 'Saved' : `Saved (${formatCount(count)})`}
      chosen={0}
      opened={opened}
      onOpen={setOpened}
    >
      {opened ? (
        <div className={styles.box}>
          <Keep query={props.query} />
          {read.data ? (
            <ul className={styles.list} aria-label="Saved searches">
              {read.data.searches.map((search) => (
                <Line key={search.id} search={search} onDone={() => setOpened(false)} />
              ))}
              {count === 0 ? <li className={filters.none}>None yet</li> : null}
            </ul>
          ) : read.error ? (
            <ErrorState
              small
              error={read.error}
              what="The saved searches could not be read"
              retry={() => void read.refetch()}
            />
          ) : (
            <Skeleton lines={3} label="Loading the saved searches" />
          )}
        </div>
      ) : null}
    </Menu>
  );
}

function useMayKeep(): boolean {
  const session = useSession();
  return session !== undefined && session.role !== 'viewer';
}

/** What is asked now, under a name. */
function Keep(props: { query: SavedQuery }) {
  const mayKeep = useMayKeep();
  const [name, setName] = useState('');
  const save = useAct('searches.save', { onSuccess: () => setName('') });
  if (!mayKeep) {
    return <p className={filters.none}>To save a search one must be allowed to act.</p>;
  }
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') save.mutate({ name, query: props.query });
  };
  return (
    <form className={styles.keep} onSubmit={onSubmit}>
      <TextInput
        size="xs"
        label="Save this search as"
        description={
          <span className={styles.dim}>
            <PlainText text={queryWords(props.query).slice(0, 200)} />
          </span>
        }
        maxLength={80}
        value={name}
        error={save.error?.message}
        onChange={(event) => {
          setName(event.currentTarget.value);
          save.reset();
        }}
      />
      <Button type="submit" size="xs" disabled={name.trim() === ''} loading={save.isPending}>
        Save
      </Button>
    </form>
  );
}

function Line(props: { search: SavedSearch; onDone: () => void }) {
  const { search } = props;
  const mayKeep = useMayKeep();
  const [doing, setDoing] = useState<'nothing' | 'rename' | 'remove'>('nothing');
  const rename = useAct('searches.rename', { onSuccess: () => setDoing('nothing') });
  const remove = useAct('searches.remove');
  if (doing === 'rename') {
    return (
      <li>
        <Rename
          name={search.name}
          error={rename.error?.message ?? null}
          pending={rename.isPending}
          onSubmit={(name) => rename.mutate({ id: search.id, name })}
          onCancel={() => {
            rename.reset();
            setDoing('nothing');
          }}
        />
      </li>
    );
  }
  return (
    <li className={styles.line}>
      <div className={styles.what}>
        {search.query ? (
          <Go to={pathOfQuery(search.query)} onClick={props.onDone}>
            <PlainText text={search.name} />
          </Go>
        ) : (
          <StateDot tone="bad" word={`${search.name}: cannot be read`} showWord />
        )}
        <span className={styles.dim}>
          <PlainText
            text={search.query ? queryWords(search.query).slice(0, 160) : (search.problem ?? '')}
          />
        </span>
        <span className={styles.dim}>
          by <PlainText text={search.savedBy} />, <Moment at={search.savedAt} />
          {search.query ? '' : '. It is kept as it is'}
        </span>
        {remove.error ? <span role="alert">{remove.error.message}</span> : null}
      </div>
      {mayKeep ? (
        doing === 'remove' ? (
          <span className={styles.actions}>
            <Button
              size="compact-xs"
              color="red"
              variant="light"
              loading={remove.isPending}
              onClick={() => remove.mutate({ id: search.id })}
              autoFocus
            >
              Remove it
            </Button>
            <Button size="compact-xs" variant="subtle" onClick={() => setDoing('nothing')}>
              Keep it
            </Button>
          </span>
        ) : (
          <span className={styles.actions}>
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={plainString(`Rename ${search.name}`)}
              onClick={() => setDoing('rename')}
            >
              Rename
            </Button>
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={plainString(`Remove ${search.name}`)}
              onClick={() => setDoing('remove')}
            >
              Remove
            </Button>
          </span>
        )
      ) : null}
    </li>
  );
}

function Rename(props: {
  name: string;
  error: string | null;
  pending: boolean;
  onSubmit: (name: string) => void;
  onCancel: () => void;
}) {
  const [name, setName] = useState(props.name);
  return (
    <form
      className={styles.keep}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') props.onSubmit(name);
      }}
    >
      <TextInput
        size="xs"
        label={plainString(`A new name for “${props.name}”`)}
        maxLength={80}
        value={name}
        error={props.error}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Button type="submit" size="xs" loading={props.pending} disabled={name.trim() === ''}>
        Rename
      </Button>
      <Button size="xs" variant="subtle" onClick={props.onCancel}>
        Cancel
      </Button>
    </form>
  );
}
