import { Button, PasswordInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { ConfigProblem } from '#shared/model/session.ts';
import { useAct, useOperation } from '../../client/index.ts';
import { CopyId, Dim, ErrorState, Panel, plural, Skeleton, StateDot } from '../../ui/index.ts';
import styles from './Sources.module.css';

const FOUND = {
  keychain: { tone: 'ok', word: 'in the keychain' },
  environment: { tone: 'ok', word: 'from the environment' },
  missing: { tone: 'bad', word: 'missing' },
} as const;

const MASKING = {
  on: 'Personal data in conversations is masked before it is stored. Names that no tool told can slip through.',
  under_way:
    'Personal data in conversations is masked before it is stored; what was stored earlier is being masked now. Names that no tool told can slip through.',
  off: 'Masking is off: conversations are stored as they are received, with the personal data in them.',
} as const;

/** Where the configuration is, what is wrong with it, and the secrets that it names. */
export function Configuration(props: { admin: boolean; demo: boolean }) {
  const read = useOperation('settings.read', {});
  const [editing, setEditing] = useState(false);
  if (read.error && !read.data) {
    return (
      <Panel title="Configuration">
        <ErrorState
          small
          error={read.error}
          what="The configuration could not be read"
          retry={() => void read.refetch()}
        />
      </Panel>
    );
  }
  if (!read.data) {
    return (
      <Panel title="Configuration">
        <Skeleton lines={4} label="Loading the configuration" />
      </Panel>
    );
  }
  const { path, yaml, problems, secrets, masking } = read.data;
  return (
    <div className={styles.halves}>
      <Panel
        title="Configuration"
        aside={
          path !== null && props.admin ? (
            <Button variant="default" size="compact-xs" onClick={() => setEditing(!editing)}>
              {editing ? 'Close' : 'Edit'}
            </Button>
          ) : null
        }
      >
        {path === null ? (
          <p>
            {props.demo
              ? 'The demo fleet brings its own. To watch your own services, start the console with --config FILE.'
              : 'The console was started without a configuration file: start it with --config FILE.'}
          </p>
        ) : (
          <p>
            <CopyId id={path} label="path" />
          </p>
        )}
        {problems.length === 0 ? (
          <p className={styles.dim}>
            <StateDot tone="ok" word="No problems" showWord /> in it.
          </p>
        ) : (
          <Problems problems={problems} />
        )}
        <p className={styles.dim}>{MASKING[masking]}</p>
        {editing && path !== null ? <Editor from={yaml} onSaved={() => setEditing(false)} /> : null}
      </Panel>
      <Panel title="Secrets" aside="named in the configuration, never written in it">
        {secrets.length === 0 ? <Dim>The configuration names none.</Dim> : null}
        <ul className={styles.secrets}>
          {secrets.map((secret) => (
            <li key={secret.name}>
              <StateDot tone={FOUND[secret.found].tone} word={FOUND[secret.found].word} />{' '}
              <code>{secret.name}</code> <Dim>{FOUND[secret.found].word}</Dim>
              {secret.found === 'missing' && props.admin ? <SecretForm name={secret.name} /> : null}
              {secret.found === 'missing' && !props.admin ? (
                <Dim>: set an environment variable of this name and start the console again</Dim>
              ) : null}
            </li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function Problems({ problems }: { problems: readonly ConfigProblem[] }) {
  return (
    <ul className={styles.problems} aria-label={plural(problems.length, 'problem')}>
      {problems.map((problem) => (
        <li key={`${problem.line} ${problem.key} ${problem.message}`}>
          <p>
            <StateDot tone="bad" word="Problem:" />{' '}
            {problem.line === null ? null : (
              <strong>
                line {problem.line}
                {problem.column === null ? '' : `, column ${problem.column}`}:{' '}
              </strong>
            )}
            <code>{problem.key}</code> {problem.message}
          </p>
          {problem.hint ? <p className={styles.dim}>{problem.hint}</p> : null}
        </li>
      ))}
    </ul>
  );
}

/** The whole file. It is checked first; nothing is written while there is a problem, or when the file has changed. */
function Editor(props: { from: string | null; onSaved: () => void }) {
  // As the file was when the editor was opened: a later reading must not move what is being typed.
  const [from] = useState(props.from);
  const [yaml, setYaml] = useState(from ?? '');
  const save = useAct('settings.save', {
    onSuccess: (answer) => {
      if (answer.saved) props.onSaved();
    },
  });
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ yaml, ...(from === null ? {} : { replaces: from }) });
      }}
    >
      <Textarea
        label="The whole configuration, as YAML"
        description="It replaces the file after it has been checked. The file itself may also be edited by hand."
        autosize
        minRows={8}
        maxRows={24}
        spellCheck={false}
        classNames={{ input: styles.code ?? '' }}
        value={yaml}
        onChange={(event) => setYaml(event.currentTarget.value)}
      />
      {save.data && !save.data.saved ? <Problems problems={save.data.problems} /> : null}
      {save.error ? <p className={styles.error}>Not saved: {save.error.message}</p> : null}
      <Button type="submit" loading={save.isPending} disabled={yaml.trim() === ''}>
        Check and save
      </Button>
    </form>
  );
}

function SecretForm({ name }: { name: string }) {
  const [value, setValue] = useState('');
  const save = useAct('settings.saveSecret', { onSuccess: () => setValue('') });
  return (
    <form
      className={styles.secret}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name, value });
      }}
    >
      <PasswordInput
        size="xs"
        aria-label={`Value of ${name}`}
        placeholder="its value"
        autoComplete="off"
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={save.isPending} disabled={value === ''}>
        Keep
      </Button>
      {save.data?.stored === 'unavailable' ? (
        <span className={styles.error}>
          There is no keychain here: set an environment variable of this name instead.
        </span>
      ) : null}
      {save.data?.stored === 'keychain' ? <Dim>kept in the keychain</Dim> : null}
      {save.error ? <span className={styles.error}>{save.error.message}</span> : null}
    </form>
  );
}
