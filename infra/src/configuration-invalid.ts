/** The configuration cannot be used; its message is for people, one line per fault. */
export class ConfigurationInvalid extends Error {
  override readonly name = 'ConfigurationInvalid';
}
