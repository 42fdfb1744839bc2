import '../ui/mantine.css';
import '../ui/tokens.css';
import '../ui/base.css';
import { createRoot } from 'react-dom/client';
import { connect } from '../client/client.ts';
import { chooseTransport } from '../client/transports/index.ts';
import { App } from './App.tsx';
import { startColorScheme } from './color-scheme.ts';

startColorScheme();
connect(chooseTransport());
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
