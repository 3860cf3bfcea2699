/** What is wrong with a filter, and where: `at` up to `end`, in characters of its text. */
export class FilterError extends Error {
  constructor(
    message: string,
    readonly at: number,
    readonly end: number,
  ) {
    super(message);
  }
}
