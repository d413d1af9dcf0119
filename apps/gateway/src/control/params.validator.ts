import { registerDecorator } from 'class-validator';

const MAX_PARAMS = 16;
const MAX_TEXT = 128;

/** The property must hold parameters of a subscription: names with a text, number or boolean each. */
export function IsSubscriptionParams(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isSubscriptionParams',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: isSubscriptionParams,
        defaultMessage: () => 'params must be an object such as {"interval": "1m"}',
      },
    });
  };
}

function isSubscriptionParams(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_PARAMS && entries.every(([name, item]) => name.length <= MAX_TEXT && isScalar(item))
  );
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_TEXT;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
