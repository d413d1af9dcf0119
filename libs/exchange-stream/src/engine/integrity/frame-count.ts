/**
 * Frames in a row that bear numbers of the past before the exchange is taken to count anew. A network that holds frames
 * back, or repeats some, shows fewer.
 */
const RECOUNTED_AFTER = 10;

/** More frames than ever go missing at once: numbers that leap so far are of another count. */
const MAX_MISSING = 1_000_000;

/** `follows`: the next one, or the first. `repeated`: it was there already, or comes too late. `missing`: some before it. */
export type FrameVerdict = 'follows' | 'repeated' | 'missing';

/** The one count that an exchange keeps of all frames of a connection. */
export class FrameCount {
  /** Frames that followed the one before. */
  linksOk = 0;
  /** Times that frames were missing. */
  gaps = 0;
  /** Frames that were repeated, or came late. */
  repeated = 0;
  private next: number | undefined;
  /** A frame has been counted, which others may follow. */
  private isUnderWay = false;
  private newestLate: number | undefined;
  private lateInARow = 0;
  private words = '';

  /** What is missing, in words, after that verdict. */
  get missing(): string {
    return this.words;
  }

  /** The count begins anew. @param next the number of the frame that comes next; unknown, the first one counts as it comes */
  restart(next?: number): void {
    this.next = next;
    this.isUnderWay = false;
    this.lateInARow = 0;
    this.newestLate = undefined;
  }

  judge(number: number): FrameVerdict {
    const { next } = this;
    if (next === undefined || number === next) {
      if (this.isUnderWay) this.linksOk++;
      return this.goOn(number, 'follows');
    }
    if (number > next) {
      this.words =
        number - next > MAX_MISSING
          ? `the numbers of frames leapt from ${next - 1} to ${number}`
          : `frames ${next} to ${number - 1} of the connection are missing`;
      return this.goOn(number, 'missing');
    }
    this.lateInARow = number - 1 === this.newestLate ? this.lateInARow + 1 : 1;
    this.newestLate = number;
    if (this.lateInARow < RECOUNTED_AFTER) {
      this.repeated++;
      return 'repeated';
    }
    this.words = `the numbers of frames went back from ${next - 1} to ${number}`;
    return this.goOn(number, 'missing');
  }

  private goOn(number: number, verdict: FrameVerdict): FrameVerdict {
    if (verdict === 'missing') this.gaps++;
    this.restart(number + 1);
    this.isUnderWay = true;
    return verdict;
  }
}
