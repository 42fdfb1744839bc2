import { z } from 'zod';

/** Whether what is stored of conversations is masked. `under_way`: what was stored without, or by other settings, still is being. */
export const MaskingState = z.enum(['on', 'under_way', 'off']);
export type MaskingState = z.infer<typeof MaskingState>;
