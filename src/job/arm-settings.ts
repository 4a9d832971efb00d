export interface ArmSettings {
  readonly stopDegenerate: boolean;
  /** Milliseconds that a trainer has to stop when it is asked to; a slow step gets more. */
  readonly grace: number;
  /** Milliseconds after which it is told that nothing is heard of a trainer. */
  readonly silence: number;
  /** Program and first arguments of the judge; absent where nothing is judged. */
  readonly judge?: readonly string[];
}
