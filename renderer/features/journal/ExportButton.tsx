import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { exportJournal } from './export-journal.ts';

/** Exports the journal; while it runs, the same button says how far it is and stops it. */
export function ExportButton(props: { onError: (error: Error | null) => void }) {
  const { onError } = props;
  const [share, setShare] = useState(0);
  const stop = useRef<AbortController | null>(null);
  const exporting = useMutation({
    mutationFn: () => {
      stop.current = new AbortController();
      setShare(0);
      onError(null);
      return exportJournal(stop.current.signal, setShare);
    },
    onError: (error: Error) => {
      if (!stop.current?.signal.aborted) onError(error);
    },
  });
  return exporting.isPending ? (
    <Button variant="default" onClick={() => stop.current?.abort()}>
      Exporting {Math.floor(share * 100)} % · cancel
    </Button>
  ) : (
    <Button variant="default" onClick={() => exporting.mutate()}>
      Export
    </Button>
  );
}
