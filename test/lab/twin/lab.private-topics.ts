import type { LabAccount } from './lab.account.ts';
import type { LabConnection } from './lab.connection.ts';
import { PRIVATE_KINDS, type PrivateKind } from './lab.private-rows.ts';
import type { LabTopicIndex } from './lab.topic-index.ts';

/** Tells the sockets of each account what happens to it. */
export class LabPrivateTopics {
  constructor(private readonly topics: LabTopicIndex) {}

  /** Sends a newcomer all that is; of fills none. */
  welcome(kind: PrivateKind, connection: LabConnection, account: LabAccount): void {
    const rows = kind === 'fills' ? [] : account.rows[kind];
    connection.sendSnapshot(kind, JSON.stringify(rows));
  }

  /** Sends what has changed since the last time. */
  publish(account: LabAccount): void {
    const changes = account.takeChanges();
    for (const kind of PRIVATE_KINDS) {
      if (changes[kind].length === 0) continue;
      const text = JSON.stringify(changes[kind]);
      for (const connection of this.followers(kind))
        if (connection.account === account.key) connection.sendData(kind, text);
    }
  }

  /** A copy: a transport may close a connection while it is being sent to. */
  private followers(kind: PrivateKind): readonly LabConnection[] {
    return [...this.topics.ofAccounts].flatMap((live) =>
      live.topic.kind === kind ? [...live.followers.keys()] : [],
    );
  }
}
