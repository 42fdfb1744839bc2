import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { JournalFinding } from '#shared/model/journal.ts';
import { roleAllows } from '#shared/model/session.ts';
import { useAct } from '../../client/query.ts';
import { useSession } from '../../client/session.ts';
import { formatCount, Moment, Notice } from '../../ui/index.ts';
import styles from './journal.module.css';

/** A finding that nobody has seen yet. To have seen it ends the warning, not the finding. */
export function Finding(props: { finding: JournalFinding }) {
  const { finding } = props;
  const [words, setWords] = useState('');
  const session = useSession();
  const acknowledge = useAct('journal.acknowledge');
  const may = session !== undefined && roleAllows(session.role, 'admin');
  return (
    <Notice tone="bad" word={`Found, entry ${formatCount(finding.seq)}`}>
      <Moment at={finding.at} seconds /> {finding.problems.map(({ why }) => why).join(' ')}
      {may ? (
        <form
          className={styles.seen}
          onSubmit={(event) => {
            event.preventDefault();
            acknowledge.mutate({ finding: finding.seq, words });
          }}
        >
          <TextInput
            size="xs"
            className={styles.words}
            aria-label="What is known of it"
            placeholder="What is known of it, for the journal"
            value={words}
            error={acknowledge.error?.message}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
          <Button
            type="submit"
            size="xs"
            variant="default"
            loading={acknowledge.isPending}
            disabled={words.trim().length < 3}
          >
            I have seen this
          </Button>
        </form>
      ) : (
        ' An admin ends the warning once it is looked into.'
      )}
    </Notice>
  );
}
