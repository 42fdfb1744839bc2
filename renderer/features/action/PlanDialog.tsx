import type { ActionRequest } from '#shared/model/action.ts';

export default function PlanDialog(_props: { request: ActionRequest }) {
  return null;
}
