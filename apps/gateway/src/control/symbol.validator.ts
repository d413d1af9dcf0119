import { registerDecorator, type ValidationArguments } from 'class-validator';

const MAX_SYMBOL = 64;
/** Topics of the `raw` channel may name many things at once. */
const MAX_TOPIC = 200;

/**
 * The property must hold a symbol, or a topic where the `channel` beside it is `raw`, of a length that makes sense. Where the
 * channel has no symbols, it may be left out.
 */
export function IsSymbolOrTopic(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isSymbolOrTopic',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: (value, args) => {
          if (value === undefined || value === '') return channelOf(args) === 'status';
          return typeof value === 'string' && value.length <= longest(args);
        },
        defaultMessage: (args) => `symbol must be a text of at most ${longest(args)} characters`,
      },
    });
  };
}

function longest(args: ValidationArguments | undefined): number {
  return channelOf(args) === 'raw' ? MAX_TOPIC : MAX_SYMBOL;
}

function channelOf({ object }: Partial<ValidationArguments> = {}): unknown {
  return object !== undefined && 'channel' in object ? object.channel : undefined;
}
