import type { LabConnection } from './lab.connection.ts';
import type { LabTopicIndex } from './lab.topic-index.ts';

/** A notice of lab about itself, as the sheet has it. */
export interface LabNotice {
  readonly id: string;
  readonly state: 'planned' | 'on' | 'done';
  readonly text: string;
  readonly begin: number;
  readonly end: number;
}

/** What lab has to say of itself. */
export class LabNotices {
  private readonly open = new Map<string, LabNotice>();

  constructor(private readonly topics: LabTopicIndex) {}

  /** Sends a newcomer all that are not done. */
  welcome(connection: LabConnection): void {
    connection.sendSnapshot('notices', JSON.stringify([...this.open.values()]));
  }

  say(notice: LabNotice): void {
    this.open.delete(notice.id);
    if (notice.state !== 'done') this.open.set(notice.id, notice);
    for (const live of [...this.topics.ofAccounts])
      if (live.topic.kind === 'notices')
        for (const connection of [...live.followers.keys()])
          connection.sendData(live.name, JSON.stringify([notice]));
  }
}
