/** What the in-memory DynamoDB throws: the code and fields that go on the wire as `__type` and the members beside it. */

/** An error answer of DynamoDB. `code` is the exception's name, `fields` its further members (`Item`, `CancellationReasons`). */
export class DynamoDbError extends Error {
  override readonly name: string;
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.fields = fields;
  }
}

/** A request that breaks a rule of the API. */
export function validationError(message: string): DynamoDbError {
  return new DynamoDbError('ValidationException', message);
}

/** The answer of data operations to an unknown table. */
export function tableNotFound(): DynamoDbError {
  return new DynamoDbError('ResourceNotFoundException', 'Requested resource not found');
}
