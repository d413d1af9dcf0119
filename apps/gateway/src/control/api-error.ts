import { ApiProperty } from '@nestjs/swagger';

/** The one shape of every refusal over REST. Further fields belong to the code. */
export class ApiError {
  @ApiProperty({ example: 404 })
  readonly statusCode: number;

  @ApiProperty({ example: 'UNKNOWN_SYMBOL', description: 'What is wrong, for programs.' })
  readonly code: string;

  @ApiProperty({
    example: 'binance lists no BTC/USD; did you mean BTC/USDT?',
    description: 'What would work.',
  })
  readonly message: string;
}
