import { Injectable } from '@nestjs/common';

/** What the feed has done since the start, for metrics. */
@Injectable()
export class FeedStatistics {
  clients = 0;
  /** Messages handed to clients' sockets, each client counted. */
  messages = 0;
  bytes = 0;
  /** Clients cut off because they read too slowly. */
  slowClients = 0;
  /** Messages that were waiting for a client when it was cut off or left. */
  dropped = 0;
  /** Requests of clients that were refused, whole or in part. */
  refusals = 0;
}
