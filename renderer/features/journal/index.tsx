import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDeferredValue, useEffect, useState } from 'react';
import { useSearch } from 'wouter';
import { plainString } from '#shared/util/visible-text.ts';
import { go } from '../../client/go.ts';
import { useAct, useOperation } from '../../client/query.ts';
import { ErrorState, Notice, Screen } from '../../ui/index.ts';
import { ActionsList } from './ActionsList.tsx';
import { EntriesList } from './EntriesList.tsx';
import { ExportButton } from './ExportButton.tsx';
import styles from './journal.module.css';
import { Verification } from './Verification.tsx';

/** What was done from this console, by whom, and whether the record is whole. */
export default function Journal() {
  const search = new URLSearchParams(useSearch());
  const action = search.get('action');
  const view = action !== null || search.get('view') === 'entries' ? 'entries' : 'actions';
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const verify = useAct('journal.verify');
  const state = useOperation('journal.state', {});
  const { mutate: walk } = verify;
  // What is said of the journal is of now, whenever somebody looks.
  useEffect(() => walk({}), [walk]);
  const [notExported, setNotExported] = useState<Error | null>(null);
  return (
    <Screen
      title="Journal"
      fill
      head={
        <div className={styles.tools}>
          <SegmentedControl
            size="xs"
            aria-label="What is listed"
            value={view}
            onChange={(next) => go(next === 'entries' ? '/journal?view=entries' : '/journal')}
            data={[
              { value: 'actions', label: 'Actions' },
              { value: 'entries', label: 'Every entry' },
            ]}
          />
          <TextInput
            size="xs"
            className={styles.filter}
            placeholder="Filter by words, person, service…"
            aria-label="Filter the journal"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {action === null ? null : (
            <Button variant="default" size="xs" onClick={() => go('/journal?view=entries')}>
              Only {plainString(action)} · show all
            </Button>
          )}
          <span className={styles.space} />
          <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate({})}>
            Verify the chain
          </Button>
          <ExportButton onError={setNotExported} />
        </div>
      }
    >
      <Verification asked={state} />
      {verify.error ? (
        <ErrorState small act error={verify.error} what="The journal could not be verified" />
      ) : null}
      {notExported ? (
        <Notice tone="bad" word="Error">
          The journal could not be exported: {notExported.message}
        </Notice>
      ) : null}
      {view === 'actions' ? (
        <ActionsList wanted={wanted} />
      ) : (
        <EntriesList wanted={wanted} action={action} />
      )}
    </Screen>
  );
}
