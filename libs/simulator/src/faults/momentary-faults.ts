import type { Clock } from '@exchange-stream/market-data';
import type { MomentaryFault } from './fault.ts';
import type { FaultableConnection } from './faultable-exchange.ts';
import type { LiveFault } from './live-fault.ts';

const GOING_AWAY = 1001;

/** Lets a fault happen to the connections it is meant for. */
export function strikeConnections(
  live: LiveFault,
  fault: MomentaryFault,
  connections: readonly FaultableConnection[],
  clock: Clock,
): void {
  for (const connection of connections)
    live.hit({ connectionId: connection.id, ...strike(fault, connection) });
  if (fault.type !== 'server-shutdown') return live.clear();
  // Connections that open after the announcement lead to another machine, and live on.
  const closing = clock.after(fault.closeAfterMs, () => {
    for (const connection of connections) connection.close(connection.shutdownCode ?? GOING_AWAY, '');
    live.clear();
  });
  live.atEnd(() => closing.cancel());
}

/** @returns what was sent, for the log */
function strike(
  fault: MomentaryFault,
  connection: FaultableConnection,
): { readonly topic?: string; readonly text?: string } {
  const { link } = connection;
  switch (fault.type) {
    case 'close':
      connection.close(fault.code, fault.reason ?? '');
      return {};
    case 'cut':
      connection.terminate();
      return {};
    case 'malformed-close':
      link.closeMalformed();
      return {};
    case 'ping-flood':
      link.flood(fault.pings);
      return {};
    case 'unsolicited-frame': {
      const text = connection.frame(fault.topic, JSON.stringify(fault.data ?? {}));
      link.transmit(text);
      return { topic: fault.topic, text };
    }
    case 'oversize-frame':
      link.transmit(paddedFrame(fault.bytes));
      return {};
    case 'server-shutdown': {
      const text = connection.shutdownNotice(fault.closeAfterMs);
      if (text === undefined) return {};
      link.transmit(text);
      return { text };
    }
  }
}

function paddedFrame(bytes: number): string {
  const empty = '{"padding":""}';
  return `{"padding":"${'x'.repeat(bytes - empty.length)}"}`;
}
