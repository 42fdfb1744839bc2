import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { plainString } from '#shared/util/visible-text.ts';
import { StatePanel } from '../ui/StatePanel.tsx';
import styles from './ErrorBoundary.module.css';

interface Props {
  children: ReactNode;
  /** It lies over the screen, not in it. */
  over?: boolean;
}

/** A part that breaks does not take the frame with it. */
export class ErrorBoundary extends Component<Props, { broken: string | null }> {
  override state = { broken: null };

  static getDerivedStateFromError(error: unknown) {
    return { broken: error instanceof Error ? error.message : 'unknown' };
  }

  override render() {
    if (this.state.broken === null) return this.props.children;
    const panel = (
      <StatePanel
        tone="bad"
        word="Error:"
        title={this.props.over ? 'This could not be opened' : 'This screen failed'}
        actions={
          <>
            <Button variant="default" onClick={() => this.setState({ broken: null })}>
              Show it again
            </Button>
            <Button variant="default" onClick={() => location.reload()}>
              Load the window again
            </Button>
          </>
        }
      >
        <p>The rest of the console works. What failed: {plainString(this.state.broken)}</p>
      </StatePanel>
    );
    return this.props.over ? <div className={styles.over}>{panel}</div> : panel;
  }
}
