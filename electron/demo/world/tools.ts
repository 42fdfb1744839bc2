/** The tools of the bots, as they are offered to a model. */
import type { BotProfile } from './bots.ts';

export interface ToolDefinition {
  type: 'function';
  name: string;
  description: string;
  parameters: object;
}

const ORDER = { order_id: { type: 'string', description: 'As printed on the invoice' } };
const ITEM = { item: { type: 'string', description: 'As the customer names it' } };

const TOOLS: Readonly<Record<string, { description: string; properties: object }>> = {
  lookup_order: { description: 'State, contents and refunds of an order', properties: ORDER },
  cancel_order: { description: 'Cancels an order that has not left yet', properties: ORDER },
  update_address: { description: 'Changes where an order is delivered', properties: ORDER },
  send_invoice: { description: 'Sends the invoice of an order', properties: ORDER },
  open_damage_case: { description: 'Opens a case for a damaged item', properties: ORDER },
  quote_price: { description: 'Price of an item with shipping', properties: ITEM },
  check_stock: { description: 'Stock of an item', properties: ITEM },
  delivery_slots: { description: 'Next delivery slots for an item', properties: ITEM },
};

/** Empty for a bot without tools. */
export function toolDefinitions(bot: BotProfile): ToolDefinition[] {
  return [...new Set(Object.values(bot.tools))].flatMap((name) => {
    const tool = TOOLS[name];
    if (!tool) return [];
    const { description, properties } = tool;
    const required = Object.keys(properties);
    const parameters = { type: 'object', properties, required, additionalProperties: false };
    return [{ type: 'function', name, description, parameters }];
  });
}
