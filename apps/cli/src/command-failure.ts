/** A command cannot do what it was asked to; the message is for its user and says what would work. */
export class CommandFailure extends Error {
  readonly code = 'COMMAND_FAILED';

  constructor(
    message: string,
    /** With which the program ends. */
    readonly exitCode: number,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}
