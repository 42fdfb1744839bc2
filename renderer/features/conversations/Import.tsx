/** A bundle of another console, chosen or dropped, and what became of each conversation in it. */

import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type DragEvent, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { NightdeskError } from '#shared/errors/index.ts';
import type { ImportedConversation } from '#shared/model/bundle.ts';
import { importedEnvironment } from '#shared/util/imported.ts';
import { placeOf } from '#shared/util/place.ts';
import { useSession, useWindow } from '../../client/index.ts';
import { type ImportAnswer, importBundle } from '../../client/share.ts';
import { Go, Moment, plural } from '../../ui/index.ts';
import { PlainText } from '../../ui/PlainText.tsx';
import styles from './Import.module.css';

const WAS: Record<ImportedConversation['was'], string> = {
  added: 'added',
  merged: 'added to an earlier import',
  already: 'was imported before',
  live: 'is here from its own source: left alone',
};

export function useImport() {
  const mayAct = useSession()?.role !== 'viewer';
  const [share, setShare] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const act = useMutation<ImportAnswer, NightdeskError, File>({
    mutationFn: (file) => {
      setShare(0);
      return importBundle(file, setShare);
    },
  });
  const choose = useCallback(() => input.current?.click(), []);
  useEffect(() => {
    if (!mayAct) return;
    const { setCommands } = useWindow.getState();
    setCommands('import', [
      {
        id: 'import',
        label: 'Import conversations of another Nightdesk…',
        description: 'a .nightdesk.jsonl bundle',
        run: choose,
      },
    ]);
    return () => setCommands('import', []);
  }, [choose, mayAct]);
  return { act, choose, input, mayAct, share };
}

type Importing = ReturnType<typeof useImport>;

export function ImportButton({ importing }: { importing: Importing }) {
  const { act, choose, input, mayAct, share } = importing;
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".jsonl"
        hidden
        aria-label="Bundle to import"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file can be chosen again.
          event.currentTarget.value = '';
          if (file) act.mutate(file);
        }}
      />
      <Button
        variant="default"
        size="compact-xs"
        disabled={!mayAct || act.isPending}
        title={
          mayAct
            ? 'A bundle of another Nightdesk; it can be dropped here too'
            : 'A viewer may look, not import'
        }
        onClick={choose}
      >
        {act.isPending ? `Importing ${Math.floor(share * 100)} %` : 'Import'}
      </Button>
    </>
  );
}

/** Takes a dropped file anywhere on what it holds. */
export function DropBundle(props: { importing: Importing; children: ReactNode }) {
  const { act, mayAct } = props.importing;
  const [over, setOver] = useState(false);
  const isFile = (event: DragEvent) => mayAct && event.dataTransfer.types.includes('Files');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one of three ways; the button and the palette are the others
    <div
      className={styles.drop}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!isFile(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        if (!isFile(event)) return;
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file) act.mutate(file);
      }}
    >
      {props.children}
    </div>
  );
}

export function ImportResult({ importing }: { importing: Importing }) {
  const { act } = importing;
  const { data, error } = act;
  return (
    <Modal
      opened={data !== undefined || error !== null}
      onClose={act.reset}
      size={560}
      transitionProps={{ duration: 0 }}
      title={error ? 'Not imported' : 'Imported'}
    >
      {error ? (
        <p role="alert" className={styles.bad}>
          <PlainText text={error.message} />
        </p>
      ) : null}
      {data ? (
        <>
          <p className={styles.about}>
            {plural(data.conversations.length, 'conversation')} of{' '}
            <PlainText text={act.variables?.name ?? ''} />, exported by{' '}
            <PlainText text={data.manifest.exportedBy} />, <Moment at={data.manifest.exportedAt} />.{' '}
            {data.manifest.cut ? <PlainText text={data.manifest.cut.why} /> : null}
          </p>
          <ul className={styles.list} aria-label="Imported conversations">
            {data.conversations.map((one) => (
              <li key={JSON.stringify(one)}>
                <Go
                  to={placeOf('conversation', one.id)}
                  extra={{
                    service: one.service,
                    in: one.was === 'live' ? one.from : importedEnvironment(one.from),
                  }}
                  onClick={act.reset}
                >
                  <PlainText text={one.id.slice(0, 60)} />
                </Go>{' '}
                <span className={styles.dim}>{WAS[one.was]}</span>
              </li>
            ))}
          </ul>
          <p className={styles.dim}>
            They count for no signal, incident or cluster of this console. More → “Imported only”
            lists them.
          </p>
        </>
      ) : null}
      <div className={styles.end}>
        <Button variant="default" onClick={act.reset}>
          Close
        </Button>
      </div>
    </Modal>
  );
}
