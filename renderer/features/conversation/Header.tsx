import { Button, Menu, Tooltip } from '@mantine/core';
import { useState } from 'react';
import type { MatrixRow } from '#shared/contract/overview.ts';
import type { ConversationSummary } from '#shared/model/conversation.ts';
import { addressOf, go, useAct, useWindow } from '../../client/index.ts';
import { IconDownload, IconPin } from '../../ui/icons.ts';
import { CopyId, formatDuration, formatUsd, plural, saveFile, VersionTag } from '../../ui/index.ts';
import { FAILURE_WORD } from './failures.ts';
import styles from './Header.module.css';

/** Who, what, how long, what went wrong; and what can be done from here. */
export function Header(props: {
  summary: ConversationSummary;
  /** Rows of the same service: which version is candidate, which is stable. */
  versions: readonly MatrixRow[];
  live: boolean;
  /** The selected turn, from 0. */
  selected: number;
}) {
  const { summary } = props;
  const part = props.versions.find((row) => row.version === summary.version)?.part;
  const stable = props.versions.find((row) => row.part === 'stable')?.version;
  return (
    <div className={styles.head}>
      <CopyId id={summary.id} chars={28} label="correlation ID" />
      <span className={styles.service}>{summary.service}</span>
      {summary.versions.map((version) => (
        <VersionTag
          key={version}
          version={version}
          part={props.versions.find((row) => row.version === version)?.part}
        />
      ))}
      <span className={styles.facts}>
        {plural(summary.turns, 'turn')} · {formatDuration(summary.endedAt - summary.startedAt)}
        {summary.language ? ` · ${summary.language}` : ''} · {formatUsd(summary.costUsd)}
        {props.live ? ' · going on now' : ''}
      </span>
      {summary.failures.length > 0 ? (
        <span className={styles.failures} title={failureWords(summary)}>
          {failureWords(summary)}
        </span>
      ) : (
        <span className={styles.fine}>no failures</span>
      )}
      <span className={styles.actions}>
        <Button
          variant="default"
          onClick={() =>
            go(
              addressOf('/replays/new', {
                of: summary.id,
                service: summary.service,
                in: summary.environment,
                turn: String(props.selected + 1),
              }),
            )
          }
        >
          Re-run{stable !== undefined && stable !== summary.version ? ` on ${stable}` : ''}
        </Button>
        <ExportMenu summary={summary} />
        <PinButton summary={summary} />
        {part === 'candidate' && stable !== undefined ? (
          <Button
            onClick={() =>
              useWindow.getState().openPlan({
                kind: 'rollback',
                service: summary.service,
                environment: summary.environment,
              })
            }
          >
            Roll back {summary.version} → {stable}
          </Button>
        ) : null}
      </span>
    </div>
  );
}

export function failureWords(summary: ConversationSummary): string {
  return summary.failures
    .map((failure) =>
      failure === 'unsure' && summary.unsure > 1
        ? `unsure ×${summary.unsure}`
        : FAILURE_WORD[failure],
    )
    .join(' · ');
}

function ExportMenu({ summary }: { summary: ConversationSummary }) {
  const [failed, setFailed] = useState<string | null>(null);
  const act = useAct('conversations.export', {
    onSuccess: ({ fileName, text }) => {
      setFailed(null);
      saveFile(fileName, new Blob([text], { type: 'text/plain;charset=utf-8' }));
    },
    onError: (error) => setFailed(error.message),
  });
  const save = (format: 'markdown' | 'jsonl') => act.mutate({ key: summary.key, format });
  return (
    <>
      {failed === null ? null : (
        <span className={styles.failures} role="alert">
          Not exported: {failed}
        </span>
      )}
      <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <Button
            variant="default"
            loading={act.isPending}
            leftSection={<IconDownload size={14} />}
          >
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => save('markdown')}>Markdown, for people</Menu.Item>
          <Menu.Item onClick={() => save('jsonl')}>JSON Lines, for programs</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function PinButton({ summary }: { summary: ConversationSummary }) {
  const act = useAct('conversations.pin');
  const pinned = act.data?.pinned ?? summary.pinned;
  return (
    <Tooltip
      label={
        act.error
          ? `Not changed: ${act.error.message}`
          : pinned
            ? 'Pinned: never pruned from the cache. Press to let it go.'
            : 'Pinned conversations are never pruned from the cache.'
      }
    >
      <Button
        variant="default"
        aria-pressed={pinned}
        loading={act.isPending}
        leftSection={<IconPin size={14} />}
        onClick={() => act.mutate({ key: summary.key, pinned: !pinned })}
      >
        {pinned ? 'Pinned' : 'Pin'}
      </Button>
    </Tooltip>
  );
}
