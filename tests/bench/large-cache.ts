/** The sizes of the large cache: what is built and what is asked of it must agree. */
import { sized } from './report.ts';
import { BEGIN } from './transcripts.ts';

export const TURNS = Number(process.env.NIGHTDESK_BENCH_TURNS ?? sized(1_000_000, 10_000));
export const SERIES = 50;
export const STEP = 15_000;
export const DAYS = sized(30, 2);
export const POINTS = (DAYS * 86_400_000) / STEP;
/** The newest point; transcripts end there too. */
export const END = Math.floor((BEGIN + TURNS * 2500) / STEP) * STEP;
