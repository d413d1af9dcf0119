/** Bits of `conf`. The two that would turn numbers and times into texts (8, 32) are taken and change nothing. */
const TIMESTAMP = 32_768;
const SEQ_ALL = 65_536;
const OB_CHECKSUM = 131_072;
const BULK_UPDATES = 536_870_912;

/** What a client has asked for on its socket: each request replaces all of it. */
export class BitfinexFlags {
  constructor(readonly value: number = 0) {}

  /** The time ends every frame of data. */
  get timestamp(): boolean {
    return this.has(TIMESTAMP);
  }

  /** Every frame of data has its number. */
  get sequence(): boolean {
    return this.has(SEQ_ALL);
  }

  get checksum(): boolean {
    return this.has(OB_CHECKSUM);
  }

  /** Changes of a book come together in one frame. */
  get bulk(): boolean {
    return this.has(BULK_UPDATES);
  }

  private has(flag: number): boolean {
    return (this.value & flag) !== 0;
  }
}
