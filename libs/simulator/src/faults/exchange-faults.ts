import type { Fault } from './fault.ts';

/** Something that happens on the exchange, for faults that wait for it. */
export type FaultTrigger = {
  /** The n-th time from the start of the script; 1 by default. */
  readonly nth?: number;
} & (
  | { readonly on: 'connect' }
  /** A data frame is about to be sent. */
  | { readonly on: 'frame'; readonly topic?: string }
  /** A request to subscribe or unsubscribe came in. */
  | { readonly on: 'request'; readonly topic?: string }
  | { readonly on: 'rest'; readonly path?: string }
);

/** A fault and its moment: so long after the start of the script, or upon an event, which it then strikes first. */
export type ScriptedFault = { readonly fault: Fault } & (
  { readonly atMs: number } | { readonly when: FaultTrigger }
);

/** What became of a fault. The texts are what the exchange meant to send, before the fault had its way with it. */
export interface FaultRecord {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly fault: Fault;
  readonly event: 'began' | 'hit' | 'ended';
  readonly connectionId?: number;
  /** Of a struck data frame. */
  readonly topic?: string;
  /** The struck frame, or the path of the struck request. */
  readonly text?: string;
}

/** One fault under way. */
export interface InjectedFault {
  readonly fault: Fault;
  /** How often it struck. */
  readonly hits: number;
  /** Whether it has ended: counted out, timed out or cleared. */
  readonly over: boolean;
  /** Ends it. Frames that it held back go out now. */
  clear(): void;
}

/** Faults on the exchange's side, the same on every transport. Each frame or request is struck by one fault: the oldest that fits. */
export interface ExchangeFaults {
  /** Begins a fault at once. @throws InvalidFaultError */
  inject(fault: Fault): InjectedFault;
  /** Begins faults at their moments, counted from now. @throws InvalidFaultError and then runs nothing of the script */
  run(script: readonly ScriptedFault[]): void;
  /** What is under way, oldest first. */
  readonly active: readonly InjectedFault[];
  /** What happened since the start, oldest first; the first 10,000 records are kept. */
  readonly log: readonly FaultRecord[];
  /** Ends all faults and forgets the rest of the scripts. */
  clear(): void;
}
