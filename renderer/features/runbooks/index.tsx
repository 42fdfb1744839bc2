import { useParams } from 'wouter';
import { RunbookList } from './RunbookList.tsx';
import { RunbookPage } from './RunbookPage.tsx';

/** `/runbooks`, and `/runbooks/PATH` where the path may have folders. */
export default function Runbooks() {
  const params = useParams<{ '*'?: string }>();
  const id = decode(params['*'] ?? '');
  return id === '' ? <RunbookList /> : <RunbookPage key={id} id={id} />;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
