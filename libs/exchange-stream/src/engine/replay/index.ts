export { MalformedLineError, parseRecordedLine, type RecordedLine } from './recorded-line.ts';
export { Replay, type ReplayOptions, type ReplayProblem } from './replay.ts';
export type { BookReport, ConnectionReport, ReplayReport } from './replay-report.ts';
