import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { StatePanel } from '../ui/StatePanel.tsx';

/** A screen that breaks does not take the frame with it. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { broken: string | null }> {
  override state = { broken: null };

  static getDerivedStateFromError(error: unknown) {
    return { broken: error instanceof Error ? error.message : 'unknown' };
  }

  override render() {
    if (this.state.broken === null) return this.props.children;
    return (
      <StatePanel
        tone="bad"
        word="Error:"
        title="This screen failed"
        actions={
          <Button variant="default" onClick={() => this.setState({ broken: null })}>
            Show it again
          </Button>
        }
      >
        <p>The rest of the console works. What failed: {this.state.broken}</p>
      </StatePanel>
    );
  }
}
