/** What can be done with conversations beyond this window. Knows no operation: it is given what `useShare` answers. */
import { Button, Menu, Modal, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { formatCount, plural } from './format.ts';
import { IconDownload } from './icons.ts';
import styles from './ShareMenu.module.css';

export interface Sharing {
  mayAct: boolean;
  pending: boolean;
  said: string | null;
  note: string | null;
  error: string | null;
  clear: () => void;
  sets: readonly { name: string; conversations: number }[];
  bundle: () => void;
  html: () => void;
  copy: () => void;
  evaluate: (name: string) => void;
  fetchSet: (name: string) => void;
}

export function ShareMenu(props: {
  share: Sharing;
  label: string;
  /** How many conversations are shared: one can be copied for a channel. */
  count: number;
  small?: boolean;
  evaluating: boolean;
  onEvaluating: (open: boolean) => void;
}) {
  const { share, count } = props;
  const one = count === 1;
  const close = () => {
    share.clear();
    props.onEvaluating(false);
  };
  const told = share.error !== null || share.note !== null;
  return (
    <>
      <Menu position="bottom-end" transitionProps={{ duration: 0 }} width={310}>
        <Menu.Target>
          <Button
            variant="default"
            {...(props.small ? { size: 'compact-xs' } : {})}
            loading={share.pending}
            disabled={count === 0}
            leftSection={<IconDownload size={props.small ? 12 : 14} />}
          >
            <span aria-live="polite">{share.said ?? props.label}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {one ? (
            <Menu.Item onClick={share.copy}>
              Copy as Markdown
              <span className={styles.hint}>for the incident channel, the failing turn first</span>
            </Menu.Item>
          ) : (
            <Menu.Label>{plural(count, 'conversation')}, in the order of the list</Menu.Label>
          )}
          <Menu.Item onClick={share.bundle}>
            Bundle for another Nightdesk
            <span className={styles.hint}>JSON Lines with hashes, masked; also for programs</span>
          </Menu.Item>
          <Menu.Item onClick={share.html}>
            Page that opens offline
            <span className={styles.hint}>one HTML file that plays it, masked</span>
          </Menu.Item>
          <Menu.Item disabled={!share.mayAct} onClick={() => props.onEvaluating(true)}>
            Add to an evaluation set…
            <span className={styles.hint}>
              {share.mayAct ? 'JSON Lines, OpenAI chat format' : 'a viewer may look, not add'}
            </span>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={props.evaluating || told}
        onClose={close}
        title={
          props.evaluating
            ? `Add ${plural(count, 'conversation')} to an evaluation set`
            : share.error === null
              ? 'Shared'
              : 'Not shared'
        }
        size={460}
        transitionProps={{ duration: 0 }}
      >
        {told ? (
          <p role="alert" className={styles.told} data-bad={share.error !== null || undefined}>
            {share.error ?? share.note}
          </p>
        ) : null}
        {props.evaluating ? <EvaluationSet share={share} /> : null}
        <div className={styles.end}>
          <Button variant="default" onClick={close}>
            Close
          </Button>
        </div>
      </Modal>
    </>
  );
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

function EvaluationSet({ share }: { share: Sharing }) {
  const [name, setName] = useState(share.sets[0]?.name ?? '');
  const wrong = name !== '' && !NAME.test(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (NAME.test(name)) share.evaluate(name);
  };
  return (
    <>
      <form onSubmit={submit} className={styles.form}>
        <TextInput
          label="Name of the set"
          placeholder="night-regressions"
          value={name}
          error={wrong ? 'small letters, figures, - and _' : null}
          onChange={(event) => {
            setName(event.currentTarget.value);
            if (share.error !== null || share.note !== null) share.clear();
          }}
          data-autofocus
        />
        <Button type="submit" loading={share.pending} disabled={!NAME.test(name)}>
          Add
        </Button>
      </form>
      {share.sets.length > 0 ? (
        <ul className={styles.list} aria-label="Evaluation sets">
          {share.sets.map((set) => (
            <li key={set.name}>
              <button type="button" className={styles.pick} onClick={() => setName(set.name)}>
                {set.name}
              </button>
              <span className={styles.dim}>{formatCount(set.conversations)}</span>
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={`Download ${set.name}`}
                onClick={() => share.fetchSet(set.name)}
              >
                Download
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <p className={styles.dim}>
        Kept in the data folder as evaluation-sets/{name === '' ? 'NAME' : name}.jsonl. A
        conversation is in a set once.
      </p>
    </>
  );
}
