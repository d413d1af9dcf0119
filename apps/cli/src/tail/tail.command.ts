import {
  PUBLIC_CHANNELS,
  hasNoSymbol,
  isPublicChannel,
  type PublicChannel,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import { Command, InvalidArgumentError } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { FeedConnection } from '../feed/feed-connection.ts';
import { messageText } from '../feed/message-text.ts';
import { untilInterrupted, type Terminal } from '../terminal.ts';

const REFUSED = 1;

interface TailOptions {
  readonly url: string;
  readonly exchange: string;
  readonly channel: PublicChannel;
  readonly symbol?: string;
  readonly param: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

export function tailCommand(terminal: Terminal, finished: (exitCode: number) => void): Command {
  return new Command('tail')
    .description("Print a gateway's feed: one channel, as it comes")
    .option('--url <url>', 'the gateway', parseUrl, 'http://127.0.0.1:3000')
    .requiredOption('--exchange <id>', 'exchange, such as binance')
    .requiredOption('--channel <channel>', PUBLIC_CHANNELS.join(', '), parseChannel)
    .option('--symbol <symbol>', 'unified symbol, such as BTC/USDT; for raw, a topic; for status, none')
    .option(
      '--param <name=value>',
      'parameter of the channel, such as interval=1m; repeatable',
      parseParam,
      {},
    )
    .option('--json', 'print the messages as they are, one JSON line each; all else goes to stderr')
    .action(async (options: TailOptions) => {
      await tail(options, terminal);
      finished(0);
    });
}

/** @throws CommandFailure when the gateway refuses the channel */
async function tail(options: TailOptions, terminal: Terminal): Promise<void> {
  const { url, exchange, channel, symbol = '', param } = options;
  if (symbol === '' && !hasNoSymbol(channel))
    throw new CommandFailure(`--symbol is missing: ${channel} is of a symbol, such as BTC/USDT.`, REFUSED);
  const hasParams = Object.keys(param).length > 0;
  const request: SubscriptionRequest = { exchange, channel, symbol, ...(hasParams && { params: param }) };
  let refuse: (reason: string) => void = () => {};
  const refused = new Promise<never>((_resolve, reject) => {
    refuse = (reason) => reject(new CommandFailure(reason, REFUSED));
  });
  const feed = new FeedConnection(url, [request], {
    message: (message, raw) => {
      terminal.out(`${options.json === true ? JSON.stringify(raw) : messageText(message, Date.now())}\n`);
      if (message.t === 'status' && message.failure !== undefined) {
        refuse(`${message.ch} failed (${message.failure}): ${message.reason}`);
      }
    },
    notice: (text) => terminal.err(`${text}\n`),
    refused: (reason) => refuse(reason),
  });
  feed.open();
  try {
    await Promise.race([untilInterrupted(terminal), refused]);
  } finally {
    feed.close();
  }
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:3000.');
}

function parseChannel(text: string): PublicChannel {
  if (isPublicChannel(text)) return text;
  throw new InvalidArgumentError(`It must be one of ${PUBLIC_CHANNELS.join(', ')}.`);
}

function parseParam(text: string, before: TailOptions['param']): TailOptions['param'] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be written name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
